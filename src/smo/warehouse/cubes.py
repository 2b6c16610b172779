"""Sums kept ready for pages: a small file for each KPI, with the moment up to which it is true."""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from smo.measure.facts import FACTS
from smo.measure.kpi import Kpi
from smo.shelf import things
from smo.warehouse.states import states

STAMP = b"smo.as_of"


@dataclass(frozen=True, slots=True)
class Cube:
    """A KPI's sums by its dimensions (`n`, `successes`), as of a moment."""

    sums: pa.Table
    as_of: datetime | None


def kpis() -> dict[str, Kpi]:
    """Every KPI on the shelf, by name."""
    return things("smo.measure.kpis", "KPI")


def nothing(kpi: Kpi) -> Cube:
    """The sums before anything was measured."""
    dimensions = [FACTS[kpi.fact].field(name) for name in kpi.dimensions]
    counts = [pa.field("n", pa.int64()), pa.field("successes", pa.int64())]
    return Cube(pa.schema([*dimensions, *counts]).empty_table(), None)


def _where(lake: str, name: str) -> str:
    return f"{lake.rstrip('/')}/cubes/{name}.parquet"


def refresh(lake: str, *, as_of: datetime | None = None) -> None:
    """Make every KPI's sums again from the facts."""
    moment = as_of or datetime.now(UTC)
    for name, kpi in kpis().items():
        sums = states(lake, kpi, by=kpi.dimensions)
        stamped = sums.replace_schema_metadata({STAMP: json.dumps(moment.isoformat())})
        _save(_where(lake, name), stamped)


def _save(where: str, table: pa.Table) -> None:
    if "://" in where:
        system, path = fs.FileSystem.from_uri(where)
        pq.write_table(table, path, filesystem=system)
        return
    path = Path(where)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    making = path.with_suffix(f".{os.getpid()}.making")
    pq.write_table(table, making)
    making.replace(path)


def read(lake: str, name: str) -> Cube | None:
    """The sums of a KPI; None before they were first made."""
    where = _where(lake, name)
    system, path = fs.FileSystem.from_uri(where) if "://" in where else (fs.LocalFileSystem(), where)
    try:
        table = pq.read_table(path, filesystem=system)
    except FileNotFoundError:
        return None
    return Cube(table, datetime.fromisoformat(json.loads(table.schema.metadata[STAMP])))
