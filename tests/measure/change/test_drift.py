"""Drift of a mix: known distances, intervals that cover, p-values that are fair."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon

from smo.measure.change.drift import drift_p_value, jensen_shannon, population_stability_index

P = np.array([0.4, 0.3, 0.2, 0.1])
Q = np.array([0.34, 0.3, 0.22, 0.14])
COUNTS = st.lists(st.integers(0, 400), min_size=2, max_size=8)


def psi(p, q) -> float:
    return float(((q - p) * np.log(q / p)).sum())


def test_drift_of_large_samples_is_the_distance_of_their_mixes() -> None:
    found = population_stability_index(P * 1e8, Q * 1e8, basis="system_log")
    assert found.value == pytest.approx(psi(P, Q), rel=1e-3)
    assert jensen_shannon(P * 1e8, Q * 1e8, basis="system_log").value == pytest.approx(
        jensenshannon(P, Q, 2) ** 2, rel=1e-3
    )


@pytest.mark.parametrize("measure", [population_stability_index, jensen_shannon])
@pytest.mark.parametrize("n", [200, 2000])
def test_drift_intervals_cover(measure, n) -> None:
    rng = np.random.default_rng(n)
    truth = psi(P, Q) if measure is population_stability_index else jensenshannon(P, Q, 2) ** 2
    for share, expected in ((Q, truth), (P, 0.0)):
        ends = [measure(rng.multinomial(3 * n, P), rng.multinomial(n, share), basis="system_log") for _ in range(200)]
        hits = np.mean([one.low <= expected <= one.high for one in ends])
        assert (hits > 0.85) & ((hits < 0.95) | (expected == 0)), (share, hits)


def test_drift_none_is_not_a_small_number() -> None:
    rng = np.random.default_rng(1)
    found = [
        population_stability_index(rng.multinomial(300, P), rng.multinomial(300, P), basis="system_log")
        for _ in range(300)
    ]
    assert np.mean([one.low == 0 for one in found]) > 0.92
    assert np.median([one.value for one in found]) < 0.001


def test_drift_p_value_is_uniform_without_drift_and_small_with_it() -> None:
    rng = np.random.default_rng(2)
    p = [
        drift_p_value(rng.multinomial(150, P), rng.multinomial(60, P), rng=rng, n_permutations=300) for _ in range(400)
    ]
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.03)
    assert np.mean(p) == pytest.approx(0.5, abs=0.06)
    assert drift_p_value(P * 2000, Q[::-1] * 2000, rng=rng) < 0.001


@settings(max_examples=40, deadline=None)
@given(COUNTS, COUNTS, st.integers(0, 99))
def test_drift_follows_the_bins_not_their_order(old, new, seed) -> None:
    size = min(len(old), len(new))
    old, new = np.array(old[:size]), np.array(new[:size])
    order = np.random.default_rng(seed).permutation(size)
    for measure in (population_stability_index, jensen_shannon):
        there, again = measure(old, new, basis="system_log"), measure(old[order], new[order], basis="system_log")
        assert there.value == pytest.approx(again.value, abs=1e-12)
        if there.value is not None:
            assert 0 <= there.low <= there.value <= there.high
            assert np.isfinite(there.high)


def test_drift_of_odd_counts() -> None:
    assert not population_stability_index([0, 0], [3, 4], basis="system_log").is_measured
    assert not jensen_shannon([5, 0], [3, 0], basis="system_log").is_measured
    apart = jensen_shannon([1000, 0], [0, 1000], basis="system_log")
    assert apart.value == pytest.approx(1.0, abs=0.01)
    assert "a bin with fewer than 5" in population_stability_index([100, 2], [90, 1], basis="system_log").warnings[0]
    assert drift_p_value([0, 0], [1, 2], rng=np.random.default_rng(1)) == 1.0
    for wrong in (
        lambda: jensen_shannon([1, 2], [1], basis="system_log"),
        lambda: jensen_shannon([1, -2], [1, 1], basis="system_log"),
        lambda: drift_p_value([1.5, 2], [1, 1], rng=np.random.default_rng(1)),
        lambda: jensen_shannon([1, 2], [1, 1], basis="system_log", confidence=1.0),
    ):
        with pytest.raises(ValueError, match=r".+"):
            wrong()
