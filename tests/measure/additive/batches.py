"""Rows on which every statistic of the shelf can work, and how they are split into shards."""

from datetime import datetime, timedelta
from zlib import crc32

import numpy as np
import polars as pl

from smo.measure.merge import Additive
from smo.shelf import things

SHELF: dict[str, Additive] = things("smo.measure.additive", "ADDITIVE")
SHARDS = 4
#: Float sums of each shard order differ in their last bits.
CLOSE = 1e-12


def rows(seed: int, n: int = 400) -> pl.DataFrame:
    """Answers with every column that any statistic asks for; weights, slices and strata are uneven, some are empty."""
    rng = np.random.default_rng(seed)
    items = max(1, n // 4)
    item = rng.integers(0, items, n)
    truth = rng.integers(0, 3, items)[item]
    given = np.where(rng.random(n) < 0.7, truth, rng.integers(0, 3, n))
    names = np.array(["ok", "spam", "abuse"])
    value = rng.random(n) < 0.3
    known = pl.Series("value", value)
    return pl.DataFrame(
        {
            "item": [f"item-{i}" for i in item],
            "rater": [f"rater-{i}" for i in rng.integers(0, 7, n)],
            "label": names[given],
            "truth": names[truth],
            "value": known,
            "is_right": given == truth,
            "score": np.round(rng.random(n), 3),
            "prediction": np.clip(value * 0.6 + rng.random(n) * 0.4, 0, 1),
            "weight": rng.choice([0.5, 1.0, 3.7, 12.25], n),
            "probability": rng.choice([0.05, 0.2, 0.9, 1.0], n),
            "stratum": rng.choice(["low", "high", "top"], n),
            "language": rng.choice(["de", "fr", "ar"], n),
            "seconds": np.exp(rng.normal(3, 1, n)),
            "at": [datetime(2026, 1, 1) + timedelta(hours=float(h)) for h in rng.integers(0, 24 * 9, n)],
        }
    )


def fitted(table: pl.DataFrame, statistic: Additive) -> pl.DataFrame:
    """The rows as this statistic reads them: its truth may be a label or a chance, its value unknown."""
    if statistic.needs.get("truth") == "share":
        table = table.with_columns(truth=pl.col("value").cast(pl.Float64))
    if "value" in statistic.may_lack:
        unknown = pl.col("score") < 0.5
        table = table.with_columns(value=pl.when(~unknown).then(pl.col("value").cast(pl.Int8)))
    return table


def shards(table: pl.DataFrame, statistic: Additive, count: int = SHARDS) -> list[pl.DataFrame]:
    """Parts of the rows; all rows of an item in one part where the statistic asks for it."""
    if statistic.shard_by == "item":
        place = pl.Series([crc32(name.encode()) % count for name in table.get_column("item")])
    else:
        place = pl.Series(np.random.default_rng(len(table)).integers(0, count, table.height))
    return [table.filter(place == shard) for shard in range(count)]


def assert_same(found: pl.DataFrame, wanted: pl.DataFrame, statistic: Additive) -> None:
    """Keys and whole numbers are equal to the bit, other sums to rounding."""
    assert found.columns == wanted.columns
    sums = [name for name, dtype in statistic.sums.items() if dtype == pl.Float64]
    assert found.drop(sums).equals(wanted.drop(sums))
    for name in sums:
        scale = np.maximum(np.abs(wanted[name].to_numpy()), 1.0)
        assert (np.abs(found[name].to_numpy() - wanted[name].to_numpy()) <= CLOSE * scale).all(), name
