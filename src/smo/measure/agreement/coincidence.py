"""What agreement is computed from: how many items got which counts of labels. States of shards add up and subtract."""

from dataclasses import dataclass
from typing import TypeVar

import numba
import numpy as np
import numpy.typing as npt

from smo.measure.codes import Integers, Offsets
from smo.measure.ratings import Floats, Ratings

Matrix = npt.NDArray[np.float64]
Hashes = npt.NDArray[np.uint64]
Number = TypeVar("Number", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Patterns:
    """Items with the same counts of labels are one pattern: agreement cannot tell them apart.

    Shapes: P patterns with E entries (label and how often). `start` int64[P+1] into `label` int32[E] and `count`
    int32[E], in order of label; `items` int64[P] = how many items have the pattern, `weight` and `weight_squared`
    float64[P] = sums over those items (1 each without weights). Patterns are in order of `key`, a 64-bit sum of label
    hashes: two patterns of a million collide once in thirty million tables.
    """

    labels: tuple[str | float, ...]
    key: Hashes
    start: Offsets
    label: Integers
    count: Integers
    items: Offsets
    weight: Floats
    weight_squared: Floats
    is_weighted: bool = False

    @property
    def size(self) -> Offsets:
        """Ratings per item of each pattern. Shapes: int64[P]."""
        return row_sums(self.start, self.count.astype(np.int64))

    @property
    def row(self) -> Offsets:
        """The pattern of each entry. Shapes: int64[E]."""
        return np.repeat(np.arange(len(self.items)), np.diff(self.start))

    def take(self, chosen: npt.NDArray[np.bool_]) -> "Patterns":
        """Some of the patterns. Shapes: bool[P]."""
        lengths = np.diff(self.start)
        entries = np.repeat(chosen, lengths)
        start = np.concatenate(([0], np.cumsum(lengths[chosen]))).astype(np.int64)
        return Patterns(
            self.labels, self.key[chosen], start, self.label[entries], self.count[entries], self.items[chosen],
            self.weight[chosen], self.weight_squared[chosen], self.is_weighted,
        )  # fmt: skip

    def pairable(self) -> "Patterns":
        """The patterns of items that have at least two ratings."""
        return self.take(self.size > 1)


def patterns(ratings: Ratings) -> Patterns:
    """The agreement state of some ratings, in one pass over them.

    Shapes: N ratings -> at most I patterns. An item's weight is the mean of its ratings' weights.

    >>> import polars as pl
    >>> frame = pl.DataFrame({"i": [1, 1, 2, 2, 3, 3], "y": ["a", "b", "b", "a", "a", "a"]})
    >>> patterns(Ratings.from_frame(frame, item="i", rater=None, label="y")).items.sum()
    np.int64(3)
    """
    weight = _item_weight(ratings)
    hashes = label_hashes(len(ratings.labels))
    key, first, sums = _collapse(ratings.item_start, ratings.label, hashes, weight)
    order = np.argsort(key, kind="stable")
    start, label, count = _entries(ratings.item_start, ratings.label, first[order], len(ratings.labels))
    items, total, squared = sums[order].T.copy()
    return Patterns(
        ratings.labels, key[order], start, label, count, items.astype(np.int64), total, squared, len(weight) > 0
    )


def merge(first: Patterns, second: Patterns) -> Patterns:
    """The state of two shards that share no item.

    Errors: ValueError when the shards have different labels. Integer parts are exact.
    """
    return _combine(first, second, sign=1)


def subtract(whole: Patterns, part: Patterns) -> Patterns:
    """The state without the items of `part`: integer parts are exactly as if they had never been added.

    Errors: ValueError when `part` is not within `whole`.
    """
    rest = _combine(whole, part, sign=-1)
    if (rest.items < 0).any():
        raise ValueError("what is subtracted was never added")
    return rest.take(rest.items > 0)


def coincidences(state: Patterns) -> Matrix:
    """Krippendorff's coincidence matrix: each item of m ratings adds its ordered pairs, each 1/(m-1).

    Shapes: float64[K, K], symmetric; its sum is the weight of pairable ratings.
    Source: Krippendorff 2011, "Computing Krippendorff's alpha-reliability".
    """
    pairs = state.pairable()
    scale = pairs.weight / np.maximum(pairs.size - 1, 1)
    return _coincidences(pairs.start, pairs.label, pairs.count, scale, len(state.labels))


def label_hashes(k: int) -> Hashes:
    """One fixed 64-bit hash per label place (splitmix64). Shapes: uint64[K]."""
    z = (np.arange(k, dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def row_sums(start: Offsets, values: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """The sum of each row's entries. Shapes: int64[P+1], number[E] -> number[P]; no row is empty."""
    sums: npt.NDArray[Number] = np.add.reduceat(values, start[:-1]) if len(start) > 1 else values[:0]
    return sums


def _item_weight(ratings: Ratings) -> Floats:
    if ratings.weight is None:
        return np.zeros(0, np.float64)
    mean: Floats = row_sums(ratings.item_start, ratings.weight) / np.diff(ratings.item_start)
    return mean


def _combine(first: Patterns, second: Patterns, *, sign: int) -> Patterns:
    if first.labels != second.labels:
        raise ValueError("shards have different labels: read them with one list of labels")
    key = np.union1d(first.key, second.key)
    place, place2 = np.searchsorted(key, first.key), np.searchsorted(key, second.key)
    items = np.zeros(len(key), np.int64)
    weight, squared = np.zeros((2, len(key)))
    for at, shard, factor in ((place, first, 1), (place2, second, sign)):
        items[at] += factor * shard.items
        weight[at] += factor * shard.weight
        squared[at] += factor * shard.weight_squared
    start, label, count = _shapes(len(key), first, place=place, second=second, place2=place2)
    weighted = first.is_weighted or second.is_weighted
    return Patterns(first.labels, key, start, label, count, items, weight, squared, weighted)


def _shapes(  # type: ignore[no-untyped-def]
    size: int, first: Patterns, *, place: Offsets, second: Patterns, place2: Offsets
):
    fresh = np.ones(size, np.bool_)
    fresh[place] = False
    both = np.concatenate((first.row, len(first.items) + second.row))
    target = np.concatenate((place, place2))[both]
    used = np.concatenate((np.ones(len(first.label), np.bool_), fresh[place2][second.row]))
    label, count = (np.concatenate((getattr(first, f), getattr(second, f)))[used] for f in ("label", "count"))
    order = np.argsort(target[used], kind="stable")
    lengths = np.bincount(target[used], minlength=size)
    return np.concatenate(([0], np.cumsum(lengths))).astype(np.int64), label[order], count[order]


@numba.njit(cache=True)
def _place(slot: Offsets, key: Hashes, h: np.uint64) -> np.int64:
    """Where a pattern stands in the open-addressing table, or the free slot for it."""
    room = len(slot)
    place = np.int64(h & np.uint64(room - 1))
    while slot[place] >= 0 and key[slot[place]] != h:
        place = (place + 1) & (room - 1)
    return place


@numba.njit(cache=True)
def _doubled(key: Hashes, used: int) -> Offsets:
    slot = np.full(2 * len(key), -1, np.int64)
    for p in range(used):
        slot[_place(slot, key, key[p])] = p
    return slot


@numba.njit(cache=True)
def _collapse(start: Offsets, label: Integers, hashes: Hashes, weight: Floats):  # type: ignore[no-untyped-def]
    """Count equal items by the sum of their label hashes; the table doubles when half full."""
    slot = np.full(1024, -1, np.int64)
    key = np.empty(1024, np.uint64)
    first = np.empty(1024, np.int64)
    sums = np.zeros((1024, 3), np.float64)  # items, weights, squared weights: whole numbers are exact to 2^53
    used = 0
    for u in range(len(start) - 1):
        h = np.uint64(0)
        for at in range(start[u], start[u + 1]):
            h += hashes[label[at]]
        place = _place(slot, key, h)
        if slot[place] < 0:
            if 2 * used >= len(slot):
                slot = _doubled(key, used)
                key = np.concatenate((key, np.empty(len(key), np.uint64)))
                first = np.concatenate((first, np.empty(len(first), np.int64)))
                sums = np.concatenate((sums, np.zeros((len(sums), 3))))
                place = _place(slot, key, h)
            slot[place] = used
            key[used] = h
            first[used] = u
            used += 1
        w = weight[u] if len(weight) else 1.0
        pattern = slot[place]
        sums[pattern, 0] += 1
        sums[pattern, 1] += w
        sums[pattern, 2] += w * w
    return key[:used], first[:used], sums[:used]


@numba.njit(cache=True)
def _entries(start: Offsets, label: Integers, first: Offsets, k: int):  # type: ignore[no-untyped-def]
    """The label counts of one item per pattern, in order of label (an item's labels are not: raters come first)."""
    counts = np.zeros(k, np.int32)
    size = 0
    for u in first:
        size += start[u + 1] - start[u]
    labels = np.empty(size, np.int32)
    times = np.empty(size, np.int32)
    row = np.zeros(len(first) + 1, np.int64)
    used = 0
    for p in range(len(first)):
        u = first[p]
        begin = used
        for at in range(start[u], start[u + 1]):
            c = label[at]
            if counts[c] == 0:
                place = used
                while place > begin and labels[place - 1] > c:
                    labels[place] = labels[place - 1]
                    place -= 1
                labels[place] = c
                used += 1
            counts[c] += 1
        for place in range(begin, used):
            times[place] = counts[labels[place]]
            counts[labels[place]] = 0
        row[p + 1] = used
    return row, labels[:used].copy(), times[:used].copy()


@numba.njit(cache=True)
def _coincidences(start: Offsets, label: Integers, count: Integers, scale: Floats, k: int) -> Matrix:
    matrix = np.zeros((k, k))
    for p in range(len(start) - 1):
        for a in range(start[p], start[p + 1]):
            for b in range(start[p], start[p + 1]):
                pairs = count[a] * (count[b] - 1) if a == b else count[a] * count[b]
                matrix[label[a], label[b]] += scale[p] * pairs
    return matrix
