"""How often people give the same answer when they meet an item again."""

import numpy as np
import polars as pl

from smo.measure.canonical import KEY
from smo.measure.estimate import Estimate, not_measured
from smo.measure.intervals import wilson

BASIS = "overlap"


def intra_rater_agreement(repeats: pl.DataFrame, canonical: pl.DataFrame) -> tuple[Estimate, pl.DataFrame]:
    """The share of repeated answers that equal the person's first answer, over all and for each person.

    Shapes: both frames as `Canonical` gives them; -> (Estimate with n = repeated answers, frame of rater, n, agreement,
    low, high in order of rater). The overall interval is Wilson's with the effective n that the variance between
    people allows; each person's is Wilson's. Anonymous answers cannot be repeats.
    Source: Gwet 2014, "Handbook of inter-rater reliability", chapter 7 (intra-rater reliability); Wilson 1927.

    >>> first = pl.DataFrame({"item": ["a", "b"], "rater": ["x", "x"], "label": ["no", "yes"]})
    >>> again = pl.DataFrame({"item": ["a", "b"], "rater": ["x", "x"], "label": ["no", "no"]})
    >>> intra_rater_agreement(again, first)[0].value
    0.5
    """
    key = [name for name in KEY if name in canonical.columns and name in repeats.columns]
    if "rater" not in key or repeats.is_empty():
        return not_measured(BASIS, "nobody met an item again"), _by_rater(pl.DataFrame(schema=_EMPTY))
    met = repeats.join(canonical.select(*key, pl.col("label").alias("first")), on=key, how="inner")
    by_rater = (
        met.group_by("rater").agg(pl.len().alias("n"), (pl.col("label") == pl.col("first")).sum().alias("equal"))
    ).sort("rater")
    if by_rater.is_empty():
        return not_measured(BASIS, "nobody met an item again"), _by_rater(by_rater)
    return _overall(by_rater), _by_rater(by_rater)


_EMPTY = {"rater": pl.String, "n": pl.UInt32, "equal": pl.UInt32}


def _by_rater(sums: pl.DataFrame) -> pl.DataFrame:
    low, high = wilson(sums.get_column("equal").to_numpy(), sums.get_column("n").to_numpy())
    return sums.select(
        "rater",
        pl.col("n").cast(pl.Int64),
        (pl.col("equal") / pl.col("n")).alias("agreement"),
        pl.Series("low", low, dtype=pl.Float64),
        pl.Series("high", high, dtype=pl.Float64),
    )


def _overall(sums: pl.DataFrame) -> Estimate:
    n, equal = (
        sums.get_column("n").to_numpy().astype(np.float64),
        sums.get_column("equal").to_numpy().astype(np.float64),
    )
    total, people = float(n.sum()), len(n)
    value = float(equal.sum()) / total
    between = float(((equal - value * n) ** 2).sum()) / total**2 * people / max(1, people - 1)
    effective = min(total, value * (1 - value) / between) if between > 0 and people > 1 else total
    low, high = wilson(value * effective, effective)
    return Estimate(
        value, float(low), float(high), int(total), BASIS, "wilson_raters",
        n_effective=effective, successes=int(equal.sum()),
    )  # fmt: skip
