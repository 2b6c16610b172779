"""Small files beside the facts, each replaced whole: what is kept ready for pages, and up to when it is true."""

import json
import os
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

STAMP = "cubes/as_of.json"


def _where(lake: str, name: str) -> str:
    return f"{lake.rstrip('/')}/{name}"


def _system(where: str) -> tuple[fs.FileSystem, str]:
    return fs.FileSystem.from_uri(where) if "://" in where else (fs.LocalFileSystem(), where)


def save(lake: str, name: str, *, table: pa.Table) -> None:
    """Put a table in the place of the one before."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    _write(_where(lake, name), sink.getvalue().to_pybytes())


def read(lake: str, name: str) -> pa.Table | None:
    """The table; None where there is none."""
    system, path = _system(_where(lake, name))
    try:
        return pq.read_table(path, filesystem=system)
    except FileNotFoundError:
        return None


def exists(lake: str, name: str) -> bool:
    """Is there one?"""
    system, path = _system(_where(lake, name))
    return bool(system.get_file_info(path).type != fs.FileType.NotFound)


def stamp(lake: str, moment: datetime) -> None:
    """All that is kept is true up to this moment."""
    _write(_where(lake, STAMP), json.dumps(moment.isoformat()).encode())


def stamped(lake: str) -> datetime | None:
    """Up to which moment all is true; None before the first time."""
    system, path = _system(_where(lake, STAMP))
    try:
        with system.open_input_stream(path) as found:
            return datetime.fromisoformat(json.loads(found.read()))
    except FileNotFoundError:
        return None


def _write(where: str, content: bytes) -> None:
    if "://" in where:
        system, path = _system(where)
        with system.open_output_stream(path) as out:
            out.write(content)
        return
    place = Path(where)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    making = place.with_name(f"{place.name}.{os.getpid()}.making")
    making.write_bytes(content)
    making.replace(place)
