"""Decisions about people that need no database: what roles may do, who may grant what, what is refused."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from smo.kernel.errors import DomainError
from smo.kernel.permissions import Actor, Grant, Scope, Verb, may

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_LONGEST_EMAIL: Final = 254
LONGEST_TOKEN: Final = timedelta(days=366)

_ANYONE = frozenset({Verb.VIEW_ROLES, Verb.VIEW_CATALOG})
_VIEWER = _ANYONE | {Verb.VIEW_PEOPLE, Verb.VIEW_NUMBERS}
_CONTENT = frozenset({Verb.VIEW_ITEMS, Verb.VIEW_FINDINGS})
# The seeded roles. Verbs arrive with the work they allow; a role that holds little yet has its work in a later room.
# A change here needs a migration that changes the rows alike; a test holds both equal.
ROLES: Final = MappingProxyType(
    {
        "annotator": _ANYONE | {Verb.LABEL},
        "auditor": _ANYONE | {Verb.AUDIT},
        "adjudicator": _ANYONE,
        "team_lead": _ANYONE | _CONTENT | {Verb.VIEW_NUMBERS, Verb.MANAGE_QUEUES, Verb.ANSWER_FLAGS},
        "vendor_lead": _ANYONE | {Verb.VIEW_NUMBERS},
        "qa_manager": _VIEWER | _CONTENT | {Verb.DRAW_AUDITS, Verb.SET_TARGETS},
        "delivery_manager": _VIEWER
        | _CONTENT
        | {Verb.VIEW_SIGN_INS, Verb.MANAGE_CATALOG, Verb.MANAGE_PROJECTS, Verb.SET_TARGETS, Verb.IMPORT_DATA}
        | {Verb.MANAGE_QUEUES, Verb.DRAW_AUDITS},
        "policy_owner": _ANYONE
        | _CONTENT
        | {Verb.MANAGE_POLICIES, Verb.APPROVE_GUIDELINES, Verb.ANSWER_FLAGS, Verb.VIEW_NUMBERS},
        "trainer": _VIEWER,
        "planner": _VIEWER,
        "requester": _ANYONE | {Verb.VIEW_NUMBERS, Verb.IMPORT_DATA},
        "model_engineer": _ANYONE | {Verb.VIEW_NUMBERS, Verb.IMPORT_DATA},
        "wellness_officer": _VIEWER,
        "compliance": _VIEWER | {Verb.VIEW_AUDIT_TRAIL, Verb.VIEW_SIGN_INS},
        "admin": frozenset(Verb),
    }
)
PASSWORD_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # noqa: S105 - no signs that read alike


class NameMissing(DomainError):
    """A person needs a name."""

    code = "name_missing"


class EmailNotValid(DomainError):
    """This is no e-mail address."""

    code = "email_not_valid"


class EmailTaken(DomainError):
    """Another account signs in with this address."""

    code = "email_taken"


class AccountExists(DomainError):
    """This person has an account already."""

    code = "account_exists"


class PasswordTooWeak(DomainError):
    """The password is refused; `reasons` says why."""

    code = "password_too_weak"


class RoleHeldAlready(DomainError):
    """The person holds this role in this scope for some of these days."""

    code = "role_held_already"


class DatesReversed(DomainError):
    """A grant cannot end before it starts."""

    code = "dates_reversed"


class GrantHasEnded(DomainError):
    """What has ended cannot end again."""

    code = "grant_has_ended"


class GrantBeyondOwn(DomainError):
    """Nobody gives what they do not hold themselves."""

    code = "grant_beyond_own"


class AccountBeyondOwn(DomainError):
    """Nobody closes or takes over the account of someone who may do more."""

    code = "account_beyond_own"


class OwnAdminRole(DomainError):
    """Nobody takes the admin role from themselves: another admin does."""

    code = "own_admin_role"


class OwnAccount(DomainError):
    """Nobody deactivates their own account: another admin does."""

    code = "own_account"


class LastAdmin(DomainError):
    """Someone must remain who can sign in and grant roles everywhere, without an end date."""

    code = "last_admin"


class TokenNameMissing(DomainError):
    """A token needs a name, or nobody knows later what it is for."""

    code = "token_name_missing"


class TokenVerbsMissing(DomainError):
    """A token that may do nothing is of no use."""

    code = "token_verbs_missing"


class TokenBeyondOwn(DomainError):
    """A token may do what its person may do, never more."""

    code = "token_beyond_own"


class TokenEndNotValid(DomainError):
    """A token ends in the future, and within a year."""

    code = "token_end_not_valid"


class NoAccount(DomainError):
    """Only who can sign in has tokens."""

    code = "no_account"


class NoSecondFactor(DomainError):
    """There is no second factor to take away."""

    code = "no_second_factor"


class OwnSecondFactor(DomainError):
    """One's own second factor goes by the page that asks for it once more."""

    code = "own_second_factor"


