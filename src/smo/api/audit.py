"""The audit trail: its entries, newest first, and whether it is whole."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema

from smo.api.callers import caller
from smo.kernel.audit import Verification
from smo.people import queries

router = Router(tags=["audit"])


class EntryOut(Schema):
    """One entry; `personal` is empty when there was nothing or it was erased."""

    id: UUID
    at: datetime
    done_by: UUID
    done_by_name: str
    verb: str
    subject_kind: str
    subject_id: str
    subject_name: str
    details: dict[str, Any]
    personal: dict[str, str]
    is_erased: bool
    is_sealed: bool


class EntriesOut(Schema):
    """Some entries, newest first; ask again with `after` = `next` for older ones."""

    rows: list[EntryOut]
    next: UUID | None


class BreakOut(Schema):
    """One finding; `seal` or `entry` say where, `count` how many entries."""

    fault: str
    count: int
    seal: int | None
    entry: UUID | None
    since: datetime | None
    until: datetime | None


class VerificationOut(Schema):
    """What a walk over the whole trail found, as of `checked_at`."""

    is_intact: bool
    checked_at: datetime
    entries: int
    unsealed: int
    seal_lag_seconds: float
    erased: int
    breaks: list[BreakOut]


class Wanted(Schema):
    """Which entries are asked for."""

    person_id: UUID | None = None
    verb: str = ""
    after: UUID | None = None


@router.get("/audit-entries", response=EntriesOut, summary="The audit trail, newest first, 50 at a time")
def audit_entries(request: HttpRequest, wanted: Query[Wanted]) -> EntriesOut:
    """Entries of all, about one person, or of one verb."""
    found = queries.recent_audit(
        by=caller(request), person_id=wanted.person_id, verb=wanted.verb, before=wanted.after, limit=50
    )
    return EntriesOut(rows=[_out(row) for row in found.rows], next=found.next)


@router.get("/audit-verification", response=VerificationOut, summary="Whether the audit trail is whole, now")
def audit_verification(request: HttpRequest) -> Verification:
    """Reads every entry and every seal; may take a while on a long trail."""
    return queries.audit_verification(by=caller(request))


def _out(row: queries.AuditRow) -> EntryOut:
    entry = row.entry
    return EntryOut(
        id=entry.id,
        at=entry.at,
        done_by=entry.done_by,
        done_by_name=row.done_by_name,
        verb=entry.verb,
        subject_kind=entry.subject.kind,
        subject_id=entry.subject.id,
        subject_name=row.subject_name,
        details=dict(entry.details),
        personal=dict(entry.personal),
        is_erased=entry.is_erased,
        is_sealed=entry.is_sealed,
    )
