"""API tokens: who acts through one, and which there are."""

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db.models import Q

from smo.kernel.clock import now, today
from smo.kernel.permissions import Actor, Scope, Verb, may
from smo.people import models, rules
from smo.people.queries.actors import actor, signed_in

TOKEN_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One token, without its secret, which nobody has but its holder."""

    id: UUID
    name: str
    prefix: str
    person_id: UUID
    person_name: str
    verbs: tuple[str, ...]
    scope: Scope
    created_at: datetime
    expires_at: datetime
    last_used_on: date | None
    revoked_at: datetime | None
    state: rules.TokenState


@dataclass(frozen=True, slots=True)
class TokensPage:
    """Some tokens, newest first; `next` continues after the last one."""

    rows: tuple[TokenRow, ...]
    next: UUID | None


@dataclass(frozen=True, slots=True)
class TokenInUse:
    """Who calls with a token: the person's grants in force, cut down to what the token may."""

    id: UUID
    account_id: int
    actor: Actor
    last_used_on: date | None


@dataclass(frozen=True, slots=True)
class _Known:
    id: UUID
    person_id: UUID
    account_id: int
    verbs: frozenset[str]
    scope: Scope
    expires_at: datetime
    last_used_on: date | None


def token_digest(secret: str) -> bytes:
    """What is stored of a secret. It is 256 random bits: a slow hash would guard nothing more."""
    return sha256(secret.encode()).digest()


def token_key(digest: bytes) -> str:
    """Under which name a token is kept for a while."""
    return f"people.token.{digest.hex()}"


def token_in_use(secret: str) -> TokenInUse | None:
    """Who calls with this secret; nobody when it is unknown, revoked, expired, or its person cannot sign in.

    Found by the digest of the whole secret, so that the time it takes tells nothing about a part of it.
    """
    digest = token_digest(secret)
    known: _Known | None = cache.get(token_key(digest))
    if known is None:
        known = _known(digest)
        if known is not None:
            cache.set(token_key(digest), known, TOKEN_SECONDS)
    if known is None or known.expires_at <= now():
        return None
    person = actor(known.account_id)
    if person.id != known.person_id or signed_in(known.account_id).must_change_password:
        return None
    grants = rules.cut_down(person.grants, verbs=known.verbs, scope=known.scope)
    cut = Actor(person.id, grants, duties=person.grants)
    return TokenInUse(known.id, known.account_id, cut, known.last_used_on)


def token_actor(secret: str) -> Actor | None:
    """Who calls with this secret, or nobody."""
    found = token_in_use(secret)
    return found.actor if found else None


def tokens(
    *, by: Actor, everyone: bool = False, person_id: UUID | None = None, after: UUID | None = None, limit: int = 50
) -> TokensPage:
    """Own tokens; those of others as well for whoever may manage their accounts. Newest first."""
    rows = models.ApiToken.objects.select_related("person").order_by("-id")
    if person_id is not None:
        own = person_id == by.id or may(by, Verb.MANAGE_ACCOUNTS, scope=Scope(subject=str(person_id)))
        rows = rows.filter(person_id=person_id) if own else rows.none()
    elif not (everyone and may(by, Verb.MANAGE_ACCOUNTS)):
        rows = rows.filter(person_id=by.id)
    if after is not None:
        rows = rows.filter(id__lt=after)
    found = list(rows[: limit + 1])
    page = tuple(_row(row) for row in found[:limit])
    return TokensPage(page, page[-1].id if len(found) > limit else None)


def used_today(found: TokenInUse) -> bool:
    """Is it kept already that this token was used today?"""
    return found.last_used_on == today(settings.TIME_ZONE)


def _known(digest: bytes) -> _Known | None:
    live = Q(revoked_at=None, person__account__is_active=True)
    row = models.ApiToken.objects.select_related("person__account").filter(live, digest=digest).first()
    if row is None:
        return None
    return _Known(
        id=row.id,
        person_id=row.person_id,
        account_id=row.person.account.pk,
        verbs=frozenset(row.verbs),
        scope=row.scope,
        expires_at=row.expires_at,
        last_used_on=row.last_used_on,
    )


def _row(row: models.ApiToken) -> TokenRow:
    return TokenRow(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        person_id=row.person_id,
        person_name=row.person.name,
        verbs=tuple(row.verbs),
        scope=row.scope,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_on=row.last_used_on,
        revoked_at=row.revoked_at,
        state=rules.token_state(expires_at=row.expires_at, revoked_at=row.revoked_at, now=now()),
    )
