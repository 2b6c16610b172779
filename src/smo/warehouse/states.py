"""A KPI's additive sums over the lake by any grouping: Ibis writes the query, DuckDB answers it.

DuckDB reads the files that Delta lists; it neither installs nor loads an extension.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from smo.measure.facts import FACTS
from smo.measure.kpi import Kpi
from smo.warehouse import lake as lakes

# Nothing is fetched from the network behind our back; object storage is read by pyarrow, not by an extension.
NO_EXTENSIONS = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}

Period = tuple[date | None, date | None]


def connected() -> Any:
    """A DuckDB of our own behind Ibis. Importing Ibis takes two seconds, so it waits until it is needed."""
    import ibis  # noqa: PLC0415

    return ibis.duckdb.connect(threads=2, **NO_EXTENSIONS)


def _bound(connection: Any, lake: str, *, kpi: Kpi) -> Any:
    """The KPI's facts as a table of expressions."""
    if "://" in lake:
        return _held(connection, lakes.facts(kpi.fact, lake=lake))
    found = lakes.files(kpi.fact, lake=lake)
    if not found:
        return _held(connection, FACTS[kpi.fact].empty_table())
    table = connection.read_parquet(found, table_name="facts", hive_partitioning=True)
    return table.mutate(day=table.day.cast("date"))


def _held(connection: Any, table: pa.Table) -> Any:
    """A table in memory, registered with DuckDB itself: Ibis asks this release of it for a view without a name."""
    connection.con.register("facts", table)
    return connection.table("facts")


def states(
    lake: str,
    kpi: Kpi,
    *,
    by: Sequence[str] = (),
    where: Mapping[str, object] | None = None,
    period: Period = (None, None),
) -> pa.Table:
    """Sums by group: the columns of `by`, `n` (facts that count) and `successes`. Adding groups adds their sums."""
    _check(kpi, (*by, *(where or {})))
    connection = connected()
    try:
        table = _bound(connection, lake, kpi=kpi)
        for name, value in (where or {}).items():
            table = table.filter(table[name] == value)
        for end, sign in zip(period, ("__ge__", "__le__"), strict=True):
            if end is not None:
                table = table.filter(getattr(table.day, sign)(end))
        if kpi.counts is not None:
            table = table.filter(kpi.counts(table))
        table = table.mutate(is_success=kpi.value(table).cast("int64"))
        sums = {"n": table.count(), "successes": table.is_success.sum().coalesce(0)}
        grouped = table.group_by(list(by)).aggregate(**sums).order_by(list(by)) if by else table.aggregate(**sums)
        result: pa.Table = grouped.to_pyarrow()
        return result
    finally:
        connection.disconnect()


def _check(kpi: Kpi, columns: Sequence[str]) -> None:
    unknown = sorted(set(columns) - set(FACTS[kpi.fact].names))
    if unknown:
        raise ValueError(f"{kpi.fact} has no column {', '.join(unknown)}")
