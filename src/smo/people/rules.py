"""Decisions about people that need no database: what roles may do, who may grant what, what is refused."""

import re
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from smo.kernel.errors import DomainError
from smo.kernel.permissions import Actor, Scope, Verb, may

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_LONGEST_EMAIL: Final = 254

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
