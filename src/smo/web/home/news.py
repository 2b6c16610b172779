"""What changed lately and concerns someone: their roles, the guidelines they work by, answers to their questions."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from smo.catalog import queries as catalog
from smo.kernel.clock import now
from smo.kernel.permissions import Actor, Verb
from smo.labeling import queries as labeling
from smo.people import queries as people
from smo.web.words import ROLE_NAMES

MOST: Final = 8
_LATELY: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class News:
    """One thing that happened, and where to read more."""

    at: datetime
    title: str
    note: str
    href: str = ""


def own_roles(by: Actor) -> Iterable[News]:
    """Roles that were given to oneself, or ended."""
    for row in people.grants(by=by, person_id=by.id):
        role = ROLE_NAMES.get(row.role, row.role)
        given_by = _("by %(name)s") % {"name": row.granted_by_name} if row.granted_by_name else ""
        yield News(row.granted_at, _("You were given a role: %(role)s") % {"role": role}, given_by)
        if row.ended_at is not None:
            yield News(row.ended_at, _("A role of yours ended: %(role)s") % {"role": role}, "")


def guidelines(by: Actor) -> Iterable[News]:
    """Guideline versions that came into force."""
    moment = now()
    for row in catalog.policies(by=by):
        version = row.effective
        if version is not None and version.effective_at is not None and version.effective_at <= moment:
            title = _("%(policy)s, version %(number)s is in force") % {"policy": row.name, "number": version.number}
            here = reverse("policy:guideline", args=[version.id])
            yield News(version.effective_at, title, version.change_note, here)


def answers(by: Actor) -> Iterable[News]:
    """Answers to one's own questions on a guideline."""
    for row in labeling.flags(by=by, state="answered", limit=20).rows:
        if row.person_id == by.id and row.answered_at is not None:
            title = _("Your question on %(item)s was answered") % {"item": row.item_key}
            yield News(row.answered_at, title, row.answer)


_SOURCES: Final[tuple[tuple[Verb | None, Callable[[Actor], Iterable[News]]], ...]] = (
    (None, own_roles),
    (Verb.VIEW_CATALOG, guidelines),
    (Verb.LABEL, answers),
)


def news(by: Actor) -> tuple[News, ...]:
    """The newest first, of the last thirty days."""
    held, since = by.verbs(), now() - _LATELY
    found = [one for verb, source in _SOURCES if verb is None or verb in held for one in source(by) if one.at >= since]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True)[:MOST])
