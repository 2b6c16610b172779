"""Match what is held to be true (gold, a consensus) to the items and labels of ratings."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from smo.measure.ratings import Ratings

Truth = pl.DataFrame | Mapping[Any, Any]

UNKNOWN = -1  # no truth for this item
FOREIGN = -2  # the truth is a label that no rater gave


def label_codes(values: pl.Series, labels: tuple[str | float, ...]) -> npt.NDArray[np.int32]:
    """Position of each value in `labels`: -1 for null, -2 for a label that is not there.

    Numeric labels are compared as numbers, so "1" matches 1.0.

    >>> label_codes(pl.Series(["b", None, "c"]), ("a", "b")).tolist()
    [1, -1, -2]
    """
    if not labels or isinstance(labels[0], str):
        found = values.cast(pl.String).cast(pl.Enum([str(label) for label in labels]), strict=False).to_physical()
        codes = found.cast(pl.Int32).fill_null(FOREIGN).to_numpy()
    else:
        numbers = np.asarray(labels, np.float64)
        seen = values.cast(pl.String).cast(pl.Float64, strict=False).fill_null(np.inf).to_numpy()
        order = np.argsort(numbers)
        place = order[np.minimum(np.searchsorted(numbers, seen, sorter=order), numbers.size - 1)]
        codes = np.where(numbers[place] == seen, place, FOREIGN)
    return np.where(values.is_null().to_numpy(), UNKNOWN, codes).astype(np.int32)


def truth_frame(truth: Truth) -> pl.DataFrame:
    """The same truth as a frame `item, label`; of several rows for one item the first counts.

    >>> truth_frame({"x": "yes"}).rows()
    [('x', 'yes')]
    """
    truth = _table(truth)
    if isinstance(truth, Mapping):
        truth = pl.DataFrame({"item": list(truth.keys()), "label": list(truth.values())}, strict=False)
    if missing := {"item", "label"} - set(truth.columns):
        raise ValueError(f"truth needs the columns item and label; {', '.join(sorted(missing))} is missing")
    return truth.select("item", "label").drop_nulls().unique("item", keep="first", maintain_order=True)


def _table(truth: Any) -> Truth:
    if isinstance(truth, pl.DataFrame | Mapping):
        return truth
    try:
        return pl.DataFrame(truth)  # of pandas and Arrow
    except (TypeError, ValueError) as fault:
        raise ValueError(f"truth is a mapping from item to label, or a table, not a {type(truth).__name__}") from fault


def item_truth(ratings: Ratings, truth: Truth | None) -> pl.Series:
    """The true label of each item of `ratings`, in their order; null where there is none."""
    if truth is None:
        return pl.repeat(None, ratings.n_items, dtype=pl.String, eager=True).rename("label")
    frame = truth_frame(truth)
    items = pl.DataFrame({"item": ratings.items})
    frame = frame.with_columns(pl.col("item").cast(ratings.items.dtype, strict=False))
    frame = frame.unique("item", keep="first", maintain_order=True)  # "1" and "01" are one number
    return items.join(frame, on="item", how="left", maintain_order="left")["label"]


def truth_codes(ratings: Ratings, truth: Truth | None) -> npt.NDArray[np.int32]:
    """Code of the true label per item (int32[items]): -1 unknown, -2 a label that no rater gave.

    `truth` is a mapping from item to label or a frame with the columns `item, label`; items that were never rated
    are ignored.
    """
    return label_codes(item_truth(ratings, truth), ratings.labels)


def rating_items(ratings: Ratings) -> npt.NDArray[np.int64]:
    """Position of the item of each rating (int64[ratings])."""
    return np.repeat(np.arange(ratings.n_items, dtype=np.int64), np.diff(ratings.item_start))
