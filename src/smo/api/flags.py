"""Flags: where the guideline was unclear, and what was answered."""

from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema

from smo.api.callers import caller
from smo.api.pages import Paging, Rows
from smo.labeling import actions, queries

router = Router(tags=["flags"])


class FlagsWanted(Paging):
    """Of which project, and in which state."""

    project: str = ""
    state: Literal["", "open", "answered"] = ""


class AnswerIn(Schema):
    """What holds."""

    answer: str


@router.get("/flags", response=Rows[queries.FlagRow], summary="Flags on guidelines")
def flags(request: HttpRequest, wanted: Query[FlagsWanted]) -> queries.FlagPage:
    """Those that one may answer, and one's own."""
    return queries.flags(
        by=caller(request), project=wanted.project, state=wanted.state, after=wanted.after, limit=wanted.limit
    )


@router.get("/flags/{uuid:flag_id}", response=queries.FlagRow, summary="One flag")
def flag(request: HttpRequest, flag_id: UUID) -> queries.FlagRow:
    """With its answer, if there is one."""
    return queries.flag(by=caller(request), flag_id=flag_id)


@router.post("/flags/{uuid:flag_id}/answer", response={204: None}, summary="Answer a flag")
def answer_flag(request: HttpRequest, *, flag_id: UUID, sent: AnswerIn) -> None:
    """Once; whoever raised it sees it."""
    actions.answer_flag(by=caller(request), flag_id=flag_id, answer=sent.answer)
