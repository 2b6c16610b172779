"""Ids for many rows at once: UUIDs of version 7 that follow each other, as `kernel.ids` makes one."""

import secrets
import time
from typing import Final

import numpy as np

_TICKS_PER_MS: Final = 4096


def row_ids(count: int, *, after: int = 0) -> tuple[list[str], int]:
    """So many ids as hexadecimal text, each larger than the one before, and the last clock tick they used.

    >>> ids, last = row_ids(3)
    >>> ids == sorted(ids), ids[0][12], row_ids(1, after=last)[0][0] > ids[-1]
    (True, '7', True)
    """
    first = max(after + 1, time.time_ns() * _TICKS_PER_MS // 1_000_000)
    ticks = first + np.arange(count, dtype=np.uint64)
    milliseconds, fraction = ticks // _TICKS_PER_MS, ticks % _TICKS_PER_MS
    high = (milliseconds << np.uint64(16)) | np.uint64(0x7000) | fraction
    chance = np.frombuffer(secrets.token_bytes(8 * count), np.uint64)
    low = (chance >> np.uint64(2)) | np.uint64(1 << 63)
    digits = np.stack([high, low], axis=1).astype(">u8").tobytes().hex()
    return [digits[at : at + 32] for at in range(0, 32 * count, 32)], int(first + count - 1) if count else after
