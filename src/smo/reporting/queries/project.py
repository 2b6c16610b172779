"""One project's numbers: every KPI with its state, by period and market, and week by week."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final

from django.conf import settings

from smo.kernel.clock import now
from smo.kernel.errors import NotFound
from smo.kernel.permissions import Actor
from smo.measure.estimate import Estimate
from smo.quality.queries.reach import works_in
from smo.reporting.queries.numbers import LIVE, Asked, Cell, cells
from smo.reporting.queries.reach import project_seen
from smo.reporting.rules import ON_PAGE, KpiNotKnown, Period, days_of, is_withheld
from smo.warehouse import answer, cubes

WEEKS: Final = 12


@dataclass(frozen=True, slots=True)
class ProjectNumbers:
    """A project and all its KPIs. `decisions_a_week` is the mean of the last four weeks."""

    project: str
    name: str
    product: str
    purpose: str
    state: str
    markets: tuple[str, ...]
    cells: tuple[Cell, ...]
    as_of: datetime | None
    decisions_a_week: float


@dataclass(frozen=True, slots=True)
class Week:
    """One week, by its Monday, and its number."""

    starts_on: date
    estimate: Estimate


def project_numbers(
    *, by: Actor, project: str, market: str = "", period: Period = Period.ALL, kpis: tuple[str, ...] = ON_PAGE
) -> ProjectNumbers:
    """What is known of a project. Errors: NotFound, also for a market it does not have."""
    row = project_seen(by, project, market=market)
    if market and market not in row.markets:
        raise NotFound(market=market)
    asked = Asked((row.code,), market, days_of(period, today=now().date()))
    found = cells(by, kpis, asked=asked)[row.code]
    as_of = next((cell.as_of for cell in found if cell.kpi not in LIVE), None)
    return ProjectNumbers(
        row.code, row.name, row.product.name, row.purpose, row.state, tuple(row.markets), found, as_of,
        _decisions_a_week(row.code),
    )  # fmt: skip


def weekly(*, by: Actor, project: str, kpi: str, market: str = "") -> tuple[Week, ...]:
    """A KPI week by week, of the last weeks that have any. Errors: NotFound, KpiNotKnown for one without days."""
    row = project_seen(by, project, market=market)
    known = cubes.kpis().get(kpi)
    if known is None or "day" not in known.dimensions or not known.family.is_additive:
        raise KpiNotKnown(kpi=kpi)
    where: dict[str, Any] = {"project": row.code} | ({"market": market} if market else {})
    days = answer(kpi, lake=settings.LAKE_URL, by=("day",), where=where).rows
    mondays = [monday for monday, _ in groupby(_monday(one.group["day"]) for one in days)][-WEEKS:]
    weeks = []
    for monday in mondays:
        period = (monday, monday + timedelta(days=6))
        [found] = answer(kpi, lake=settings.LAKE_URL, where=where, period=period).rows
        if not is_withheld(known, found.estimate, works_here=works_in(by, row.code)):
            weeks.append(Week(monday, found.estimate))
    return tuple(weeks)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _decisions_a_week(code: str) -> float:
    period = (now().date() - timedelta(days=27), None)
    rows = answer("flag_rate", lake=settings.LAKE_URL, where={"project": code}, period=period).rows
    return rows[0].estimate.n / 4 if rows else 0.0
