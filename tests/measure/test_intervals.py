"""Intervals against the published vectors and statsmodels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from smo.measure.intervals import clopper_pearson, jeffreys, newcombe, poisson_exact, proportion, wilson

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


@pytest.mark.parametrize("ours", [wilson, clopper_pearson, jeffreys])
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
