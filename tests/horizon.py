"""Sealing beside other test processes, whose transactions hold the horizon of the whole server back."""

import time

from django.db import connection

from smo.kernel import audit

PATIENCE_SECONDS = 300  # the example department moves in within one transaction


def _transactions() -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(s)::text, pg_snapshot_xmax(s)::text FROM pg_current_snapshot() s")
        oldest, following = cursor.fetchone()
    return int(oldest), int(following)


def sealed() -> int:
    """Seal once every transaction that runs now, in whichever database of this server, has ended."""
    _, mark = _transactions()
    end = time.monotonic() + PATIENCE_SECONDS
    while _transactions()[0] < mark:
        assert time.monotonic() < end, "a transaction holds the horizon back"
        time.sleep(0.02)
    return audit.seal()
