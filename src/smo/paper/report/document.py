"""A document as blocks: what page and PDF have in common before either draws a line."""

from dataclasses import dataclass
from typing import Literal

from smo.measure.state import State


@dataclass(frozen=True, slots=True)
class Whisker:
    """An estimate on a column's scale: every place is a part of the width, 0 at the start and 1 at the end."""

    value: float
    low: float | None
    high: float | None
    target: float | None
    is_cut_low: bool
    is_cut_high: bool
    state: State


@dataclass(frozen=True, slots=True)
class Axis:
    """The head of a column of whiskers: what its ends and its target are."""

    low: str
    high: str
    target: str = ""
    at: float | None = None


CellKind = Literal["text", "name", "code", "number", "estimate", "state", "content", "words"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of a table. `content` is item text, hidden until it is asked for; `words` are sentences."""

    kind: CellKind
    text: str = ""
    note: str = ""
    state: State | None = None
    whisker: Whisker | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column."""

    name: str
    note: str = ""
    is_number: bool = False
    axis: Axis | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table; `is_alert` marks what needs a person."""

    cells: tuple[Cell, ...]
    is_alert: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a heading. `left_out` rows stand only in the workbook."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    left_out: int = 0
    left_out_where: str = "report.xlsx"
    kind: str = "table"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart, drawn: SVG for a page and SVG for paper."""

    title: str
    note: str
    description: str
    page_svg: str
    paper_svg: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Drawings:
    """Charts side by side."""

    drawings: tuple[Drawing, ...]
    kind: str = "drawings"


@dataclass(frozen=True, slots=True)
class Point:
    """A statement with its state, or a plain one."""

    text: str
    detail: str = ""
    state: State | None = None


@dataclass(frozen=True, slots=True)
class Points:
    """A list of statements."""

    points: tuple[Point, ...]
    title: str = ""
    kind: str = "points"


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values in one strip."""

    facts: tuple[tuple[str, str], ...]
    kind: str = "facts"


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph."""

    text: str
    kind: str = "prose"


Block = Table | Drawings | Points | Facts | Prose


@dataclass(frozen=True, slots=True)
class Section:
    """A question and its answer."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """All sections about one task, or about the data."""

    anchor: str
    title: str
    lead: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """Everything after the first page, and the first page's charts."""

    charts: tuple[Drawing, ...]
    chapters: tuple[Chapter, ...]
