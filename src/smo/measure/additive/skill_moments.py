"""How many checked answers of each rater were right: from it the spread between people and everyone's shrunk skill."""

import numpy as np
import polars as pl

from smo.measure.intervals import wilson
from smo.measure.merge import Additive
from smo.measure.people.skill import pool, shrink


def _cells(table: pl.DataFrame, by: tuple[str, ...]) -> pl.DataFrame:
    sums = (pl.len().cast(pl.Int64).alias("n"), pl.col("is_right").sum().alias("correct"))
    return table.group_by(*by, "rater").agg(sums)


def _finish(cells: pl.DataFrame, confidence: float) -> pl.DataFrame:
    """`rater, n, correct, value, low, high, shrunk, shrunk_low, shrunk_high`: as in `people.skill.rater_accuracy`."""
    n, correct = (cells.get_column(name).to_numpy() for name in ("n", "correct"))
    found: tuple[np.ndarray, ...] = (np.zeros(0),) * 5
    if len(n):
        found = (*wilson(correct, n, confidence=confidence), *_shrunk(correct, n, confidence=confidence))
    names = ("low", "high", "shrunk", "shrunk_low", "shrunk_high")
    columns = [pl.Series(name, values) for name, values in zip(names, found, strict=True)]
    return cells.with_columns(pl.Series("value", correct / np.maximum(n, 1)), *columns)


def _shrunk(correct: np.ndarray, n: np.ndarray, *, confidence: float) -> tuple[np.ndarray, ...]:
    mean, strength = pool(correct, n)
    return shrink(correct.astype(np.float64), n.astype(np.float64), mean=mean, strength=strength, confidence=confidence)


ADDITIVE = Additive(
    name="skill_moments",
    needs={"rater": "id", "is_right": "flag"},
    keys={"rater": pl.String},
    sums={"n": pl.Int64, "correct": pl.Int64},
    cells=_cells,
    finish=_finish,
)
