"""Decisions about numbers: periods, reasons, what is withheld, what is urgent."""

from datetime import date

import pytest

from smo.measure.estimate import Estimate, not_measured
from smo.measure.state import State
from smo.reporting.rules import (
    Period,
    PeriodNotKnown,
    Setup,
    WhyNot,
    days_of,
    is_withheld,
    most_that_cannot_be_excluded,
    period_of,
    state_of,
    urgency,
    why_not,
)
from smo.warehouse.cubes import kpis

ACCURACY = kpis()["decision_accuracy"]
TODAY = date(2026, 11, 22)


def share(n: int) -> Estimate:
    return Estimate(0.9, 0.8, 0.95, n, "probability_audit", "wilson")


def test_periods_end_today_and_hold_both_days() -> None:
    assert days_of(Period.WEEK, today=TODAY) == (date(2026, 11, 16), None)
    assert days_of(Period.ALL, today=TODAY) == (None, None)
    with pytest.raises(PeriodNotKnown):
        period_of("yesterday")


@pytest.mark.parametrize(("n", "works_here", "withheld"), [(19, True, True), (20, True, False), (19, False, False)])
def test_small_numbers_are_withheld_from_who_works_there(n, works_here, withheld) -> None:
    assert is_withheld(ACCURACY, share(n), works_here=works_here) is withheld
    assert not is_withheld(kpis()["backlog"], share(n), works_here=True), "what waits tells nobody's answer"


def test_every_kpi_without_a_number_says_why() -> None:
    nothing = not_measured("system_log", "nothing")
    for kpi in kpis().values():
        assert isinstance(why_not(kpi, nothing, setup=Setup()), WhyNot)
    assert why_not(ACCURACY, share(5), setup=Setup()) is None
    assert why_not(ACCURACY, nothing, setup=Setup(plans=1)) is WhyNot.NO_AUDIT
    assert why_not(kpis()["handle_time"], nothing, setup=Setup(decisions=1)) is WhyNot.NO_TIMING


def test_without_a_target_nothing_is_met() -> None:
    assert state_of(ACCURACY, share(600), target=None) is None
    assert state_of(ACCURACY, not_measured("gold", "-"), target=None) is State.NOT_MEASURED
    assert state_of(ACCURACY, share(600), target=0.7) is State.MET
    assert state_of(ACCURACY, share(600), target=0.7, minimum_n=601) is State.NOT_ENOUGH


def test_one_missed_target_is_more_urgent_than_many_open_ones() -> None:
    assert urgency([State.NOT_MET, State.MET]) < urgency([State.NOT_ENOUGH] * 4)
    assert urgency([State.NOT_ENOUGH, None]) < urgency([State.NOT_MEASURED, State.MET]) < urgency([State.MET])


def test_7_11_5_zero_of_400_and_52_000_a_week() -> None:
    low = 0.05 ** (1 / 400)
    found = Estimate(1.0, low, 1.0, 400, "probability_audit", "clopper_pearson", successes=400)
    assert round(100 * (1 - low), 3) == 0.746
    assert most_that_cannot_be_excluded(found, a_week=52_000) == 388
    assert most_that_cannot_be_excluded(share(400), a_week=52_000) is None
