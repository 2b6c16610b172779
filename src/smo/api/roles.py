"""Roles: what each may do and how many hold it."""

from django.http import HttpRequest
from ninja import Router, Schema

from smo.api.callers import caller
from smo.people import queries

router = Router(tags=["roles"])


class RoleOut(Schema):
    """A named set of verbs."""

    name: str
    verbs: list[str]
    holders: int


@router.get("/roles", response=list[RoleOut], summary="What each role may do")
def roles(request: HttpRequest) -> tuple[queries.RoleRow, ...]:
    """Every role in its order."""
    return queries.roles(by=caller(request))
