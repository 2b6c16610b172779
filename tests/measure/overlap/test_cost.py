"""The curve of accuracy against labels spent."""

import numpy as np
import pytest

from smo.measure.overlap.asks import Rule
from smo.measure.overlap.cost import spending_curve
from smo.measure.overlap.replay import replay
from tests.measure.build import ratings_of


def test_the_curve_follows_the_rounds() -> None:
    ratings = ratings_of([["x", "y"] * 10, ["x", "y"] * 10, ["y", "x"] * 10])
    run = replay(ratings, Rule(1.0), seed=2)
    curve = spending_curve(run, {item: "xy"[item % 2] for item in range(20)}, label_cost=2.0)
    assert curve["spent"].to_list() == run.spent.tolist()
    last = curve.row(-1, named=True)
    assert last["accuracy"] == 1.0
    assert last["cost_per_correct"] == pytest.approx(2.0 * last["spent"] / 20)
    assert (curve["low"] <= curve["accuracy"]).all()
    assert (curve["high"] >= curve["accuracy"]).all()


def test_a_truth_that_nobody_gave_counts_as_wrong_and_costs_without_end() -> None:
    curve = spending_curve(replay(ratings_of([["x"]]), Rule(), seed=1), {0: "z"})
    assert curve["accuracy"].to_list() == [0.0]
    assert np.isinf(curve["cost_per_correct"][0])


def test_bad_input_is_refused() -> None:
    run = replay(ratings_of([["x"]]), Rule(), seed=1)
    with pytest.raises(ValueError, match="no item has a truth"):
        spending_curve(run, {5: "x"})
    with pytest.raises(ValueError, match="label_cost"):
        spending_curve(run, {0: "x"}, label_cost=-1.0)
