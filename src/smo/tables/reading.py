"""Read one table that somebody brought, whatever its form, or say exactly why not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from smo.tables.delimited import read_delimited, read_header
from smo.tables.encoding import clean_text
from smo.tables.json_rows import line_keys, lines_head, read_array, read_lines
from smo.tables.parquet import parquet_columns, parquet_head, read_parquet
from smo.tables.problem import Problem
from smo.tables.source import Kind, Opened, Source, fault, opened

Wanted = Sequence[str] | Callable[[pl.DataFrame], Sequence[str] | None] | None
_LOOK = 500


@dataclass(frozen=True, slots=True)
class Table:
    """Rows as they were brought (text formats: all columns text, empty cells null), and what was wrong."""

    frame: pl.DataFrame
    source: Source
    problems: tuple[Problem, ...]
    columns: tuple[str, ...]
    first_row: int | None = None  # the file's row of the frame's first row, when each row is one line

    @property
    def name(self) -> str:
        return Path(self.source.path).name

    def row_of(self, index: int) -> int | None:
        """The file's row of a row of the frame; None where it cannot be told: a wrong row is worse than none."""
        return None if self.first_row is None else self.first_row + index


@dataclass(frozen=True, slots=True)
class _Read:
    frame: pl.DataFrame
    problems: tuple[Problem, ...]
    columns: tuple[str, ...]
    encoding: str = ""
    delimiter: str = ""
    first_row: int | None = None


def read_table(path: str | Path, *, columns: Wanted = None) -> Table:
    """The table in a file; `columns` names the ones to read, or chooses them after a look at the first rows.

    Errors: TableFault with file, row, column and remedy when it cannot be read.
    """
    with opened(Path(path)) as file:
        read = _READERS[file.kind](file, columns)
        size = file.path.stat().st_size
        source = Source(str(path), file.kind, read.frame.height, size, file.sha256, read.encoding, read.delimiter)
        return Table(read.frame, source, file.problems + read.problems, read.columns, read.first_row)


def _read_parquet(file: Opened, columns: Wanted) -> _Read:
    names = parquet_columns(file.content, file=file.name)
    wanted = _chosen(columns, names, look=partial(parquet_head, file.content, file=file.name), file=file.name)
    return _Read(read_parquet(file.content, file=file.name, columns=wanted), (), names)


def _read_json_lines(file: Opened, columns: Wanted) -> _Read:
    text = clean_text(file.content, folder=file.folder, file=file.name)
    head = lines_head(text.path) if columns is not None else pl.DataFrame()
    asked = columns(head) if callable(columns) else columns
    wanted = asked if asked is None else _present(asked, head, path=text.path, file=file.name)
    frame, problems = read_lines(text.path, file=file.name, columns=wanted)
    names = dict.fromkeys((*head.columns, *frame.columns))
    return _Read(
        frame, text.problems + problems, tuple(names), text.encoding, "", 1 if text.lines == frame.height else None
    )


def _present(asked: Sequence[str], head: pl.DataFrame, *, path: Path, file: str) -> list[str]:
    """The asked columns; only when the first rows lack one, all rows are looked through for it."""
    known = set(asked) <= set(head.columns)
    return _chosen(asked, head.columns if known else line_keys(path), look=head.clear, file=file)


def _read_json_array(file: Opened, columns: Wanted) -> _Read:
    text = clean_text(file.content, folder=file.folder, file=file.name)
    frame, problems = read_array(text.path, file=file.name)
    wanted = _chosen(columns, frame.columns, look=partial(frame.head, _LOOK), file=file.name)
    return _Read(frame.select(wanted), text.problems + problems, tuple(frame.columns), text.encoding)


def _read_delimited(file: Opened, columns: Wanted) -> _Read:
    text = clean_text(file.content, folder=file.folder, file=file.name)
    header = read_header(text, file=file.name, delimiter="\t" if file.kind == "tsv" else None)
    wanted = _chosen(columns, header.names, look=header.head, file=file.name)
    frame, problems = read_delimited(text, header, file=file.name, columns=wanted)
    every = text.problems + header.problems + problems
    first_row = header.lines + 1 if text.lines - header.lines == frame.height else None
    return _Read(frame, every, header.names, text.encoding, header.delimiter, first_row)


_READERS: dict[Kind, Callable[[Opened, Wanted], _Read]] = {
    "csv": _read_delimited,
    "tsv": _read_delimited,
    "json": _read_json_array,
    "jsonl": _read_json_lines,
    "parquet": _read_parquet,
}


def _chosen(columns: Wanted, names: Sequence[str], *, look: Callable[[], pl.DataFrame], file: str) -> list[str]:
    wanted = columns(look()) if callable(columns) else columns
    if wanted is None:
        return list(names)
    for name in wanted:
        if name not in names:
            message = f'There is no column "{name}".'
            remedy = f"The columns are: {', '.join(names)}."
            raise fault("no_such_column", message, remedy=remedy, file=file, column=name)
    return list(wanted)
