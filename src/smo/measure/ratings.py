"""The ratings of many people on many items as sorted integer arrays: what every kernel reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from smo.measure.by_item import Sorted, sort_by_item
from smo.measure.codes import Integers, Offsets, encode
from smo.measure.columns import Columns, columns_of
from smo.measure.sources import opened, require

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
SET_MARK = "|"


@dataclass(frozen=True, slots=True)
class Ratings:
    """Ratings sorted by item, then rater, then label, so that the order of the rows cannot matter.

    Shapes: I items, N ratings. `item_start` int64[I+1]: the ratings of item i are `item_start[i]:item_start[i+1]`;
    `rater` int32[N] indexes `raters` (-1 = anonymous; `raters` is None when all are); `label` int32[N] indexes
    `labels` (numbers in order of value, else text in order of code point, or as `with_order` says); `weight`
    float64[N] or None; `at` int64[N] microseconds since 1970 (UTC), `NO_TIME` where unknown, or None.
    Errors: none here, the arrays are taken as they are; `from_frame` checks what it reads.

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
    at: Offsets | None = None

    @classmethod
    def from_frame(
        cls, frame: Any, *, item: str, rater: str | None, label: str, weight: str | None = None, at: str | None = None
    ) -> "Ratings":
        """Ratings of a long table: one row per item and rater.

        Shapes: `frame` is a polars, pandas or pyarrow table, a LazyFrame, or the path of a Parquet, CSV, Arrow or
        NDJSON file, which is read in parts (of a CSV every column is text); `item`, `rater`, `label`, `weight` and
        `at` (a date, a time, text of ISO 8601, or whole microseconds) name columns. Rows without a label are missing
        and left out. Labels that are all finite numbers, as numbers or as text, become floats in order of value;
        `rater=None` or an empty rater means anonymous. Columns of dictionary-encoded text are the fastest.
        Errors: ValueError when a column is missing, an item is empty, or a weight is empty, not finite or negative.

        >>> Ratings.from_frame(pl.DataFrame({"i": [1, 1], "y": ["10", "9"]}), item="i", rater=None, label="y").labels
        (9.0, 10.0)
        """
        table = opened(frame)
        require(table, [name for name in (item, rater, label, weight, at) if name is not None])
        found = columns_of(table, item=item, rater=rater, label=label, more=(weight, at))
        return _of_columns(found)

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
        return self._with_rows(np.repeat(mask, np.diff(self.item_start)))

    def without_raters(self, names: Iterable[Any]) -> "Ratings":
        """The same ratings without those of some raters, such as models, which never count in human agreement.

        Items that nobody else rated are left out; labels keep their places. Errors: ValueError for a name that gave
        no rating: a misspelt model would stay in.

        >>> frame = pl.DataFrame({"i": [1, 1, 2], "who": ["ann", "model", "model"], "y": list("aba")})
        >>> Ratings.from_frame(frame, item="i", rater="who", label="y").without_raters(["model"]).n_ratings
        1
        """
        known = [] if self.raters is None else self.raters.to_list()
        places = {name: place for place, name in enumerate(known)}
        wanted = list(dict.fromkeys(names))
        unknown = [str(name) for name in wanted if name not in places]
        if unknown:
            raise ValueError(f"no rater {', '.join(unknown)} among these ratings")
        leaves = np.zeros(len(known) + 1, np.bool_)  # the last place is that of -1, the anonymous
        leaves[[places[name] for name in wanted]] = True
        return self._with_rows(~leaves[self.rater])

    def with_order(self, order: Sequence[str | float]) -> "Ratings":
        """The same ratings on a declared scale: labels in this order, which ordinal coefficients and credits follow.

        Labels of the scale that nobody used belong to it. Errors: ValueError when a label that was used is not in the
        order, or one is named twice.

        >>> frame = pl.DataFrame({"i": [1, 1], "y": ["low", "high"]})
        >>> ratings = Ratings.from_frame(frame, item="i", rater=None, label="y").with_order(["low", "middle", "high"])
        >>> ratings.labels, ratings.label.tolist()
        (('low', 'middle', 'high'), [0, 2])
        """
        is_text = any(isinstance(label, str) for label in self.labels)
        names = [str(label) if is_text else _number(label) for label in order]
        if len(set(names)) != len(names):
            raise ValueError("the order names a label twice")
        places = {name: place for place, name in enumerate(names)}
        used = np.bincount(self.label, minlength=len(self.labels)) > 0
        absent = [
            str(label) for label, is_used in zip(self.labels, used, strict=True) if is_used and label not in places
        ]
        if absent:
            raise ValueError(f"the order lacks {', '.join(absent)}")
        return self._relabelled(tuple(names), np.array([places.get(label, 0) for label in self.labels], np.int32))

    def as_sets(self) -> "Ratings":
        """The same ratings where labels joined by `|` are sets: "b|a", "a|b" and "a|b|b" are one label, "a|b".

        >>> frame = pl.DataFrame({"i": [1, 1], "y": ["b|a", "a|b"]})
        >>> Ratings.from_frame(frame, item="i", rater=None, label="y").as_sets().labels
        ('a|b',)
        """
        parts = [{part.strip() for part in str(name).split(SET_MARK)} - {""} for name in self.label_names]
        names = [SET_MARK.join(sorted(part)) for part in parts]
        ordered, places = encode(pl.Series(names, dtype=pl.String))
        return self._relabelled(tuple(ordered.to_list()), places)

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

    def _with_rows(self, rows: Mask) -> "Ratings":
        """Some of the ratings, and the items that still have one."""
        lengths = np.add.reduceat(rows, self.item_start[:-1], dtype=np.int64) if self.n_items else np.zeros(0, np.int64)
        left = lengths > 0
        start = np.concatenate(([0], np.cumsum(lengths[left]))).astype(np.int64)
        raters, rater = _present(self.raters, self.rater[rows])
        weight = None if self.weight is None else self.weight[rows]
        at = None if self.at is None else self.at[rows]
        return Ratings(
            self.items.filter(pl.Series(left)), raters, self.labels, start, rater, self.label[rows], weight, at
        )  # fmt: skip

    def _relabelled(self, labels: tuple[str | float, ...], place: Integers) -> "Ratings":
        """Labels under other names and places; sorted anew, since an item's ratings stand in order of label."""
        label = place[self.label] if len(self.label) else self.label
        codes = [self.item_index(), self.rater, label]
        ordered = sort_by_item(codes, self.n_items, weight=self.weight, at=self.at)
        return replace(self, labels=labels, **_arrays(ordered))


