"""What every change to a person leaves behind, and how a refusal of the database is put."""

from types import TracebackType
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from smo.kernel import audit
from smo.kernel.errors import DomainError
from smo.kernel.permissions import SYSTEM, Actor


class RefusedAs:
    """What the database refuses becomes the domain's own words; the rest of the transaction stays usable."""

    def __init__(self, error: DomainError) -> None:
        self.error = error
        self.savepoint = transaction.atomic()

    def __enter__(self) -> None:
        self.savepoint.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.savepoint.__exit__(kind, fault, trace)
        if isinstance(fault, IntegrityError):
            raise self.error from fault


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
