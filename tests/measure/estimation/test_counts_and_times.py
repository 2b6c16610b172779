"""Rates, captures, waiting times and digits: published numbers and limits."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from smo.measure.estimate import Estimate
from smo.measure.estimation.capture import chapman, lincoln_petersen, missed_share
from smo.measure.estimation.rates import poisson_ratio, rate, rate_ratio
from smo.measure.estimation.rounding import decimals, rounded
from smo.measure.estimation.survival import kaplan_meier, median_time

DAYS, DONE = [12, 15, 15, 18, 22, 25, 30, 20, 28, 30], [True] * 7 + [False] * 3


def test_rates_known_and_unbounded() -> None:
    found = rate(21, 16, basis="gold", confidence=0.95)
    assert (found.value, found.low, found.high) == pytest.approx((1.312, 0.812, 2.006), abs=1e-3)
    assert not rate(0, 0, basis="gold").is_measured
    endless = rate_ratio((3, 10.0), (0, 10.0), basis="gold")
    assert (endless.value, endless.high, len(endless.warnings)) == (None, None, 1)
    assert endless.low > 0
    assert not rate_ratio((0, 10.0), (0, 10.0), basis="gold").is_measured
    for fault in (
        lambda: rate(1, 0, basis="gold"),
        lambda: rate(-1, 5, basis="gold"),
        lambda: poisson_ratio(1, 0, events2=1, exposure2=1),
    ):
        with pytest.raises(ValueError, match=r"exposure|at least 0"):
            fault()


@given(st.integers(0, 60), st.integers(1, 60), st.floats(0.1, 50))
def test_rates_a_ratio_turns_round(first, second, exposure) -> None:
    low, high = (float(end) for end in poisson_ratio(first, exposure, events2=second, exposure2=3.0))
    turned = [float(end) for end in poisson_ratio(second, 3.0, events2=first, exposure2=exposure)]
    assert turned[0] == pytest.approx(1 / high)
    assert turned[1] == (pytest.approx(1 / low) if low else math.inf)
    assert low <= first / exposure / (second / 3.0) <= high


def test_capture_is_the_vector_of_the_glossary_and_never_less_than_seen() -> None:
    found = chapman(80, 70, common=56, basis="overlap")
    assert found.value == pytest.approx(99.9, abs=0.05)
    assert found.n == 94 < found.low < found.value < found.high
    assert lincoln_petersen(80, 70, common=56, basis="overlap").value == 100
    all_same = chapman(40, 40, common=40, basis="overlap")
    assert (all_same.low, all_same.value, all_same.high) == (40, 40, 40)
    assert missed_share(80, 70, common=56, basis="overlap").value == pytest.approx(1 - 94 / found.value)


def test_capture_says_when_nothing_can_be_known() -> None:
    assert not lincoln_petersen(5, 5, common=0, basis="overlap").is_measured
    assert not chapman(0, 0, common=0, basis="overlap").is_measured
    assert len(chapman(5, 5, common=1, basis="overlap").warnings) == 2
    with pytest.raises(ValueError, match="common"):
        chapman(5, 5, common=6, basis="overlap")


def test_survival_is_the_vector_of_the_glossary() -> None:
    found = median_time(DAYS, DONE, basis="system_log")
    assert (found.value, found.n, found.method) == (22, 10, "kaplan_meier")


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=2, max_size=60))
def test_survival_equals_statsmodels(rows) -> None:
    time, arrived = (np.array(one) for one in zip(*rows, strict=True))
    if not arrived.any():
        return
    ours, theirs = kaplan_meier(time, arrived), SurvfuncRight(time, arrived.astype(int))
    assert ours.share == pytest.approx(theirs.surv_prob, abs=1e-12)
    assert ours.time.tolist() == theirs.surv_times.tolist()
    inner = (ours.share > 0) & (ours.share < 1)
    assert ((ours.low <= ours.share) & (ours.share <= ours.high))[inner].all()


def test_survival_interval_is_that_of_the_log_log_scale() -> None:
    rng = np.random.default_rng(1)
    time, arrived = rng.exponential(10, 200), rng.random(200) < 0.8
    theirs = SurvfuncRight(time, arrived.astype(int)).quantile_ci(0.5, alpha=0.1, method="cloglog")
    found = median_time(time, arrived, basis="system_log")
    assert (found.low, found.high) == pytest.approx(theirs)


def test_survival_weights_are_equal_cases() -> None:
    once = kaplan_meier([1, 2, 3], [True, False, True], weight=[3, 2, 4])
    each = kaplan_meier([1] * 3 + [2] * 2 + [3] * 4, [True] * 3 + [False] * 2 + [True] * 4)
    assert once.share.tolist() == each.share.tolist()


def test_survival_what_is_not_reached_is_told() -> None:
    open_still = median_time([1, 2, 3, 4], [True, False, False, False], basis="system_log")
    assert (open_still.is_measured, open_still.n) == (False, 4)
    half = median_time([1, 2, 3, 4], [True, True, False, False], basis="system_log")
    assert (half.value, half.high, len(half.warnings)) == (2, None, 1)
    assert not median_time([], [], basis="system_log").is_measured
    for fault in (
        lambda: kaplan_meier([-1], [True]),
        lambda: kaplan_meier([np.nan], [True]),
        lambda: kaplan_meier([1, 2], [True]),
        lambda: kaplan_meier([1], [True], weight=[0]),
        lambda: median_time([1], [True], basis="system_log", share=1.0),
    ):
        with pytest.raises(ValueError, match=r"time|length|share"):
            fault()


def test_rounding_follows_the_width() -> None:
    assert [decimals(width) for width in (60, 5.01, 5, 0.51, 0.5, 0.04, 0)] == [0, 0, 1, 1, 2, 2, 2]
    assert rounded(Estimate(0.97, 0.956, 0.98, 600, "gold", "wilson")) == ("97.0", "95.6", "98.0")
    assert rounded(Estimate(None, None, None, 0, "gold", "none")) == ("", "", "")
    assert rounded(Estimate(3.2, 1.0, None, 9, "gold", "rate"), scale=1) == ("3.2", "1.0", "")
    with pytest.raises(ValueError, match="width"):
        decimals(float("nan"))
