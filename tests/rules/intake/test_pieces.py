"""A table read in pieces is the table read at once, wherever it was cut."""

import gzip
import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smo.tables.pieces import REST, Place, beginning, pieces, prepare
from smo.tables.problem import TableFault

CELL = st.text(st.characters(blacklist_categories=("Cs", "Cc")) | st.sampled_from('",\n;'), min_size=1, max_size=12)


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def rows_of(path: Path, *, size: int, start: Place | None = None) -> list[tuple]:
    prepared = prepare(path, folder=path.parent / "kept")
    found = [piece.frame.select("id", "text") for piece in pieces(prepared, ["id", "text"], size=size, start=start)]
    return [row for frame in found for row in frame.iter_rows()]


@settings(max_examples=40, deadline=None)
@given(cells=st.lists(CELL, min_size=1, max_size=12), size=st.integers(8, 200))
def test_pieces_of_any_size_give_every_row_once(tmp_path_factory, cells, size) -> None:
    path = tmp_path_factory.mktemp("pieces") / "t.csv"
    path.write_bytes(("id,text\n" + "".join(f"{n},{quoted(cell)}\n" for n, cell in enumerate(cells))).encode())
    assert rows_of(path, size=size) == [(str(n), cell) for n, cell in enumerate(cells)]


@pytest.mark.parametrize("form", ["csv", "jsonl", "csv.gz", "parquet"])
def test_a_reading_goes_on_from_any_place(tmp_path, form) -> None:
    path = tmp_path / f"t.{form}"
    table = pl.DataFrame({"id": [str(n) for n in range(50)], "text": [f"text {n}" for n in range(50)]})
    if form == "parquet":
        table.write_parquet(path, row_group_size=7)
    else:
        lines = "".join(json.dumps(row) + "\n" for row in table.to_dicts()) if form == "jsonl" else table.write_csv()
        path.write_bytes(gzip.compress(lines.encode()) if form.endswith("gz") else lines.encode())
    prepared = prepare(path, folder=tmp_path / "kept")
    every = list(pieces(prepared, ["id"], size=64))
    assert len(every) > 3
    for piece in every[:-1]:
        rest = [row for (row,) in _rest(prepared, piece.after)]
        assert rest == [str(n) for n in range(piece.after.rows, 50)]


def _rest(prepared, place: Place) -> list[tuple]:
    return [
        row for piece in pieces(prepared, ["id"], start=place, size=64) for row in piece.frame["id"].to_frame().rows()
    ]


def test_rows_and_lines_are_those_of_the_file(tmp_path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('id,text,x\n1,"two\nlines",a\n\n2,short\n3,three,b\n')
    prepared = prepare(path, folder=tmp_path / "kept")
    (piece,) = pieces(prepared, ["id"])
    assert piece.frame.select("id", "row", "line").rows() == [("1", 1, 2), ("3", 3, 6)]
    assert [(bad.row, bad.line, bad.code) for bad in piece.bad] == [(2, 5, "misfit_row")]
    assert json.loads(piece.frame[REST][0]) == {"text": "two\nlines", "x": "a"}


def test_json_keeps_what_nobody_asked_for_and_a_database_can_hold_it(tmp_path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text('{"id": 1, "meta": {"a": "\\u0000x", "n": NaN, "b": "\\ud800"}, "list": [1]}\n[]\n{"id"\n')
    (piece,) = pieces(prepare(path, folder=tmp_path / "kept"), ["id"])
    assert json.loads(piece.frame[REST][0]) == {"list": [1], "a": "x", "n": None, "b": "�"}
    assert [bad.code for bad in piece.bad] == ["not_an_object", "bad_json"]


def test_a_quote_that_is_never_closed_is_named(tmp_path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('id,text\n1,one\n2,"two\n3,three\n')
    with pytest.raises(TableFault, match="row 3"):
        prepare(path, folder=tmp_path / "kept")


def test_the_beginning_of_a_large_file_is_small(tmp_path) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(b"id,text\n" + b'1,"a\nb"\n' * 200_000))
    small = beginning(path, folder=tmp_path, size=1000)
    assert small.stat().st_size <= 1000
    assert small.read_bytes().endswith(b'"\n')
