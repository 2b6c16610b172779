"""How many items got which counts of labels: agreement cannot tell two such items apart, so nothing is lost.

All ratings of an item must come in one batch. Shards that split items keep only the pairs within a shard, and where the
split follows time or market the agreement they show is biased.
"""

import numpy as np
import polars as pl

from smo.measure.agreement.alpha import krippendorff_alpha
from smo.measure.agreement.coincidence import Patterns, label_hashes
from smo.measure.estimate import Estimate
from smo.measure.merge import Additive

#: Separators that no label holds: ASCII's own for units and records.
UNIT, RECORD = "\x1f", "\x1e"


def _cells(table: pl.DataFrame, by: tuple[str, ...]) -> pl.DataFrame:
    if table.get_column("label").str.contains(f"[{UNIT}{RECORD}]").any():
        raise ValueError("a label holds one of the two separators U+001E and U+001F: rename it")
    counts = table.group_by(*by, "item", "label").agg(pl.len().alias("times"))
    # items with the same labels meet as lists of small numbers; text is written once for each pattern
    codes = counts.with_columns(code=pl.col("label").rank("dense").cast(pl.UInt32))
    labels = codes.select("code", "label").unique().sort("code").get_column("label")
    shape = pl.col("code").cast(pl.UInt64) * 2**32 + pl.col("times").cast(pl.UInt64)
    shapes = codes.with_columns(shape=shape).sort("shape").group_by(*by, "item", maintain_order=True).agg("shape")
    found = shapes.group_by(*by, "shape").agg(pl.len().cast(pl.Int64).alias("n")).with_row_index("row")
    entries = found.select("row", "shape").explode("shape")
    named = entries.select(
        "row",
        entry=labels.gather((entries.get_column("shape").to_numpy() >> 32).astype(np.int64) - 1)
        + UNIT
        + pl.Series((entries.get_column("shape").to_numpy() & 0xFFFFFFFF).astype(np.int64)).cast(pl.String),
    )
    texts = named.group_by("row", maintain_order=True).agg(pl.col("entry").str.join(RECORD).alias("pattern"))
    return found.drop("shape").join(texts, on="row").drop("row")


def patterns_of(cells: pl.DataFrame) -> Patterns:
    """The state as `agreement` reads it, for any coefficient: labels in order of text.

    >>> from smo.measure.merge import add, init
    >>> table = pl.DataFrame({"item": [1, 1, 2, 2], "label": ["a", "b", "a", "a"]})
    >>> patterns_of(add(init(ADDITIVE), table).cells).items.tolist()
    [1, 1]
    """
    entries = (
        cells.with_row_index("row")
        .select("row", pl.col("pattern").str.split(RECORD).alias("entry"))
        .explode("entry")
        .select("row", pl.col("entry").str.split_exact(UNIT, 1).struct.rename_fields(["label", "times"]))
        .unnest("entry")
    )
    labels = entries.get_column("label").unique().sort()
    code = labels.search_sorted(entries.get_column("label")).to_numpy().astype(np.int32)
    times = entries.get_column("times").cast(pl.Int32).to_numpy()
    row = entries.get_column("row").to_numpy().astype(np.int64)
    key = np.zeros(cells.height, np.uint64)
    np.add.at(key, row, label_hashes(len(labels))[code] * times.astype(np.uint64))
    order = np.argsort(key, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    entry_order = np.lexsort((code, place[row]))
    start = np.concatenate(([0], np.cumsum(np.bincount(place[row], minlength=len(order))))).astype(np.int64)
    items = cells.get_column("n").to_numpy()[order]
    weight = items.astype(np.float64)
    return Patterns(
        tuple(labels.to_list()), key[order], start, code[entry_order], times[entry_order], items, weight, weight.copy()
    )


def _finish(cells: pl.DataFrame, confidence: float) -> Estimate:
    return krippendorff_alpha(patterns_of(cells), confidence=confidence)


ADDITIVE = Additive(
    name="agreement_patterns",
    needs={"item": "id", "label": "id"},
    keys={"pattern": pl.String},
    sums={"n": pl.Int64},
    cells=_cells,
    finish=_finish,
    shard_by="item",
)
