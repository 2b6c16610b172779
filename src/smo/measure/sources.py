"""The columns of any table or file, whole or batch by batch: what ratings are read from."""

import mmap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

Source = Any  # a path, or a polars, pandas or pyarrow table, or a polars LazyFrame
BATCH = 1 << 20  # rows
HINT = b"ARROW:schema"  # where a Parquet file says of a text column that it was a dictionary when it was written
MOST_BYTES = 4 << 30


def opened(source: Source) -> pl.DataFrame | pl.LazyFrame:
    """A table as a polars frame, a file as a lazy one that is read when it is asked for.

    Files: .parquet, .csv and .tsv (also .gz; every column stays text, so that "007" keeps its zeros), .arrow, .ipc,
    .feather, .ndjson, .jsonl. Errors: ValueError for another ending or a file that is not there.

    >>> opened({"item": [1, 2]}).shape
    (2, 1)
    """
    if isinstance(source, pl.DataFrame | pl.LazyFrame):
        return source
    return _scanned(Path(source)) if isinstance(source, str | Path) else pl.DataFrame(source)


def require(frame: pl.DataFrame | pl.LazyFrame, columns: Sequence[str]) -> None:
    """Refuse a table that lacks a column. Errors: ValueError naming the columns that are absent and those there are.

    >>> require(pl.DataFrame({"a": [1]}), ["a"])
    """
    there = frame.columns if isinstance(frame, pl.DataFrame) else frame.collect_schema().names()
    absent = [name for name in columns if name not in there]
    if absent:
        raise ValueError(f"no column {', '.join(absent)}; there are {', '.join(there)}")


def batches(frame: pl.LazyFrame, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
    """Some columns of a lazy frame, in parts of about a million rows and in the file's order.

    >>> [part.height for part in batches(pl.DataFrame({"a": [1, 2]}).lazy(), ["a"])]
    [2]
    """
    yield from frame.select(*dict.fromkeys(columns)).collect_batches(chunk_size=BATCH)


def _scanned(path: Path) -> pl.LazyFrame:
    if not path.exists():
        raise ValueError(f"there is no file {path.name}")
    ending = next((part for part in reversed(path.suffixes) if part != ".gz"), "")
    if ending in {".parquet", ".pq"}:
        return _parquet(path)
    if ending in {".csv", ".tsv"}:
        return pl.scan_csv(path, separator="\t" if ending == ".tsv" else ",", infer_schema=False)
    if ending in {".arrow", ".ipc", ".feather"}:
        return pl.scan_ipc(path)
    if ending in {".ndjson", ".jsonl"}:
        return pl.scan_ndjson(path)
    raise ValueError(f"{path.name}: the ending names no format; one of parquet, csv, tsv, arrow, ipc, feather, ndjson")


def _parquet(path: Path) -> pl.LazyFrame:
    """Texts written from dictionaries are read as texts: putting every text into one dictionary first is slower.

    The file is then held in memory as it is, compressed.
    """
    lazy = pl.scan_parquet(path)
    if not any(isinstance(dtype, pl.Categorical) for dtype in lazy.collect_schema().dtypes()):
        return lazy
    return lazy if path.stat().st_size > MOST_BYTES else pl.scan_parquet(_without_hint(path))


def _without_hint(path: Path) -> bytes:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY) as content:
        footer = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
        at = content.find(HINT, footer)
        if at >= 0:  # the same length, under a name that no reader looks for; the file itself stays as it is
            content[at : at + len(HINT)] = HINT.lower()
        return content[:]
