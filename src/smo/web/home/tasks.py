"""What waits for someone: asked of every room in which their verbs give them work, the most urgent first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from smo.catalog import queries as catalog
from smo.kernel.permissions import Actor, Verb
from smo.labeling import queries as labeling
from smo.measure.state import State
from smo.quality import queries as quality
from smo.reporting import queries as reporting
from smo.web.words import kpi_name

MOST: Final = 4  # of one kind; the rest stands on its own page


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do now, with the button that does it."""

    icon: str
    title: str
    why: str
    button: str
    href: str


def items_to_label(by: Actor) -> Iterable[Task]:
    """Queues in which something is ready, those with work in hand first."""
    found = [row for row in labeling.queues(by=by) if row.state == "open" and (row.ready or row.mine)]
    for row in sorted(found, key=lambda row: (-row.mine, -row.priority, row.name)):
        title = _in_project(row.name, row.project_name)
        ready = ngettext("%(count)s item is ready.", "%(count)s items are ready.", row.ready) % {"count": row.ready}
        mine = ngettext("You hold %(count)s.", "You hold %(count)s.", row.mine) % {"count": row.mine}
        yield Task(
            "pencil",
            title,
            f"{ready} {mine}" if row.mine else ready,
            _("Continue labeling") if row.mine else _("Start labeling"),
            reverse("desk:queues-queue", args=[row.id]),
        )


def audits_to_do(by: Actor) -> Iterable[Task]:
    """The audit in one's hands, then what waits by plan."""
    found = quality.waiting_audits(by=by)
    here = reverse("auditing:audits")
    if found.open is not None:
        why = _("You hold an item of this plan. Your label comes first, then you see both.")
        yield Task("clipboard-check", found.open.plan_name, why, _("Continue the audit"), here)
    for row in found.waiting:
        why = ngettext("%(count)s audit waits.", "%(count)s audits wait.", row.waiting) % {"count": row.waiting}
        yield Task("clipboard-check", _in_project(row.plan_name, row.project_name), why, _("Open audits"), here)


def missed_targets(by: Actor) -> Iterable[Task]:
    """Projects of which a number misses its target, by an interval that leaves no doubt."""
    for row in reporting.board(by=by):
        missed = [str(kpi_name(cell.kpi)) for cell in row.cells if cell.state is State.NOT_MET]
        if missed:
            why = _("Target not met: %(names)s.") % {"names": ", ".join(missed)}
            yield Task(
                "alert-triangle", row.name, why, _("Open the project"), reverse("board:project", args=[row.project])
            )


def flags_to_answer(by: Actor) -> Iterable[Task]:
    """Questions on the guideline without an answer."""
    count = labeling.flags_waiting(by=by)
    if count:
        title = ngettext("%(count)s question on a guideline", "%(count)s questions on guidelines", count) % {
            "count": count
        }
        why = _("People decide alike only when they know what holds. Whoever asked sees your answer.")
        yield Task("info-circle", title, why, _("Answer"), reverse("lead:flags"))


def queues_at_rest(by: Actor) -> Iterable[Task]:
    """Queues that hand out nothing while items wait in them."""
    for row in labeling.queues(by=by):
        if row.state == "paused" and row.backlog:
            waits = ngettext("%(count)s item waits.", "%(count)s items wait.", row.backlog) % {"count": row.backlog}
            title = _("%(name)s is paused") % {"name": _in_project(row.name, row.project_name)}
            yield Task("clipboard-list", title, waits, _("Open the queue"), reverse("lead:queues-queue", args=[row.id]))


def plans_to_draw(by: Actor) -> Iterable[Task]:
    """Plans that have drawn nothing, and draws that nobody has finished."""
    for row in quality.plans(by=by):
        title, here = _in_project(row.name, row.project_name), reverse("auditing:plans-plan", args=[row.id])
        if row.state == "active" and not row.drawn:
            yield Task("clipboard-list", title, _("Nothing was drawn yet."), _("Draw a sample"), here)
        elif row.state == "active" and row.filed < row.drawn:
            why = _("%(filed)s of %(drawn)s audits are filed.") % {"filed": row.filed, "drawn": row.drawn}
            yield Task("clipboard-list", title, why, _("Open the plan"), here)


def imports_on_their_way(by: Actor) -> Iterable[Task]:
    """Files that came but are not published."""
    for row in reporting.waiting(by=by).imports:
        why = _("%(file)s is not published. Until then nobody sees a row of it.") % {"file": row.note}
        yield Task("package", row.name, why, _("Open imports"), reverse("imports:imports", args=[row.project]))


def guideline_drafts(by: Actor) -> Iterable[Task]:
    """Drafts that hold for nobody until they are approved."""
    for row in catalog.policies(by=by):
        if row.draft is not None:
            why = _("Version %(number)s is a draft. It holds once it is approved.") % {"number": row.draft.number}
            yield Task(
                "list-details", row.name, why, _("Open the draft"), reverse("policy:guideline", args=[row.draft.id])
            )


def projects_at_rest(by: Actor) -> Iterable[Task]:
    """Projects that are set up but hand out no work."""
    for row in catalog.projects(by=by):
        if row.state in {"draft", "paused"}:
            why = _("This project is a draft.") if row.state == "draft" else _("This project is paused.")
            here = reverse("projects:settings", args=[row.code])
            yield Task("folder", row.name, f"{why} {_('It hands out no work.')}", _("Open its settings"), here)


_WAITS: Final[tuple[tuple[Verb, Callable[[Actor], Iterable[Task]]], ...]] = (
    (Verb.MANAGE_PROJECTS, missed_targets),
    (Verb.ANSWER_FLAGS, flags_to_answer),
    (Verb.MANAGE_QUEUES, queues_at_rest),
    (Verb.DRAW_AUDITS, plans_to_draw),
    (Verb.IMPORT_DATA, imports_on_their_way),
    (Verb.APPROVE_GUIDELINES, guideline_drafts),
    (Verb.MANAGE_PROJECTS, projects_at_rest),
    (Verb.LABEL, items_to_label),  # last: who may decide for others, too, is asked for that first
    (Verb.AUDIT, audits_to_do),
)


def tasks(by: Actor) -> tuple[Task, ...]:
    """What waits for this person, at most a few of each kind."""
    held = by.verbs()
    return tuple(task for verb, found in _WAITS if verb in held for task in islice(found(by), MOST))


def _in_project(name: str, project: str) -> str:
    """What a queue or plan is called where those of several projects stand together."""
    return name if project in name else f"{project}: {name}"
