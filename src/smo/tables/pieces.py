"""Read a table of any size in pieces that end where a row ends, so that a reading can go on where it was cut off."""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
from pyarrow import csv as arrow_csv
from pyarrow import parquet as arrow_parquet

from smo.tables.delimited import read_header, refuse_open_quote
from smo.tables.encoding import clean_text
from smo.tables.json_lines import columns_of, parsed_line, rest_of
from smo.tables.json_rows import lines_head
from smo.tables.parquet import parquet_columns, plain_columns, read_parquet
from smo.tables.problem import Problem
from smo.tables.source import Opened, fault, opened

Form = Literal["delimited", "lines", "parquet"]
REST: Final = "__rest"  # the column that holds, as JSON, all cells that nobody asked for

_PIECE_BYTES: Final = 3 << 20
_LARGEST_ROW_BYTES: Final = 256 << 20
_LARGEST_ARRAY_BYTES: Final = 256 << 20
_PARQUET_ROWS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file ready to be read in pieces. `begins` and `bytes` are offsets into `content`; of Parquet they are rows."""

    content: Path
    name: str
    form: Form
    names: tuple[str, ...]
    begins: int
    bytes: int
    sha256: str
    head_lines: int = 0
    delimiter: str = ""
    encoding: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """How far a reading is: the next byte (of Parquet: row) and how many rows and lines lie before it."""

    offset: int = 0
    rows: int = 0
    lines: int = 0


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be cut into cells; `row` counts from 1."""

    row: int
    line: int | None
    code: str
    value: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows: the asked columns and REST, in file order; `row` and `line` (null where unknown) number them."""

    frame: pl.DataFrame
    bad: tuple[BadRow, ...]
    rows: int
    after: Place


def prepare(path: Path, *, folder: Path) -> Prepared:
    """Recognise a file; what must be unpacked or put into UTF-8 first is kept in `folder` for the next time.

    Errors: TableFault with file, row, column and remedy when it cannot be read.
    """
    with opened(path) as file:
        if file.kind == "parquet":
            return _prepared_parquet(file, folder)
        text = clean_text(file.content, folder=file.folder, file=file.name)
        if file.kind == "json":
            text = replace(text, path=_as_lines(text.path, file.folder / "lines", file=file.name))
        content = _kept(text.path, original=path, folder=folder)
        whole = Prepared(content, file.name, "lines", (), 0, content.stat().st_size, file.sha256)
        whole = replace(whole, encoding=text.encoding, problems=file.problems + text.problems)
        if file.kind in {"json", "jsonl"}:
            return replace(whole, names=tuple(lines_head(content).columns))
        text = replace(text, path=content)
        header = read_header(text, file=file.name, delimiter="\t" if file.kind == "tsv" else None)
        if text.quotes % 2:
            refuse_open_quote(content, header, file=file.name)
        return replace(
            whole,
            form="delimited",
            names=header.names,
            begins=_after_lines(content, header.lines),
            head_lines=header.lines,
            delimiter=header.delimiter,
            problems=whole.problems + header.problems,
        )


def _kept(content: Path, *, original: Path, folder: Path) -> Path:
    """The content at a place where it stays; the file itself where nothing had to be changed."""
    if content == original:
        return content
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / "content"
    shutil.move(content, target)
    return target


def beginning(path: Path, *, folder: Path, size: int = 1 << 20) -> Path:
    """A small file that begins as this one does, for a quick look; the file itself where it is small or Parquet."""
    with path.open("rb") as file:
        magic = file.read(4)
    if magic == b"PAR1":
        return path
    packed = magic[:2] in {b"\x1f\x8b", b"\x28\xb5"}
    if not packed and path.stat().st_size <= size:
        return path
    compression = {b"\x1f\x8b": "gzip", b"\x28\xb5": "zstd"}.get(magic[:2])
    try:
        with pa.input_stream(str(path), compression=compression) as stream:
            data = stream.read(size)
    except (OSError, pa.ArrowException):
        return path  # reading it whole says what is wrong
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"[":
        return path
    target = folder / f"beginning-{path.name}".removesuffix(".gz").removesuffix(".zst")
    target.write_bytes(_cut_at_row(data))
    return target


def _cut_at_row(data: bytes) -> bytes:
    is_json = data.lstrip()[:1] == b"{"
    ends = _row_ends(np.frombuffer(data, np.uint8), quoted=not is_json)
    return data[: int(ends[-1]) + 1] if len(ends) else data


def _prepared_parquet(file: Opened, folder: Path) -> Prepared:
    names = parquet_columns(file.content, file=file.name)
    content = _kept(file.content, original=file.path, folder=folder)
    rows = arrow_parquet.ParquetFile(content).metadata.num_rows
    return Prepared(content, file.name, "parquet", names, 0, rows, file.sha256, problems=file.problems)


def _as_lines(content: Path, target: Path, *, file: str) -> Path:
    """A JSON array as a file of lines; it must be read whole for that."""
    if content.stat().st_size > _LARGEST_ARRAY_BYTES:
        message = "One JSON array of this size cannot be read in pieces."
        raise fault("large_array", message, remedy="Write it as JSON Lines: one object a line.", file=file)
    try:
        rows = json.loads(content.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, RecursionError) as error:
        message = f"The JSON is broken ({error})."
        raise fault("bad_json", message, remedy="Write it again, or as JSON Lines.", file=file) from error
    with target.open("w", encoding="utf-8", errors="replace") as out:
        out.writelines(json.dumps(row) + "\n" for row in (rows if isinstance(rows, list) else [rows]))
    return target


def _after_lines(content: Path, lines: int) -> int:
    with content.open("rb") as file:
        for _ in range(lines):
            file.readline()
        return file.tell()


def head(prepared: Prepared, rows: int = 20) -> pl.DataFrame:
    """The first rows with all columns, as text where the file is text."""
    if prepared.form == "lines":
        return lines_head(prepared.content, rows)
    if prepared.form == "parquet":
        return read_parquet(prepared.content, file=prepared.name, columns=prepared.names, rows=rows)
    first = next(pieces(prepared, prepared.names, size=1 << 18), None)
    return first.frame.select(prepared.names).head(rows) if first else pl.DataFrame()


def pieces(
    prepared: Prepared, wanted: Sequence[str], *, start: Place | None = None, size: int = _PIECE_BYTES
) -> Iterator[Piece]:
    """The rows from a place on, in pieces of about `size` bytes.

    Errors: TableFault when a row is larger than can be held.
    """
    place = start or Place(prepared.begins, 0, prepared.head_lines)
    if prepared.form == "parquet":
        yield from _parquet_pieces(prepared, wanted, place=place)
        return
    cut: Callable[..., Piece] = _delimited_piece if prepared.form == "delimited" else _lines_piece
    with prepared.content.open("rb") as file:
        while place.offset < prepared.bytes:
            data, ends = _whole_rows(file, place, size=size, prepared=prepared)
            piece = cut(data, ends, wanted=wanted, prepared=prepared, place=place)
            yield piece
            place = piece.after


def _whole_rows(file: Any, place: Place, *, size: int, prepared: Prepared) -> tuple[bytes, npt.NDArray[np.int64]]:
    """Bytes that end with a row, and where each row in them ends; more is read while no row has ended."""
    quoted = prepared.form == "delimited"
    while True:
        file.seek(place.offset)
        data = file.read(size)
        ends = _row_ends(np.frombuffer(data, np.uint8), quoted=quoted)
        is_last = place.offset + len(data) >= prepared.bytes
        if is_last and (not len(ends) or ends[-1] != len(data) - 1):
            return data, np.append(ends, len(data))
        if len(ends):
            return data[: int(ends[-1]) + 1], ends
        if size >= _LARGEST_ROW_BYTES:
            message = f"The row is larger than {_LARGEST_ROW_BYTES >> 20} MB."
            remedy = "Look for a double quote before it that is not closed."
            raise fault("giant_row", message, remedy=remedy, file=prepared.name, row=place.lines + 1)
        size *= 4


def _row_ends(data: npt.NDArray[np.uint8], *, quoted: bool) -> npt.NDArray[np.int64]:
    """Where line feeds stand that end a row: those with an even number of double quotes before them."""
    ends = np.flatnonzero(data == 10)
    quotes = np.flatnonzero(data == 34) if quoted else np.empty(0, np.int64)
    return ends[np.searchsorted(quotes, ends) % 2 == 0] if len(quotes) else ends


def _numbered(data: bytes, ends: npt.NDArray[np.int64], *, place: Place) -> tuple[list[int], list[int], list[int]]:
    """Start, end and line of each row that is not blank."""
    starts = np.concatenate(([0], ends[:-1] + 1))
    feeds = np.flatnonzero(np.frombuffer(data, np.uint8) == 10)
    lines = np.searchsorted(feeds, starts) + place.lines + 1
    filled = ends > starts
    one = np.flatnonzero(ends - starts == 1)
    filled[one[np.frombuffer(data, np.uint8)[starts[one]] == 13]] = False
    return starts[filled].tolist(), ends[filled].tolist(), lines[filled].tolist()


@dataclass(slots=True)
class _Misfits:
    """Rows with more or fewer cells than the header, as the parser hands them over."""

    numbers: list[int]
    texts: list[str]

    def __call__(self, row: Any) -> str:
        self.numbers.append(row.number)
        self.texts.append(str(row.text)[:200])
        return "skip"


def _delimited_piece(
    data: bytes, ends: npt.NDArray[np.int64], *, wanted: Sequence[str], prepared: Prepared, place: Place
) -> Piece:
    starts, _, lines = _numbered(data, ends, place=place)
    misfits = _Misfits([], [])
    names = list(prepared.names)
    if starts:
        table = arrow_csv.read_csv(
            pa.BufferReader(data),
            read_options=arrow_csv.ReadOptions(column_names=names, use_threads=False, block_size=len(data) + 1),
            parse_options=arrow_csv.ParseOptions(
                delimiter=prepared.delimiter, newlines_in_values=True, invalid_row_handler=misfits
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()), null_values=[""], strings_can_be_null=True
            ),
        )
        frame = pl.DataFrame(pl.from_arrow(table))
    else:
        frame = pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    rows = frame.height + len(misfits.numbers)
    bad_places = [number - 1 for number in misfits.numbers]
    good = np.delete(np.arange(rows), bad_places)
    known = rows == len(starts)  # a quote in the middle of a cell may make one row look like several
    row_lines = pl.Series("line", lines, pl.Int64) if known else pl.Series("line", [None] * rows, pl.Int64)
    frame = _with_rest(frame, wanted).with_columns(row=pl.Series(good + 1 + place.rows), line=row_lines[good])
    bad = tuple(
        BadRow(place.rows + index + 1, row_lines[index], "misfit_row", text)
        for index, text in zip(bad_places, misfits.texts, strict=True)
    )
    return Piece(frame, bad, rows, _after(data, place, rows=rows))


def _after(data: bytes, place: Place, *, rows: int) -> Place:
    return Place(place.offset + len(data), place.rows + rows, place.lines + data.count(b"\n"))


def _with_rest(frame: pl.DataFrame, wanted: Sequence[str]) -> pl.DataFrame:
    """The asked columns, and all others as one JSON object a row."""
    others = [name for name in frame.columns if name not in set(wanted)]
    rest = pl.struct(others).struct.json_encode() if others else pl.lit(None, dtype=pl.String)
    return frame.select(*dict.fromkeys(wanted), rest.alias(REST))


def _lines_piece(
    data: bytes, ends: npt.NDArray[np.int64], *, wanted: Sequence[str], prepared: Prepared, place: Place
) -> Piece:
    starts, stops, lines = _numbered(data, ends, place=place)
    asked = columns_of(wanted)
    cells: list[list[str | None]] = []
    numbers: list[tuple[int, int]] = []
    bad: list[BadRow] = []
    for index, (start, stop, line) in enumerate(zip(starts, stops, lines, strict=True), start=place.rows + 1):
        row = parsed_line(data[start:stop])
        if isinstance(row, str):
            bad.append(BadRow(index, line, row, data[start : min(stop, start + 200)].decode(errors="replace")))
            continue
        cells.append([*(read(row) for read in asked.readers), rest_of(row, asked.tops)])
        numbers.append((index, line))
    schema: dict[str, Any] = dict.fromkeys([*dict.fromkeys(wanted), REST], pl.String)
    frame = pl.DataFrame(cells, schema=schema, orient="row").with_columns(
        row=pl.Series([row for row, _ in numbers], dtype=pl.Int64),
        line=pl.Series([line for _, line in numbers], dtype=pl.Int64),
    )
    return Piece(frame, tuple(bad), len(starts), _after(data, place, rows=len(starts)))


def _parquet_pieces(prepared: Prepared, wanted: Sequence[str], *, place: Place) -> Iterator[Piece]:
    file = arrow_parquet.ParquetFile(prepared.content)
    before = 0
    for group in range(file.metadata.num_row_groups):
        rows = file.metadata.row_group(group).num_rows
        if before + rows > place.offset:
            for batch in file.iter_batches(_PARQUET_ROWS, row_groups=[group]):
                if before + batch.num_rows > place.offset:  # a place is always the end of a batch
                    place = Place(before + batch.num_rows, before + batch.num_rows, 0)
                    yield _parquet_piece(batch, wanted, before=before, after=place)
                before += batch.num_rows
        else:
            before += rows


def _parquet_piece(batch: pa.RecordBatch, wanted: Sequence[str], *, before: int, after: Place) -> Piece:
    frame = pl.DataFrame(pl.from_arrow(batch))
    tops = {name.split(".")[0] for name in wanted} | set(wanted)
    others = [name for name in frame.columns if name not in tops]
    rest = pl.struct(others).struct.json_encode() if others else pl.lit(None, dtype=pl.String)
    cells = plain_columns(frame, list(dict.fromkeys(wanted)))
    numbers = pl.Series(np.arange(before + 1, before + frame.height + 1))
    frame = cells.with_columns(
        frame.select(rest.alias(REST)).to_series(), row=numbers, line=pl.lit(None, dtype=pl.Int64)
    )
    return Piece(frame, (), frame.height, after)
