"""Two thresholds: the cheapest of all pairs, within the capacity, with figures that other cases confirm."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smo.measure.classifiers.histogram import empty_histogram, score_histogram
from smo.measure.classifiers.thresholds import Costs, at_thresholds, choose_thresholds, cost_curve, places_of

COSTS = Costs(missed=10.0, wrong_removal=4.0, review=1.0)
rows = st.lists(st.tuples(st.integers(0, 8), st.booleans(), st.integers(1, 3)), min_size=1, max_size=25)


def build(cases):
    scores, truth, weight = zip(*cases, strict=True)
    return score_histogram(np.array(scores) / 8, truth, weight=weight, bins=8)


@settings(max_examples=25, deadline=None)
@given(rows, st.sampled_from([0.0, 0.1, 0.3, 1.0]), st.sampled_from([1.0, 0.8]))
def test_thresholds_no_pair_is_cheaper(cases, capacity, skill) -> None:
    costs = Costs(10.0, 4.0, 1.0, sensitivity=skill, specificity=skill)
    found = build(cases)
    best = choose_thresholds(found, costs, capacity=capacity)
    edges = [*found.edges, np.inf]
    every = [at_thresholds(found, costs, between=pair) for pair in itertools.combinations_with_replacement(edges, 2)]
    cheapest = min(one.cost.value for one in every if one.reviewed.value <= capacity + 1e-9)
    assert best.cost.value == pytest.approx(cheapest, abs=1e-9)
    assert best.reviewed.value <= capacity + 1e-9


def test_thresholds_cost_is_what_the_outcomes_cost() -> None:
    rng = np.random.default_rng(1)
    scores = rng.integers(0, 17, 400) / 16
    truth = rng.random(400) < scores
    found = at_thresholds(score_histogram(scores, truth, bins=16), COSTS, between=(0.25, 0.75))
    missed = (truth & (scores < 0.25)).mean()
    removed = (~truth & (scores >= 0.75)).mean()
    reviewed = ((scores >= 0.25) & (scores < 0.75)).mean()
    assert found.missed.value == pytest.approx(missed)
    assert found.wrongly_removed.value == pytest.approx(removed)
    assert found.review_per_1000 == pytest.approx(1000 * reviewed)
    assert found.cost.value == pytest.approx(10 * missed + 4 * removed + reviewed)
    each = 10.0 * (truth & (scores < 0.25)) + 4.0 * (~truth & (scores >= 0.75))
    each = each + ((scores >= 0.25) & (scores < 0.75))
    assert found.cost.high - found.cost.value == pytest.approx(1.6449 * each.std(ddof=1) / 20, rel=1e-3)


def test_thresholds_without_capacity_there_is_no_review_and_free_review_takes_all_doubt() -> None:
    rng = np.random.default_rng(2)
    scores = rng.random(2000)
    found = score_histogram(scores, rng.random(2000) < scores)
    none = choose_thresholds(found, COSTS, capacity=0.0)
    assert none.allow_below == none.remove_from
    assert none.reviewed.value == 0.0
    free = choose_thresholds(found, Costs(10.0, 4.0, 0.0))
    assert free.cost.value == pytest.approx(0.0)
    assert "same cases" in free.cost.warnings[0]
    less = [choose_thresholds(found, COSTS, capacity=share).cost.value for share in (0.0, 0.1, 0.3, 1.0)]
    assert less == sorted(less, reverse=True)


def test_thresholds_curve_and_edges() -> None:
    found = score_histogram([0.1, 0.9], [0, 1], bins=16)
    curve = cost_curve(found, COSTS, points=5)
    assert curve["value"].to_list() == [2.0, 0.0, 0.0, 0.0, 5.0]
    assert (curve["low"] <= curve["value"]).all()
    assert places_of(found, [0.0, 1.0, 1.1, -5.0]).tolist() == [0, 16, 17, 0]
    assert at_thresholds(found, COSTS, between=(0.5, np.inf)).wrongly_removed.value == 0.0


@pytest.mark.parametrize(
    "act",
    [
        lambda: Costs(-1.0, 1.0, 1.0),
        lambda: Costs(np.nan, 1.0, 1.0),
        lambda: Costs(1.0, 1.0, 1.0, sensitivity=1.5),
        lambda: choose_thresholds(empty_histogram(), COSTS),
        lambda: choose_thresholds(build([(1, True, 1)]), COSTS, capacity=1.5),
        lambda: at_thresholds(build([(1, True, 1)]), COSTS, between=(0.5, 0.4)),
        lambda: at_thresholds(build([(1, True, 1)]), COSTS, between=(np.nan, 0.4)),
    ],
)
def test_thresholds_refuse_what_is_faulty(act) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        act()


def test_thresholds_of_nothing_are_not_measured() -> None:
    assert at_thresholds(empty_histogram(), COSTS, between=(0.2, 0.4)).cost.value is None
