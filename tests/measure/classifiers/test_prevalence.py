"""Precision and prevalence in another world, and a truth that is only probable: simulation, definitions, edges."""

import numpy as np
import polars as pl
import pytest

from smo.measure.aggregation.consensus import aggregate
from smo.measure.classifiers.prevalence import precision_at_prevalence, precision_over_prevalence, shifted_prior
from smo.measure.classifiers.uncertain_truth import against_consensus, expected_confusion, expected_scores
from smo.measure.intervals import wilson
from tests.measure.build import ratings_of


def test_prevalence_precision_follows_bayes() -> None:
    found = precision_over_prevalence((80, 100), (30, 1000), prevalences=[0.001, 0.1, 0.5])
    for prevalence, value in zip(found["prevalence"], found["value"], strict=True):
        assert value == pytest.approx(0.8 * prevalence / (0.8 * prevalence + 0.03 * (1 - prevalence)))
    assert ((found["low"] < found["value"]) & (found["value"] < found["high"])).all()


@pytest.mark.parametrize(
    ("recall", "false", "n1", "n0"), [(0.8, 0.03, 60, 400), (0.95, 0.2, 40, 80), (0.6, 0.01, 300, 900)]
)
def test_prevalence_interval_covers(recall, false, n1, n0) -> None:
    rng = np.random.default_rng(1)
    true = recall * 0.02 / (recall * 0.02 + false * 0.98)
    pairs, times = np.unique(
        np.stack([rng.binomial(n1, recall, 4000), rng.binomial(n0, false, 4000)], axis=1), axis=0, return_counts=True
    )
    found = [precision_at_prevalence((int(a), n1), (int(b), n0), prevalence=0.02) for a, b in pairs]
    inside = np.array([one.low <= true <= one.high for one in found])
    assert 0.88 < (inside * times).sum() / 4000 < 0.95


def test_prevalence_without_alarms_or_classes() -> None:
    clean = precision_at_prevalence((9, 10), (0, 500), prevalence=0.01)
    assert clean.value == 1.0
    assert 0.4 < clean.low < 0.8
    assert precision_at_prevalence((0, 10), (5, 500), prevalence=0.01).value == 0.0
    assert precision_at_prevalence((0, 10), (0, 500), prevalence=0.01).value is None
    assert precision_at_prevalence((0, 0), (5, 500), prevalence=0.01).value is None
    for bad in (0.0, 1.0, float("nan")):
        with pytest.raises(ValueError, match="prevalence lies"):
            precision_at_prevalence((9, 10), (1, 10), prevalence=bad)


