"""Decisions: one's own of late, and all of an item for those who may see them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from smo.intake.models import Item
from smo.kernel.clock import now
from smo.kernel.errors import NotFound
from smo.kernel.permissions import Actor, Scope, Verb, require
from smo.labeling.models import Decision
from smo.labeling.queries.blindness import masked_items
from smo.labeling.rules import retractable_until

MOST_RECENT = 20


@dataclass(frozen=True, slots=True)
class OwnDecision:
    """What is needed to take a decision back."""

    id: UUID
    assignment_id: UUID
    project: str
    market: str
    language: str
    received_at: datetime
    is_retracted: bool


@dataclass(frozen=True, slots=True)
class RecentDecision:
    """One of the asker's own last decisions; until `retractable_until` it can be taken back."""

    id: UUID
    item_id: UUID
    item_key: str
    queue_id: UUID | None
    project: str
    outcome: str
    answers: Mapping[str, Any]
    reason: str
    received_at: datetime
    retractable_until: datetime
    may_retract: bool


@dataclass(frozen=True, slots=True)
class ItemDecision:
    """One decision about an item, as someone who may view items sees it."""

    id: UUID
    person_id: UUID
    person_name: str
    outcome: str
    answers: Mapping[str, Any]
    reason: str
    note: str
    confidence: int | None
    decision_mode: str
    received_at: datetime
    opened_at: datetime | None
    schema_version_id: UUID | None
    guideline_version_id: UUID | None
    seen_guideline_version_id: UUID | None
    is_late: bool
    is_retracted: bool


@dataclass(frozen=True, slots=True)
class ItemDecisions:
    """An item's decisions; `is_masked` when the asker has still to decide and so sees only their own."""

    rows: tuple[ItemDecision, ...]
    is_masked: bool


def own_decision(*, by: Actor, decision_id: UUID) -> OwnDecision:
    """A decision made here by this person. Errors: NotFound, also for another's."""
    found = Decision.objects.filter(pk=decision_id, person_id=by.id, assignment__isnull=False)
    row = found.select_related("project", "queue").first()
    if row is None or row.assignment_id is None or row.queue is None:
        raise NotFound(decision_id=decision_id)
    where = (row.project.code, row.queue.market, row.queue.language)
    return OwnDecision(row.id, row.assignment_id, *where, row.received_at, row.retracted_at is not None)


def recent_decisions(*, by: Actor) -> tuple[RecentDecision, ...]:
    """The asker's own last decisions, newest first."""
    found = Decision.objects.filter(person_id=by.id, assignment__isnull=False, retracted_at=None)
    found = found.select_related("item", "project").defer("item__text", "item__turns", "item__meta")
    at = now()
    return tuple(_recent(row, at) for row in found.order_by("-received_at", "-id")[:MOST_RECENT])


def decisions_of_item(*, by: Actor, item_id: UUID, masked: Collection[UUID] = ()) -> ItemDecisions:
    """All decisions about an item, oldest first; `masked` adds items that rooms above keep from this person."""
    item = Item.objects.filter(pk=item_id).select_related("project").only("id", "project__code").first()
    if item is None:
        raise NotFound(item_id=item_id)
    require(by, Verb.VIEW_ITEMS, scope=Scope(project=item.project.code))
    is_masked = item_id in masked or bool(masked_items(by, [item_id]))
    found = Decision.objects.filter(item_id=item_id).select_related("person").order_by("received_at", "id")
    found = found.filter(person_id=by.id) if is_masked else found
    return ItemDecisions(tuple(_of_item(row) for row in found), is_masked)


def _recent(row: Decision, at: datetime) -> RecentDecision:
    until = retractable_until(row.received_at)
    return RecentDecision(
        id=row.id,
        item_id=row.item_id,
        item_key=row.item.item_key,
        queue_id=row.queue_id,
        project=row.project.code,
        outcome=row.outcome,
        answers=row.answers,
        reason=row.reason,
        received_at=row.received_at,
        retractable_until=until,
        may_retract=at <= until,
    )


def _of_item(row: Decision) -> ItemDecision:
    return ItemDecision(
        id=row.id,
        person_id=row.person_id,
        person_name=row.person.name,
        outcome=row.outcome,
        answers=row.answers,
        reason=row.reason,
        note=row.note,
        confidence=row.confidence,
        decision_mode=row.decision_mode,
        received_at=row.received_at,
        opened_at=row.opened_at,
        schema_version_id=row.schema_version_id,
        guideline_version_id=row.guideline_version_id,
        seen_guideline_version_id=row.seen_guideline_version_id,
        is_late=row.is_late,
        is_retracted=row.retracted_at is not None,
    )
