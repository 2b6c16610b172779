"""What we write, no spreadsheet runs, and no crash halves."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smo.tables.writing import replacing, safe_cell, write_csv, write_parquet

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


@given(st.text(max_size=30), st.sampled_from(["", *DANGEROUS]))
def test_no_cell_begins_like_a_formula(text: str, start: str) -> None:
    cell = safe_cell(start + text)
    if cell.startswith(DANGEROUS):
        float(cell)
    assert cell in {start + text, "'" + start + text}


def test_csv_is_escaped_in_cells_and_names(tmp_path: Path) -> None:
    frame = pl.DataFrame({"=name": ["=1+1", "plain", "-5", "-x", None], "n": [1, 2, 3, 4, -5]})
    write_csv(frame, tmp_path / "out.csv")
    back = pl.read_csv(tmp_path / "out.csv")
    assert back.columns == ["'=name", "n"]
    assert back["'=name"].to_list() == ["'=1+1", "plain", "-5", "'-x", None]
    assert back["n"].to_list() == [1, 2, 3, 4, -5]


def test_a_crash_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    write_parquet(pl.DataFrame({"x": [1]}), path)

    def crash() -> None:
        with replacing(path) as target:
            target.write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        crash()
    assert pl.read_parquet(path)["x"].to_list() == [1]
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.parquet"]


def test_the_folder_is_made_and_others_may_read(tmp_path: Path) -> None:
    path = tmp_path / "new" / "out.csv"
    write_csv(pl.DataFrame({"x": ["ü"]}), path)
    assert path.read_text(encoding="utf-8") == "x\nü\n"
    assert path.stat().st_mode & 0o400
