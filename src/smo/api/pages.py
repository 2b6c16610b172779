"""Lists that are read page by page."""

from typing import Annotated, Generic, TypeVar
from uuid import UUID

from ninja import Schema
from pydantic import Field

T = TypeVar("T")

Limit = Annotated[int, Field(ge=1, le=200, description="How many rows at most")]
After = Annotated[UUID | None, Field(description="`next` of the page before")]


class Rows(Schema, Generic[T]):
    """Some rows; ask again with `after` = `next` for more. Without `next` these are the last."""

    rows: list[T]
    next: UUID | None = None


class Paging(Schema):
    """Where a list goes on, and for how long."""

    after: After = None
    limit: Limit = 50


class Nothing(Schema):
    """It was done; there is nothing to tell."""
