"""consensus.parquet: what the votes decided for every item, with what they would have said otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from smo.measure.aggregation.consensus import Consensus

ADJUDICATE = "adjudicate"
MOST_COLUMNS = 64  # posterior columns over all tasks; more labels than this become one list column
LEAST_POSTERIOR = 0.001  # smaller ones are left out of the list
PREFIX = "posterior."


@dataclass(frozen=True, slots=True)
class Joined:
    """One task's consensus, and its items as a frame (item, label, posterior, decided, n)."""

    task: str
    votes: Consensus
    items: pl.DataFrame


def _rows(joined: Joined) -> pl.DataFrame:
    label = pl.col("label").cast(pl.String)
    return joined.items.select(
        "item",
        pl.lit(joined.task).alias("task"),
        pl.when("decided").then(label).otherwise(pl.lit(ADJUDICATE)).alias("label"),
        label.alias("leading_label"),
        "posterior",
        "decided",
        "n",
        pl.lit(joined.votes.model).alias("model"),
    )


def _flat(joined: Joined) -> pl.DataFrame:
    columns = joined.votes.posteriors().drop("item").rename(lambda label: f"{PREFIX}{label}")
    return pl.concat([_rows(joined), columns], how="horizontal")


def _nested(joined: Joined) -> pl.DataFrame:
    """Labels with a share worth reading, as one list per item."""
    entry = pl.struct(pl.col("label").cast(pl.String), "posterior")
    listed = (
        joined.votes.long_posteriors(LEAST_POSTERIOR)
        .select("item", entry.alias("posteriors"))
        .group_by("item", maintain_order=True)
        .agg("posteriors")
    )
    return _rows(joined).join(listed, on="item", how="left", maintain_order="left")


def consensus_frame(parts: Sequence[Joined]) -> pl.DataFrame:
    """All tasks in one table; posterior columns by label where they are few, else one list column."""
    n_labels = len({str(label) for part in parts for label in part.votes.labels})
    shape = _flat if n_labels <= MOST_COLUMNS else _nested
    return pl.concat([shape(part) for part in parts], how="diagonal")


def write_consensus(parts: Sequence[Joined], path: Path) -> None:
    """Parquet with zstd; rows in the order of tasks and items."""
    consensus_frame(parts).write_parquet(path, compression="zstd")
