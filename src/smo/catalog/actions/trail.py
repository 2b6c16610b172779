"""What every change of the catalog leaves behind, and how a refusal of the database is put."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from smo.kernel import audit
from smo.kernel.errors import DomainError
from smo.kernel.permissions import Actor


class RefusedAs:
    """What the database refuses becomes the domain's own words; the rest of the transaction stays usable."""

    def __init__(self, error: DomainError) -> None:
        self.error = error
        self.savepoint = transaction.atomic()

    def __enter__(self) -> None:
        self.savepoint.__enter__()

    def __exit__(self, *raised: Any) -> None:
        self.savepoint.__exit__(*raised)
        if isinstance(raised[1], IntegrityError):
            raise self.error from raised[1]


def note(*, by: Actor, verb: str, kind: str, code: str, details: Mapping[str, Any] | None = None) -> None:
    """Write the audit entry of a change; `kind` and `code` say of what."""
    audit.record(by=by, verb=verb, subject=audit.Subject(kind, code), details=details)
