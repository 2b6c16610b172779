"""A KPI's additive sums over the lake by any grouping: Ibis writes the query, DuckDB answers it.

DuckDB reads the files that Delta lists; it neither installs nor loads an extension.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import pyarrow as pa

from smo.measure.facts import FACTS
from smo.measure.kpi import Kpi
from smo.warehouse import lake as lakes

# Nothing is fetched from the network behind our back; object storage is read by pyarrow, not by an extension.
NO_EXTENSIONS = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}

Period = tuple[date | None, date | None]
COUNTS: Final = frozenset({"n", "successes"})  # sums that are whole numbers
CELL_TYPES: Final = {"bin": pa.int64()}  # of cells that are no column of the facts


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
    """Sums by group: the columns of `by`, the cells of the KPI's family, its sums. Adding groups adds their sums.

    Errors: ValueError for a column that the facts lack, or a KPI whose family has no sums.
    """
    if not kpi.family.is_additive:
        raise ValueError(f"{kpi.title} is not made from sums")
    _check(kpi, (*by, *(where or {})))
    connection = connected()
    try:
        table = _chosen(_bound(connection, lake, kpi=kpi), kpi, where=where or {}, period=period)
        cells = {name: cell(table) for name, cell in kpi.family.cells.items()}
        groups = [*by, *cells]
        table = table.mutate(**{name: column for name, column in cells.items() if name not in table.columns})
        table = table.mutate(**{f"sum_{name}": _added(column(table), name) for name, column in kpi.family.sums.items()})
        sums = {name: table[f"sum_{name}"].sum().coalesce(0) for name in kpi.family.sums}
        found = table.group_by(groups).aggregate(**sums).order_by(groups) if groups else table.aggregate(**sums)
        result: pa.Table = found.to_pyarrow()
        return result
    finally:
        connection.disconnect()


def shape(kpi: Kpi, by: Sequence[str]) -> pa.Schema:
    """The columns of `states`."""
    facts = FACTS[kpi.fact]
    groups = [facts.field(name).remove_metadata() for name in by]
    cells = [
        pa.field(name, CELL_TYPES[name] if name in CELL_TYPES else facts.field(name).type) for name in kpi.family.cells
    ]
    sums = [pa.field(name, pa.int64() if name in COUNTS else pa.float64()) for name in kpi.family.sums]
    return pa.schema([*groups, *cells, *sums])


def _chosen(table: Any, kpi: Kpi, *, where: Mapping[str, object], period: Period) -> Any:
    for name, value in where.items():
        table = table.filter(table[name] == value)
    for end, sign in zip(period, ("__ge__", "__le__"), strict=True):
        if end is not None:
            table = table.filter(getattr(table.day, sign)(end))
    if kpi.counts is not None:
        table = table.filter(kpi.counts(table))
    return table.mutate(value=kpi.value(table))


def _added(column: Any, name: str) -> Any:
    if isinstance(column, int):
        return column
    return column.cast("int64" if name in COUNTS else "float64")


def _check(kpi: Kpi, columns: Sequence[str]) -> None:
    unknown = sorted(set(columns) - set(FACTS[kpi.fact].names))
    if unknown:
        raise ValueError(f"{kpi.fact} has no column {', '.join(unknown)}")
