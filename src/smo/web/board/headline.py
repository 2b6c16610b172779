"""The page's answer in words: what needs a decision, what is open, what would settle it."""

from collections.abc import Sequence
from math import ceil

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from smo.measure.state import State
from smo.reporting.queries import BoardRow, Cell, ProjectNumbers
from smo.reporting.rules import most_that_cannot_be_excluded
from smo.web.board.words import KPIS
from smo.web.numbers import amount, count


def names_of(cells: Sequence[Cell], state: State) -> str:
    """The KPIs in this state, by name, in one line."""
    return _(", ").join(str(KPIS[cell.kpi].name) for cell in cells if cell.state is state)


def board_headline(rows: Sequence[BoardRow]) -> tuple[str, str]:
    """The command centre's answer, and the sentence below it."""
    if not rows:
        return _("No project runs yet"), _("A project brings together a policy, questions, people and targets.")
    missed = [row for row in rows if any(cell.state is State.NOT_MET for cell in row.cells)]
    if missed:
        text = ngettext(
            "One project needs a decision: %(names)s", "%(n)s projects need a decision: %(names)s", len(missed)
        )
        title = text % {"n": count(len(missed)), "names": _(", ").join(row.name for row in missed[:3])}
        why = _("%(project)s misses its target for: %(kpis)s.")
        return title, why % {"project": missed[0].name, "kpis": names_of(missed[0].cells, State.NOT_MET)}
    states = [cell.state for row in rows for cell in row.cells if cell.target is not None]
    if not states:
        return _("No project has a target yet"), _("Numbers without a target are shown, and judged by nobody.")
    open_ones = states.count(State.NOT_ENOUGH) + states.count(State.NOT_MEASURED)
    if open_ones:
        text = ngettext(
            "No target is missed; one is not settled", "No target is missed; %(n)s are not settled", open_ones
        )
        return text % {"n": count(open_ones)}, _(
            "More audits or overlap would settle them; each project says how many."
        )
    return _("Every target is met"), _("Nothing here needs a decision today.")


def project_headline(numbers: ProjectNumbers) -> tuple[str, str]:
    """A project's answer, and the sentence below it."""
    missed = names_of(numbers.cells, State.NOT_MET)
    if missed:
        return _("%(project)s misses: %(kpis)s") % {"project": numbers.name, "kpis": missed}, _critical(numbers)
    unsettled = names_of(numbers.cells, State.NOT_ENOUGH)
    if unsettled:
        title = _("%(project)s: not settled yet: %(kpis)s")
        return title % {"project": numbers.name, "kpis": unsettled}, _critical(numbers)
    if not any(cell.target is not None for cell in numbers.cells):
        return _("%(project)s has no target yet") % {"project": numbers.name}, _critical(numbers)
    unmeasured = names_of([cell for cell in numbers.cells if cell.target is not None], State.NOT_MEASURED)
    if unmeasured:
        title = _("%(project)s: not measured: %(kpis)s")
        return title % {"project": numbers.name, "kpis": unmeasured}, _critical(numbers)
    return _("%(project)s meets its targets") % {"project": numbers.name}, _critical(numbers)


def _bound(share: float) -> str:
    """An upper bound in two figures, rounded up: a bound must not promise more than was shown."""
    places = 2 if share < 0.01 else 1
    return amount(ceil(share * 100 * 10**places) / (100 * 10**places), "share")


def _critical(numbers: ProjectNumbers) -> str:
    """None found is no proof that there is none."""
    cell = next((one for one in numbers.cells if one.kpi == "critical_error_accuracy"), None)
    if cell is None or cell.estimate.low is None or cell.estimate.value != 1.0:
        return ""
    share = _bound(1 - cell.estimate.low) if cell.estimate.low < 1 else ""
    a_week = most_that_cannot_be_excluded(cell.estimate, a_week=numbers.decisions_a_week)
    if not a_week:
        text = _("No critical error was seen in %(n)s audits; up to %(share)s cannot be excluded at 95 percent.")
        return text % {"n": count(cell.estimate.n), "share": share}
    text = _(
        "No critical error was seen in %(n)s audits; up to %(share)s (about %(number)s decisions a week) "
        "cannot be excluded at 95 percent."
    )
    return text % {"n": count(cell.estimate.n), "share": share, "number": count(a_week)}
