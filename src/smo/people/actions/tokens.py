"""API tokens: made once with a secret that is shown once, and revoked."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from smo.kernel.clock import now, today
from smo.kernel.errors import NotFound
from smo.kernel.ids import new_id
from smo.kernel.permissions import EVERYWHERE, Actor, Scope, Verb, may
from smo.people import models, rules
from smo.people.actions.trail import person_behind, record_about
from smo.people.queries import token_digest, token_key


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was made now; the secret is shown once and kept nowhere."""

    id: UUID
    name: str
    prefix: str
    secret: str
    expires_at: datetime


@transaction.atomic
def create_token(
    *, by: Actor, name: str, verbs: Iterable[str], expires_at: datetime, scope: Scope = EVERYWHERE
) -> NewToken:
    """A key for a program that acts as oneself, for these verbs of one's own, here, until then."""
    wanted = frozenset(str(verb) for verb in verbs)
    called = " ".join(name.replace("\x00", "").split())
    if not called:
        raise rules.TokenNameMissing
    fault = rules.token_fault(by, verbs=wanted, scope=scope, expires_at=expires_at, now=now())
    if fault is not None:
        raise fault
    if not models.Account.objects.filter(person_id=by.id, is_active=True).exists():
        raise rules.NoAccount
    prefix, secret = _secret()
    row = models.ApiToken(id=new_id(), person_id=by.id, name=called, prefix=prefix, digest=token_digest(secret))
    row.verbs, row.created_at, row.expires_at = sorted(wanted), now(), expires_at
    row.set_scope(scope)
    row.save(force_insert=True)
    record_about(by=by, verb="token_created", person_id=by.id, details=_details(row))
    return NewToken(row.id, row.name, row.prefix, secret, row.expires_at)


@transaction.atomic
def revoke_token(*, by: Actor, token_id: UUID) -> None:
    """Let a token open nothing any more: one's own, or anybody's for whoever manages their account."""
    row = models.ApiToken.objects.select_for_update().filter(pk=token_id).first()
    if row is None or not _may_revoke(by, row):
        raise NotFound(token_id=token_id)
    if row.revoked_at is not None:
        return
    row.revoked_at, row.revoked_by_id = now(), person_behind(by=by)
    row.save(update_fields=["revoked_at", "revoked_by"])
    record_about(by=by, verb="token_revoked", person_id=row.person_id, details=_details(row))
    transaction.on_commit(partial(cache.delete, token_key(bytes(row.digest))))


@transaction.atomic
def note_token_use(*, by: Actor, token_id: UUID) -> None:
    """Keep on which day a token was last used, by whoever uses it."""
    day = today(settings.TIME_ZONE)
    row = models.ApiToken.objects.filter(pk=token_id, person_id=by.id).exclude(last_used_on=day).first()
    if row is not None:
        models.ApiToken.objects.filter(pk=token_id).update(last_used_on=day)
        transaction.on_commit(partial(cache.delete, token_key(bytes(row.digest))))


def _may_revoke(by: Actor, row: models.ApiToken) -> bool:
    return row.person_id == by.id or may(by, Verb.MANAGE_ACCOUNTS, scope=Scope(subject=str(row.person_id)))


def _secret() -> tuple[str, str]:
    """The part that may be shown, and the whole with 256 random bits."""
    prefix = "".join(secrets.choice(rules.PASSWORD_ALPHABET) for _ in range(8))
    return prefix, f"smo_{prefix}_{secrets.token_urlsafe(32)}"


def _details(row: models.ApiToken) -> dict[str, object]:
    scope = {name: getattr(row.scope, name) for name in Scope.__slots__ if getattr(row.scope, name)}
    ends = row.expires_at.isoformat()
    return {"token": str(row.id), "prefix": row.prefix, "verbs": list(row.verbs), "scope": scope, "expires_at": ends}
