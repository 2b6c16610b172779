"""A sample with known inclusion probabilities, stratum by stratum: what a share of the whole and its interval need."""

import polars as pl

from smo.measure.estimate import Estimate
from smo.measure.estimation.design import DESIGN_SUMS, Drawn, design_sums, share
from smo.measure.merge import Additive

BASIS = "probability_audit"


def _cells(table: pl.DataFrame, by: tuple[str, ...]) -> pl.DataFrame:
    keys = [*by, "stratum"]
    named = table.with_columns(pl.col("stratum").fill_null(""))
    strata = named.select(keys).unique().with_row_index("place")
    place = named.join(strata, on=keys, how="left", nulls_equal=True, maintain_order="left").get_column("place")
    drawn = Drawn.of(
        named.get_column("value").to_numpy(), named.get_column("probability").to_numpy(), stratum=place.to_numpy()
    )
    sums = design_sums(drawn).rename({"stratum": "place"}).cast({"place": pl.UInt32})
    return strata.join(sums, on="place").with_columns(pl.col("cases").cast(pl.Int64).alias("n")).drop("place")


def _finish(cells: pl.DataFrame, confidence: float) -> Estimate:
    return share(cells.select("stratum", *DESIGN_SUMS), basis=BASIS, confidence=confidence)


ADDITIVE = Additive(
    name="design_sums",
    needs={"value": "flag", "probability": "share", "stratum": "id"},
    keys={"stratum": pl.String},
    sums={"n": pl.Int64, **dict.fromkeys(DESIGN_SUMS, pl.Float64)},
    cells=_cells,
    finish=_finish,
    may_lack=frozenset({"stratum"}),
)
