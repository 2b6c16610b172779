"""report.xlsx: the summaries as sheets that filter and sort; cells never become formulas or links."""

from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from smo.paper.report.model import QualityReport
from smo.paper.report.sheets import SHEETS, Cell, Kind, Row, Sheet, cut

MOST_ROWS = 10_000  # with the heading; a manager's laptop opens it, and nobody reads more
MOST_CHARACTERS = 32_000  # the format's own limit is 32,767

WIDTHS: dict[Kind, int] = {"text": 16, "wide": 30, "count": 10, "share": 12, "number": 12, "long": 70}
FORMATS: dict[Kind, dict[str, Any]] = {
    "text": {"valign": "top"},
    "wide": {"valign": "top"},
    "count": {"num_format": "#,##0", "valign": "top"},
    "share": {"num_format": "0.0%", "valign": "top"},
    "number": {"num_format": "0.000", "valign": "top"},
    "long": {"text_wrap": True, "valign": "top"},
}
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": True}


def _cell(value: Cell) -> Cell:
    if not isinstance(value, str):
        return value
    clean = "".join(sign for sign in value if sign >= " " or sign in "\t\n\r")
    return clean if len(clean) <= MOST_CHARACTERS else f"{clean[:MOST_CHARACTERS]} …"


def _write_row(page: Worksheet, place: int, *, row: Row, formats: list[Any]) -> None:
    for column, value in enumerate(row):
        cell = _cell(value)
        if isinstance(cell, str):
            page.write_string(place, column, cell, formats[column])
        elif cell is not None:
            page.write_number(place, column, cell, formats[column])


def _write_sheet(book: xlsxwriter.Workbook, sheet: Sheet, *, report: QualityReport, styles: dict[str, Any]) -> None:
    rows, more = cut(sheet.rows(report), MOST_ROWS - 2)
    if not rows and sheet.name != "Summary":
        return
    page = book.add_worksheet(sheet.name)
    for column, heading in enumerate(sheet.columns):
        page.set_column(column, column, WIDTHS[heading.kind])
        page.write_string(0, column, heading.title, styles["heading"])
    formats = [styles[heading.kind] for heading in sheet.columns]
    for place, row in enumerate(rows, start=1):
        _write_row(page, place, row=row, formats=formats)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, max(len(rows), 1), len(sheet.columns) - 1)
    if more:
        page.write_string(len(rows) + 1, 0, f"and {more:,} more rows; report.json and consensus.parquet hold the rest")


def write_xlsx(report: QualityReport, path: Path) -> None:
    """One sheet per question, at most 10,000 rows each; sheets without rows are left out."""
    options = SAFE | {"constant_memory": False, "in_memory": True}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": report.headline, "comments": report.command})
        styles: dict[str, Any] = {kind: book.add_format(form) for kind, form in FORMATS.items()}
        styles["heading"] = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        for sheet in SHEETS:
            _write_sheet(book, sheet, report=report, styles=styles)
