"""Skill of each person in each slice: drawn to the pool of its own policy and language, errors weighed by severity."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import special

from smo.measure.people.skill import LEAST_RATERS_TO_FIT, pool

Floats = npt.NDArray[np.float64]

#: How many cases the rate of all slices weighs when the mean of a slice with few people is set.
SLICE_STRENGTH = 20.0


def skill_sums(frame: pl.DataFrame, *, rater: str, score: str, by: Sequence[str] = ()) -> pl.DataFrame:
    """`by..., rater, n, score, squares`: what `slice_skill` needs, one row per person and slice; tables add up.

    Shapes: `frame` has one row per checked answer; `score` is 1 for right, 0 for the worst error, and between for
    milder ones (1 - severity points / most points), or a boolean. Units: shares. Errors: ValueError for missing
    columns or a score that is null, nan or outside 0 to 1.

    >>> rows = pl.DataFrame({"who": ["a", "a", "b"], "score": [1.0, 0.5, 0.0]})
    >>> skill_sums(rows, rater="who", score="score").rows()
    [('a', 2, 1.5, 1.25), ('b', 1, 0.0, 0.0)]
    """
    missing = {rater, score, *by} - set(frame.columns)
    if missing:
        raise ValueError(f"missing columns: {', '.join(sorted(missing))}")
    value = pl.col(score).cast(pl.Float64)
    whole = frame.select(*by, pl.col(rater).alias("rater"), value.alias("score")).filter(pl.col("rater").is_not_null())
    if whole["score"].null_count() or not whole["score"].is_between(0.0, 1.0).all():
        raise ValueError("a score lies between 0 and 1; leave out what was not checked")
    sums = pl.len().cast(pl.Int64).alias("n"), pl.col("score").sum(), (pl.col("score") ** 2).sum().alias("squares")
    return whole.group_by(*by, "rater").agg(*sums).sort(*by, "rater", nulls_last=True)


def slice_skill(
    sums: pl.DataFrame, *, by: Sequence[str] = (), target: float | None = None, confidence: float = 0.90
) -> pl.DataFrame:
    """`by..., rater, n, raw, value, low, high, chance_below, prior_mean, prior_strength`, one row per row of `sums`.

    Posterior of a beta-binomial whose prior is the pool of the slice: mean and strength by maximum likelihood over its
    people; with fewer than 5 of them the strength of all slices together, and a mean drawn to theirs. Partial scores
    spread less than right and wrong: counts are divided by phi, the pooled variance within persons over m (1 - m).
    `chance_below`: P(true skill < target), null without a target. Shapes: `sums` as `skill_sums` makes it, or added up
    from several; without `squares` answers are right or wrong. Units: shares. The intervals take the prior as known.
    Errors: ValueError for missing columns, broken sums, or a target not between 0 and 1.
    Source: Efron and Morris 1975, JASA 70:311-319; Griffiths 1973, Biometrics 29:637-648; phi: McCullagh and Nelder
    1989, section 4.5.

    >>> people = pl.DataFrame({"rater": list("abcdef"), "n": [40] * 5 + [400], "score": [36, 40, 38, 39, 38, 360]})
    >>> slice_skill(people, target=0.95).select("rater", pl.col("value", "chance_below").round(2)).row(5)
    ('f', 0.91, 1.0)
    """
    if target is not None and not 0 < target < 1:
        raise ValueError(f"a target lies between 0 and 1, not {target}")
    table = _checked(sums, by)
    n, score = table["n"].to_numpy(), table["score"].to_numpy()
    phi = _phi(table)
    overall = pool_of(score, n / phi, phi=phi)
    slices = table.select(by).with_row_index("row").group_by(by, maintain_order=True).agg("row") if by else None
    groups = [np.arange(n.size)] if slices is None else [np.asarray(rows) for rows in slices["row"].to_list()]
    mean, strength = np.empty(n.size), np.empty(n.size)
    for rows in groups:
        mean[rows], strength[rows] = _prior(score[rows], n[rows], phi=phi, overall=overall)
    a = score / phi + mean * strength
    b = (n - score) / phi + (1 - mean) * strength
    tail = (1 - confidence) / 2
    columns = {
        "raw": np.divide(score, n, out=np.full(n.size, np.nan), where=n > 0),
        "value": a / (a + b),
        "low": special.betaincinv(a, b, tail),
        "high": special.betainccinv(a, b, tail),
        "chance_below": np.full(n.size, np.nan) if target is None else special.betainc(a, b, target),
        "prior_mean": mean,
        "prior_strength": strength * phi,
    }
    found = table.select(*by, "rater", pl.col("n").cast(pl.Int64))
    return found.with_columns(pl.Series(name, column).fill_nan(None) for name, column in columns.items())


def pool_of(score: Floats, effective: Floats, *, phi: float = 1.0) -> tuple[float, float]:
    """Mean and strength of the pool, in effective cases; `effective` = n / phi, `score` before the division.

    >>> mean, strength = pool_of(np.full(30, 95.0), np.full(30, 100.0))
    >>> round(mean, 2), strength > 1000
    (0.95, True)
    """
    if not effective.sum() > 0:
        return 0.5, 2.0
    return pool(score / phi, effective)


def _prior(score: Floats, n: Floats, *, phi: float, overall: tuple[float, float]) -> tuple[float, float]:
    if int((n > 0).sum()) >= LEAST_RATERS_TO_FIT:
        return pool_of(score, n / phi, phi=phi)
    mean = (score.sum() + overall[0] * SLICE_STRENGTH) / (n.sum() + SLICE_STRENGTH)
    return float(np.clip(mean, 1e-6, 1 - 1e-6)), overall[1]


def _phi(table: pl.DataFrame) -> float:
    """Pooled variance of scores within persons over that of right and wrong; 1 where they are right or wrong."""
    if "squares" not in table.columns:
        return 1.0
    n, score, squares = (table[name].to_numpy() for name in ("n", "score", "squares"))
    seen = n > 0
    within = float((squares[seen] - score[seen] ** 2 / n[seen]).sum())
    binary = float((score[seen] - score[seen] ** 2 / n[seen]).sum())
    return float(np.clip(within / binary, 0.01, 1.0)) if binary > 0 else 1.0


def _checked(sums: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    missing = {"rater", "n", "score", *by} - set(sums.columns)
    if missing:
        raise ValueError(f"missing columns: {', '.join(sorted(missing))}")
    numbers = [name for name in ("n", "score", "squares") if name in sums.columns]
    table = sums.group_by(*by, "rater").agg(pl.col(numbers).cast(pl.Float64).sum()).sort(*by, "rater", nulls_last=True)
    n, score = table["n"].to_numpy(), table["score"].to_numpy()
    if not (np.isfinite(n).all() and np.isfinite(score).all()) or (score < 0).any() or (score > n).any():
        raise ValueError("the sum of scores lies between 0 and n")
    return table
