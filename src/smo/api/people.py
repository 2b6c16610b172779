"""People: who works here, page by page, and one of them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema

from smo.api.callers import caller
from smo.people import queries

router = Router(tags=["people"])


class PersonLine(Schema):
    """One line of the list; `roles` are those in force today."""

    id: UUID
    name: str
    kind: str
    email: str
    state: str
    roles: list[str]


class PeopleOut(Schema):
    """Some lines in the order of names; ask again with `after` = `next` for more."""

    rows: list[PersonLine]
    next: UUID | None


class PersonOut(Schema):
    """One person with the account to sign in with, if any."""

    id: UUID
    name: str
    kind: str
    created_at: datetime
    state: str
    email: str
    is_demo: bool
    has_second_factor: bool
    must_change_password: bool
    last_sign_in_at: datetime | None


class Wanted(Schema):
    """Which people are asked for."""

    search: str = ""
    state: Literal["", "active", "inactive", "no_account"] = ""
    after: UUID | None = None


@router.get("/people", response=PeopleOut, summary="Who works here, 50 at a time")
def people(request: HttpRequest, wanted: Query[Wanted]) -> queries.PeoplePage:
    """People that the asking person may know of, by name."""
    by = caller(request)
    return queries.people(by=by, search=wanted.search, state=wanted.state, after=wanted.after, limit=50)


@router.get("/people/{uuid:person_id}", response=PersonOut, summary="One person")
def person(request: HttpRequest, person_id: UUID) -> queries.PersonDetail:
    """One person, or 404 when there is none that the asking person may know of."""
    return queries.person(by=caller(request), person_id=person_id)
