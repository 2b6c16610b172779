"""Read CSV and TSV in blocks: only the columns asked for, bad rows kept out and named."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
from pyarrow import csv as arrow_csv

from smo.tables.encoding import CleanText
from smo.tables.problem import Problem, counted
from smo.tables.source import fault

_DELIMITERS = ",\t;|"  # the bar last: it also joins the labels of a set
_SAMPLE = 1 << 17
_LOOK = 500
_BLOCKS = (1 << 22, 1 << 26, 1 << 30)  # a row must fit into a block; the larger ones only for giant cells
_NAMES = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar"}


@dataclass(frozen=True, slots=True)
class Header:
    """The first row: column names made unique, and after how many lines the data begin."""

    names: tuple[str, ...]
    delimiter: str
    lines: int
    first: tuple[tuple[str, ...], ...]
    problems: tuple[Problem, ...] = ()

    def head(self) -> pl.DataFrame:
        """The first rows that fit, as read_delimited will give them."""
        rows = [[cell or None for cell in cells] for cells in self.first if len(cells) == len(self.names)]
        return pl.DataFrame(rows, schema=dict.fromkeys(self.names, pl.String), orient="row")


@dataclass(slots=True)
class _BadRows:
    """What the parser hands over instead of a row."""

    count: int = 0
    shapes: Counter[int] = field(default_factory=Counter)

    def __call__(self, row: Any) -> str:
        self.count += 1
        self.shapes[row.actual_columns] += 1
        return "skip"


def read_header(text: CleanText, *, file: str, delimiter: str | None = None) -> Header:
    """Delimiter and column names from the beginning of the file."""
    sample = _sample(text.path)
    skipped, sample, stated = _stated_delimiter(sample)
    delimiter = delimiter or stated or sniff_delimiter(sample)
    rows = list(_records(sample, delimiter))
    if not rows:
        raise fault("empty_file", "The file is empty.", remedy="Check the export that made it.", file=file)
    line, names = rows[0]
    unique, problems = unique_names(names, file=file)
    first = tuple(tuple(cells) for _, cells in rows[1:_LOOK])
    return Header(unique, delimiter, line + skipped, first, problems)


def _sample(path: Path) -> str:
    with path.open("rb") as file:
        raw = file.read(_SAMPLE)
        while b"\n" not in raw and b"\r" not in raw and (more := file.read(_SAMPLE)):
            raw += more
    return raw.decode("utf-8", errors="ignore")


def _stated_delimiter(sample: str) -> tuple[int, str, str | None]:
    """Excel's own first line `sep=;`."""
    first, _, rest = sample.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        return 1, rest, first.strip()[4]
    return 0, sample, None


def sniff_delimiter(sample: str) -> str:
    """The sign that cuts the first rows into the same number of cells, more than one of them.

    >>> sniff_delimiter("item;label\\n1;a|b\\n2;a,b,c\\n")
    ';'
    """
    return max(_DELIMITERS, key=lambda sign: (_evenness(sample, sign), -_DELIMITERS.index(sign)))


def _evenness(sample: str, delimiter: str) -> float:
    widths = [len(cells) for _, cells in _records(sample, delimiter)][:100]
    if len(widths) > 2:
        widths = widths[:-1]  # the sample may end inside a row
    if not widths or widths[0] < 2:
        return 0.0
    return sum(width == widths[0] for width in widths) / len(widths)


