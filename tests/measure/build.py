"""Small tables of ratings for the tests of the measures."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from hypothesis import strategies as st

from smo.measure.ratings import Ratings

# Krippendorff 2011: four observers (rows), twelve units (columns), None = missing
CANONICAL = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)


def frame_of(table: Sequence[Sequence[object]]) -> pl.DataFrame:
    """One row of `table` per rater, one column per item."""
    rows = [(item, rater, label) for rater, row in enumerate(table) for item, label in enumerate(row)]
    return pl.DataFrame(rows, schema=["item", "rater", "label"], orient="row", strict=False)


def ratings_of(table: Sequence[Sequence[object]], *, anonymous: bool = False) -> Ratings:
    return Ratings.from_frame(frame_of(table), item="item", rater=None if anonymous else "rater", label="label")


def from_counts(counts: Sequence[Sequence[int]]) -> Ratings:
    """Anonymous ratings with so many of each label for each item."""
    rows = [(i, k) for i, row in enumerate(counts) for k, times in enumerate(row) for _ in range(times)]
    frame = pl.DataFrame(rows, schema={"item": pl.Int64, "label": pl.Int64}, orient="row")
    return Ratings.from_frame(frame, item="item", rater=None, label="label")


def two_by_two(a: int, b: int, c: int, d: int) -> Ratings:
    """Two raters: a both yes, b only the first yes, c only the second, d both no."""
    first = ["yes"] * (a + b) + ["no"] * (c + d)
    second = ["yes"] * a + ["no"] * b + ["yes"] * c + ["no"] * d
    return ratings_of((first, second))


def random_frame(rng: np.random.Generator, *, items: int, labels: int, raters: int, n: int) -> pl.DataFrame:
    """Distinct (item, rater) pairs with labels that follow the item more often than not."""
    cell = rng.choice(items * raters, size=min(n, items * raters), replace=False)
    item, rater = np.divmod(cell, raters)
    truth = rng.integers(0, labels, items)
    given = np.where(rng.random(len(cell)) < 0.6, truth[item], rng.integers(0, labels, len(cell)))
    return pl.DataFrame({"item": item, "rater": rater, "label": given + 1})


@st.composite
def frames(draw: st.DrawFn, *, most_labels: int = 5) -> pl.DataFrame:
    """Any small table: single-rating items, one label, repeated rows of a person and empty raters included."""
    k = draw(st.integers(1, most_labels))
    row = st.tuples(st.integers(0, 8), st.one_of(st.none(), st.integers(0, 4)), st.integers(1, k))
    rows = draw(st.lists(row, min_size=0, max_size=60))
    schema = {"item": pl.Int64, "rater": pl.Int64, "label": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")
