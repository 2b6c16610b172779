"""Few human labels beside many predictions: the moments from which PPI++ makes a share and its interval."""

import polars as pl

from smo.measure.estimate import Estimate
from smo.measure.estimation.ppi import PPI_SUMS, ppi_share, ppi_sums
from smo.measure.merge import Additive

BASIS = "probability_audit"


def _cells(table: pl.DataFrame, by: tuple[str, ...]) -> pl.DataFrame:
    keys = [*by, "stratum"]
    named = table.with_columns(pl.col("stratum").fill_null(""))
    strata = named.select(keys).unique().with_row_index("place")
    place = named.join(strata, on=keys, how="left", nulls_equal=True, maintain_order="left").get_column("place")
    truth = named.get_column("value").cast(pl.Float64).fill_null(float("nan")).to_numpy()
    sums = ppi_sums(truth, named.get_column("prediction").to_numpy(), stratum=place.to_numpy())
    counted = sums.rename({"stratum": "place"}).with_columns(
        pl.col("place").cast(pl.UInt32), (pl.col("n") + pl.col("size")).cast(pl.Int64).alias("rows")
    )
    return strata.join(counted, on="place").drop("place")


def _finish(cells: pl.DataFrame, confidence: float) -> Estimate:
    return ppi_share(cells.select("stratum", *PPI_SUMS), basis=BASIS, confidence=confidence)


ADDITIVE = Additive(
    name="ppi_sums",
    needs={"value": "flag", "prediction": "number", "stratum": "id"},
    keys={"stratum": pl.String},
    sums={"rows": pl.Int64, **dict.fromkeys(PPI_SUMS, pl.Float64)},
    cells=_cells,
    finish=_finish,
    may_lack=frozenset({"stratum", "value"}),
)
