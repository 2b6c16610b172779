"""The statistics that add up on a Spark cluster: the same `cells` run in `mapInArrow`, Spark adds, the driver finishes.

Every executor needs this package with its dependencies, and pyarrow; the extra `spark` brings pyspark. Below about 1e8
rows two local cores are faster than Spark starts its tasks: this is for data that already lies there.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

import polars as pl

from smo.measure.additive import posterior_tables
from smo.measure.additive.posterior_tables import Frozen
from smo.measure.merge import Additive, State, add, init, merge, restored

# No docstring here has an example: each would need a Spark session. tests/measure/test_spark.py stands for them.

#: Names of Spark's types for the columns of states.
_TYPES: Final = {pl.String: "string", pl.Int64: "bigint", pl.Float64: "double", pl.Date: "date"}
ITEM: Final = "item"


def summed(frame: Any, statistic: Additive, *, by: Sequence[str] = (), shards: int | None = None) -> State:
    """The state of all rows of a Spark data frame, added up on the cluster.

    Shapes: `frame` is a pyspark DataFrame with the columns of `statistic.needs` and `by`. `shards` is into how many
    parts the rows are dealt: by a hash of their item where the statistic asks for whole items. Without it the frame's
    own parts are taken, which then must not cut an item in two (`by_item` makes such a frame).
    Errors: as `merge.add`, from the executor that met the fault.
    """
    parted = frame if shards is None else by_item(frame, shards=shards, of=statistic)
    there = [name for name in (*by, *statistic.needs) if name in frame.columns]
    cells = parted.select(*dict.fromkeys(there)).mapInArrow(
        partial(_cells, statistic=statistic, by=tuple(by)), _schema(statistic, tuple(by))
    )
    keys = (*by, *statistic.keys)
    names = {f"sum({name})": name for name in statistic.sums}
    together = cells.groupBy(*keys).sum(*statistic.sums).withColumnsRenamed(names)
    return restored(statistic, together.select(*keys, *statistic.sums).toArrow(), by=by)


def by_item(frame: Any, *, shards: int, of: Additive | None = None) -> Any:
    """The frame dealt into so many parts: an item's rows lie together, others (`of` needs no whole items) anywhere.

    Shapes: a pyspark DataFrame, with the column `item` unless `of` needs no whole items -> the same rows and columns.
    Errors: ValueError for fewer than one shard; Spark's own where the column is missing.
    """
    if shards < 1:
        raise ValueError(f"there is at least one shard, not {shards}")
    return frame.repartition(shards) if of is not None and of.shard_by == "row" else frame.repartition(shards, ITEM)


def fit(frame: Any, *, shards: int, max_passes: int = 100) -> tuple[Frozen, int]:
    """DS-MAP on the cluster: each pass is one map over the items and one sum; the parameters go round in between.

    Shapes: a pyspark DataFrame with `item`, `rater`, `label`. The final parameters and how many passes they took: the
    same as `aggregation.dawid_skene.fit` finds in one process, to rounding.
    Errors: as `by_item` and `summed`.
    """
    dealt = by_item(frame.select(ITEM, "rater", "label"), shards=shards).cache()
    try:
        return posterior_tables.fit_over(lambda statistic: summed(dealt, statistic).cells, max_passes=max_passes)
    finally:
        dealt.unpersist()


def _cells(batches: Iterable[Any], *, statistic: Additive, by: tuple[str, ...]) -> Iterator[Any]:
    """What runs on an executor: Arrow batches of one shard in, the rows of its state out."""
    state = init(statistic, by)
    if statistic.shard_by == ITEM:  # Spark cuts a shard into batches of ten thousand rows, through items too
        parts = [pl.DataFrame(batch) for batch in batches]
        state = add(state, pl.concat(parts)) if parts else state
    else:
        for batch in batches:
            state = merge(state, add(replace(state, cells=state.cells.clear()), batch))
    yield from _arrow(state.cells)


def _arrow(cells: pl.DataFrame) -> list[Any]:
    """Spark's text is of 32-bit offsets, polars' of 64-bit ones."""
    from pyarrow import large_string, schema, string  # noqa: PLC0415 - only where Spark runs

    table = cells.to_arrow()
    fields = [field.with_type(string()) if field.type == large_string() else field for field in table.schema]
    return list(table.cast(schema(fields)).to_batches())


def _schema(statistic: Additive, by: tuple[str, ...]) -> str:
    columns = {**dict.fromkeys(by, pl.String), **statistic.keys, **statistic.sums}
    return ", ".join(f"`{name}` {_TYPES[dtype]}" for name, dtype in columns.items())
