"""Targets: which can be set, and for which days it is too late."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from math import isfinite

from smo.catalog.rules.refusals import PeriodHasEnded, TargetNotValid
from smo.measure.kpi import Kpi
from smo.shelf import things


@dataclass(frozen=True, slots=True)
class NewTarget:
    """What a KPI of a project should reach from a day on; an empty market means all."""

    project: str
    kpi: str
    value: float
    starts_on: date
    market: str = ""
    minimum_n: int | None = None


@cache
def kpis() -> dict[str, Kpi]:
    """Every KPI by its name on the shelf."""
    return things("smo.measure.kpis", "KPI")


def check_target(target: NewTarget) -> None:
    """Errors: TargetNotValid."""
    if target.kpi not in kpis():
        raise TargetNotValid(field="kpi", reason="is not known")
    if not isfinite(target.value) or target.value < 0:
        raise TargetNotValid(field="value", reason="must be a number, 0 or more")
    if is_share(kpis()[target.kpi]) and target.value > 1:
        raise TargetNotValid(field="value", reason="must be at most 100 %")
    if target.minimum_n is not None and not 1 <= target.minimum_n <= 10**9:
        raise TargetNotValid(field="minimum_n", reason="must be 1 or more")


def is_share(kpi: Kpi) -> bool:
    """Is the KPI a share of 1, written in percent?"""
    return kpi.unit == "share"


def check_period(starts_on: date, *, today: date, is_change: bool) -> None:
    """A goal is not moved for a month that is over. A first goal changes nothing, so it may begin earlier.

    Errors: PeriodHasEnded.
    """
    if is_change and starts_on < today.replace(day=1):
        raise PeriodHasEnded(starts_on=starts_on.isoformat())
