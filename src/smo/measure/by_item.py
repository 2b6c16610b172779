"""Ratings put in order of item, rater and label by counting, without a general sort."""

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from smo.measure.codes import Integers, Offsets

Floats = npt.NDArray[np.float64]
SHORT = 48  # ratings of an item up to which sorting by insertion is fastest


@dataclass(frozen=True, slots=True)
class Sorted:
    """Ratings in order: int64[I+1] starts of items, int32[N] rater and label, and what else each rating carries."""

    start: Offsets
    rater: Integers
    label: Integers
    weight: Floats | None
    at: Offsets | None


def sort_by_item(
    codes: list[Integers], n_items: int, *, weight: Floats | None = None, at: Offsets | None = None
) -> Sorted:
    """Counting sort by item, then by rater and label within the item, then by weight and time where there are.

    Shapes: `codes` = int32[N] items, raters (-1 = anonymous) and labels; the list is emptied, so that their memory
    can be had back early. Nothing depends on the order of the rows.

    >>> item, rater, label = (np.array(c, np.int32) for c in ([1, 0, 1], [0, 0, -1], [5, 6, 7]))
    >>> ordered = sort_by_item([item, rater, label], 2)
    >>> ordered.start.tolist(), ordered.rater.tolist(), ordered.label.tolist()
    ([0, 1, 3], [0, -1, 0], [6, 7, 5])
    """
    item, rater, label = codes
    codes.clear()
    if weight is None and at is None:
        start, key = _scatter(item, rater, label, n_items)
        del item, rater, label
        _sort_keys(start, key)
        raters, labels = _split(key)
        return Sorted(start, raters, labels, None, None)
    n = len(item)
    start, key, row = _scatter_rows(item, rater, label, n_items)
    del item, rater, label
    _sort_rows(start, key, row, np.zeros(n) if weight is None else weight, np.zeros(n, np.int64) if at is None else at)
    raters, labels = _split(key)
    return Sorted(start, raters, labels, None if weight is None else weight[row], None if at is None else at[row])


@numba.njit(cache=True, nogil=True)
def _starts(item: Integers, n_items: int) -> Offsets:
    """Where each item's ratings go, one place further along than it will be in the end."""
    start = np.zeros(n_items + 2, np.int64)
    for i in range(len(item)):
        start[item[i] + 2] += 1
    for u in range(2, n_items + 2):
        start[u] += start[u - 1]
    return start


@numba.njit(cache=True, nogil=True)
def _scatter(item: Integers, rater: Integers, label: Integers, n_items: int):  # type: ignore[no-untyped-def]
    start = _starts(item, n_items)
    key = np.empty(len(item), np.int64)
    for i in range(len(item)):
        at = start[item[i] + 1]
        start[item[i] + 1] = at + 1
        key[at] = (np.int64(rater[i]) + 1) << 32 | np.int64(label[i])
    return start[: n_items + 1].copy(), key


@numba.njit(cache=True, nogil=True)
def _scatter_rows(item: Integers, rater: Integers, label: Integers, n_items: int):  # type: ignore[no-untyped-def]
    start = _starts(item, n_items)
    key = np.empty(len(item), np.int64)
    row = np.empty(len(item), np.int64)
    for i in range(len(item)):
        at = start[item[i] + 1]
        start[item[i] + 1] = at + 1
        key[at] = (np.int64(rater[i]) + 1) << 32 | np.int64(label[i])
        row[at] = i
    return start[: n_items + 1].copy(), key, row


@numba.njit(cache=True, nogil=True)
def _sort_keys(start: Offsets, key: Offsets) -> None:
    for u in range(len(start) - 1):
        low, high = start[u], start[u + 1]
        if high - low > SHORT:
            key[low:high].sort()
            continue
        for i in range(low + 1, high):
            moving = key[i]
            j = i
            while j > low and key[j - 1] > moving:
                key[j] = key[j - 1]
                j -= 1
            key[j] = moving


@numba.njit(cache=True, nogil=True)
def _is_after(key: Offsets, row: Offsets, a: int, moving: int, last: int, weight: Floats, at: Offsets) -> bool:  # noqa: PLR0913, PLR0917
    """Does the rating at place a come after the one that moves, which has this key and row?"""
    if key[a] != moving:
        return bool(key[a] > moving)
    if weight[row[a]] != weight[last]:
        return bool(weight[row[a]] > weight[last])
    return bool(at[row[a]] > at[last])


@numba.njit(cache=True, nogil=True)
def _sort_rows(start: Offsets, key: Offsets, row: Offsets, weight: Floats, at: Offsets) -> None:
    for u in range(len(start) - 1):
        low, high = start[u], start[u + 1]
        if high - low > SHORT:
            order = np.argsort(at[row[low:high]], kind="mergesort")
            order = order[np.argsort(weight[row[low:high][order]], kind="mergesort")]
            order = order[np.argsort(key[low:high][order], kind="mergesort")]
            key[low:high] = key[low:high][order]
            row[low:high] = row[low:high][order]
            continue
        for i in range(low + 1, high):
            moving, last = key[i], row[i]
            j = i
            while j > low and _is_after(key, row, j - 1, moving, last, weight, at):
                key[j], row[j] = key[j - 1], row[j - 1]
                j -= 1
            key[j], row[j] = moving, last


@numba.njit(cache=True, nogil=True)
def _split(key: Offsets):  # type: ignore[no-untyped-def]
    rater = np.empty(len(key), np.int32)
    label = np.empty(len(key), np.int32)
    for i in range(len(key)):
        rater[i] = np.int32((key[i] >> 32) - 1)
        label[i] = np.int32(key[i] & 0xFFFFFFFF)
    return rater, label
