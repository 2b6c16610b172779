"""Who asks, and what they may do."""

from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from smo.api.callers import caller

router = Router(tags=["me"])


class ScopeOut(Schema):
    """Where a grant holds; an empty field means everywhere."""

    project: str
    market: str
    language: str
    vendor: str
    team: str
    subject: str


class HeldRole(Schema):
    """One role in force."""

    role: str
    verbs: list[str]
    scope: ScopeOut


class Me(Schema):
    """The person who asks."""

    id: UUID
    roles: list[HeldRole]


@router.get("/me", response=Me, summary="Who asks")
def me(request: HttpRequest) -> Me:
    """The person behind the session, with the roles in force now."""
    by = caller(request)
    roles = [HeldRole(role=g.role, verbs=sorted(g.verbs), scope=ScopeOut.from_orm(g.scope)) for g in by.grants]
    return Me(id=by.id, roles=roles)
