"""The ratings of many people on many items as sorted integer arrays: what every kernel reads."""

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import polars as pl

from smo.measure.codes import Integers, Offsets, encode

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ratings:
    """Ratings sorted by item, then rater, then label, so that the order of the rows cannot matter.

    Shapes: I items, N ratings. `item_start` int64[I+1]: the ratings of item i are `item_start[i]:item_start[i+1]`;
    `rater` int32[N] indexes `raters` (-1 = anonymous; `raters` is None when all are); `label` int32[N] indexes
    `labels` (numbers in order of value, else text in order of code point); `weight` float64[N] or None.

    >>> frame = pl.DataFrame({"i": ["b", "a", "a"], "who": ["x", "y", "x"], "is": ["no", "yes", "no"]})
    >>> ratings = Ratings.from_frame(frame, item="i", rater="who", label="is")
    >>> ratings.labels, ratings.item_start.tolist(), ratings.label.tolist()
    (('no', 'yes'), [0, 2, 3], [0, 1, 0])
    """

    items: pl.Series
    raters: pl.Series | None
    labels: tuple[str | float, ...]
    item_start: Offsets
    rater: Integers
    label: Integers
    weight: Floats | None = None

    @classmethod
    def from_frame(
        cls, frame: Any, *, item: str, rater: str | None, label: str, weight: str | None = None
    ) -> "Ratings":
        """Ratings of a long table: one row per item and rater.

        Shapes: `frame` is a polars, pandas or pyarrow table; `item`, `rater`, `label`, `weight` name columns. Rows
        without a label are missing and left out. Labels that are all finite numbers, as numbers or as text, become
        floats in order of value; `rater=None` or an empty rater means anonymous.
        Errors: ValueError when a column is missing, an item is empty, or a weight is empty or negative.

        >>> Ratings.from_frame(pl.DataFrame({"i": [1, 1], "y": ["10", "9"]}), item="i", rater=None, label="y").labels
        (9.0, 10.0)
        """
        table = _rows(_polars(frame), [c for c in (item, rater, label, weight) if c is not None], label=label)
        items, item_codes = encode(_without_empty(table, item))
        labels, label_codes = _encode_labels(table.get_column(label))
        raters, rater_codes = _encode_raters(table, rater)
        weights = None if weight is None else _weights(table, weight)
        start, by_item_rater, by_item_label, by_item_weight = sort_by_item(
            item_codes, rater_codes, label_codes, _no_weights() if weights is None else weights, len(items)
        )
        kept = None if weights is None else by_item_weight
        return cls(items, raters, labels, start, by_item_rater, by_item_label, kept)

    @property
    def n_items(self) -> int:
        """How many items have at least one rating."""
        return len(self.item_start) - 1

    @property
    def n_ratings(self) -> int:
        """How many ratings there are."""
        return len(self.label)

    @property
    def n_raters(self) -> int:
        """How many named people gave at least one of these ratings."""
        return 0 if self.raters is None else len(self.raters)

    @property
    def label_names(self) -> tuple[str, ...]:
        """The labels as text, whole numbers without a point."""
        return tuple(label if isinstance(label, str) else f"{label:.15g}" for label in self.labels)

    def select(self, item_mask: Mask | pl.Series) -> "Ratings":
        """The same ratings for some items: labels keep their places, so that slices compare; raters are those left.

        Shapes: `item_mask` bool[I]. Errors: ValueError when it has another length.
        """
        mask = np.asarray(item_mask, dtype=np.bool_)
        if len(mask) != self.n_items:
            raise ValueError(f"the mask has {len(mask)} entries for {self.n_items} items")
        lengths = np.diff(self.item_start)
        rows = np.repeat(mask, lengths)
        start = np.concatenate(([0], np.cumsum(lengths[mask]))).astype(np.int64)
        weight = None if self.weight is None else self.weight[rows]
        raters, rater = _present(self.raters, self.rater[rows])
        return Ratings(self.items.filter(pl.Series(mask)), raters, self.labels, start, rater, self.label[rows], weight)

    def item_index(self) -> Integers:
        """The item of each rating. Shapes: int32[N]."""
        return np.repeat(np.arange(self.n_items, dtype=np.int32), np.diff(self.item_start))

    def counts(self) -> Integers:
        """How often each item got each label. Shapes: int32[I, K]; only for few labels, since it is dense."""
        k = len(self.labels)
        cells = self.item_index().astype(np.int64) * k + self.label
        return np.bincount(cells, minlength=self.n_items * k).reshape(self.n_items, k).astype(np.int32)

    def to_frame(self) -> pl.DataFrame:
        """The long table back: item, rater (null = anonymous), label (text)."""
        rater = pl.Series("rater", self.rater)
        names = pl.Series("rater", [], dtype=pl.String) if self.raters is None else self.raters
        known = rater.set(rater < 0, None) if len(rater) else rater
        return pl.DataFrame(
            {
                "item": self.items.gather(self.item_index()),
                "rater": names.gather(known) if len(names) else pl.Series([None] * len(rater), dtype=pl.String),
                "label": pl.Series(self.label_names, dtype=pl.String).gather(self.label),
            }
        )


