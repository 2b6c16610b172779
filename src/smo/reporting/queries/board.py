"""The board: projects against their targets, the most urgent first."""

from dataclasses import dataclass

from smo.kernel.clock import now
from smo.kernel.permissions import Actor
from smo.reporting.queries.numbers import Asked, Cell, cells
from smo.reporting.queries.reach import projects_seen
from smo.reporting.rules import ON_BOARD, Period, days_of, urgency


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One project and its KPIs."""

    project: str
    name: str
    product: str
    state: str
    cells: tuple[Cell, ...]


def board(*, by: Actor, period: Period = Period.ALL, kpis: tuple[str, ...] = ON_BOARD) -> tuple[BoardRow, ...]:
    """Every project whose numbers this actor may see, except closed ones."""
    projects = list(projects_seen(by).exclude(state="closed"))
    asked = Asked(tuple(one.code for one in projects), days=days_of(period, today=now().date()))
    found = cells(by, kpis, asked=asked)
    rows = [BoardRow(one.code, one.name, one.product.name, one.state, found[one.code]) for one in projects]
    return tuple(sorted(rows, key=lambda row: (urgency(cell.state for cell in row.cells), row.name)))
