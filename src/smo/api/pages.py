"""Lists that are read page by page."""

from collections.abc import Iterable
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from ninja import Schema
from pydantic import Field

T = TypeVar("T")

Limit = Annotated[int, Field(ge=1, le=200, description="How many rows at most")]
After = Annotated[UUID | None, Field(description="`next` of the page before")]


class Rows(Schema, Generic[T]):
    """Some rows; ask again with `after` = `next` for more. Without `next` these are the last."""

    rows: list[T]
    next: UUID | str | None = None


class Paging(Schema):
    """Where a list goes on, and for how long."""

    after: After = None
    limit: Limit = 50


class Made(Schema):
    """What was made now."""

    id: UUID


class Revision(Schema):
    """How often this was saved; send it back with the next change, so that two people are told of each other."""

    revision: int


def given(sent: Schema) -> dict[str, Any]:
    """The values that were sent, as they are; what is inside them stays whole."""
    return {name: getattr(sent, name) for name in type(sent).model_fields}


def all_of(rows: Iterable[T]) -> dict[str, Any]:
    """A list that has no second page."""
    return {"rows": list(rows), "next": None}
