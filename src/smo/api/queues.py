"""Queues: where items wait, and the claims on them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from smo.api.callers import caller
from smo.api.pages import Made, Rows, all_of, given
from smo.intake.queries import Content, Turn
from smo.labeling import actions, queries

router = Router(tags=["queues"])


class QueueIn(Schema):
    """Work of a project for one market and language or, where empty, for all."""

    name: str
    market: str = ""
    language: str = ""
    priority: int = 0
    overlap: int | None = None


class QueueStateIn(Schema):
    """An open queue hands out work; a draining one takes no new items."""

    state: Literal["open", "paused", "draining"]


class Wish(Schema):
    """How many items are wanted."""

    how_many: int = Field(1, ge=1, le=20)


class Urgent(Schema):
    """Items that come first, or later."""

    item_ids: tuple[UUID, ...] = Field(max_length=1000)
    priority: int


class Counted(Schema):
    """How many there were."""

    count: int


class ItemOut(Schema):
    """What is to be decided about. What else its source says is left out: it may hold an answer."""

    item_id: UUID
    item_key: str
    kind: str
    text: str
    turns: list[Turn]
    language: str
    market: str
    surface: str
    source: str
    received_at: datetime


class ClaimHead(Schema):
    """A claim: until when it is held, and which questions and guideline are bound to it."""

    id: UUID
    item_id: UUID
    queue_id: UUID
    project: str
    claimed_at: datetime
    expires_at: datetime
    schema_version_id: UUID
    guideline_version_id: UUID | None


class ClaimOut(Schema):
    """A claim and its item."""

    claim: ClaimHead
    item: ItemOut


def claim_out(claim: actions.Claim) -> dict[str, actions.Claim | Content]:
    """A claim as the API tells it."""
    return {"claim": claim, "item": claim.content}


class OfProject(Schema):
    """Of which project; empty means of all that one may see."""

    project: str = ""


@router.get("/queues", response=Rows[queries.QueueRow], summary="The queues that one may see")
def queues(request: HttpRequest, wanted: Query[OfProject]) -> object:
    """With what is ready to be handed out to who asks, the backlog and its oldest item."""
    return all_of(queries.queues(by=caller(request), project=wanted.project))


@router.post("/projects/{slug:project}/queues", response={201: Made}, summary="Make a queue")
def create_queue(request: HttpRequest, *, project: str, sent: QueueIn) -> dict[str, UUID]:
    """Items that fit it and are in no queue yet come into it."""
    settings = actions.QueueSettings(**given(sent))
    return {"id": actions.create_queue(by=caller(request), project=project, settings=settings)}


@router.get("/queues/{uuid:queue_id}", response=queries.QueueRow, summary="One queue")
def queue(request: HttpRequest, queue_id: UUID) -> queries.QueueRow:
    """As it stands now."""
    return queries.queue(by=caller(request), queue_id=queue_id)


@router.put("/queues/{uuid:queue_id}", response={204: None}, summary="Change a queue")
def change_queue(request: HttpRequest, *, queue_id: UUID, sent: QueueIn) -> None:
    """What was decided stays."""
    actions.change_queue(by=caller(request), queue_id=queue_id, settings=actions.QueueSettings(**given(sent)))


@router.put("/queues/{uuid:queue_id}/state", response={204: None}, summary="Open, pause or drain a queue")
def set_queue_state(request: HttpRequest, *, queue_id: UUID, sent: QueueStateIn) -> None:
    """Claims that are held stay held."""
    actions.set_queue_state(by=caller(request), queue_id=queue_id, state=sent.state)


@router.post("/queues/{uuid:queue_id}/urgent", response=Counted, summary="Let items come first, or later")
def prioritise_items(request: HttpRequest, *, queue_id: UUID, sent: Urgent) -> dict[str, int]:
    """A higher priority is handed out earlier."""
    moved = actions.prioritise_items(
        by=caller(request), queue_id=queue_id, item_ids=sent.item_ids, priority=sent.priority
    )
    return {"count": moved}


@router.post("/projects/{slug:project}/queues/fill", response=Counted, summary="Put waiting items into queues")
def fill_queues(request: HttpRequest, project: str) -> dict[str, int]:
    """Items without a place get one in the queue that fits; this happens by itself after each import."""
    return {"count": actions.fill_queues(by=caller(request), project=project)}


@router.post("/queues/{uuid:queue_id}/claims", response=Rows[ClaimOut], summary="Claim items to decide")
def claim_items(request: HttpRequest, *, queue_id: UUID, sent: Wish) -> object:
    """The most urgent first; fewer, or none, when fewer wait for who asks."""
    claims = actions.claim_items(by=caller(request), queue_id=queue_id, how_many=sent.how_many)
    return all_of(claim_out(claim) for claim in claims)
