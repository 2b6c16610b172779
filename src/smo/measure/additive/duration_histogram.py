"""How long things took: bins of 5 percent, from which any quantile is read to 2.5 percent."""

import numpy as np
import polars as pl
from scipy import stats

from smo.measure.durations import BASE, SHORTEST_SECONDS, lengths, quantile
from smo.measure.estimate import Estimate, not_measured
from smo.measure.merge import Additive

BASIS = "system_log"
METHOD = "binomial ranks, bins of 5 %"


def _cells(table: pl.DataFrame, by: tuple[str, ...]) -> pl.DataFrame:
    if (below := int((table.get_column("seconds") < 0).sum())) > 0:
        raise ValueError(f"column seconds is negative in {below} of {table.height} rows")
    log = pl.col("seconds").clip(lower_bound=SHORTEST_SECONDS).log()
    return (
        table.with_columns(log=log, bin=(log / np.log(BASE)).floor().cast(pl.Int64))
        .group_by(*by, "bin")
        .agg(pl.len().cast(pl.Int64).alias("n"), total=pl.col("seconds").sum(), total_log=pl.col("log").sum())
    )


def _finish(cells: pl.DataFrame, confidence: float) -> Estimate:
    """The median with the interval of its ranks (binomial), widened by half a bin at each end."""
    sums = {name: cells.get_column(name).to_numpy() for name in cells.columns}
    found = lengths(
        sums["bin"], counts=sums["n"], total=float(sums["total"].sum()), total_log=float(sums["total_log"].sum())
    )
    if found is None:
        return not_measured(BASIS, "nothing took any time")
    ordered = cells.sort("bin")
    edges, counted = (ordered.get_column(name).cast(pl.Float64).to_numpy() for name in ("bin", "n"))
    below, above = (
        float(stats.binom.ppf(share, found.n, 0.5)) for share in (0.5 - confidence / 2, 0.5 + confidence / 2)
    )
    if below < 1:
        few = (f"{found.n} lengths are too few for an interval of the median",)
        return Estimate(found.median, None, None, found.n, BASIS, METHOD, confidence=confidence, warnings=few)
    low = quantile(edges, counted, share=below / found.n) / np.sqrt(BASE)
    high = quantile(edges, counted, share=min(1.0, (above + 1) / found.n)) * np.sqrt(BASE)
    return Estimate(found.median, float(low), float(high), found.n, BASIS, METHOD, confidence=confidence)


ADDITIVE = Additive(
    name="duration_histogram",
    needs={"seconds": "number"},
    keys={"bin": pl.Int64},
    sums={"n": pl.Int64, "total": pl.Float64, "total_log": pl.Float64},
    cells=_cells,
    finish=_finish,
)
