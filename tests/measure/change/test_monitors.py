"""Charts, run rules, CUSUM and EWMA on one series each."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smo.measure.change.charts import laney_chart, p_chart, u_chart
from smo.measure.change.counts import Baseline
from smo.measure.change.cusum import cusum
from smo.measure.change.ewma import ewma
from smo.measure.change.run_length import CusumDesign
from smo.measure.change.run_rules import NELSON, RULES, WESTERN_ELECTRIC, run_rules

EIGHT = [20, 22, 19, 21, 27, 29, 30, 31]
WEEKLY = CusumDesign(n=400, baseline=Baseline(0.05), shifted_rate=0.08)


def test_monitors_eight_weeks_one_silent_chart_and_one_alarm() -> None:
    chart = p_chart(EIGHT, 400, rate=0.05)
    assert chart.periods["high_limit"][0] == pytest.approx(0.0827, abs=5e-5)
    assert int(chart.periods["high_limit"][0] * 400) == 33
    assert not chart.periods["is_signal"].any()
    found = cusum(EIGHT, 400, design=WEEKLY, threshold=3.0)
    assert found.weeks["statistic"].round(2).to_list() == [0, 0, 0, 0, 0.72, 2.45, 4.67, 7.40]
    assert (found.first_alarm, found.shift_began) == (7, 5)
    assert found.delay < 3.1 < found.false_alarm_every


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(50, 80)), min_size=1, max_size=60))
def test_monitors_cusum_equals_its_recursion(rows) -> None:
    k, n = np.array(rows).T
    design = CusumDesign(50, Baseline(0.3), 0.4)
    found = cusum(k, n, design=design, threshold=3.0).weeks
    state = 0.0
    for score, statistic in found.select("score", "statistic").rows():
        state = max(0.0, state + score)
        assert statistic == pytest.approx(state, abs=1e-9)


def test_monitors_a_week_without_cases_changes_nothing() -> None:
    k, n = [20, 0, 29, 30, 31], [400, 0, 400, 400, 400]
    with_gap, without = (
        cusum(k, n, design=WEEKLY, threshold=3.0),
        cusum([20, 29, 30, 31], 400, design=WEEKLY, threshold=3.0),
    )
    assert with_gap.weeks["statistic"].to_list()[2:] == without.weeks["statistic"].to_list()[1:]
    smooth = ewma(k, n, baseline=Baseline(0.05))
    assert smooth["residual"][1] is None
    assert smooth["statistic"][1] == smooth["statistic"][0]
    assert (
        smooth["statistic"].to_list()[2:]
        == ewma([20, 29, 30, 31], 400, baseline=Baseline(0.05))["statistic"].to_list()[1:]
    )
    chart = p_chart(k, n, rate=0.05).periods
    assert chart["value"][1] is None
    assert not chart["is_signal"][1]
    first_empty = ewma([0, 20], [0, 400], baseline=Baseline(0.05))
    assert first_empty["statistic"].to_list() == [0.0, 0.0]


def test_monitors_ewma_equals_its_recursion() -> None:
    found = ewma(EIGHT, 400, baseline=Baseline(0.05), weight=0.3)
    state = 0.0
    for residual, statistic in found.select("residual", "statistic").rows():
        state = 0.7 * state + 0.3 * residual
        assert statistic == pytest.approx(state, abs=1e-12)


def test_monitors_constant_series_never_signal() -> None:
    for chart in (p_chart([5] * 30, 100), laney_chart([5] * 30, 100), u_chart([5] * 30, 10), p_chart([0] * 9, 100)):
        assert not chart.periods["is_signal"].any()
    assert laney_chart([5] * 30, 100).spread == 1.0
    assert cusum([5] * 30, 100, design=CusumDesign(100, Baseline(0.05), 0.1), threshold=1.0).first_alarm is None


def test_monitors_laney_keeps_still_where_weeks_differ_anyway() -> None:
    rng = np.random.default_rng(3)
    k = rng.binomial(20_000, rng.normal(0.05, 0.01, 60).clip(0.01))
    assert p_chart(k, 20_000).periods["is_signal"].mean() > 0.3
    calm = laney_chart(k, 20_000)
    assert calm.periods["is_signal"].mean() < 0.05
    assert calm.spread > 3


def test_monitors_exact_limits_are_fair_to_rare_events() -> None:
    rng = np.random.default_rng(3)
    k = rng.binomial(200, 0.004, 200_000)
    plain = p_chart(k, 200, rate=0.004).periods["is_signal"].mean()
    exact = p_chart(k, 200, rate=0.004, is_exact=True).periods["is_signal"].mean()
    assert exact < 0.0014
    assert plain > 0.005


def test_monitors_unequal_n_get_their_own_limits() -> None:
    limits = p_chart([5, 50], [100, 1000], rate=0.05).periods["high_limit"]
    assert limits[0] > limits[1]


def slow_rule(z, rule) -> list[bool]:
    """Each rule of two-sided runs, window by window."""
    least, window, beyond = {
        "two_of_three_beyond_2": (2, 3, 2),
        "four_of_five_beyond_1": (4, 5, 1),
        "eight_on_one_side": (8, 8, 0),
        "nine_on_one_side": (9, 9, 0),
    }[rule]
    found = []
    for at in range(len(z)):
        part = z[max(0, at - window + 1) : at + 1]
        up, down = [v > beyond for v in part], [v < -beyond for v in part]
        found.append((sum(up) >= least and up[-1]) or (sum(down) >= least and down[-1]))
    return found


@pytest.mark.parametrize(
    "rule", ["two_of_three_beyond_2", "four_of_five_beyond_1", "eight_on_one_side", "nine_on_one_side"]
)
@given(z=st.lists(st.floats(-3, 3), max_size=40))
def test_monitors_run_rules_equal_windows_counted_one_by_one(rule, z) -> None:
    assert run_rules(z, rules=[rule])[rule].to_list() == slow_rule(z, rule)


def test_monitors_every_nelson_rule_on_its_own_picture() -> None:
    pictures = {
        "beyond_3": [3.1],
        "six_in_one_direction": [-1.0, -0.6, -0.2, 0.1, 0.4, 0.8],
        "fourteen_alternating": [0.3, -0.3] * 7,
        "fifteen_within_1": [0.5, -0.6, 0.1, -0.2, 0.3] * 3,
        "eight_beyond_1": [1.5, -1.5, 1.6, -1.4, 1.2, -1.3, 1.5, -1.8],
        "nine_on_one_side": [0.5] * 9,
    }
    for rule, z in pictures.items():
        assert run_rules(z, rules=NELSON)[rule].to_list() == [False] * (len(z) - 1) + [True], rule
        assert not run_rules(z[1:], rules=[rule])[rule].any() or rule == "beyond_3"
    assert set(NELSON) | set(WESTERN_ELECTRIC) == set(RULES)


def test_monitors_run_rules_pass_over_empty_weeks() -> None:
    z = pl.Series([2.1, None, 2.2])
    assert run_rules(z)["two_of_three_beyond_2"].to_list() == [False, False, True]
    assert run_rules([], rules=NELSON).height == 0
    with pytest.raises(ValueError, match="unknown rule"):
        run_rules([1.0], rules=["ten_in_a_row"])


@pytest.mark.slow
def test_monitors_western_electric_costs_a_false_alarm_in_92_periods() -> None:
    rng = np.random.default_rng(6)
    first = [int(run_rules(rng.normal(size=2500))["is_signal"].arg_max()) + 1 for _ in range(3000)]
    assert np.mean(first) == pytest.approx(91.75, rel=0.06)


def test_monitors_refuse_what_cannot_be() -> None:
    for wrong in (
        lambda: p_chart([1], 0),
        lambda: p_chart([3], 2),
        lambda: p_chart([1], 10, rate=1.5),
        lambda: u_chart([1], 0),
        lambda: u_chart([-1], 5),
        lambda: ewma([1], 10, baseline=Baseline(0.1), weight=2),
        lambda: cusum([1], -1, design=WEEKLY, threshold=3),
    ):
        with pytest.raises(ValueError, match=r".+"):
            wrong()


@pytest.mark.parametrize("chart", [p_chart, u_chart, laney_chart])
@pytest.mark.parametrize("sigmas", [0.0, -1.0, float("nan"), float("inf")])
def test_charts_refuse_limits_that_never_or_always_signal(chart, sigmas):
    with pytest.raises(ValueError, match="standard deviations"):
        chart([1, 2], [10, 10], sigmas=sigmas)


@pytest.mark.parametrize("events", [[0, 0, 0], [10, 10, 10]])
def test_laney_chart_of_periods_that_cannot_differ_has_the_spread_of_chance(events):
    assert laney_chart(events, 10).spread == 1.0


def test_charts_refuse_a_table_of_periods():
    with pytest.raises(ValueError, match="one number per period"):
        p_chart([[1, 2]], [[5, 5]])
