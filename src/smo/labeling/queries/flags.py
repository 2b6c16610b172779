"""Flags: where people found the guideline unclear, and what was answered."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from smo.kernel.errors import NotFound
from smo.kernel.permissions import Actor, Scope, Verb, may
from smo.labeling.models import Flag

STATES = ("open", "answered")


@dataclass(frozen=True, slots=True)
class FlagRow:
    """One flag; whoever raised it is named to those who answer."""

    id: UUID
    project: str
    project_name: str
    policy: str
    item_id: UUID
    item_key: str
    person_id: UUID
    person_name: str
    guideline_version_id: UUID | None
    guideline_number: int | None
    rule_code: str
    text: str
    raised_at: datetime
    answer: str
    answered_by_name: str
    answered_at: datetime | None
    may_answer: bool


@dataclass(frozen=True, slots=True)
class FlagPage:
    """Some flags; `next` continues the list after its last id."""

    rows: tuple[FlagRow, ...]
    next: UUID | None


def flags(*, by: Actor, project: str = "", state: str = "", after: UUID | None = None, limit: int = 50) -> FlagPage:
    """Flags that this person may answer or has raised, newest first."""
    found = Flag.objects.filter(_visible(by)).select_related(*_PARTS)
    found = found.filter(project__code=project) if project else found
    if state in STATES:
        found = found.filter(answered_at__isnull=state == "open")
    found = found.filter(id__lt=after) if after else found
    page = list(found.order_by("-id")[: limit + 1])
    rows = tuple(_row(by, row) for row in page[:limit])
    return FlagPage(rows, rows[-1].id if len(page) > limit else None)


def flag(*, by: Actor, flag_id: UUID) -> FlagRow:
    """One flag. Errors: NotFound, also when there is one that this person may not know of."""
    row = Flag.objects.filter(_visible(by), pk=flag_id).select_related(*_PARTS).first()
    if row is None:
        raise NotFound(flag_id=flag_id)
    return _row(by, row)


def flags_waiting(*, by: Actor) -> int:
    """How many flags wait for an answer that this person may give."""
    return Flag.objects.filter(_answerable(by), answered_at=None).count()


_PARTS = ("project__policy", "item", "person", "answered_by", "guideline_version")


def _answerable(by: Actor) -> Q:
    held = [grant for grant in by.grants if Verb.ANSWER_FLAGS in grant.verbs]
    codes = {grant.scope.project for grant in held if grant.scope.covers(Scope(project=grant.scope.project))}
    return ~Q(pk__in=[]) if "" in codes else Q(project__code__in=sorted(codes))


def _visible(by: Actor) -> Q:
    return _answerable(by) | Q(person_id=by.id)


def _row(by: Actor, row: Flag) -> FlagRow:
    return FlagRow(
        id=row.id,
        project=row.project.code,
        project_name=row.project.name,
        policy=row.project.policy.code if row.project.policy else "",
        item_id=row.item_id,
        item_key=row.item.item_key,
        person_id=row.person_id,
        person_name=row.person.name,
        guideline_version_id=row.guideline_version_id,
        guideline_number=row.guideline_version.number if row.guideline_version else None,
        rule_code=row.rule_code,
        text=row.text,
        raised_at=row.raised_at,
        answer=row.answer,
        answered_by_name=row.answered_by.name if row.answered_by else "",
        answered_at=row.answered_at,
        may_answer=may(by, Verb.ANSWER_FLAGS, scope=Scope(project=row.project.code)),
    )