def _encode_labels(values: pl.Series) -> tuple[tuple[str | float, ...], Integers]:
    if values.dtype.is_numeric() or values.dtype == pl.Boolean:
        distinct, codes = encode(values.cast(pl.Float64) if values.dtype.is_numeric() else values.cast(pl.String))
        return tuple(distinct.to_list()), codes
    distinct, codes = encode(values)
    numbers = distinct.cast(pl.Float64, strict=False)
    if distinct.is_empty() or numbers.null_count() or not numbers.is_finite().all():
        return tuple(distinct.to_list()), codes
    ordered, places = encode(numbers)
    return tuple(ordered.to_list()), places[codes]


def _encode_raters(table: pl.DataFrame, rater: str | None) -> tuple[pl.Series | None, Integers]:
    if rater is None or table.get_column(rater).null_count() == table.height:
        return None, np.full(table.height, -1, np.int32)
    named = table.get_column(rater)
    if named.null_count() == 0:
        return encode(named)
    names, codes = encode(named.drop_nulls())
    every = np.full(table.height, -1, np.int32)
    every[named.is_not_null().to_numpy()] = codes
    return names, every


def _present(raters: pl.Series | None, rater: Integers) -> tuple[pl.Series | None, Integers]:
    if raters is None or not (rater >= 0).any():
        return None, np.full(len(rater), -1, np.int32)
    present = np.zeros(len(raters), np.bool_)
    present[rater[rater >= 0]] = True
    places = np.append(np.cumsum(present, dtype=np.int32) - np.int32(1), np.int32(-1))
    return raters.filter(pl.Series(present)), places[rater]  # -1, anonymous, reads the last place: -1 again


def _polars(frame: Any) -> pl.DataFrame:
    if isinstance(frame, pl.LazyFrame):
        return frame.collect()
    return frame if isinstance(frame, pl.DataFrame) else pl.DataFrame(frame)


def _rows(frame: pl.DataFrame, columns: list[str], *, label: str) -> pl.DataFrame:
    absent = [name for name in columns if name not in frame.columns]
    if absent:
        raise ValueError(f"no column {', '.join(absent)}; there are {', '.join(frame.columns)}")
    table = frame.select(*dict.fromkeys(columns))
    given = pl.col(label).is_not_null()
    if table.get_column(label).dtype.is_float():
        given &= pl.col(label).is_not_nan()
    return table.filter(given)


def _without_empty(table: pl.DataFrame, item: str) -> pl.Series:
    values = table.get_column(item)
    if values.null_count():
        raise ValueError(f"column {item}: {values.null_count()} rows have a label but no item; give each an item")
    return values


def _weights(table: pl.DataFrame, weight: str) -> Floats:
    values = table.get_column(weight).cast(pl.Float64)
    if values.null_count() or not (values.is_finite() & (values >= 0)).all():
        raise ValueError(f"column {weight}: every weight must be a number of at least 0")
    return values.to_numpy(writable=True)  # the compiler makes a second kernel for read-only arrays


def _no_weights() -> Floats:
    return np.zeros(0, np.float64)


@numba.njit(cache=True)
def _sort_within(key: Offsets, weight: Floats, low: int, high: int) -> None:
    """Shell sort of one item's ratings (Ciura's gaps): short items cost nothing, long ones stay below n^1.5."""
    for gap in (701, 301, 132, 57, 23, 10, 4, 1):
        for i in range(low + gap, high):
            moving = key[i]
            moving_weight = weight[i] if len(weight) else 0.0
            j = i
            while j >= low + gap and key[j - gap] > moving:
                key[j] = key[j - gap]
                if len(weight):
                    weight[j] = weight[j - gap]
                j -= gap
            key[j] = moving
            if len(weight):
                weight[j] = moving_weight


@numba.njit(cache=True)
def sort_by_item(item: Integers, rater: Integers, label: Integers, weight: Floats, n_items: int):  # type: ignore[no-untyped-def]
    """Counting sort by item, then by rater and label within the item.

    Shapes: int32[N] codes, float64[N] or [0] weights -> int64[I+1] starts, int32[N] rater, int32[N] label, weights.
    """
    start = np.zeros(n_items + 1, np.int64)
    for i in range(len(item)):
        start[item[i] + 1] += 1
    for u in range(n_items):
        start[u + 1] += start[u]
    place = start[:-1].copy()
    key = np.empty(len(item), np.int64)
    by_item_weight = np.empty(len(weight), np.float64)
    for i in range(len(item)):
        at = place[item[i]]
        place[item[i]] += 1
        key[at] = (np.int64(rater[i]) + 1) << 32 | np.int64(label[i])
        if len(weight):
            by_item_weight[at] = weight[i]
    by_item_rater = np.empty(len(item), np.int32)
    by_item_label = np.empty(len(item), np.int32)
    for u in range(n_items):
        _sort_within(key, by_item_weight, start[u], start[u + 1])
        for at in range(start[u], start[u + 1]):
            by_item_rater[at] = np.int32((key[at] >> 32) - 1)
            by_item_label[at] = np.int32(key[at] & 0xFFFFFFFF)
    return start, by_item_rater, by_item_label, by_item_weight
