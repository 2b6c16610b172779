"""The exact interval of a finite whole against brute force, its limits, and what it refuses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from smo.measure.estimation.finite import finite_share, hypergeometric
from smo.measure.intervals import clopper_pearson

samples = st.integers(1, 60).flatmap(
    lambda whole: st.integers(0, whole).flatmap(
        lambda n: st.tuples(st.integers(0, n), st.just(n), st.just(whole)),
    )
)


@given(samples, st.sampled_from([0.8, 0.9, 0.95]))
def test_finite_ends_are_those_of_the_list_of_all_possible_wholes(sample, confidence) -> None:
    k, n, whole = sample
    cases = np.arange(k, whole - n + k + 1)
    tail = (1 - confidence) / 2
    kept = cases[(stats.hypergeom.sf(k - 1, whole, cases, n) > tail) & (stats.hypergeom.cdf(k, whole, cases, n) > tail)]
    low, high = hypergeometric(k, n, population=whole, confidence=confidence)
    assert (round(float(low) * whole), round(float(high) * whole)) == (kept.min(), kept.max())


@given(samples)
def test_finite_interval_holds_its_value_and_mirrors(sample) -> None:
    k, n, whole = sample
    low, high = (float(end) for end in hypergeometric(k, n, population=whole))
    assert n == 0 or low - 1 / whole <= k / n <= high + 1 / whole  # k/n may fall between two possible shares
    mirrored = [float(end) for end in hypergeometric(n - k, n, population=whole)]
    assert mirrored == pytest.approx([1 - high, 1 - low])


@given(st.integers(2, 200), st.integers(1, 200))
def test_finite_ends_rise_with_the_cases(whole, n) -> None:
    n = min(n, whole)
    low, high = hypergeometric(np.arange(n + 1), n, population=whole)
    assert (np.diff(low) >= 0).all()
    assert (np.diff(high) >= 0).all()


def test_finite_a_census_has_width_0_and_a_large_whole_is_binomial() -> None:
    assert [float(end) for end in hypergeometric(7, 30, population=30)] == [7 / 30, 7 / 30]
    wide = [float(end) for end in hypergeometric(7, 300, population=100_000_000)]
    assert wide == pytest.approx([float(end) for end in clopper_pearson(7, 300)], abs=1e-6)


def test_finite_share_says_what_it_rests_on() -> None:
    found = finite_share(5, 50, population=60, basis="probability_audit")
    assert (found.method, found.successes, found.n) == ("hypergeometric", 5, 50)
    assert finite_share(5, 50, population=50, basis="probability_audit").method == "census"
    assert not finite_share(0, 0, population=50, basis="probability_audit").is_measured


@pytest.mark.parametrize(
    ("k", "n", "whole", "words"),
    [(3, 2, 9, "between"), (-1, 2, 9, "between"), (1, 10, 9, "not larger"), (1.5, 2, 9, "whole numbers"),
     (float("nan"), 2, 9, "whole numbers")],
)  # fmt: skip
def test_finite_impossible_counts_are_refused(k, n, whole, words) -> None:
    with pytest.raises(ValueError, match=words):
        hypergeometric(k, n, population=whole)


def test_finite_a_confidence_is_a_share() -> None:
    with pytest.raises(ValueError, match="confidence"):
        hypergeometric(1, 2, population=9, confidence=95)
