"""The same coefficients for each slice of the items, from one pass over the ratings."""

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl

from smo.measure.agreement.alpha import alpha_of
from smo.measure.agreement.coincidence import Matrix, Patterns, patterns_by_slice
from smo.measure.agreement.intervals import CONFIDENCE, Coefficient, Share, estimate_of, share
from smo.measure.agreement.kappa import corrected, credit, percent_of
from smo.measure.agreement.sets import span_distance
from smo.measure.codes import Integers, encode
from smo.measure.estimate import Estimate
from smo.measure.ratings import Ratings

MINIMUM_ITEMS = 20  # below it a slice is "not enough evidence", whatever its interval says
Found = Coefficient | Share | Estimate
COEFFICIENTS: dict[str, Callable[[Patterns, str | Matrix], Found]] = {
    "krippendorff_alpha": alpha_of,
    "percent_agreement": lambda state, _: percent_of(state),
    "fleiss_kappa": lambda state, _: corrected(state, None, kind="fleiss"),
    "gwet_ac1": lambda state, _: corrected(state, None, kind="gwet_ac1"),
    "gwet_ac2": lambda state, _: corrected(state, credit(state.labels, "quadratic"), kind="gwet_ac2"),
}


def agreement_by_slice(
    ratings: Ratings,
    slices: pl.Series | pl.DataFrame,
    *,
    coefficients: Sequence[str] = ("krippendorff_alpha", "percent_agreement", "gwet_ac1"),
    level: str | Matrix = "nominal",
    minimum_items: int = MINIMUM_ITEMS,
    confidence: float = CONFIDENCE,
) -> pl.DataFrame:
    """Agreement within each slice of the items, such as each policy or language.

    Shapes: `slices` is a Series of I values in order of `ratings.items`, or a frame of item and slice (first column,
    second column); items without a slice are left out. -> one row per slice and coefficient: slice, coefficient,
    value, low, high, n (items with two ratings), is_enough (n >= minimum_items), method, warnings; in order of slice.
    Read a slice that is not enough as unknown: its interval holds, but its value says little.
    Errors: ValueError for an unknown coefficient, another length, or an item with two slices.
    Source: definition, a coefficient on a part of the items; each coefficient's own function names its paper.

    >>> frame = pl.DataFrame({"i": [1, 1, 2, 2, 3, 3, 4, 4], "y": list("aabbabbb")})
    >>> ratings = Ratings.from_frame(frame, item="i", rater=None, label="y")
    >>> found = agreement_by_slice(ratings, pl.Series(["en", "en", "de", "de"]), coefficients=["percent_agreement"])
    >>> found.select("slice", "value", "is_enough").rows()
    [('de', 0.5, False), ('en', 1.0, False)]
    """
    unknown = [name for name in coefficients if name not in COEFFICIENTS]
    if unknown:
        raise ValueError(f"unknown coefficient {unknown[0]!r}; one of {', '.join(COEFFICIENTS)}")
    names, codes = slice_codes(ratings, slices)
    states = patterns_by_slice(ratings, codes, n_slices=len(names))
    rows = [
        (place, name, measured(state, name, level=level, confidence=confidence))
        for place, state in enumerate(states)
        for name in coefficients
    ]
    figures = pl.DataFrame(
        [_row(name, estimate, minimum_items=minimum_items) for _, name, estimate in rows], schema=SCHEMA
    )
    return figures.insert_column(0, names.gather([place for place, _, _ in rows]).alias("slice"))


SCHEMA: dict[str, pl.DataType] = {
    "coefficient": pl.String(),
    "value": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "n": pl.Int64(),
    "is_enough": pl.Boolean(),
    "method": pl.String(),
    "warnings": pl.List(pl.String()),
}


def measured(
    state: Patterns, coefficient: str, *, level: str | Matrix = "nominal", confidence: float = CONFIDENCE
) -> Estimate:
    """One of `COEFFICIENTS` of one state, with its interval."""
    found = COEFFICIENTS[coefficient](state, level)
    return share(found, confidence=confidence) if isinstance(found, Share) else estimate_of(found, confidence)


def slice_codes(ratings: Ratings, slices: pl.Series | pl.DataFrame) -> tuple[pl.Series, Integers]:
    """The slices in order, and the slice of each item (-1 = none). Shapes: S values, int32[I]."""
    if isinstance(slices, pl.DataFrame):
        if slices.width < 2:
            raise ValueError("slices need two columns, the item and its slice")
        item, value = slices.columns[:2]
        known = slices.select(pl.col(item).alias("item"), pl.col(value).alias("slice")).unique()
        if known.get_column("item").is_duplicated().any():
            raise ValueError("an item is in two slices: agreement within slices counts each item once")
        kept = ratings.items.to_frame("item")
        known = known.cast({"item": kept.schema["item"]})
        slices = kept.join(known, on="item", how="left", maintain_order="left").get_column("slice")
    if len(slices) != ratings.n_items:
        raise ValueError(f"there are {len(slices)} slices for {ratings.n_items} items")
    given = slices.drop_nulls()
    names, codes = encode(given)
    if len(given) == len(slices):
        return names, codes
    every = np.full(len(slices), -1, np.int32)
    every[slices.is_not_null().to_numpy()] = codes
    return names, every


def warm_slices(ratings: Ratings) -> None:
    """Compile the kernels of slices and of the distances between spans."""
    patterns_by_slice(ratings, np.zeros(ratings.n_items, np.int32), n_slices=1)
    span_distance(("0:1", ""))


def _row(name: str, estimate: Estimate, *, minimum_items: int) -> dict[str, object]:
    return {
        "coefficient": name,
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "n": estimate.n,
        "is_enough": estimate.is_measured and estimate.n >= minimum_items,
        "method": estimate.method,
        "warnings": list(estimate.warnings),
    }
