"""Who acts: the person behind an account with the grants in force."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db.models import Q

from smo.kernel.clock import today
from smo.kernel.errors import NotFound
from smo.kernel.permissions import Actor, Grant
from smo.people import models

ACTOR_SECONDS: Final = 30
NOBODY: Final = Actor(id=UUID(int=(1 << 128) - 1))


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is at the screen."""

    person_id: UUID | None
    name: str
    email: str
    must_change_password: bool
    is_demo: bool


def actor_key(account_id: int) -> str:
    """Under which name an account's actor is kept for a while."""
    return f"people.actor.{account_id}"


def actor(account_id: int) -> Actor:
    """Who acts through this account, with the grants in force; up to 30 s old, but never older than a change here."""
    known: Actor | None = cache.get(actor_key(account_id))
    if known is None:
        known = _actor(account_id)
        cache.set(actor_key(account_id), known, ACTOR_SECONDS)
    return known


def signed_in_key(account_id: int) -> str:
    """Under which name it is kept for a while who is at the screen."""
    return f"people.signed_in.{account_id}"


def signed_in(account_id: int) -> SignedIn:
    """The person at the screen; as old as `actor`, and no older than a change here. Errors: NotFound."""
    known: SignedIn | None = cache.get(signed_in_key(account_id))
    if known is None:
        known = _signed_in(account_id)
        cache.set(signed_in_key(account_id), known, ACTOR_SECONDS)
    return known


def held_by(person_id: UUID) -> tuple[Grant, ...]:
    """What is granted to a person today, whether or not they can sign in; for decisions, never stale."""
    held = models.Grant.objects.filter(in_force(), person__id=person_id).select_related("role").order_by("id")
    return tuple(Grant(row.role.name, frozenset(row.role.verbs), row.scope) for row in held)


def in_force(prefix: str = "") -> Q:
    """Which grants hold today."""
    day = today(settings.TIME_ZONE)
    ends_on = Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gte": day})
    return Q(**{f"{prefix}ended_at__isnull": True, f"{prefix}starts_on__lte": day}) & ends_on


def _actor(account_id: int) -> Actor:
    account = models.Account.objects.select_related("person").filter(pk=account_id, is_active=True).first()
    if account is None or account.person is None:
        return NOBODY
    return Actor(account.person.id, held_by(account.person.id))


def _signed_in(account_id: int) -> SignedIn:
    account = models.Account.objects.select_related("person").filter(pk=account_id).first()
    if account is None:
        raise NotFound(account_id=account_id)
    return SignedIn(
        account.person_id, account.get_full_name(), account.email, account.must_change_password, account.is_demo
    )