def calibrated(rng: np.random.Generator, n: int, *, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Truth, and chances that were calibrated where half was positive."""
    truth = rng.random(n) < share
    x = rng.normal(np.where(truth, 1.0, -1.0))
    p = 1 / (1 + np.exp(-2 * x))
    return truth, np.stack([1 - p, p], axis=1)


def test_prevalence_shifted_prior_is_found_and_its_interval_covers() -> None:
    rng = np.random.default_rng(2)
    hits = 0
    for _ in range(300):
        found, posterior = shifted_prior(calibrated(rng, 400, share=0.15)[1], [0.5, 0.5])
        hits += found[1].low <= 0.15 <= found[1].high
        assert posterior.mean(axis=0) == pytest.approx([one.value for one in found], abs=1e-6)
    assert 0.85 < hits / 300 < 0.95


def test_prevalence_of_three_classes_sums_to_one() -> None:
    rng = np.random.default_rng(3)
    likelihood = rng.dirichlet([1, 1, 1], 500)
    found, _ = shifted_prior(likelihood, [1 / 3, 1 / 3, 1 / 3])
    assert sum(one.value for one in found) == pytest.approx(1.0)
    flat, _ = shifted_prior(np.full((50, 2), 0.5), [0.5, 0.5])  # says nothing, keeps the prior
    assert [one.value for one in flat] == pytest.approx([0.5, 0.5])
    for chances, prior in (
        (np.zeros((0, 2)), [0.5, 0.5]),
        ([[0.5, 0.6]], [0.5, 0.5]),
        ([[0.5, 0.5]], [0.0, 1.0]),
        ([[0.5, 0.5]], [0.2, 0.2]),
        ([[0.5, 0.5]], [1.0]),
        ([[np.nan, 0.5]], [0.5, 0.5]),
    ):
        with pytest.raises(ValueError, match=r"\w"):
            shifted_prior(chances, prior)


def test_truth_that_is_certain_gives_the_plain_table_and_wilson() -> None:
    rng = np.random.default_rng(4)
    truth, said = rng.integers(0, 3, 500), rng.integers(0, 3, 500)
    table = expected_confusion(np.eye(3)[truth], said, labels=list("abc"))
    assert table["n"].to_list() == [float(((truth == t) & (said == s)).sum()) for t in range(3) for s in range(3)]
    scores = expected_scores(np.eye(3)[truth], said, labels=list("abc"))
    precision = scores.filter((pl.col("label") == "b") & (pl.col("metric") == "precision")).row(0, named=True)
    low, high = wilson(int(((truth == 1) & (said == 1)).sum()), int((said == 1).sum()))
    assert (precision["low"], precision["high"]) == pytest.approx((float(low), float(high)), abs=2e-3)


def test_truth_that_is_doubtful_covers_where_the_likeliest_label_does_not() -> None:
    """Chances q that are right: the truth is drawn from q, apart from the model that sees it only in part."""
    rng = np.random.default_rng(5)
    n, runs = 400, 400
    hits = {"q": 0, "argmax": 0}
    for _ in range(runs):
        q = rng.beta(0.7, 0.7, n)
        says = rng.random(n) < np.where(q > 0.5, 0.85, 0.15)
        goal = 0.85 * 0.5 + 0.5 * 0.15 + (0.85 - 0.15) * (GOAL - 0.5)
        for name, mass in (("q", q), ("argmax", (q > 0.5).astype(float))):
            row = expected_scores(np.stack([1 - mass, mass], axis=1), says, labels=["ok", "bad"]).row(0, named=True)
            hits[name] += row["low"] <= goal <= row["high"]
    assert hits["q"] / runs > 0.90
    assert hits["argmax"] / runs < 0.1


#: E[max(q, 1 - q)] of Beta(.7, .7): how often the likeliest label is the true one.
GOAL = float(np.mean(np.maximum(d := np.random.default_rng(0).beta(0.7, 0.7, 2_000_000), 1 - d)))


def test_truth_weights_scale_and_faults() -> None:
    q = np.array([[0.9, 0.1], [0.2, 0.8], [0.5, 0.5], [0.3, 0.7]])
    one = expected_scores(q, [0, 1, 1, -1], labels=["a", "b"], weight=[1, 2, 3, 4])
    other = expected_scores(q, [0, 1, 1, -1], labels=["a", "b"], weight=[10, 20, 30, 40])
    assert one["value"].to_list() == pytest.approx(other["value"].to_list())
    assert one["low"].to_list() == pytest.approx(other["low"].to_list())
    silent = expected_scores(q[:1], [0], labels=["a", "b"])
    assert silent.filter(pl.col("label") == "b")["value"].to_list() == [None, 0.0]
    for bad in ({"decided": [2]}, {"posterior": [[0.5, 0.6]]}, {"weight": [np.nan]}, {"labels": ["a"]}):
        asked = {"posterior": [[0.5, 0.5]], "decided": [0], "labels": ["a", "b"], **bad}
        with pytest.raises(ValueError, match=r"\w"):
            expected_scores(asked.pop("posterior"), asked.pop("decided"), **asked)


def test_truth_of_a_consensus_counts_the_votes() -> None:
    ratings = ratings_of((("x", "x", "y", "x"), ("x", "y", "y", None)))
    found = against_consensus(
        aggregate(ratings, "majority"), pl.DataFrame({"item": [0, 1, 2], "value": ["x", "x", "z"]})
    )
    assert found.row(0)[:3] == (None, "accuracy", 0.75)
