"""A share among clustered rows, with an interval from bootstrap replicates that add up like everything else.

Each item is drawn Poisson(1) times in each replicate, by a hash of its id and the replicate's number: two shards that
hold rows of one item draw it equally often without talking to each other. Source: Chamandy, Muralidharan, Najmi & Naidu
(2012), Estimating Uncertainty for Massive Data Streams, Google.
"""

import numba as nb
import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import special, stats

from smo.measure.estimate import Estimate, not_measured
from smo.measure.merge import Additive
from smo.measure.sample.frame import ids_of

BASIS = "system_log"
REPLICATES = 200
SEED = np.uint64(20261122)
#: P(X <= k) of Poisson(1) as parts of 2^53, k = 0..; beyond 18 nothing is left.
_POISSON = (stats.poisson.cdf(np.arange(19), 1.0) * 2.0**53).astype(np.uint64)


@nb.njit(cache=True, nogil=True)
def _times(key, replicate, seed):  # type: ignore[no-untyped-def]  # pragma: no cover
    """How often an item is drawn: Poisson(1) of splitmix64 of its key, the replicate and the seed."""
    mixed = key + (replicate + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15) + seed * np.uint64(0xD1342543DE82EF95)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    part = (mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11)
    drawn = 0
    while drawn < _POISSON.shape[0] and part >= _POISSON[drawn]:
        drawn += 1
    return drawn


@nb.njit(cache=True, nogil=True)
def _draw(key, n, hits, group, sums, seed):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Add each item's rows to every replicate of its group as often as it is drawn there; to the first one once."""
    for row in range(key.shape[0]):
        own = sums[group[row]]
        own[0, 0] += n[row]
        own[0, 1] += hits[row]
        for replicate in range(1, own.shape[0]):
            times = _times(key[row], np.uint64(replicate), seed)
            own[replicate, 0] += times * n[row]
            own[replicate, 1] += times * hits[row]


def _cells(table: pl.DataFrame, by: tuple[str, ...]) -> pl.DataFrame:
    sums = (pl.len().cast(pl.Int64).alias("n"), pl.col("value").sum().alias("hits"))
    items = table.group_by(*by, "item").agg(sums)
    slices = items.select(by).unique().with_row_index("place") if by else None
    group = np.zeros(items.height, np.int64)
    if slices is not None:
        joined = items.join(slices, on=by, how="left", nulls_equal=True, maintain_order="left")
        group = joined.get_column("place").to_numpy().astype(np.int64)
    drawn = _drawn(items, group, groups=1 if slices is None else slices.height)
    if slices is None:
        return drawn.drop("place")
    return slices.join(drawn, on="place").drop("place")


def _drawn(items: pl.DataFrame, group: npt.NDArray[np.int64], *, groups: int) -> pl.DataFrame:
    sums = np.zeros((groups, REPLICATES + 1, 2), np.int64)
    n, hits = (items.get_column(name).to_numpy() for name in ("n", "hits"))
    words = ids_of(items.get_column("item"))
    _draw(words[:, 0] ^ words[:, 1], n, hits, group, sums, SEED)
    place, replicate = np.divmod(np.arange(groups * (REPLICATES + 1)), REPLICATES + 1)
    flat = sums.reshape(-1, 2)
    return pl.DataFrame(
        {
            "place": place.astype(np.uint32),
            "replicate": replicate,
            "n": flat[:, 0].copy(),
            "successes": flat[:, 1].copy(),
        }
    )


def _finish(cells: pl.DataFrame, confidence: float) -> Estimate:
    """The share with the interval value -+ t x standard deviation over replicates, within 0-1."""
    if cells.is_empty():
        return not_measured(BASIS, "there are no rows")
    ordered = cells.sort("replicate")
    n, successes = (ordered.get_column(name).to_numpy() for name in ("n", "successes"))
    share = successes / n
    drawn = share[1:]
    value, total = float(share[0]), int(n[0])
    if drawn.size < REPLICATES or np.all(drawn == drawn[0]):
        reason = "too few items for a bootstrap: the share without an interval"
        return Estimate(value, None, None, total, BASIS, "share", successes=int(successes[0]), warnings=(reason,))
    reach = float(special.stdtrit(drawn.size - 1, 0.5 + confidence / 2) * drawn.std(ddof=1))
    ends = max(0.0, value - reach), min(1.0, value + reach)
    method = f"bootstrap of items, {drawn.size} replicates"
    return Estimate(value, *ends, total, BASIS, method, confidence=confidence, successes=int(successes[0]))


def warm_bootstrap() -> None:
    """Compile the drawing once."""
    _cells(pl.DataFrame({"item": ["a"], "value": [1]}), ())


ADDITIVE = Additive(
    name="bootstrap_replicates",
    needs={"item": "id", "value": "flag"},
    keys={"replicate": pl.Int64},
    sums={"n": pl.Int64, "successes": pl.Int64},
    cells=_cells,
    finish=_finish,
)
