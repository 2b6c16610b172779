"""Items, one by one and in small batches, with the decisions about them."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from smo.api.callers import caller
from smo.api.pages import Paging, Rows
from smo.intake import actions, queries
from smo.labeling import queries as labeling
from smo.quality import queries as quality

router = Router(tags=["items"])


class Batch(Schema):
    """Items as the source has them: `key`, `text` or `turns`, and what else there is to say."""

    rows: list[dict[str, Any]] = Field(min_length=1, max_length=1000)


class AddedOut(Schema):
    """The ids by item key; those that were known already are not added again."""

    import_id: UUID
    items: dict[str, UUID]
    new: int
    known: int


class DecisionsOut(Schema):
    """The decisions about an item; `is_masked` when those of others are kept from who asks."""

    rows: list[labeling.ItemDecision]
    is_masked: bool


@router.get("/projects/{slug:project}/items", response=Rows[queries.ItemRow], summary="A project's items")
def items(request: HttpRequest, *, project: str, wanted: Query[Paging]) -> queries.ItemPage:
    """Newest first, each with its beginning."""
    return queries.items(by=caller(request), project=project, after=wanted.after, limit=wanted.limit)


@router.post("/projects/{slug:project}/items", response={201: AddedOut}, summary="Add a small batch of items")
def add_items(request: HttpRequest, *, project: str, sent: Batch) -> actions.Added:
    """At most 1000, whole or not at all, published at once. Sent twice, nothing is added twice."""
    return actions.add_items(by=caller(request), project=project, rows=sent.rows)


@router.get("/items/{uuid:item_id}", response=queries.ItemDetail, summary="One item")
def item(request: HttpRequest, item_id: UUID) -> queries.ItemDetail:
    """What its source says of it beside the content is left out for whoever has a blind task on it."""
    by = caller(request)
    found = queries.item(by=by, item_id=item_id)
    is_masked = item_id in quality.masked_items(by=by, item_ids=[item_id])
    return replace(found, content=replace(found.content, meta={})) if is_masked else found


@router.get("/items/{uuid:item_id}/decisions", response=DecisionsOut, summary="What was decided about an item")
def decisions_of_item(request: HttpRequest, item_id: UUID) -> labeling.ItemDecisions:
    """One's own alone while one has an open or upcoming blind task on it."""
    by = caller(request)
    masked = quality.masked_items(by=by, item_ids=[item_id])
    return labeling.decisions_of_item(by=by, item_id=item_id, masked=masked)
