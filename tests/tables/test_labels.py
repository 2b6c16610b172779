"""One canonical table from whatever form the labels were brought in, and every guess said."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smo.tables.columns import Columns, normalised
from smo.tables.labels import LabelTable, plain_set, read_labels
from smo.tables.problem import TableFault


def read(folder: Path, content: str, columns: Columns | None = None, **options: object) -> LabelTable:
    path = folder / "labels.csv"
    path.write_text(content)
    return read_labels([path], columns, **options)  # type: ignore[arg-type]


def rows(table: LabelTable) -> list[tuple[object, ...]]:
    return table.frame.select("item", "rater", "task", "label").rows()


def guesses(table: LabelTable) -> dict[str, str]:
    return {guess.what: guess.column for guess in table.guesses}


def codes(table: LabelTable) -> set[str]:
    return {problem.code for problem in table.problems}


@pytest.mark.parametrize(
    "header",
    [
        "item,rater,label", "item_id,annotator_id,value", "unit_id,worker_id,judgment", "ID,Annotator,Label",
        "INPUT:doc_id,ASSIGNMENT:worker_id,OUTPUT:result", "_unit_id,_worker_id,answer", "docId,userId,class",
    ],
)  # fmt: skip
def test_columns_are_guessed_by_their_names(tmp_path: Path, header: str) -> None:
    table = read(tmp_path, f"{header}\n1,anna,yes\n1,bea,no\n")
    assert rows(table) == [("1", "anna", "label", "yes"), ("1", "bea", "label", "no")]
    item, rater, label = header.split(",")
    assert guesses(table) == {"item": item, "rater": rater, "label": label}
    assert all(guess.why for guess in table.guesses)


def test_the_task_of_crowd_files_is_the_item(tmp_path: Path) -> None:
    table = read(tmp_path, "task,worker,label\n0,7,1\n0,8,0\n")
    assert rows(table) == [("0", "7", "label", "1"), ("0", "8", "label", "0")]
    assert guesses(table)["item"] == "task"


def test_a_task_beside_an_item_is_a_task(tmp_path: Path) -> None:
    table = read(tmp_path, "item_id,annotator_id,task,value\n1,a,hate,yes\n1,a,severity,3\n")
    assert table.frame["task"].to_list() == ["hate", "severity"]


def test_what_was_said_wins_over_names(tmp_path: Path) -> None:
    content = "item,rater,label,unit,who,verdict\n1,a,x,9,z,yes\n"
    table = read(tmp_path, content, Columns(item="unit", rater="who", label="verdict"))
    assert rows(table) == [("9", "z", "label", "yes")]
    assert table.frame["file.label"].to_list() == ["x"]
    assert guesses(table) == {}


def test_an_unknown_name_lists_the_columns_and_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(TableFault) as caught:
        read(tmp_path, "item,annotator,label\n1,a,x\n", Columns(rater="anotator"))
    problem = caught.value.problem
    assert (problem.code, problem.column) == ("no_such_column", "anotator")
    assert "Did you mean annotator?" in problem.remedy
    assert "item, annotator, label" in problem.remedy


def test_the_only_column_with_few_values_is_the_label(tmp_path: Path) -> None:
    content = "item,rater,hateful,text\n" + "".join(f"{n},r{n % 3},{n % 2},text {n}\n" for n in range(20))
    table = read(tmp_path, content)
    assert guesses(table)["label"] == "hateful"
    assert table.frame["task"].unique().to_list() == ["hateful"]


def test_no_clear_label_column_is_refused_with_candidates(tmp_path: Path) -> None:
    content = "item,rater,hate,threat\n" + "".join(f"{n},r,{n % 2},{n % 3}\n" for n in range(20))
    with pytest.raises(TableFault) as caught:
        read(tmp_path, content)
    assert caught.value.problem.code == "no_label_column"
    assert "hate, threat" in caught.value.problem.remedy


def test_several_label_columns_are_a_task_each(tmp_path: Path) -> None:
    table = read(tmp_path, "item,rater,hate,threat\n1,a,1,0\n1,b,0,\n", Columns(label="hate,threat"))
    expected = [("1", "a", "hate", "1"), ("1", "a", "threat", "0"), ("1", "b", "hate", "0"), ("1", "b", "threat", None)]
    assert sorted(rows(table)) == sorted(expected)  # type: ignore[type-var]


def test_no_item_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableFault) as caught:
        read(tmp_path, "foo,bar,label\nx1,y1,yes\nx2,y2,no\n")
    assert caught.value.problem.code == "no_item_column"
    assert "--item COL" in caught.value.problem.remedy


@pytest.mark.parametrize(
    "names", ["rater_1,rater_2,rater_3", "A1,A2,A3", "annotator a,annotator b,annotator c", "Judge1,Judge2,Judge3"]
)
def test_a_column_per_rater(tmp_path: Path, names: str) -> None:
    table = read(tmp_path, f"id,text,{names}\n1,hello,yes,no,yes\n2,world,no,no,\n3,again,yes,yes,yes\n")
    first, second, third = names.split(",")
    assert rows(table)[:5] == [
        ("1", first, "label", "yes"), ("1", second, "label", "no"), ("1", third, "label", "yes"),
        ("2", first, "label", "no"), ("2", second, "label", "no"),
    ]  # fmt: skip
    assert table.frame.height == 8
    assert guesses(table)["raters"] == ", ".join((first, second, third))


def test_columns_that_answer_differently_are_no_raters(tmp_path: Path) -> None:
    content = "item,rater,label,rating1,rating2\n1,a,yes,1,red\n2,b,no,2,blue\n"
    assert rows(read(tmp_path, content)) == [("1", "a", "label", "yes"), ("2", "b", "label", "no")]


@pytest.mark.parametrize("content", ["item,label\n1,yes\n1,no\n", "item,rater,label\n1,,yes\n1, ,no\n"])
def test_no_rater_is_anonymous(tmp_path: Path, content: str) -> None:
    table = read(tmp_path, content)
    assert table.frame["rater"].to_list() == [None, None]
    assert table.frame["label"].to_list() == ["yes", "no"]
    assert guesses(table)["rater"].startswith("none")


def test_blank_labels_are_missing_and_the_rest_is_verbatim(tmp_path: Path) -> None:
    table = read(tmp_path, 'item,rater,label\n1,a,\n1,b,"  "\n1,c, Yes \n1,d,empty\n1,e,NA\n')
    assert table.frame["label"].to_list() == [None, None, " Yes ", "empty", "NA"]


def test_missing_values_are_said_by_task(tmp_path: Path) -> None:
    content = "item,rater,task,label\n1,a,x,9\n1,a,y,9\n1,b,x,1\n"
    table = read(tmp_path, content, missing={"x": ["9"]})
    assert table.frame["label"].to_list() == [None, "9", "1"]
    with pytest.raises(TableFault, match="no task"):
        read(tmp_path, content, missing={"z": ["9"]})


def test_rows_without_an_item_are_named(tmp_path: Path) -> None:
    table = read(tmp_path, "item,rater,label\n1,a,yes\n,b,no\n2,a,no\n")
    problem = next(problem for problem in table.problems if problem.code == "no_item")
    assert (problem.count, problem.row, problem.column) == (1, 3, "item")
    assert table.frame["item"].to_list() == ["1", "2"]


@pytest.mark.parametrize(
    ("label", "plain"),
    [("b|a", "a|b"), ("a|b", "a|b"), ("a|a", "a"), ('["b","a"]', "a|b"), ("[3, 1]", "1|3"), ("[broken", "[broken"),
     ("a|", "a|"), ("|", "|"), ("[]", "[]"), ('{"a":1}', '{"a":1}')],
)  # fmt: skip
def test_sets_have_one_order(label: str, plain: str) -> None:
    assert plain_set(label) == plain


@given(st.lists(st.text(alphabet="abc", min_size=1), min_size=1))
def test_a_set_reads_the_same_in_any_order(parts: list[str]) -> None:
    assert plain_set("|".join(parts)) == plain_set("|".join(reversed(parts)))
    assert plain_set(plain_set("|".join(parts))) == plain_set("|".join(parts))


def test_times_make_seconds(tmp_path: Path) -> None:
    content = (
        "item,rater,label,started_at,submitted_at\n"
        "1,a,yes,2026-01-01T10:00:00Z,2026-01-01T10:00:30Z\n"
        "2,a,no,2026-01-01T10:02:00+01:00,2026-01-01T10:01:00+01:00\n"
        "3,a,no,,\n"
    )
    table = read(tmp_path, content)
    assert table.frame["seconds"].to_list() == [30.0, None, None]
    assert codes(table) == {"negative_seconds"}
    assert str(table.frame["submitted_at"][1]) == "2026-01-01 09:01:00"


def test_empty_time_columns_leave_no_trace(tmp_path: Path) -> None:
    table = read(tmp_path, "item,rater,label,started_at,submitted_at\n1,a,yes,,\n")
    assert set(table.frame.columns) == {"item", "rater", "task", "label"}
    assert not {"time", "started"} & set(guesses(table))


def test_given_seconds_are_taken(tmp_path: Path) -> None:
    table = read(tmp_path, "item,rater,label,lead_time\n1,a,yes,4.5\n2,a,no,-1\n3,a,no,soon\n")
    assert table.frame["seconds"].to_list() == [4.5, None, None]


def test_several_files_are_one_table(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("item,rater,label\n1,a,yes\n")
    (tmp_path / "b.jsonl").write_text('{"doc": 1, "user": "b", "answer": "no", "lang": "fr"}\n')
    table = read_labels([tmp_path / "a.csv", tmp_path / "b.jsonl"])
    assert rows(table) == [("1", "a", "label", "yes"), ("1", "b", "label", "no")]
    assert table.frame["lang"].to_list() == [None, "fr"]
    assert [Path(source.path).name for source in table.sources] == ["a.csv", "b.jsonl"]


def test_parquet_keeps_the_type_of_ids_and_reads_only_what_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "labels.parquet"
    frame = pl.DataFrame(
        {"item": [1, 1], "rater": [7, 8], "label": [1.0, 0.5], "text": ["x", "y"], "lang": ["fr", "fr"]}
    )
    frame.write_parquet(path)
    table = read_labels([path], keep=["lang"])
    assert rows(table) == [(1, 7, "label", "1"), (1, 8, "label", "0.5")]
    assert table.frame.columns == ["item", "rater", "task", "label", "lang"]


def test_parquet_lists_are_sets(tmp_path: Path) -> None:
    path = tmp_path / "labels.parquet"
    pl.DataFrame({"item": [1, 2], "rater": ["a", "a"], "label": [["b", "a"], ["c"]]}).write_parquet(path)
    assert read_labels([path]).frame["label"].to_list() == ["a|b", "c"]


@given(st.text(max_size=20))
def test_any_column_name_can_be_compared(name: str) -> None:
    assert normalised(normalised(name)) == normalised(name) or normalised(name).startswith(
        ("assignment", "output", "input")
    )


def test_json_keys_that_come_late_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    lines = [f'{{"item": {n}, "rater": "a", "label": "yes"}}' for n in range(700)]
    path.write_text("\n".join([*lines, '{"item": 9, "rater": "b", "label": "no", "late": "x"}']))
    assert read_labels([path]).frame["late"].drop_nulls().to_list() == ["x"]
    assert read_labels([path], keep=[]).frame.columns == ["item", "rater", "task", "label"]


def test_a_file_per_person_names_the_raters(tmp_path: Path) -> None:
    (tmp_path / "alice.csv").write_text("id,label\n1,yes\n2,no\n")
    (tmp_path / "bob.csv").write_text("id,label\n2,yes\n3,no\n")
    table = read_labels([tmp_path / "alice.csv", tmp_path / "bob.csv"])
    assert table.frame["rater"].to_list() == ["alice", "alice", "bob", "bob"]
    assert guesses(table)["rater"] == "the file's name"


@pytest.mark.parametrize("second", ["id,label\n3,yes\n4,no\n", "id,label\n1,yes\n1,no\n", "id,user,label\n1,eve,yes\n"])
def test_parts_of_one_export_are_no_persons(tmp_path: Path, second: str) -> None:
    (tmp_path / "part-1.csv").write_text("id,label\n1,yes\n2,no\n")
    (tmp_path / "part-2.csv").write_text(second)
    table = read_labels([tmp_path / "part-1.csv", tmp_path / "part-2.csv"])
    assert "part-1" not in table.frame["rater"].to_list()


def test_raters_are_named_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "wide.csv").write_text("id,Ana,ben,note\n1,x,y,n\n2,x,,m\n")
    table = read_labels([tmp_path / "wide.csv"], Columns(rater="Ana,ben"))
    assert table.frame.select("item", "rater", "label").rows() == [
        ("1", "Ana", "x"),
        ("1", "ben", "y"),
        ("2", "Ana", "x"),
    ]


def test_raters_named_one_by_one_leave_no_room_for_a_label(tmp_path: Path) -> None:
    (tmp_path / "wide.csv").write_text("id,ana,ben,note\n1,x,y,n\n")
    with pytest.raises(TableFault, match="exclude each other"):
        read_labels([tmp_path / "wide.csv"], Columns(rater="ana,ben", label="note"))
