"""What agreement is computed from: how many items got which counts of labels. States of shards add up and subtract."""

from dataclasses import dataclass
from itertools import pairwise
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

    Shapes: N ratings -> at most I patterns. Errors: ValueError when the ratings of an item differ in weight.

    >>> import polars as pl
    >>> frame = pl.DataFrame({"i": [1, 1, 2, 2, 3, 3], "y": ["a", "b", "b", "a", "a", "a"]})
    >>> patterns(Ratings.from_frame(frame, item="i", rater=None, label="y")).items.sum()
    np.int64(3)
    """
    return _states(ratings, None, n_slices=1)[0]


def patterns_by_slice(ratings: Ratings, slices: Integers, *, n_slices: int) -> list[Patterns]:
    """The agreement state of each slice of the items, in one pass over the ratings; their sum is that of the whole.

    Shapes: `slices` int32[I] = each item's slice, -1 for none. Errors: ValueError for another length, or a slice
    that is not below `n_slices`.

    >>> import polars as pl
    >>> frame = pl.DataFrame({"i": [1, 1, 2, 2, 3, 3], "y": ["a", "b", "b", "a", "a", "a"]})
    >>> ratings = Ratings.from_frame(frame, item="i", rater=None, label="y")
    >>> [int(state.items.sum()) for state in patterns_by_slice(ratings, np.array([0, 1, 1], np.int32), n_slices=2)]
    [1, 2]
    """
    if len(slices) != ratings.n_items:
        raise ValueError(f"there are {len(slices)} slices for {ratings.n_items} items")
    if len(slices) and int(slices.max()) >= n_slices:
        raise ValueError(f"a slice is numbered {int(slices.max())}, but there are {n_slices}")
    return _states(ratings, np.ascontiguousarray(slices, np.int32), n_slices=n_slices)


def _states(ratings: Ratings, slices: Integers | None, *, n_slices: int) -> list[Patterns]:
    weight = _item_weight(ratings)
    hashes = label_hashes(len(ratings.labels))
    start, label = ratings.item_start, ratings.label
    if slices is None and not len(weight):
        key, first, items = _collapse(start, label, hashes)
        total = squared = items.astype(np.float64)
        owner = np.zeros(len(key), np.int32)
    else:
        each = np.zeros(ratings.n_items, np.int32) if slices is None else slices
        key, first, sums, owner = _collapse_slices(start, label, hashes, weight, each)
        items, total, squared = sums[:, 0].astype(np.int64), sums[:, 1].copy(), sums[:, 2].copy()
    order = np.lexsort((key, owner))
    row, entry, count = _entries(start, label, first[order], len(ratings.labels))
    bounds = np.searchsorted(owner[order], np.arange(n_slices + 1))
    whole = Patterns(
        ratings.labels, key[order], row, entry, count, items[order], total[order], squared[order], len(weight) > 0
    )
    return [whole] if n_slices == 1 else [_part(whole, low=low, high=high) for low, high in pairwise(bounds)]


def _part(whole: Patterns, *, low: int, high: int) -> Patterns:
    """The patterns from one place to another."""
    entries = slice(int(whole.start[low]), int(whole.start[high]))
    return Patterns(
        whole.labels, whole.key[low:high], whole.start[low : high + 1] - whole.start[low], whole.label[entries],
        whole.count[entries], whole.items[low:high], whole.weight[low:high], whole.weight_squared[low:high],
        whole.is_weighted,
    )  # fmt: skip


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
    if ratings.weight is None or not ratings.n_items:
        return np.zeros(0, np.float64)
    starts, lengths = ratings.item_start[:-1], np.diff(ratings.item_start)
    first = ratings.weight[ratings.item_start[:-1]]
    uneven = int((np.maximum.reduceat(np.abs(ratings.weight - np.repeat(first, lengths)), starts) > 0).sum())
    if uneven:
        raise ValueError(f"{uneven} items have ratings of different weights: agreement weighs items, one weight each")
    return first


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


@numba.njit(cache=True, nogil=True)
def _collapse(start: Offsets, label: Integers, hashes: Hashes):  # type: ignore[no-untyped-def]
    """Count equal items by the sum of their label hashes -> key uint64[P], first item int64[P], items int64[P]."""
    held, first, items = np.zeros(512, np.uint64), np.zeros(512, np.int64), np.zeros(512, np.int64)
    u, used = _count(start, label, hashes, 0, held, first, items, 0)
    while u < len(start) - 1:  # the table is half full: items move to one of twice its size
        last = np.uint64(2 * len(held) - 1)
        larger = np.zeros(2 * len(held), np.uint64)
        first_there, items_there = np.zeros(len(larger), np.int64), np.zeros(len(larger), np.int64)
        for old in np.flatnonzero(items):
            place = held[old] & last
            while items_there[place] > 0:
                place = (place + np.uint64(1)) & last
            larger[place], first_there[place], items_there[place] = held[old], first[old], items[old]
        held, first, items = larger, first_there, items_there
        u, used = _count(start, label, hashes, u, held, first, items, used)
    met = np.flatnonzero(items)
    return held[met], first[met], items[met]


@numba.njit(cache=True, nogil=True)
def _count(start, label, hashes, u, held, first, items, used):  # type: ignore[no-untyped-def]  # noqa: PLR0913, PLR0917
    """Count items from u on, until all are counted or the table is half full -> where it stopped, patterns so far."""
    last = np.uint64(len(held) - 1)
    for item in range(u, len(start) - 1):
        h = np.uint64(0)
        for at in range(start[item], start[item + 1]):
            h += hashes[label[at]]
        place = h & last
        while held[place] != h and items[place] > 0:
            place = (place + np.uint64(1)) & last
        if items[place] == 0:
            if 2 * used >= len(held):
                return item, used
            held[place], first[place] = h, item
            used += 1
        items[place] += 1
    return len(start) - 1, used


@numba.njit(cache=True, nogil=True)
def _collapse_slices(start: Offsets, label: Integers, hashes: Hashes, weight: Floats, slices: Integers):  # type: ignore[no-untyped-def]
    """As `_collapse`, within slices (-1 is left out) and with weights -> key, first, sums float64[P, 3], slice."""
    held, first, sums = np.zeros(512, np.uint64), np.zeros(512, np.int64), np.zeros((512, 3))
    u, used = _sum(start, label, hashes, weight, slices, 0, held, first, sums, 0)
    while u < len(start) - 1:
        last = np.uint64(2 * len(held) - 1)
        larger = np.zeros(2 * len(held), np.uint64)
        first_there, sums_there = np.zeros(len(larger), np.int64), np.zeros((len(larger), 3))
        for old in np.flatnonzero(sums[:, 0]):
            place = held[old] & last
            while sums_there[place, 0] > 0:
                place = (place + np.uint64(1)) & last
            larger[place], first_there[place] = held[old], first[old]
            sums_there[place] = sums[old]
        held, first, sums = larger, first_there, sums_there
        u, used = _sum(start, label, hashes, weight, slices, u, held, first, sums, used)
    met = np.flatnonzero(sums[:, 0])
    owner = slices[first[met]]
    key = held[met] - owner.astype(np.uint64) * np.uint64(0xD1B54A32D192ED03)
    return key, first[met], sums[met], owner


@numba.njit(cache=True, nogil=True)
def _sum(start, label, hashes, weight, slices, u, held, first, sums, used):  # type: ignore[no-untyped-def]  # noqa: PLR0913, PLR0917
    """As `_count`; sums hold items, weights and squared weights: whole numbers are exact to 2^53."""
    last = np.uint64(len(held) - 1)
    for item in range(u, len(start) - 1):
        if slices[item] < 0:
            continue
        h = np.uint64(slices[item]) * np.uint64(0xD1B54A32D192ED03)
        for at in range(start[item], start[item + 1]):
            h += hashes[label[at]]
        place = h & last
        while held[place] != h and sums[place, 0] > 0:
            place = (place + np.uint64(1)) & last
        if sums[place, 0] == 0:
            if 2 * used >= len(held):
                return item, used
            held[place], first[place] = h, item
            used += 1
        w = weight[item] if len(weight) else 1.0
        sums[place, 0] += 1
        sums[place, 1] += w
        sums[place, 2] += w * w
    return len(start) - 1, used


@numba.njit(cache=True, nogil=True)
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


@numba.njit(cache=True, nogil=True)
def _coincidences(start: Offsets, label: Integers, count: Integers, scale: Floats, k: int) -> Matrix:
    matrix = np.zeros((k, k))
    for p in range(len(start) - 1):
        for a in range(start[p], start[p + 1]):
            for b in range(start[p], start[p + 1]):
                pairs = count[a] * (count[b] - 1) if a == b else count[a] * count[b]
                matrix[label[a], label[b]] += scale[p] * pairs
    return matrix
