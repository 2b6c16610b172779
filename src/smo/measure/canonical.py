"""Which answer counts when somebody answered twice, and what kind of scale the labels form."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

KEY = ("item", "rater", "task")


@dataclass(frozen=True, slots=True)
class Canonical:
    """The answers that agreement counts, and the later answers of the same person to the same item."""

    ratings_frame: pl.DataFrame
    repeats_frame: pl.DataFrame


def canonical(frame: pl.DataFrame, *, time: bool) -> Canonical:
    """The first answer per item x rater x task; later ones are repeats; anonymous answers all count.

    Shapes: `frame` has `item, rater, label` and, where there are, `task, at, seconds`; both parts have its columns,
    in file order. With `time` the first is the earliest `at` (rows without one come last), else the first of the file.
    Rows without a label are missing: they are in neither.
    Errors: ValueError when `time` is asked of a frame without `at`.

    >>> rows = {"item": ["a", "a", "a"], "rater": ["x", "x", None], "task": ["t"] * 3, "label": ["no", "yes", "no"]}
    >>> both = canonical(pl.DataFrame(rows), time=False)
    >>> both.ratings_frame["label"].to_list(), both.repeats_frame["label"].to_list()
    (['no', 'no'], ['yes'])
    """
    if time and "at" not in frame.columns:
        raise ValueError("the first answer by time needs a column `at`")
    empty = frame.get_column("label").null_count()
    given = frame.filter(pl.col("label").is_not_null()) if empty else frame
    key = [name for name in KEY if name in given.columns]
    if "rater" not in key:
        return Canonical(given, given.clear())
    numbered = given.select(*key, *(["at"] if time else [])).with_row_index("row")
    met = numbered.filter(_may_repeat(numbered.select(key)))
    ordered = met.sort("at", nulls_last=True, maintain_order=True) if time else met
    first = ordered.unique(subset=key, keep="first", maintain_order=True).get_column("row")
    if len(first) == met.height:
        return Canonical(given, given.clear())
    kept = pl.repeat(value=True, n=given.height, eager=True).scatter(met.get_column("row"), False).scatter(first, True)
    return Canonical(given.filter(kept), given.filter(~kept))


def _may_repeat(keys: pl.DataFrame) -> pl.Series:
    """The named rows whose key's hash occurs twice: few, so that only they are compared value by value."""
    named = keys.get_column("rater").is_not_null()
    hashes = keys.hash_rows()
    ordered = np.sort(hashes.filter(named).to_numpy())
    twice = pl.Series(ordered[1:][ordered[1:] == ordered[:-1]]).unique()
    return named & hashes.is_in(twice.implode())


def guess_level(labels: Iterable[str | float | None]) -> str:
    """The level of measurement that labels look like: all numbers "ordinal", else "nominal".

    Numbers are ordered, but nothing says that their steps are equal, so "interval" is never guessed.

    >>> guess_level(["1", "2", "-3"]), guess_level(["yes", "2"])
    ('ordinal', 'nominal')
    """
    distinct = {label for label in labels if label is not None}
    return "ordinal" if distinct and all(_is_number(label) for label in distinct) else "nominal"


def _is_number(label: str | float) -> bool:
    number = pl.Series([str(label)]).cast(pl.Float64, strict=False)
    return bool(number.is_finite().fill_null(value=False).all())
