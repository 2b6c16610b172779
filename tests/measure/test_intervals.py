"""Intervals against the published vectors and statsmodels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from smo.measure.intervals import (
    FEW_CASES,
    clopper_pearson,
    jeffreys,
    jeffreys_few,
    newcombe,
    newcombe_paired,
    poisson_exact,
    proportion,
    wilson,
    wilson_few,
)

counts = st.integers(0, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("found", "ends"),
    [
        (wilson(191, 200, confidence=0.95), (0.9167, 0.9761)),
        (wilson(198, 200, confidence=0.95), (0.9643, 0.9973)),
        (clopper_pearson(198, 200, confidence=0.95), (0.9643, 0.9988)),
        (wilson(38, 40, confidence=0.95), (0.835, 0.986)),
        (newcombe(24, 400, k2=10, n2=400, confidence=0.95), (0.0068, 0.0650)),
        (newcombe(297, 300, k2=182, n2=200, confidence=0.95), (0.0425, 0.1283)),
        (poisson_exact(28, 32, confidence=0.95), (0.581, 1.265)),
        (poisson_exact(21, 16, confidence=0.95), (0.812, 2.006)),
        (clopper_pearson(74, 80), (0.857, 0.966)),
    ],
)
def test_published_vectors(found, ends) -> None:
    assert tuple(map(float, found)) == pytest.approx(ends, abs=1e-3)


@pytest.mark.parametrize(("ours", "theirs"), [(wilson, "wilson"), (clopper_pearson, "beta"), (jeffreys, "jeffreys")])
@given(both=counts.filter(lambda both: both[1] > 0), confidence=st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_intervals_equal_statsmodels(ours, theirs: str, both: tuple[int, int], confidence: float) -> None:
    k, n = both
    low, high = ours(k, n, confidence=confidence)
    expected_low, expected_high = proportion_confint(k, n, alpha=1 - confidence, method=theirs)
    if theirs == "jeffreys":  # ours is closed at 0 and 1, as Brown, Cai and DasGupta advise
        expected_low, expected_high = (0 if k == 0 else expected_low), (1 if k == n else expected_high)
    assert (float(low), float(high)) == pytest.approx((expected_low, expected_high), abs=1e-9)


@pytest.mark.parametrize("ours", [wilson, clopper_pearson, jeffreys, wilson_few, jeffreys_few])
@given(both=counts)
def test_an_interval_holds_its_value_and_mirrors(ours, both: tuple[int, int]) -> None:
    k, n = both
    low, high = (float(end) for end in ours(k, n))
    assert 0 <= low <= (k / n if n else 0.5) <= high <= 1
    mirrored = [float(end) for end in ours(n - k, n)]
    assert mirrored == pytest.approx([1 - high, 1 - low], abs=1e-9)


def test_intervals_take_arrays_and_know_nothing_from_nothing() -> None:
    low, high = wilson(np.array([0, 5, 0]), np.array([0, 10, 20]))
    assert (low.shape, float(low[0]), float(high[0]), float(low[2])) == ((3,), 0.0, 1.0, 0.0)
    assert [float(end) for end in newcombe(1, 2, k2=0, n2=0)] == [-1.0, 1.0]


@pytest.mark.parametrize("fault", [lambda: wilson(3, 2), lambda: wilson(-1, 2), lambda: wilson(1, 2, confidence=1)])
def test_impossible_counts_are_refused(fault) -> None:
    with pytest.raises(ValueError, match=r"between"):
        fault()
    with pytest.raises(ValueError, match="above 0"):
        poisson_exact(3, 0)


def test_a_proportion_carries_its_evidence() -> None:
    estimate = proportion(0, 400, basis="probability_audit", method="clopper_pearson")
    assert (estimate.value, estimate.n, estimate.successes, estimate.basis) == (0.0, 400, 0, "probability_audit")
    assert estimate.high == pytest.approx(0.00746, abs=1e-5)  # the rule of three, exactly
    assert proportion(0, 0, basis="gold").value is None
    with pytest.raises(ValueError, match="unknown method"):
        proportion(1, 2, basis="gold", method="wald")


@pytest.mark.parametrize("ours", [wilson, clopper_pearson, jeffreys, wilson_few, jeffreys_few])
@given(n=st.integers(1, 300))
def test_ends_rise_with_the_cases(ours, n: int) -> None:
    low, high = ours(np.arange(n + 1), n)
    assert (np.diff(low) >= 0).all()
    assert (np.diff(high) >= 0).all()


@given(both=counts.filter(lambda both: both[1] > 0))
def test_few_cases_take_the_exact_end_on_their_side_alone(both: tuple[int, int]) -> None:
    k, n = both
    (low, high), plain, exact = wilson_few(k, n), wilson(k, n), clopper_pearson(k, n)
    assert low == (min(plain[0], exact[0]) if k <= FEW_CASES else plain[0])
    assert high == (max(plain[1], exact[1]) if n - k <= FEW_CASES else plain[1])
    method = proportion(k, n, basis="gold").method
    is_few = 0 < k <= FEW_CASES or 0 < n - k <= FEW_CASES
    assert method == ("wilson_exact_end" if is_few else "wilson")


def test_no_share_near_an_end_is_covered_in_less_than_92_percent() -> None:
    k, n, p = np.arange(101)[:, None], 100, np.geomspace(1e-4, 0.5, 400)[None, :]
    chance = stats.binom.pmf(k, n, p)

    def least(method) -> float:
        low, high = method(k, n, confidence=0.95)
        return float((chance * ((low <= p) & (p <= high))).sum(axis=0).min())

    assert [least(method) > 0.925 for method in (wilson, jeffreys, wilson_few, jeffreys_few)] == [
        False,
        False,
        True,
        True,
    ]
    assert least(clopper_pearson) > 0.95


@pytest.mark.parametrize(
    ("table", "ends"),
    [((36, 12, 2, 0), (0.0569, 0.3404)), ((212, 144, 256, 388), None), ((0, 1, 0, 29), None)],
)
def test_paired_differences_hold_their_value(table, ends) -> None:
    both, first, second, neither = table
    low, high = newcombe_paired(first, second, both=both, neither=neither, confidence=0.95)
    value = (first - second) / sum(table)
    assert float(low) < value < float(high)
    turned = [float(end) for end in newcombe_paired(second, first, both=both, neither=neither, confidence=0.95)]
    assert turned == pytest.approx([-float(high), -float(low)])
    if ends is not None:  # Newcombe 1998, paired data, method 10
        assert (float(low), float(high)) == pytest.approx(ends, abs=5e-5)


def test_paired_without_cases_says_nothing_and_refuses_the_impossible() -> None:
    assert [float(end) for end in newcombe_paired(0, 0, both=0, neither=0)] == [-1.0, 1.0]
    for table in ((-1, 0, 1, 1), (float("nan"), 0, 1, 1)):
        with pytest.raises(ValueError, match="at least 0"):
            newcombe_paired(table[0], table[1], both=table[2], neither=table[3])


@pytest.mark.parametrize(("k", "n"), [(1, float("nan")), (float("nan"), 5), (0, float("inf")), (0, -3)])
def test_what_is_no_count_is_refused(k: float, n: float) -> None:
    for method in (wilson, clopper_pearson, jeffreys, wilson_few, jeffreys_few):
        with pytest.raises(ValueError, match="between 0 and n"):
            method(k, n)
    with pytest.raises(ValueError, match="above 0"):
        poisson_exact(float("nan"), 1.0)


@pytest.mark.parametrize("ends", [clopper_pearson, jeffreys, poisson_exact])
@pytest.mark.parametrize("confidence", [float("nan"), 90, -1.0])
def test_exact_intervals_refuse_a_confidence_that_is_none(ends, confidence):
    with pytest.raises(ValueError, match="a confidence is between 0 and 1"):
        ends(3, 10, confidence=confidence)
