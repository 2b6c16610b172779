"""What every change to a person leaves behind, and how a refusal of the database is put."""

from functools import partial
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import IntegrityError, transaction

from smo.kernel import audit
from smo.kernel.errors import DomainError
from smo.kernel.permissions import SYSTEM, Actor
from smo.people.queries import actor_key, signed_in_key


class RefusedAs:
    """What the database refuses becomes the domain's own words; the rest of the transaction stays usable."""

    def __init__(self, error: DomainError) -> None:
        self.error = error
        self.savepoint = transaction.atomic()

    def __enter__(self) -> None:
        self.savepoint.__enter__()

    def __exit__(self, *fault: Any) -> None:
        self.savepoint.__exit__(*fault)
        if isinstance(fault[1], IntegrityError):
            raise self.error from fault[1]


def record_about(
    *,
    by: Actor,
    verb: str,
    person_id: UUID,
    details: dict[str, Any] | None = None,
    personal: dict[str, str] | None = None,
) -> None:
    """Write the audit entry of a change to a person."""
    values = audit.Personal(of=person_id, values=personal) if personal else None
    audit.record(by=by, verb=verb, subject=audit.Subject("person", str(person_id)), details=details, personal=values)


def person_behind(*, by: Actor) -> UUID | None:
    """Whose name stands at a change; none for the system's own."""
    return None if by.id == SYSTEM.id else by.id


def forget_account(*, account_id: int) -> None:
    """Drop what the cache keeps of an account, now and once more after the commit. Done by the system itself."""
    kept = [actor_key(account_id), signed_in_key(account_id)]
    cache.delete_many(kept)
    transaction.on_commit(partial(cache.delete_many, kept))