def tasks_from_frame(frame: Any, *, task: str, **columns: str | None) -> dict[str, Ratings]:
    """The ratings of each task of a table, in order of the tasks' names.

    Shapes: `columns` as of `Ratings.from_frame`: item, rater, label and, where there are, weight and at.
    Errors: ValueError as there, and when a row with a label names no task. Source: definition.

    >>> frame = pl.DataFrame({"q": ["hate", "spam"], "i": [1, 1], "y": ["yes", "no"]})
    >>> {name: r.labels for name, r in tasks_from_frame(frame, task="q", item="i", rater=None, label="y").items()}
    {'hate': ('yes',), 'spam': ('no',)}
    """
    table = opened(frame)
    if absent := {"item", "rater", "label"} - set(columns):
        raise ValueError(f"name the columns of {', '.join(sorted(absent))}; rater=None means anonymous")
    names = [name for name in columns.values() if name is not None]
    require(table, [task, *names])
    needed = table.lazy().select(*dict.fromkeys([task, *names])).drop_nulls(columns["label"]).collect()
    if needed.get_column(task).null_count():
        raise ValueError(f"column {task}: {needed.get_column(task).null_count()} rows have a label but no task")
    parts = needed.partition_by(task, as_dict=True, include_key=task in names)
    made = {str(key[0]): Ratings.from_frame(part, **columns) for key, part in parts.items()}  # type: ignore[arg-type]
    return dict(sorted(made.items()))


def warm_ratings() -> None:
    """Compile the kernels of coding and sorting, with and without what ratings carry."""
    frame = pl.DataFrame({"item": ["b", "a"], "label": ["n", "y"], "w": [1.0, 2.0]})
    for ids in (frame, frame.cast({"item": pl.Categorical})):
        Ratings.from_frame(ids, item="item", rater=None, label="label")
    Ratings.from_frame(frame, item="item", rater=None, label="label", weight="w")


def _number(label: str | float) -> float:
    try:
        return float(label)
    except ValueError:
        raise ValueError(f"the labels are numbers, and {label!r} of the order is none") from None


def _of_columns(found: Columns) -> Ratings:
    items, labels, raters = found.items, found.labels, found.raters
    ordered = sort_by_item(found.codes, len(items), weight=found.weight, at=found.at)
    return Ratings(items, raters, labels, **_arrays(ordered))


def _arrays(ordered: Sorted) -> dict[str, Any]:
    return {
        "item_start": ordered.start,
        "rater": ordered.rater,
        "label": ordered.label,
        "weight": ordered.weight,
        "at": ordered.at,
    }


def _present(raters: pl.Series | None, rater: Integers) -> tuple[pl.Series | None, Integers]:
    if raters is None or not (rater >= 0).any():
        return None, np.full(len(rater), -1, np.int32)
    present = np.zeros(len(raters), np.bool_)
    present[rater[rater >= 0]] = True
    places = np.append(np.cumsum(present, dtype=np.int32) - np.int32(1), np.int32(-1))
    return raters.filter(pl.Series(present)), places[rater]  # -1, anonymous, reads the last place: -1 again
