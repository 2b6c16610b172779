"""The promise of a conformal threshold is kept by simulation, for misses, wrong removals and severities."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smo.measure.classifiers.conformal import conformal_threshold, conformal_thresholds


def risk_of(threshold: float | None, *, a: float = 2.0) -> float:
    """True share of Beta(a, 1) scores below a threshold: P(s < t) = t^a."""
    return 0.0 if threshold is None else min(threshold, 1.0) ** a


@pytest.mark.parametrize(("n", "alpha"), [(20, 0.1), (99, 0.05), (300, 0.02)])
def test_conformal_the_mean_risk_is_at_most_alpha_and_not_far_below(n, alpha) -> None:
    rng = np.random.default_rng(n)
    risks = [risk_of(conformal_threshold(rng.beta(2.0, 1.0, n), alpha=alpha).threshold) for _ in range(2000)]
    assert np.mean(risks) <= alpha + 3 * np.std(risks) / np.sqrt(2000)
    assert np.mean(risks) >= alpha - 1.2 / (n + 1) - 3 * np.std(risks) / np.sqrt(2000)


def test_conformal_with_delta_the_risk_itself_is_kept() -> None:
    rng = np.random.default_rng(5)
    found = [conformal_threshold(rng.beta(2.0, 1.0, 150), alpha=0.1, delta=0.1).threshold for _ in range(2000)]
    broken = np.mean([risk_of(one) > 0.1 for one in found])
    assert broken <= 0.1 + 3 * np.sqrt(0.09 / 2000)


def test_conformal_severities_and_ties() -> None:
    rng = np.random.default_rng(6)
    risks = []
    for _ in range(1500):
        scores = rng.integers(1, 11, 80) / 10
        loss = np.where(rng.random(80) < 0.3, 3.0, 0.0)
        found = conformal_threshold(scores, loss, alpha=0.3, largest_loss=3.0)
        risks.append(0.0 if found.threshold is None else 0.9 * min(1.0, round(found.threshold * 10 - 1) / 10))
    assert np.mean(risks) <= 0.3 + 3 * np.std(risks) / np.sqrt(1500)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 20), min_size=1, max_size=80), st.sampled_from([0.05, 0.1, 0.3, 0.6]))
def test_conformal_wrong_removal_mirrors_missed_and_the_bound_holds(scores, alpha) -> None:
    found = conformal_threshold(scores, alpha=alpha)
    assert conformal_threshold(scores[::-1], alpha=alpha) == found
    mirror = conformal_threshold([-s for s in scores], alpha=alpha, risk="wrong_removal")
    assert (found.threshold is None) == (mirror.threshold is None)
    if found.threshold is None:
        assert 1 / (len(scores) + 1) > alpha
        assert "at least" in found.reason
        return
    lost = sum(s < found.threshold for s in scores)
    assert (lost + 1) / (len(scores) + 1) <= alpha + 1e-12
    assert found.risk == pytest.approx(lost / len(scores))
    higher = sorted({s for s in scores if s > found.threshold})
    if higher:  # the next threshold would break the promise
        assert (sum(s < higher[0] for s in scores) + 1) / (len(scores) + 1) > alpha
    assert sum(-s >= mirror.threshold for s in scores) <= lost


def test_conformal_per_policy() -> None:
    cases = pl.DataFrame({"policy": ["a"] * 99 + ["b"] * 5, "score": np.linspace(0.01, 0.99, 104)})
    found = conformal_thresholds(cases, by="policy", alpha=0.05)
    assert found["policy"].to_list() == ["a", "b"]
    assert found["threshold"][0] is not None
    assert found["threshold"][1] is None
    assert found["reason"][1] == "5 cases cannot promise a risk of 0.05: at least 19 are needed"
    with pytest.raises(ValueError, match="columns"):
        conformal_thresholds(cases, by="market", alpha=0.1)


@pytest.mark.parametrize(
    ("given_", "options"),
    [
        (([0.5, np.nan],), {"alpha": 0.1}),
        (([0.5], [2.0]), {"alpha": 0.1}),
        (([0.5], [np.nan]), {"alpha": 0.1}),
        (([0.5], [0.5]), {"alpha": 0.1, "delta": 0.1}),
        (([0.5], [1.0, 1.0]), {"alpha": 0.1}),
        (([0.5],), {"alpha": 0.0}),
        (([0.5],), {"alpha": 0.1, "delta": 1.0}),
        (([0.5],), {"alpha": 0.1, "risk": "harm"}),
    ],
)
def test_conformal_refuses_what_it_cannot_promise(given_, options) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        conformal_threshold(*given_, **options)


def test_conformal_nothing_promises_nothing() -> None:
    assert conformal_threshold([], alpha=0.1).threshold is None