def _records(lines: str | Iterable[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Line on which each record ends, and its cells; blank lines are none."""
    csv.field_size_limit(1 << 30)
    source = io.StringIO(lines, newline="") if isinstance(lines, str) else lines
    reader = csv.reader(source, delimiter=delimiter)
    for cells in reader:
        if cells:
            yield reader.line_num, cells


def unique_names(names: Sequence[str], *, file: str) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """Column names without blanks around them; nameless and doubled ones get a number and a problem."""
    seen: Counter[str] = Counter()
    unique: list[str] = []
    for place, raw in enumerate(names, start=1):
        name = raw.strip().lstrip("\ufeff") or f"column_{place}"
        seen[name] += 1
        unique.append(name if seen[name] == 1 else f"{name}__{seen[name]}")
    return tuple(unique), tuple(_name_problems(names, seen, file=file))


def _name_problems(names: Sequence[str], seen: Counter[str], *, file: str) -> Iterator[Problem]:
    for name in [name for name, count in seen.items() if count > 1]:
        places = tuple(f"column {place}" for place, raw in enumerate(names, start=1) if raw.strip() == name)
        message = f'{len(places)} columns have the name "{name}"; the first is used.'
        remedy = "Give each column its own name."
        yield Problem("doubled_column", message, remedy, len(places), "warning", file, 1, name, "", places)
    blank = [place for place, raw in enumerate(names, start=1) if not raw.strip()]
    if blank:
        places = tuple(f"column {place}" for place in blank)
        message = f"{len(blank)} columns have no name; they are called by their place."
        yield Problem("nameless_column", message, "Name it in the header.", len(blank), "note", file, 1, "", "", places)


def read_delimited(
    text: CleanText, header: Header, *, file: str, columns: Sequence[str]
) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    """The wanted columns as text; empty cells are null."""
    if text.quotes % 2:
        refuse_open_quote(text.path, header, file=file)
    bad = _BadRows()
    frame = _frame(text, header, bad=bad, columns=list(columns), file=file)
    if frame.height == 0 and bad.count == 0:
        message = "The file has a header and no rows."
        raise fault("no_rows", message, remedy="Check the export that made it.", file=file)
    ragged = _ragged(text.path, header, bad=bad, good=frame.height, file=file) if bad.count else ()
    swallowed = _swallowed(frame, header, file=file) if text.quotes else ()
    return frame, (*ragged, *swallowed)


def _frame(text: CleanText, header: Header, *, bad: _BadRows, columns: list[str], file: str) -> pl.DataFrame:
    for block in _BLOCKS:
        bad.count = 0
        bad.shapes.clear()
        try:
            with _reader(text, header, bad=bad, columns=columns, block=block) as batches:
                frames = [pl.from_arrow(batch) for batch in batches if batch.num_rows]
        except pa.ArrowInvalid as error:
            if "block" not in str(error) or block == _BLOCKS[-1]:
                message = f"The text cannot be cut into rows ({error})."
                raise fault(
                    "bad_text", message, remedy="Open it in a spreadsheet and save as CSV.", file=file
                ) from error
            continue
        empty = pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
        return pl.concat([empty, *(frame for frame in frames if isinstance(frame, pl.DataFrame))])
    raise AssertionError("the last block size returns or raises")


def _reader(text: CleanText, header: Header, *, bad: _BadRows, columns: list[str], block: int) -> Any:
    return arrow_csv.open_csv(
        pa.OSFile(str(text.path)),  # a path would be unpacked by its name
        read_options=arrow_csv.ReadOptions(
            column_names=list(header.names), skip_rows=header.lines, block_size=block, use_threads=True
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=header.delimiter, newlines_in_values=text.quotes > 0, invalid_row_handler=bad
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(header.names, pa.large_string()),
            include_columns=columns,
            null_values=[""],
            strings_can_be_null=True,
        ),
    )


def refuse_open_quote(path: Path, header: Header, *, file: str) -> None:
    """An odd number of quotes: if one is still open at the end, it has swallowed all rows after it."""
    csv.field_size_limit(1 << 30)
    started = 1
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.reader(lines, delimiter=header.delimiter, strict=True)
        try:
            for _ in reader:
                started = reader.line_num + 1
        except csv.Error:
            message = f"A double quote opened in row {started} is not closed as it should be."
            remedy = 'Close it, or double quotes inside a cell (""): it would swallow the rows after it.'
            raise fault("open_quote", message, remedy=remedy, file=file, row=started) from None


def _swallowed(frame: pl.DataFrame, header: Header, *, file: str) -> Iterator[Problem]:
    """Cells that hold whole rows: two quotes that were never closed look like one long cell."""
    for name in frame.columns:
        column = frame.get_column(name)
        long = column.filter(column.str.count_matches("\n", literal=True).fill_null(0) > 1)
        lost = [_rows_inside(cell, header) for cell in long.head(10_000)]
        if any(lost):
            first = long[next(place for place, rows in enumerate(lost) if rows)]
            message = (
                f"{counted(sum(lost), 'row')} probably swallowed by a cell: a double quote before them is not closed."
            )
            remedy = "Close it, or double quotes inside a cell."
            examples = (first[:60].replace("\n", " / "),)
            yield Problem("swallowed_rows", message, remedy, sum(lost), "warning", file, None, name, "", examples)


def _rows_inside(cell: str, header: Header) -> int:
    """Whole rows within a cell: every line between its first and its last has as many delimiters as a row."""
    inner = cell.split("\n")[1:-1]
    cells = len(header.names)
    return len(inner) if cells > 1 and all(line.count(header.delimiter) == cells - 1 for line in inner) else 0


def _ragged(path: Path, header: Header, *, bad: _BadRows, good: int, file: str) -> tuple[Problem, ...]:
    expected = len(header.names)
    places = list(_ragged_rows(path, header))
    examples = tuple(f"row {row}: {width} cells" for row, width in places)
    row = places[0][0] if places else None
    widths = ", ".join(str(width) for width, _ in bad.shapes.most_common(3))
    message = f"{counted(bad.count, 'row')} with {widths} cells where the header has {expected}; they were left out."
    delimiter = _NAMES.get(header.delimiter, header.delimiter)
    remedy = f"Mend these rows: a cell that holds a {delimiter} must stand in double quotes."
    if bad.count > good:
        message = message.replace("they were left out", "that is most of the file")
        raise fault("ragged_rows", message, remedy=remedy, file=file, row=row)
    return (Problem("ragged_rows", message, remedy, bad.count, "warning", file=file, row=row, examples=examples),)


def _ragged_rows(path: Path, header: Header, *, at_most: int = 5) -> Iterator[tuple[int, int]]:
    """Row and number of cells of the first rows that do not fit, found by a slow second reading."""
    found = 0
    started = 1
    with path.open(encoding="utf-8", newline="") as lines:
        for ended, cells in _records(lines, header.delimiter):
            if len(cells) != len(header.names) and ended > header.lines:
                yield started, len(cells)
                found += 1
                if found == at_most:
                    return
            started = ended + 1
