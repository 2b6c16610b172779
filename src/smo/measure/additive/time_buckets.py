"""Cases and events by day: what control charts, CUSUM and change-points read."""

import polars as pl

from smo.measure.change.charts import p_chart
from smo.measure.merge import Additive


def _cells(table: pl.DataFrame, by: tuple[str, ...]) -> pl.DataFrame:
    sums = (pl.len().cast(pl.Int64).alias("n"), pl.col("value").sum().alias("events"))
    return table.group_by(*by, pl.col("at").dt.date().alias("day")).agg(sums)


def _finish(cells: pl.DataFrame, confidence: float) -> pl.DataFrame:
    """`day, n, events, value, low_limit, high_limit, z, is_signal`: a p-chart around the mean of all days.

    Its limits are three standard deviations whatever the confidence.
    """
    del confidence
    if cells.is_empty():
        limits = dict.fromkeys(("value", "low_limit", "high_limit", "z"), pl.Float64)
        return cells.with_columns(
            pl.lit(None, dtype).alias(n) for n, dtype in {**limits, "is_signal": pl.Boolean}.items()
        )
    chart = p_chart(cells.get_column("events").to_numpy(), cells.get_column("n").to_numpy())
    return pl.concat([cells, chart.periods], how="horizontal")


ADDITIVE = Additive(
    name="time_buckets",
    needs={"at": "time", "value": "flag"},
    keys={"day": pl.Date},
    sums={"n": pl.Int64, "events": pl.Int64},
    cells=_cells,
    finish=_finish,
)
