"""News for later: events written in the change's own transaction, taken once by the relay."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from smo.kernel.clock import now
from smo.kernel.ids import new_id
from smo.kernel.models import OutboxEvent

CHANNEL = "smo_outbox"


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event on its way: its name (see `event_name`), its plain values, when it was published."""

    id: UUID
    name: str
    payload: dict[str, Any]
    published_at: datetime


def event_name(event: type) -> str:
    """The name under which an event class travels."""
    return f"{event.__module__}.{event.__qualname__}"


def publish(event: Any) -> None:
    """Put a frozen dataclass into the outbox; it is heard only when the transaction commits."""
    if not connection.in_atomic_block:
        raise RuntimeError("An event is published in the transaction of its change.")
    row = OutboxEvent(id=new_id(), name=event_name(type(event)), payload=asdict(event), published_at=now())
    row.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


def take(limit: int = 100) -> tuple[Envelope, ...]:
    """Take the oldest events out, skipping those that another relay holds; they return if the transaction fails."""
    rows = OutboxEvent.objects.select_for_update(skip_locked=True).order_by("id")[:limit]
    OutboxEvent.objects.filter(id__in=[row.id for row in rows]).delete()
    return tuple(Envelope(row.id, row.name, row.payload, row.published_at) for row in rows)


def wait(timeout_seconds: float) -> bool:
    """Sleep until something is published, at most so long; says whether it was news that ended the sleep."""
    with connection.cursor() as cursor:
        cursor.execute(f"LISTEN {CHANNEL}")
        return any(True for _ in connection.connection.notifies(timeout=timeout_seconds, stop_after=1))
