"""Sequential plans: Wald's lines, exact sizes as published, and a simulation that agrees."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smo.measure.acceptance.plans import SinglePlan, probability_of_acceptance
from smo.measure.acceptance.sequential import SequentialPlan, characteristic, decide, sequential_plan


def test_the_lines_and_average_sizes_of_domain_4_2() -> None:
    plan = sequential_plan(0.02, 0.05, most=None)
    assert plan.slope == pytest.approx(0.0328, abs=5e-5)
    assert plan.accept_at == pytest.approx(2.38, abs=5e-3)
    assert plan.refuse_at == pytest.approx(3.05, abs=5e-3)
    found = characteristic(plan, [0.01, 0.02, 0.05, 0.08])
    assert found.average_size.round().tolist() == [105, 170, 164, 72]
    assert found.undecided.max() < 1e-11
    assert 1 - found.accepted[1] <= 0.05
    assert found.accepted[2] <= 0.10


def test_cutting_off_costs_little_and_bounds_the_size() -> None:
    open_plan, cut = sequential_plan(0.02, 0.05, most=None), sequential_plan(0.02, 0.05)
    one, other = (characteristic(plan, [0.01, 0.02, 0.035, 0.05]) for plan in (open_plan, cut))
    assert np.abs(one.accepted - other.accepted).max() < 0.01
    assert (other.average_size <= one.average_size).all()
    assert other.undecided.max() == 0


def test_a_plan_cut_off_at_once_is_a_single_plan() -> None:
    plan = SequentialPlan(0.5, 1e6, 1e6, most=20, last_accepted=3)
    shares = np.array([0.0, 0.05, 0.2, 1.0])
    # the lines are out of reach, so that the end alone decides; the band is as wide as all counts
    plan = SequentialPlan(0.5, 30.0, 30.0, most=20, last_accepted=3)
    found = characteristic(plan, shares)
    assert found.accepted == pytest.approx(probability_of_acceptance(SinglePlan(20, 3), shares), abs=1e-12)
    assert found.average_size == pytest.approx(np.full(4, 20.0))


@pytest.mark.parametrize("share", [0.01, 0.04, 0.08])
def test_the_exact_figures_are_those_of_a_simulation(share: float) -> None:
    plan, rng, runs = sequential_plan(0.02, 0.06, most=300), np.random.default_rng(19), 2000
    errors = (rng.random((runs, 300)) < share).cumsum(axis=1)
    sizes, accepted = [], 0
    for run in errors:
        for n, count in enumerate(run.tolist(), 1):
            said = decide(plan, count, looked_at=n)
            if said != "go on":
                break
        sizes.append(n)
        accepted += said == "accept"
    found = characteristic(plan, share)
    assert accepted / runs == pytest.approx(found.accepted[0], abs=4 * (0.25 / runs) ** 0.5)
    assert np.mean(sizes) == pytest.approx(found.average_size[0], abs=4 * np.std(sizes) / runs**0.5)


@given(
    good=st.floats(0.02, 0.2),
    factor=st.floats(2, 6),
    risks=st.tuples(st.floats(0.02, 0.2), st.floats(0.02, 0.2)),
)
@settings(max_examples=12, deadline=None)
def test_walds_bounds_hold_for_every_open_plan(good, factor, risks) -> None:
    bad = min(good * factor, 0.9)
    plan = sequential_plan(good, bad, producer_risk=risks[0], consumer_risk=risks[1], most=None)
    found = characteristic(plan, [good, bad])
    a, b = risks
    assert 1 - found.accepted[0] <= a / (1 - b) + 1e-9  # Wald 1947, (3.19)
    assert found.accepted[1] <= b / (1 - a) + 1e-9
    assert found.accepted[0] > found.accepted[1]


def test_the_ends_of_the_scale() -> None:
    found = characteristic(sequential_plan(0.02, 0.05), [0.0, 1.0])
    assert found.accepted.tolist() == [1.0, 0.0]
    assert found.average_size[0] == 73
    assert found.average_size[1] == 4


@pytest.mark.parametrize(
    ("good", "bad", "values"),
    [
        (0.0, 0.05, {}),
        (0.05, 0.02, {}),
        (0.02, 1.0, {}),
        (0.02, 0.05, {"producer_risk": 0.0}),
        (0.02, 0.05, {"consumer_risk": 0.6}),
        (0.02, 0.05, {"most": 0}),
        (float("nan"), 0.05, {}),
    ],
)
def test_senseless_plans_are_refused(good, bad, values) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        sequential_plan(good, bad, **values)


def test_senseless_questions_are_refused() -> None:
    plan = sequential_plan(0.02, 0.05)
    with pytest.raises(ValueError, match="between 0 and 1"):
        characteristic(plan, [1.2])
    with pytest.raises(ValueError, match="between 0 and the units"):
        decide(plan, 5, looked_at=4)
    assert decide(plan, 0, looked_at=0) == "go on"


def test_sequential_plan_refuses_an_end_that_is_no_number():
    with pytest.raises(ValueError, match='a number, None or "auto"'):
        sequential_plan(0.01, 0.05, most="never")