class TokenState(StrEnum):
    """Where a token stands."""

    LIVE = "live"
    EXPIRED = "expired"
    REVOKED = "revoked"


class GrantState(StrEnum):
    """Where a grant stands today."""

    UPCOMING = "upcoming"
    IN_FORCE = "in_force"
    ENDED = "ended"


def grant_state(*, starts_on: date, ends_on: date | None, ended_at: datetime | None, today: date) -> GrantState:
    """Both dates count; an early end counts at once."""
    if ended_at is not None or (ends_on is not None and ends_on < today):
        return GrantState.ENDED
    return GrantState.UPCOMING if today < starts_on else GrantState.IN_FORCE


def may_grant(by: Actor, *, verbs: frozenset[str], scope: Scope) -> bool:
    """May this actor hand out or take back these verbs here? Only what they hold here themselves."""
    return all(may(by, Verb(verb), scope=scope) for verb in verbs)


def token_state(*, expires_at: datetime, revoked_at: datetime | None, now: datetime) -> TokenState:
    """Revoked stays revoked, also when its time is over."""
    if revoked_at is not None:
        return TokenState.REVOKED
    return TokenState.EXPIRED if expires_at <= now else TokenState.LIVE


def common_scope(one: Scope, other: Scope) -> Scope | None:
    """Where both hold; none when they have no place in common."""
    pairs = {name: (getattr(one, name), getattr(other, name)) for name in Scope.__slots__}
    if any(mine and theirs and mine != theirs for mine, theirs in pairs.values()):
        return None
    return Scope(**{name: mine or theirs for name, (mine, theirs) in pairs.items()})


def cut_down(grants: Iterable[Grant], *, verbs: frozenset[str], scope: Scope) -> tuple[Grant, ...]:
    """The grants as far as these verbs and this scope reach; what nothing is left of is gone."""
    found = ((grant, common_scope(grant.scope, scope)) for grant in grants)
    return tuple(
        Grant(grant.role, grant.verbs & verbs, where) for grant, where in found if where and grant.verbs & verbs
    )


def token_fault(
    by: Actor, *, verbs: frozenset[str], scope: Scope, expires_at: datetime, now: datetime
) -> DomainError | None:
    """Why this actor may not make such a token; None when they may."""
    if not verbs:
        return TokenVerbsMissing()
    held: frozenset[str] = frozenset().union(*(grant.verbs for grant in cut_down(by.grants, verbs=verbs, scope=scope)))
    if verbs - held:
        return TokenBeyondOwn(verbs=", ".join(sorted(verbs - held)))
    if not now < expires_at <= now + LONGEST_TOKEN:
        return TokenEndNotValid(days=LONGEST_TOKEN.days)
    return None


def normal_email(text: str) -> str:
    """The address in the form in which it is kept. Errors: EmailNotValid."""
    email = text.strip().lower()
    if len(email) > _LONGEST_EMAIL or not email.isprintable() or not _EMAIL.fullmatch(email):
        raise EmailNotValid(email=text)
    return email


def normal_name(text: str) -> str:
    """The name with single spaces. Errors: NameMissing."""
    name = " ".join("".join(sign for sign in text if sign.isprintable() or sign.isspace()).split())
    if not name:
        raise NameMissing
    return name
