"""Whatever bytes come: a table with its problems, or a fault with a remedy; never another error, never a lost row."""

import csv
import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smo.tables.labels import read_labels
from smo.tables.problem import TableFault
from smo.tables.problems import find_problems
from smo.tables.reading import read_table

GOOD = b'item,rater,label,text\n1,anna,yes,"a, b"\n1,bea,no,\xc3\xbc\n2,anna,"n""o",x\n2,bea,yes,"two\nlines"\n'
letters = st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from('\n",;|\t\u2028\x85')
cells = st.text(letters, max_size=8)


def tried(content: bytes, name: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            find_problems(read_labels([path]).frame)
        except TableFault as fault:
            assert fault.problem.remedy  # noqa: PT017 - both ends are right, only other errors are wrong


@pytest.mark.parametrize("name", ["x.csv", "x.tsv", "x.jsonl", "x.json", "x.dat", "x.csv.gz"])
@given(content=st.binary(max_size=300))
@settings(max_examples=25, deadline=None)
def test_any_bytes(name: str, content: bytes) -> None:
    tried(content, name)


@given(at=st.integers(0, len(GOOD)), put=st.binary(max_size=5), lost=st.integers(0, 5))
@settings(max_examples=80, deadline=None)
def test_a_good_file_with_a_flaw(at: int, put: bytes, lost: int) -> None:
    tried(GOOD[:at] + put + GOOD[at + lost :], "x.csv")


@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=8), st.sampled_from([",", ";", "\t", "|"]))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_a_csv_writer_writes_comes_back(rows: list[tuple[str, str, str]], delimiter: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("item", "rater", "label"), *rows])
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(out.getvalue().encode())
        table = read_table(path)
    assert table.frame.rows() == [tuple(cell or None for cell in row) for row in rows]
    assert table.problems == ()


@given(
    st.lists(
        st.dictionaries(st.sampled_from("abc"), st.none() | st.text(max_size=5) | st.integers(), min_size=1), min_size=1
    )
)
@settings(max_examples=60, deadline=None)
def test_what_json_writes_comes_back(rows: list[dict[str, str | int | None]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.jsonl"
        path.write_text("\n".join(json.dumps(row) for row in rows))
        frame = read_table(path).frame
    expected = [{key: _as_text(value) for key, value in row.items()} for row in rows]
    assert [{key: row[key] for key in given} for row, given in zip(frame.to_dicts(), expected, strict=True)] == expected


def _as_text(value: str | int | None) -> str | None:
    text = value.replace("\0", "") if isinstance(value, str) else value
    return None if text in {None, ""} else str(text)
