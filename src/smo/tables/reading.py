"""Read one table that somebody brought, whatever its form, or say exactly why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from smo.tables.delimited import read_delimited, read_header
from smo.tables.encoding import clean_text
from smo.tables.json_rows import read_array, read_lines
from smo.tables.parquet import parquet_columns, read_parquet
from smo.tables.problem import Problem
from smo.tables.source import Opened, Source, fault, opened


@dataclass(frozen=True, slots=True)
class Table:
    """Rows as they were brought (text formats: all columns text, empty cells null), and what was wrong."""

    frame: pl.DataFrame
    source: Source
    problems: tuple[Problem, ...]
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        return Path(self.source.path).name


@dataclass(frozen=True, slots=True)
class _Read:
    frame: pl.DataFrame
    problems: tuple[Problem, ...]
    columns: tuple[str, ...]
    encoding: str = ""
    delimiter: str = ""


def read_table(path: str | Path, *, columns: Sequence[str] | None = None, head: int | None = None) -> Table:
    """The table in a file; `columns` reads only these, `head` keeps only the first rows.

    Errors: TableFault with file, row, column and remedy when it cannot be read.
    """
    with opened(Path(path)) as file:
        read = _read_parquet(file, columns) if file.kind == "parquet" else _read_text(file, columns)
        frame = read.frame if head is None else read.frame.head(head)
        source = Source(
            str(path), file.kind, read.frame.height, file.path.stat().st_size, file.sha256, read.encoding, read.delimiter
        )
        return Table(frame, source, file.problems + read.problems, read.columns)


def _read_parquet(file: Opened, columns: Sequence[str] | None) -> _Read:
    names = parquet_columns(file.content, file=file.name)
    _refuse_unknown(columns, names, file.name)
    return _Read(read_parquet(file.content, file=file.name, columns=columns), (), names)


def _read_text(file: Opened, columns: Sequence[str] | None) -> _Read:
    text = clean_text(file.content, folder=file.folder, file=file.name)
    if file.kind in {"json", "jsonl"}:
        read = read_array if file.kind == "json" else read_lines
        frame, problems = read(text.path, file=file.name, columns=None)
        _refuse_unknown(columns, tuple(frame.columns), file.name)
        wanted = frame if columns is None else frame.select(columns)
        return _Read(wanted, text.problems + problems, tuple(frame.columns), text.encoding)
    header = read_header(text, file=file.name, delimiter="\t" if file.kind == "tsv" else None)
    _refuse_unknown(columns, header.names, file.name)
    frame, problems = read_delimited(text, header, file=file.name, columns=columns)
    every = text.problems + header.problems + problems
    return _Read(frame, every, header.names, text.encoding, header.delimiter)


def _refuse_unknown(columns: Sequence[str] | None, names: Sequence[str], file: str) -> None:
    for name in columns or ():
        if name not in names:
            message = f'There is no column "{name}".'
            raise fault("no_such_column", message, f"The columns are: {', '.join(names)}.", file=file, column=name)
