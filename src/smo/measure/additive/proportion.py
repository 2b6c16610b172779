"""The share of rows that are true."""

import polars as pl

from smo.measure.estimate import Estimate, not_measured
from smo.measure.intervals import proportion
from smo.measure.merge import Additive

BASIS = "system_log"


def _cells(table: pl.DataFrame, by: tuple[str, ...]) -> pl.DataFrame:
    sums = (pl.len().cast(pl.Int64).alias("n"), pl.col("value").sum().alias("successes"))
    return table.group_by(by, maintain_order=True).agg(sums) if by else table.select(sums)


def _finish(cells: pl.DataFrame, confidence: float) -> Estimate:
    if cells.is_empty():
        return not_measured(BASIS, "there are no rows")
    n, successes = cells.row(0)
    return proportion(successes, n, basis=BASIS, confidence=confidence)


ADDITIVE = Additive(
    name="proportion",
    needs={"value": "flag"},
    keys={},
    sums={"n": pl.Int64, "successes": pl.Int64},
    cells=_cells,
    finish=_finish,
)
