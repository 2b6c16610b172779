"""Names for records: UUIDs of version 7, made here so that they sort by time on every Python and PostgreSQL."""

import secrets
import time
from threading import Lock
from uuid import UUID

_TICKS_PER_MS = 4096  # the 12 bits of rand_a carry the time below the millisecond (RFC 9562, method 3)
_lock = Lock()
_last_tick = 0


def new_id() -> UUID:
    """A fresh id, larger than every id that this process made before.

    >>> first, second = new_id(), new_id()
    >>> first < second and first.version == 7
    True
    """
    global _last_tick  # noqa: PLW0603 - one clock hand per process is the point
    with _lock:
        _last_tick = max(_last_tick + 1, time.time_ns() * _TICKS_PER_MS // 1_000_000)
        milliseconds, fraction = divmod(_last_tick, _TICKS_PER_MS)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62))
