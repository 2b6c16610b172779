"""The four states of a target, and what an estimate may hold."""

import math

import pytest

from smo.measure.estimate import Estimate, not_measured
from smo.measure.intervals import proportion
from smo.measure.state import State, judge


@pytest.mark.parametrize(
    ("k", "n", "state"),
    [(58, 60, State.NOT_ENOUGH), (582, 600, State.MET), (180, 200, State.NOT_MET), (577, 600, State.NOT_ENOUGH)],
)
def test_states_of_a_quality_target(k: int, n: int, state: State) -> None:
    estimate = proportion(k, n, basis="probability_audit")
    assert judge(estimate, target=0.95) is state
    mirrored = proportion(n - k, n, basis="probability_audit")
    assert judge(mirrored, target=0.05, higher_is_better=False) is state


def test_below_the_least_n_there_is_not_enough_evidence() -> None:
    assert judge(proportion(582, 600, basis="gold"), target=0.95, minimum_n=601) is State.NOT_ENOUGH


def test_nothing_eligible_is_not_measured() -> None:
    assert judge(proportion(0, 0, basis="gold"), target=0.95) is State.NOT_MEASURED
    assert judge(None, target=0.95) is State.NOT_MEASURED
    assert judge(not_measured("overlap", "one label", n=7), target=0.67) is State.NOT_ENOUGH


@pytest.mark.parametrize(
    ("low", "high", "state"), [(0.9, 1, State.MET), (0.5, 0.9, State.NOT_ENOUGH), (0.5, 0.8, State.NOT_MET)]
)
def test_a_bound_on_the_target_meets_it(low: float, high: float, state: State) -> None:
    assert judge(Estimate(low, low, high, 9, "gold", "wilson"), target=0.9) is state


@pytest.mark.parametrize("values", [(math.nan, 0, 1), (0.5, math.nan, 1), (0.5, 0.7, 0.6)])
def test_an_estimate_refuses_what_is_no_number_or_no_interval(values) -> None:
    with pytest.raises(ValueError, match=r"nan|above"):
        Estimate(*values, 3, "gold", "wilson")


def test_an_estimate_refuses_an_unknown_basis() -> None:
    with pytest.raises(ValueError, match="unknown basis"):
        Estimate(0.5, 0.4, 0.6, 3, "hearsay", "wilson")
