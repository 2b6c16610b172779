"""What happened to people, for whoever wants to hear."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PersonCreated:
    """Someone, or some model, became known."""

    person_id: UUID


@dataclass(frozen=True, slots=True)
class AccountCreated:
    """A person can sign in."""

    person_id: UUID


@dataclass(frozen=True, slots=True)
class AccountDeactivated:
    """A person can no longer sign in."""

    person_id: UUID


@dataclass(frozen=True, slots=True)
class AccountActivated:
    """A person can sign in again."""

    person_id: UUID


@dataclass(frozen=True, slots=True)
class RoleGranted:
    """A person holds a role within a scope."""

    person_id: UUID
    grant_id: UUID
    role: str


@dataclass(frozen=True, slots=True)
class GrantEnded:
    """A person no longer holds it."""

    person_id: UUID
    grant_id: UUID
    role: str
