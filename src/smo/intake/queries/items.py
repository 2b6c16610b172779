"""Items and what stands in them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from smo.catalog.models import Project
from smo.intake.models import Item
from smo.kernel.errors import NotFound
from smo.kernel.permissions import Actor, Scope, Verb, require

SHORT = 160  # signs of an item's text in a list


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a conversation."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Content:
    """What one looks at to decide. `text` is empty for a conversation, `turns` for a text."""

    item_id: UUID
    item_key: str
    kind: str
    text: str
    turns: tuple[Turn, ...]
    meta: Mapping[str, Any]
    language: str
    market: str
    surface: str
    source: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class ItemDetail:
    """One item for those who may view items; what models said of it is told elsewhere, by who may know it."""

    project: str
    content: Content
    import_id: UUID | None


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One line of a list of items."""

    id: UUID
    item_key: str
    kind: str
    beginning: str
    language: str
    market: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class ItemPage:
    """Some items, newest first; `next` continues the list after its last id."""

    rows: tuple[ItemRow, ...]
    next: UUID | None


@dataclass(frozen=True, slots=True)
class ProjectRef:
    """Which project an address means."""

    id: UUID
    code: str
    name: str


def project_ref(*, code: str) -> ProjectRef:
    """The project of a code. Errors: NotFound."""
    found = Project.objects.filter(code=code).values_list("id", "code", "name").first()
    if found is None:
        raise NotFound(project=code)
    return ProjectRef(*found)


def content(item_ids: Iterable[UUID]) -> dict[UUID, Content]:
    """The content of items, in one question; the caller has checked who may see it."""
    return {row.id: _content(row) for row in Item.objects.filter(pk__in=list(item_ids)).defer("model_score")}


def item(*, by: Actor, item_id: UUID) -> ItemDetail:
    """One item. Errors: NotFound, also when there is one that this actor may not see."""
    row = Item.objects.select_related("project").filter(pk=item_id).first()
    if row is None:
        raise NotFound(item_id=item_id)
    require(by, Verb.VIEW_ITEMS, scope=Scope(project=row.project.code))
    return ItemDetail(row.project.code, _content(row), row.brought_by_id)


def items(*, by: Actor, project: str, after: UUID | None = None, limit: int = 50) -> ItemPage:
    """A project's items, newest first."""
    require(by, Verb.VIEW_ITEMS, scope=Scope(project=project))
    rows = Item.objects.filter(project_id=project_ref(code=project).id).order_by("-id")
    rows = rows.filter(id__lt=after) if after else rows
    found = list(rows[: limit + 1])
    page = tuple(_row(row) for row in found[:limit])
    return ItemPage(page, page[-1].id if len(found) > limit else None)


def _content(row: Item) -> Content:
    turns = tuple(Turn(turn.get("role", ""), turn.get("text", "")) for turn in row.turns or ())
    return Content(
        item_id=row.id,
        item_key=row.item_key,
        kind=row.kind,
        text=row.text,
        turns=turns,
        meta=row.meta,
        language=row.language_declared or row.language_detected,
        market=row.market,
        surface=row.surface,
        source=row.source,
        received_at=row.received_at,
    )


def _row(row: Item) -> ItemRow:
    beginning = row.text or " / ".join(turn.get("text", "") for turn in row.turns or ())
    language = row.language_declared or row.language_detected
    return ItemRow(row.id, row.item_key, row.kind, beginning[:SHORT], language, row.market, row.received_at)
