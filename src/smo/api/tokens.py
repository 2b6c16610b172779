"""API tokens: one's own, made and revoked. Only a session makes one: a token cannot outlive itself."""

from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from smo.api.callers import OwnSession, caller
from smo.api.me import ScopeOut
from smo.api.pages import Paging, Rows
from smo.kernel.permissions import Scope
from smo.people import actions, queries

router = Router(tags=["tokens"])


class TokenOut(Schema):
    """One token without its secret, which nobody has but its holder. `state`: live, expired, revoked."""

    id: UUID
    name: str
    prefix: str
    person_id: UUID
    person_name: str
    verbs: list[str]
    scope: ScopeOut
    state: str
    created_at: datetime
    expires_at: datetime
    last_used_on: date | None
    revoked_at: datetime | None


class ScopeIn(Schema):
    """Where the token holds; an empty field means wherever its person's roles do."""

    project: str = ""
    market: str = ""
    language: str = ""
    vendor: str = ""
    team: str = ""
    subject: str = ""


class TokenIn(Schema):
    """What the token may do: verbs that one holds oneself, until a day within a year."""

    name: str = Field(max_length=200)
    verbs: list[str]
    expires_at: AwareDatetime
    scope: ScopeIn = ScopeIn()


class TokenMade(Schema):
    """The new token. `secret` is shown this once and kept nowhere."""

    id: UUID
    name: str
    prefix: str
    secret: str
    expires_at: datetime


class TokensWanted(Paging):
    """Whose tokens: one's own, or with `everyone` all, for whoever manages accounts."""

    everyone: bool = False


@router.get("/tokens", response=Rows[TokenOut], summary="API tokens, newest first")
def tokens(request: HttpRequest, wanted: Query[TokensWanted]) -> queries.TokensPage:
    """One's own tokens; those of everyone for whoever manages accounts."""
    return queries.tokens(by=caller(request), everyone=wanted.everyone, after=wanted.after, limit=wanted.limit)


@router.post("/tokens", response={201: TokenMade}, auth=OwnSession(csrf=True), summary="Make an API token")
def create_token(request: HttpRequest, sent: TokenIn) -> actions.NewToken:
    """Takes a session, not a token. The secret is answered once."""
    return actions.create_token(
        by=caller(request),
        name=sent.name,
        verbs=sent.verbs,
        expires_at=sent.expires_at,
        scope=Scope(**sent.scope.dict()),
    )


@router.delete("/tokens/{uuid:token_id}", response={204: None}, summary="Revoke an API token")
def revoke_token(request: HttpRequest, token_id: UUID) -> None:
    """At once. One's own, or anybody's for whoever manages their account; twice does no harm."""
    actions.revoke_token(by=caller(request), token_id=token_id)
