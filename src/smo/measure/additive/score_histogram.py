"""Scores of a model beside the truth, weighted by design: all thresholds, both areas and calibration from it."""

import numpy as np
import polars as pl

from smo.measure.classifiers.curves import roc_auc
from smo.measure.classifiers.histogram import COLUMNS, ScoreHistogram, empty_histogram
from smo.measure.estimate import Estimate
from smo.measure.merge import Additive

BINS = 2**12


def _cells(table: pl.DataFrame, by: tuple[str, ...]) -> pl.DataFrame:
    q, w, score = pl.col("truth"), pl.col("weight"), pl.col("score")
    sums = dict(
        zip(
            COLUMNS,
            (1 - q, q, w * (1 - q), w * q, w**2 * (1 - q), w**2 * q, w**2 * q * (1 - q), w * score),
            strict=True,
        )
    )
    return (
        table.filter(w > 0)
        .with_columns(**sums, bin=(score * BINS).floor().cast(pl.Int64), stratum=pl.col("stratum").fill_null(""))
        .group_by(*by, "stratum", "bin")
        .agg(pl.len().cast(pl.Int64).alias("n"), *(pl.col(name).sum() for name in COLUMNS))
    )


def histogram_of(cells: pl.DataFrame) -> ScoreHistogram:
    """The state as `classifiers.curves` and `classifiers.calibration` read it.

    >>> from smo.measure.merge import add, init
    >>> table = pl.DataFrame({"score": [0.9, 0.1], "truth": [1, 0]})
    >>> histogram_of(add(init(ADDITIVE), table).cells).n
    2.0
    """
    strata = cells.get_column("stratum").unique().sort()
    found = empty_histogram(strata.to_list() or ("",), bins=BINS)
    row = strata.search_sorted(cells.get_column("stratum")).to_numpy() if cells.height else np.zeros(0, np.int64)
    found.cells[row, cells.get_column("bin").to_numpy()] = cells.select(COLUMNS).to_numpy()
    return found


def _finish(cells: pl.DataFrame, confidence: float) -> Estimate:
    return roc_auc(histogram_of(cells), confidence=confidence)


ADDITIVE = Additive(
    name="score_histogram",
    needs={"score": "share", "truth": "share", "weight": "weight", "stratum": "id"},
    keys={"stratum": pl.String, "bin": pl.Int64},
    sums={"n": pl.Int64, **dict.fromkeys(COLUMNS, pl.Float64)},
    cells=_cells,
    finish=_finish,
    may_lack=frozenset({"stratum"}),
)
