"""Decisions about numbers that need no database: which period, what is withheld, why there is none, what is urgent."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from smo.kernel.errors import DomainError
from smo.measure.estimate import Estimate
from smo.measure.kpi import Kpi
from smo.measure.state import State

# The columns of the board, and all that a project's page shows, in order.
ON_BOARD: Final = ("decision_accuracy", "critical_error_accuracy", "agreement", "turnaround")
ON_PAGE: Final = (*ON_BOARD, "backlog", "backlog_age", "throughput", "handle_time", "skip_rate", "flag_rate")
URGENCY: Final = (State.NOT_MET, State.NOT_ENOUGH, State.NOT_MEASURED, State.MET)
FEWEST_ITEMS: Final = 20  # an aggregate of fewer would tell who works there what others answered


class PeriodNotKnown(DomainError):
    """There is no such period."""

    code = "period_not_known"


class KpiNotKnown(DomainError):
    """There is no such KPI, or none with items behind it."""

    code = "kpi_not_known"


class WhyNot(StrEnum):
    """Why a number is not there."""

    WITHHELD = "withheld"
    NO_PLAN = "no_plan"
    NO_AUDIT = "no_audit"
    NO_OVERLAP = "no_overlap"
    ONE_LABEL = "one_label"
    NO_DECISION = "no_decision"
    NO_TIMING = "no_timing"
    NO_ITEM = "no_item"


@dataclass(frozen=True, slots=True)
class Setup:
    """What of a project decides why something cannot be measured."""

    plans: int = 0
    audits_waiting: int = 0
    overlap: int = 1
    decisions: int = 0


class Period(StrEnum):
    """How far back numbers reach."""

    ALL = "all"
    QUARTER = "90d"
    FOUR_WEEKS = "28d"
    WEEK = "7d"


_DAYS: Final = {Period.QUARTER: 90, Period.FOUR_WEEKS: 28, Period.WEEK: 7}


def period_of(text: str) -> Period:
    """The period of this name; all when it is empty. Errors: PeriodNotKnown.

    >>> period_of("7d"), period_of("")
    (<Period.WEEK: '7d'>, <Period.ALL: 'all'>)
    """
    try:
        return Period(text or Period.ALL)
    except ValueError as fault:
        raise PeriodNotKnown(period=text) from fault


def days_of(period: Period, *, today: date) -> tuple[date | None, date | None]:
    """From which day to which, both included; none where it has no end.

    >>> days_of(Period.WEEK, today=date(2026, 11, 22))[0]
    datetime.date(2026, 11, 16)
    """
    length = _DAYS.get(period)
    return (today - timedelta(days=length - 1), None) if length else (None, None)


def is_withheld(kpi: Kpi, estimate: Estimate, *, works_here: bool) -> bool:
    """Would this number tell someone who labels or audits there what a few others answered?"""
    return works_here and kpi.is_of_answers and 0 < estimate.n < FEWEST_ITEMS


def why_not(kpi: Kpi, estimate: Estimate, *, setup: Setup) -> WhyNot | None:
    """Why there is no number; None where there is one."""
    if estimate.is_measured:
        return None
    if kpi.basis == "probability_audit":
        return WhyNot.NO_AUDIT if setup.plans else WhyNot.NO_PLAN
    if kpi.basis == "overlap":
        return WhyNot.ONE_LABEL if estimate.n else WhyNot.NO_OVERLAP
    if kpi.fact == "item":
        return WhyNot.NO_ITEM
    return WhyNot.NO_TIMING if setup.decisions and not kpi.is_of_answers else WhyNot.NO_DECISION


def state_of(kpi: Kpi, estimate: Estimate, *, target: float | None, minimum_n: int | None = None) -> State | None:
    """The state against a target; without one only that nothing is measured can be said."""
    if target is None:
        return None if estimate.is_measured else State.NOT_MEASURED
    return kpi.state(estimate, target, minimum_n=minimum_n)


def urgency(states: Iterable[State | None]) -> tuple[int, ...]:
    """How much a project needs someone: one missed target comes before any that is open, and so on.

    >>> urgency([State.MET, State.NOT_MET]) < urgency([State.NOT_ENOUGH, State.NOT_ENOUGH])
    True
    """
    held = list(states)
    return tuple(-held.count(state) for state in URGENCY[:3])


def most_that_cannot_be_excluded(estimate: Estimate, *, a_week: float) -> int | None:
    """When no error was found: up to how many a week there may be all the same, at 95 %.

    >>> found = Estimate(1.0, 0.99254, 1.0, 400, "probability_audit", "clopper_pearson", successes=400)
    >>> most_that_cannot_be_excluded(found, a_week=52_000)
    388
    """
    if estimate.low is None or estimate.value != 1.0:
        return None
    return round(math.floor(10 * (1 - estimate.low) * a_week + 1e-9) / 10)
