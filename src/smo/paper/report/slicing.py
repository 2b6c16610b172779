"""Which columns cut the report into slices, and which items belong to each value."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from smo.paper.report.languages import is_language_column

MOST_COLUMNS = 3  # guessed ones; more make a page nobody reads: the others are asked for with --by
MOST_VALUES = 40
LEAST_VALUES = 2
SHOWN_WHEN_ASKED = 200  # values of a column named with --by; the largest are kept and the cut is said
NEVER = {"item", "text", "turns", "task", "label", "rater", "extra", "notes", "note", "comment", "comments"}
MARKETS = {"market", "country", "region", "policy", "category", "source", "product", "surface"}


@dataclass(frozen=True, slots=True)
class Cut:
    """One column that cuts items into slices: a value (or null) per item, in the order of the ratings' items."""

    column: str
    values: pl.Series

    def groups(self) -> Iterator[tuple[str, pl.Series]]:
        """Each value with the mask of its items; largest first, so that a cut list keeps what matters."""
        counts = self.values.drop_nulls().value_counts(name="n").sort(["n", self.column], descending=[True, False])
        for value in counts.get_column(self.column).head(SHOWN_WHEN_ASKED):
            yield str(value), (self.values == value).fill_null(value=False)


def _rank(column: str) -> tuple[int, str]:
    name = column.removeprefix("meta.").lower()
    if is_language_column(column):
        return 0, ""
    return (1, "") if name in MARKETS else (2, "")


def guess_columns(items: pl.DataFrame) -> tuple[str, ...]:
    """Columns of few values: a language first, then markets and policies, then the others in file order.

    >>> guess_columns(pl.DataFrame({"item": list("abcdef"), "lang": ["fr", "it"] * 3, "one": ["x"] * 6}))
    ('lang',)
    """
    fit = [
        name
        for name in items.columns
        if name.removeprefix("meta.").lower() not in NEVER and _fits(items.get_column(name))
    ]
    return tuple(sorted(fit, key=lambda name: _rank(name)[0])[:MOST_COLUMNS])


def _fits(values: pl.Series) -> bool:
    if values.dtype.is_nested() or values.dtype.is_temporal() or values.dtype.is_float():
        return False
    n_unique = values.drop_nulls().n_unique()
    filled = len(values) - values.null_count()
    return LEAST_VALUES <= n_unique <= MOST_VALUES and filled >= len(values) / 2 and n_unique * 2 <= filled


def cuts(items: pl.DataFrame, of: pl.Series, *, columns: tuple[str, ...]) -> tuple[Cut, ...]:
    """The values of each column for the items `of`, in their order; an item without metadata has null."""
    known = items.select("item", *columns).unique("item", keep="first", maintain_order=True)
    joined = pl.DataFrame({"item": of}).join(known, on="item", how="left", maintain_order="left")
    return tuple(Cut(column, joined.get_column(column).cast(pl.String)) for column in columns)
