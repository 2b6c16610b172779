"""The first way through: from a product to items that wait for people. Shown until all of it is done."""

from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from smo.catalog import queries as catalog
from smo.kernel.permissions import Actor, Verb
from smo.labeling import queries as labeling

_NEEDED: Final = frozenset({Verb.MANAGE_CATALOG, Verb.MANAGE_PROJECTS, Verb.IMPORT_DATA, Verb.MANAGE_QUEUES})


@dataclass(frozen=True, slots=True)
class SetUpStep:
    """One step on the way; `href` is empty until the ones before it are done."""

    title: str
    why: str
    button: str
    href: str
    is_done: bool


def set_up_steps(by: Actor) -> tuple[SetUpStep, ...]:
    """The steps for someone who may take them all; none for others, and none once work waits in a queue."""
    if not by.verbs() >= _NEEDED:
        return ()
    queues = labeling.queues(by=by)
    if any(row.backlog or row.ready for row in queues):
        return ()
    projects = catalog.projects(by=by)
    first = projects[0].code if projects else ""
    done = (bool(catalog.products()), bool(projects), any(row.state == "live" for row in projects), bool(queues))
    steps = (
        (_("Add a product"), _("What a client runs and moderates."), _("Add a product"), reverse("office:products")),
        (
            _("Set up a project"),
            _("A template brings questions and a guideline with it; both can be changed."),
            _("Set up a project"),
            reverse("projects:add"),
        ),
        (
            _("Start it"),
            _("A project hands out work once its guideline is approved and its questions are published."),
            _("Open its settings"),
            reverse("projects:settings", args=[first]) if first else "",
        ),
        (
            _("Make a queue"),
            _("People take their work from queues."),
            _("Make a queue"),
            reverse("lead:queues-add"),
        ),
        (
            _("Bring items in"),
            _("A CSV, JSONL or Parquet file; you see its faults before a row of it counts."),
            _("Import items"),
            reverse("imports:imports", args=[first]) if first else "",
        ),
    )
    return tuple(_step(step, (*done, False), place=place) for place, step in enumerate(steps))


def _step(step: tuple[str, str, str, str], done: tuple[bool, ...], *, place: int) -> SetUpStep:
    title, why, button, href = step
    is_next = all(done[:place]) and not done[place]
    return SetUpStep(title, why, button, href if is_next else "", done[place])
