"""The workbook, the JSON file and the Parquet file say what the report says."""

import json
from pathlib import Path

import jsonschema
import openpyxl
import polars as pl
import pytest

from smo.measure.aggregation.consensus import aggregate
from smo.measure.ratings import Ratings
from smo.paper.report import xlsx_file
from smo.paper.report.assess_items import items_of
from smo.paper.report.consensus_file import Joined, consensus_frame
from smo.paper.report.json_file import document, plain
from smo.paper.report.xlsx_file import write_xlsx
from tests.paper.made import SCHEMA, report_of


def _joined(labels: list[str], task: str = "t") -> Joined:
    rows = [
        (i, rater, label)
        for i in range(0, len(labels), 2)
        for rater, label in zip("ab", labels[i : i + 2], strict=True)
    ]
    frame = pl.DataFrame(rows, schema=["item", "rater", "label"], orient="row")
    votes = aggregate(Ratings.from_frame(frame, item="item", rater="rater", label="label"), "majority")
    return Joined(task, votes, items_of(votes))


def test_json_file_holds_its_schema() -> None:
    jsonschema.validate(document(report_of()), json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_json_file_has_no_number_that_json_does_not_know() -> None:
    assert plain({"a": float("nan"), "b": (float("inf"), 1.5)}) == {"a": None, "b": [None, 1.5]}
    assert "NaN" not in json.dumps(document(report_of()))


def test_xlsx_file_cells_are_never_formulas_or_links(tmp_path: Path) -> None:
    write_xlsx(report_of(item="=HYPERLINK(1)", text="https://example.org"), tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    row = next(iter(book["Adjudicate"].iter_rows(min_row=2)))
    assert (row[1].value, row[1].data_type) == ("=HYPERLINK(1)", "s")
    assert row[6].value == "https://example.org"
    assert row[6].hyperlink is None


def test_xlsx_file_control_signs_do_not_break_the_workbook(tmp_path: Path) -> None:
    write_xlsx(report_of(text="a\x00b\x1fc" + "x" * 40_000), tmp_path / "r.xlsx")
    text = openpyxl.load_workbook(tmp_path / "r.xlsx")["Adjudicate"].cell(row=2, column=7).value
    assert text.startswith("abc")
    assert len(text) <= 32_767


def test_xlsx_file_a_sheet_has_at_most_its_rows_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_file, "MOST_ROWS", 6)
    write_xlsx(report_of(n_open=30), tmp_path / "r.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx")["Adjudicate"]
    assert sheet.max_row == 6
    assert sheet.cell(row=6, column=1).value.startswith("and 26 more rows")


def test_xlsx_file_headings_stay_in_sight(tmp_path: Path) -> None:
    write_xlsx(report_of(), tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert {sheet.freeze_panes for sheet in book} == {"A2"}
    assert "Slices" in book.sheetnames
    assert "Times" not in book.sheetnames  # nothing to say


def test_consensus_file_a_tie_is_adjudicate_not_a_label() -> None:
    frame = consensus_frame([_joined(["x", "x", "x", "y"])])
    assert frame.select("item", "label", "decided", "n").rows() == [(0, "x", True, 2), (2, "adjudicate", False, 2)]
    assert frame.get_column("posterior.x").to_list() == [1.0, 0.5]


def test_consensus_file_numbers_keep_their_names_over_tasks() -> None:
    frame = consensus_frame([_joined(["1", "1"], "a"), _joined(["no", "no"], "b")])
    assert frame.get_column("label").to_list() == ["1", "no"]
    assert {"posterior.1", "posterior.no"} <= set(frame.columns)


def test_consensus_file_many_labels_become_one_column() -> None:
    labels = [f"label{i}" for i in range(90)]
    frame = consensus_frame([_joined([label for one in labels for label in (one, one)])])
    assert not [name for name in frame.columns if name.startswith("posterior.")]
    assert frame.get_column("posteriors")[0].to_list() == [{"label": "label0", "posterior": 1.0}]
