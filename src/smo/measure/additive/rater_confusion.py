"""What each rater called what was truly something: the table from which skill, bias and confusions follow."""

import polars as pl

from smo.measure.intervals import wilson
from smo.measure.merge import Additive


def _cells(table: pl.DataFrame, by: tuple[str, ...]) -> pl.DataFrame:
    return table.group_by(*by, "rater", "truth", "label").agg(pl.len().cast(pl.Int64).alias("n"))


def _finish(cells: pl.DataFrame, confidence: float) -> pl.DataFrame:
    """`rater, truth, label, n, value, low, high`: of what is truly so, the share the rater called it `label`."""
    n = cells.get_column("n").to_numpy()
    base = cells.select(pl.col("n").sum().over("rater", "truth")).to_series().to_numpy()
    low, high = wilson(n, base, confidence=confidence)
    return cells.with_columns(pl.Series("value", n / base), pl.Series("low", low), pl.Series("high", high))


ADDITIVE = Additive(
    name="rater_confusion",
    needs={"rater": "id", "truth": "id", "label": "id"},
    keys={"rater": pl.String, "truth": pl.String, "label": pl.String},
    sums={"n": pl.Int64},
    cells=_cells,
    finish=_finish,
)
