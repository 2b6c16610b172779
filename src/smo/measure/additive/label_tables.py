"""How often each label was given: prevalence, the base of mix and drift."""

import polars as pl

from smo.measure.intervals import wilson
from smo.measure.merge import Additive


def _cells(table: pl.DataFrame, by: tuple[str, ...]) -> pl.DataFrame:
    return table.group_by(*by, "label").agg(pl.len().cast(pl.Int64).alias("n"))


def _finish(cells: pl.DataFrame, confidence: float) -> pl.DataFrame:
    """`label, n, value, low, high`: the share of each label with Wilson's interval."""
    n = cells.get_column("n").to_numpy()
    low, high = wilson(n, max(int(n.sum()), 1), confidence=confidence)
    share = pl.Series("value", n / max(int(n.sum()), 1))
    return cells.with_columns(share, pl.Series("low", low), pl.Series("high", high))


ADDITIVE = Additive(
    name="label_tables", needs={"label": "id"}, keys={"label": pl.String}, sums={"n": pl.Int64}, cells=_cells,
    finish=_finish,
)  # fmt: skip
