"""Places of people with their uncertainty: expected rank, its interval, the chance to be among the best, r-values.

A ranking by raw shares puts whoever answered least at both ends. Here each person has the posterior of a beta-binomial
model, and a place is said only as far as the posteriors can be told apart.
"""

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import special, stats

from smo.measure.people.separation import separate
from smo.measure.people.skill import LEAST_TO_GROUP, pool, shrink

Floats = npt.NDArray[np.float64]

GRID = 1024
MOST_R_LEVELS = 200
DRAWS = 4000
SCHEMA = {
    "rater": pl.String,
    "n": pl.Int64,
    "correct": pl.Float64,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "expected_rank": pl.Float64,
    "rank_low": pl.Int64,
    "rank_high": pl.Int64,
    "chance_best": pl.Float64,
    "r_value": pl.Float64,
    "group": pl.Int64,
}


def ranking(
    people: pl.DataFrame,
    *,
    rng: np.random.Generator,
    best_share: float = 0.1,
    prior: tuple[float, float] | None = None,
    confidence: float = 0.90,
) -> pl.DataFrame:
    """Per person, by name: the shrunk share right, and the place it supports; 1 is the best.

    Shapes: `people` has `rater, n, correct`, one row a person; -> `rater, n, correct, value, low, high, expected_rank,
    rank_low, rank_high, chance_best, r_value, group`. `expected_rank` = 1 + sum over the others of P(other is better);
    `rank_low, rank_high` hold the true place with the given confidence (4,000 joint draws of `rng`); `chance_best` =
    P(share above the level that the best `best_share` of the ensemble exceeds); `r_value`: the smallest share such
    that the person belongs in a list of that best share; `group` as in `separate`, 0 the lowest: members of one group
    cannot be told apart. `prior`: mean and strength in cases, else fitted. Below two persons with cases there is no
    place: null. Errors: ValueError for missing columns, broken counts, two rows of one person, a share not between 0
    and 1. Source: Laird and Louis 1989, Journal of Educational Statistics 14:29-46; Lin et al. 2006, Bayesian Analysis
    1:915-946; Henderson and Newton 2016, Journal of the Royal Statistical Society B 78:781-804.

    >>> people = pl.DataFrame({"rater": list("abc"), "n": [1000, 1000, 5], "correct": [990, 900, 5]})
    >>> found = ranking(people, rng=np.random.default_rng(1), prior=(0.95, 50.0))
    >>> found.select("rater", pl.col("expected_rank").round(1), "rank_low", "rank_high").rows()
    [('a', 1.1, 1, 2), ('b', 2.9, 2, 3), ('c', 2.0, 1, 3)]
    """
    if not 0 < best_share < 1:
        raise ValueError(f"the share of the best lies between 0 and 1, not {best_share}")
    if prior is not None and not (0 < prior[0] < 1 and 0 <= prior[1] < np.inf):
        raise ValueError("a prior is a mean between 0 and 1 and a finite strength of at least 0")
    table = _checked(people)
    seen = table.filter(pl.col("n") > 0)
    n, correct = seen["n"].to_numpy(), seen["correct"].to_numpy()
    mean, strength = prior or pool(correct, n)
    value, _, _ = shrink(correct, n, mean=mean, strength=strength)
    a, b = correct + mean * strength, n - correct + (1 - mean) * strength
    tail = (1 - confidence) / 2
    low, high = special.betaincinv(a, b, tail), special.betainccinv(a, b, tail)
    columns = {"value": value, "low": low, "high": high}
    if seen.height > 1:
        low, high = _rank_interval(a, b, rng=rng, confidence=confidence)
        columns |= {
            "expected_rank": _expected_rank(a, b),
            "rank_low": low,
            "rank_high": high,
            "chance_best": _chance_best(a, b, share=best_share),
            "r_value": _r_values(a, b, mean=mean, strength=strength),
        }
    group = separate(np.round(correct).astype(np.int64), n, least=LEAST_TO_GROUP)
    found = seen.select("rater").with_columns(pl.Series(name, column) for name, column in columns.items())
    found = found.with_columns(pl.Series("group", group)).with_columns(pl.when(pl.col("group") >= 0).then("group"))
    whole = table.join(found, on="rater", how="left", maintain_order="left")
    absent = [pl.lit(None, kind).alias(name) for name, kind in SCHEMA.items() if name not in whole.columns]
    return whole.with_columns(absent).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def _checked(people: pl.DataFrame) -> pl.DataFrame:
    missing = {"rater", "n", "correct"} - set(people.columns)
    if missing:
        raise ValueError(f"missing columns: {', '.join(sorted(missing))}")
    table = people.select(
        pl.col("rater").cast(pl.String), pl.col("n").cast(pl.Int64), pl.col("correct").cast(pl.Float64)
    )
    if table["rater"].is_duplicated().any() or table["rater"].null_count():
        raise ValueError("each person has one row and a name")
    n, correct = table["n"].to_numpy(), table["correct"].to_numpy()
    if not np.isfinite(correct).all() or (correct < 0).any() or (correct > n).any():
        raise ValueError("correct lies between 0 and n")
    return table.sort("rater")


def _expected_rank(a: Floats, b: Floats) -> Floats:
    """1 + sum over the others of P(other > own), by quadrature over the quantiles of all posteriors."""
    spread = np.asarray(special.betaincinv(a, b, np.linspace(0, 1, 33)[:, None])).ravel()
    edges = np.concatenate([[0.0], np.quantile(spread, np.linspace(0, 1, GRID)), [1.0]])
    edges = np.unique(edges)
    below = special.betainc(a[:, None], b[:, None], edges)
    mass = np.diff(below, axis=1)
    above = 1 - (below[:, 1:] + below[:, :-1]) / 2
    return np.asarray(1 + mass @ above.sum(axis=0) - (mass * above).sum(axis=1))


def _rank_interval(
    a: Floats, b: Floats, *, rng: np.random.Generator, confidence: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    draws = rng.beta(a, b, size=(DRAWS, a.size))
    order = np.argsort(-draws, axis=1)
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(1, a.size + 1)[None, :], axis=1)
    tail = (1 - confidence) / 2
    return (
        np.quantile(rank, tail, axis=0, method="inverted_cdf").astype(np.float64),
        np.quantile(rank, 1 - tail, axis=0, method="inverted_cdf").astype(np.float64),
    )


def _chance_best(a: Floats, b: Floats, *, share: float) -> Floats:
    """P(above t), t the level that the ensemble of all posteriors exceeds with probability `share`."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        is_above = float(special.betaincc(a, b, middle).mean()) > share
        low, high = (middle, high) if is_above else (low, middle)
    return np.asarray(special.betaincc(a, b, high))


def _r_values(a: Floats, b: Floats, *, mean: float, strength: float) -> Floats:
    """The smallest share r / people such that the person is among the r likeliest to be in that best share."""
    people = a.size
    sizes = np.unique(np.linspace(1, people, min(people, MOST_R_LEVELS)).round().astype(np.int64))
    bar = stats.beta.isf(sizes / people * (1 - 1e-9), mean * strength, (1 - mean) * strength)
    above = special.betaincc(a[:, None], b[:, None], bar)
    needed = np.sort(above, axis=0)[::-1][sizes - 1, np.arange(sizes.size)]
    belongs = above >= needed
    return np.asarray(sizes[belongs.argmax(axis=1)] / people)
