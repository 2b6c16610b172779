"""Each KPI of some projects at once: its estimate, its target, the state that follows, or why there is no number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import product
from typing import Final

from django.conf import settings
from django.db.models import Q

from smo.catalog.models import Target
from smo.kernel.clock import now
from smo.kernel.permissions import Actor
from smo.measure.estimate import Estimate, not_measured
from smo.measure.kpi import Kpi
from smo.measure.state import State
from smo.quality.queries.reach import works_in
from smo.reporting.queries.reach import Backlog, backlogs, setups
from smo.reporting.rules import Setup, WhyNot, is_withheld, state_of, why_not
from smo.warehouse import answer, cubes
from smo.warehouse.answers import Row

LIVE: Final = ("backlog", "backlog_age")
Days = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class Cell:
    """One KPI of one project. `beside` are figures that are shown with it and judged by nobody."""

    kpi: str
    title: str
    question: str
    estimate: Estimate
    state: State | None
    target: float | None
    minimum_n: int
    unit: str
    higher_is_better: bool
    why_not: WhyNot | None = None
    beside: Mapping[str, float] = field(default_factory=dict)
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose numbers are asked for, of which market (all when empty), of which days."""

    codes: tuple[str, ...]
    market: str = ""
    days: Days = (None, None)


@dataclass(frozen=True, slots=True)
class _Known:
    setups: Mapping[str, Setup]
    targets: Mapping[tuple[str, str], Target]
    backlogs: Mapping[str, Backlog]


def cells(by: Actor, kpis: Sequence[str], *, asked: Asked) -> dict[str, tuple[Cell, ...]]:
    """By project: its KPIs in the order asked for."""
    codes = list(asked.codes)
    needs_backlog = any(name in LIVE for name in kpis)
    known = _Known(setups(codes), _targets(asked), backlogs(codes, market=asked.market) if needs_backlog else {})
    found = {name: _measured(name, asked, known=known) for name in kpis}
    made = {
        (code, name): _cell(by, code, name=name, found=found[name], known=known) for code, name in product(codes, kpis)
    }
    return {code: tuple(made[code, name] for name in kpis) for code in codes}


def _targets(asked: Asked) -> dict[tuple[str, str], Target]:
    """Targets in force today; one for the market itself goes before one for all."""
    today = now().date()
    rows = Target.objects.select_related("project").filter(
        Q(ends_on=None) | Q(ends_on__gt=today),
        project__code__in=asked.codes, starts_on__lte=today, market__in={"", asked.market},
    )  # fmt: skip
    return {(row.project.code, row.kpi): row for row in rows.order_by("market")}


@dataclass(frozen=True, slots=True)
class _Found:
    kpi: Kpi
    rows: Mapping[str, Row]
    as_of: datetime | None


def _measured(name: str, asked: Asked, *, known: _Known) -> _Found:
    kpi = cubes.kpis()[name]
    if name in LIVE:
        moment = now()
        return _Found(
            kpi, {code: Row({}, _live(name, known.backlogs.get(code), moment=moment)) for code in asked.codes}, moment
        )
    where = {"market": asked.market} if asked.market else {}
    found = answer(name, lake=settings.LAKE_URL, by=("project",), where=where, period=asked.days)
    return _Found(kpi, {row.group["project"]: row for row in found.rows if row.group}, found.as_of)


def _live(name: str, waits: Backlog | None, *, moment: datetime) -> Estimate:
    backlog = waits or Backlog()
    oldest = backlog.oldest_received_at
    age = max(0.0, (moment - oldest).total_seconds()) if oldest else 0.0
    value = float(backlog.waiting) if name == "backlog" else age
    return Estimate(value, value, value, backlog.waiting, "system_log", "census")


def _cell(by: Actor, code: str, *, name: str, found: _Found, known: _Known) -> Cell:
    kpi, row, target = found.kpi, found.rows.get(code), known.targets.get((code, name))
    estimate = row.estimate if row else not_measured(kpi.basis, "nothing happened that counts")
    beside = dict(row.beside) if row else {}
    reason = why_not(kpi, estimate, setup=known.setups.get(code, Setup()))
    if is_withheld(kpi, estimate, works_here=works_in(by, code)):
        estimate, beside, reason = not_measured(kpi.basis, "withheld"), {}, WhyNot.WITHHELD
    least = target.minimum_n if target and target.minimum_n is not None else kpi.minimum_n
    return Cell(
        name, kpi.title, kpi.question, estimate,
        state_of(kpi, estimate, target=target.value if target else None, minimum_n=least),
        target.value if target else None, least, kpi.unit, kpi.higher_is_better, reason, beside, found.as_of,
    )  # fmt: skip
