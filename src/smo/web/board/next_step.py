"""The one thing to do on a project's page: start it, look at what misses, draw or plan what would settle it."""

from collections.abc import Mapping
from dataclasses import dataclass

from smo.measure.state import State
from smo.reporting.queries import Cell, ProjectNumbers
from smo.web.board.words import KPIS
from smo.web.words import Words


@dataclass(frozen=True, slots=True)
class NextStep:
    """What the button does; for a look also at which KPI."""

    kind: str
    kpi: str = ""
    name: Words = ""


def next_step(numbers: ProjectNumbers, doors: Mapping[str, bool]) -> NextStep | None:
    """The first that applies and whose door is open to the reader; none where nothing is left to do."""
    if numbers.state == "draft":
        return NextStep("start") if doors["may_manage"] else None
    missed = _first(numbers, State.NOT_MET)
    if missed:
        return NextStep("look", missed.kpi, KPIS[missed.kpi].name)
    if doors["may_plan"] and any(cell.why_not == "no_plan" for cell in numbers.cells):
        return NextStep("plan")
    if doors["may_target"] and not any(cell.target is not None for cell in numbers.cells):
        return NextStep("target")
    unsettled = _first(numbers, State.NOT_ENOUGH)
    if unsettled and unsettled.estimate.basis == "probability_audit" and doors["may_plan"]:
        return NextStep("draw")
    return None


def _first(numbers: ProjectNumbers, state: State) -> Cell | None:
    return next((cell for cell in numbers.cells if cell.state is state), None)
