"""Items, gold, spans and predictions meet the labels; what does not meet is named."""

from collections.abc import Callable
from pathlib import Path

import pytest

from smo.tables.labels import LabelTable, read_labels
from smo.tables.problem import TableFault
from smo.tables.side import SideTable, gold_from_column, read_gold, read_items, read_predictions, read_spans


@pytest.fixture
def labels(tmp_path: Path) -> LabelTable:
    return read(
        tmp_path, "item,rater,task,label,key\n1,a,hate,yes,yes\n1,b,hate,no,yes\n2,a,hate,yes,no\n2,b,hate,yes,no\n"
    )


def read(folder: Path, content: str) -> LabelTable:
    (folder / "labels.csv").write_text(content)
    return read_labels([folder / "labels.csv"])


def brought(folder: Path, content: str, name: str = "side.csv") -> Path:
    (folder / name).write_text(content)
    return folder / name


def found(table: SideTable) -> dict[str, int]:
    return {problem.code: problem.count for problem in table.problems}


def test_items_bring_text_and_metadata(tmp_path: Path, labels: LabelTable) -> None:
    content = '{"item_id": "1", "text": "hi", "meta": {"lang": "fr"}}\n{"item_id": "2", "turns": []}\n'
    table = read_items(brought(tmp_path, content, "items.jsonl"), labels)
    assert table.frame.columns[:2] == ["item", "text"]
    assert table.frame["meta.lang"].to_list() == ["fr", None]
    assert found(table) == {}


def test_a_conversation_is_read_as_lines(tmp_path: Path, labels: LabelTable) -> None:
    content = '{"item": "1", "turns": [{"role": "user", "text": "hi"}, {"role": "bot", "text": "yo"}]}\n{"item": "2"}\n'
    table = read_items(brought(tmp_path, content, "items.jsonl"), labels)
    assert table.frame["text"].to_list() == ["user: hi\nbot: yo", None]


def test_items_that_are_doubled_or_absent_are_named(tmp_path: Path, labels: LabelTable) -> None:
    table = read_items(brought(tmp_path, "item,text\n1,first\n1,second\n3,other\n"), labels)
    assert table.frame["text"].to_list() == ["first", "other"]
    assert found(table) == {"doubled_rows": 1, "items_not_found": 1}


def test_ids_written_differently_are_shown_side_by_side(tmp_path: Path) -> None:
    labels = read(tmp_path, "item,rater,label\nen-0001,a,yes\n")
    table = read_items(brought(tmp_path, "item,text\nEN-0001,x\n"), labels)
    assert 'the file says "EN-0001"' in table.problems[0].remedy


def test_ids_that_are_numbers_meet_text(tmp_path: Path, labels: LabelTable) -> None:
    table = read_items(brought(tmp_path, '[{"item": 1, "text": "x"}, {"item": 2, "text": "y"}]', "i.json"), labels)
    assert found(table) == {}


@pytest.mark.parametrize("header", ["item,task,gold", "item_id,task,label", "item,question,truth"])
def test_gold(tmp_path: Path, labels: LabelTable, header: str) -> None:
    table = read_gold(brought(tmp_path, f"{header}\n1,hate,yes\n2,hate,no\n"), labels)
    assert table.frame.rows() == [("1", "hate", "yes"), ("2", "hate", "no")]


def test_gold_needs_no_task_when_there_is_one(tmp_path: Path, labels: LabelTable) -> None:
    table = read_gold(brought(tmp_path, "task,truth\n1,yes\n"), labels)
    assert table.frame.rows() == [("1", "hate", "yes")]


def test_gold_needs_a_task_when_there_are_several(tmp_path: Path) -> None:
    labels = read(tmp_path, "item,rater,task,label\n1,a,hate,yes\n1,a,threat,no\n")
    with pytest.raises(TableFault) as caught:
        read_gold(brought(tmp_path, "item,gold\n1,yes\n"), labels)
    assert "hate, threat" in caught.value.problem.remedy
    wide = read_gold(brought(tmp_path, "item,hate,threat\n1,yes,no\n"), labels)
    assert sorted(wide.frame.rows()) == [("1", "hate", "yes"), ("1", "threat", "no")]


def test_contradictory_gold_is_left_out(tmp_path: Path, labels: LabelTable) -> None:
    table = read_gold(brought(tmp_path, "item,gold\n1,yes\n1,no\n2,no\n2,no\n"), labels)
    assert table.frame.rows() == [("2", "hate", "no")]
    assert found(table) == {"contradictory_gold": 2}


def test_gold_that_nobody_uses_is_named(tmp_path: Path, labels: LabelTable) -> None:
    table = read_gold(brought(tmp_path, "item,gold\n1,Yes\n9,no\n"), labels)
    assert found(table) == {"gold_label_not_used": 1, "gold_items_not_labelled": 1}


def test_gold_of_other_items_is_refused(tmp_path: Path, labels: LabelTable) -> None:
    with pytest.raises(TableFault, match="No gold item"):
        read_gold(brought(tmp_path, "item,gold\n8,yes\n9,no\n"), labels)


def test_gold_may_be_a_column_of_the_labels(labels: LabelTable) -> None:
    assert gold_from_column(labels, "key").frame.rows() == [("1", "hate", "yes"), ("2", "hate", "no")]
    with pytest.raises(TableFault, match="neither a file nor a column"):
        gold_from_column(labels, "keys")


def test_spans(tmp_path: Path, labels: LabelTable) -> None:
    content = (
        "item_id,annotator_id,start,end,type\n1,a,0,4,Insult\n1,b,x,4,Insult\n2,a,4,4,Threat\n2,b,-1,3,\n2,b,1,3,\n"
    )
    table = read_spans(brought(tmp_path, content), labels)
    assert table.frame.rows() == [("1", "a", 0, 4, "Insult"), ("2", "b", 1, 3, "span")]
    assert found(table) == {"span_not_a_number": 1, "span_reversed": 2}
    assert table.problems[0].row == 3


def test_spans_without_offsets_are_refused(tmp_path: Path, labels: LabelTable) -> None:
    with pytest.raises(TableFault) as caught:
        read_spans(brought(tmp_path, "item,rater,start\n1,a,0\n"), labels)
    assert caught.value.problem.code == "no_span_column"


def test_predictions_may_hold_scores_values_or_both(tmp_path: Path, labels: LabelTable) -> None:
    content = "item,model,task,score,value\n1,m1,hate,0.9,\n1,m2,hate,,yes\n2,m1,hate,0.2,no\n"
    table = read_predictions(brought(tmp_path, content), labels)
    assert table.frame.rows() == [
        ("1", "hate", "m1", 0.9, None), ("1", "hate", "m2", None, "yes"), ("2", "hate", "m1", 0.2, "no"),
    ]  # fmt: skip


def test_predictions_of_one_model_are_named_by_the_file(tmp_path: Path, labels: LabelTable) -> None:
    table = read_predictions(brought(tmp_path, "item,score\n1,0.9\n", "big-model.csv"), labels)
    assert table.frame.rows() == [("1", "hate", "big-model", 0.9, None)]


def test_faulty_predictions_are_named(tmp_path: Path, labels: LabelTable) -> None:
    content = "item,model,task,score\n1,m,hate,0.9\n1,m,hate,0.8\n2,m,hate,high\n2,m,hate,\n2,n,hate,7\n2,k,other,0.1\n"
    table = read_predictions(brought(tmp_path, content), labels)
    assert table.frame.select("item", "model", "score").rows() == [("1", "m", 0.9), ("2", "n", 7.0)]
    assert found(table) == {
        "no_such_task": 1, "score_not_a_number": 1, "empty_prediction": 1, "doubled_rows": 1, "score_outside": 1,
    }  # fmt: skip


def test_scores_that_are_all_words_are_refused_with_their_row(tmp_path: Path, labels: LabelTable) -> None:
    with pytest.raises(TableFault) as caught:
        read_predictions(brought(tmp_path, "item,score\n1,high\n2,low\n"), labels)
    assert (caught.value.problem.row, caught.value.problem.column) == (2, "score")


@pytest.mark.parametrize(
    ("reader", "content"),
    [(read_gold, "item,gold\n8,yes\n9,no\n"), (read_predictions, "item,model,score\n8,m,0.5\n9,m,0.4\n")],
)
def test_a_file_about_other_items_is_refused(
    tmp_path: Path, labels: LabelTable, reader: Callable[[Path, LabelTable], SideTable], content: str
) -> None:
    with pytest.raises(TableFault, match="item is among the labelled items"):
        reader(brought(tmp_path, content), labels)


def test_predictions_for_items_that_nobody_labelled_are_named(tmp_path: Path, labels: LabelTable) -> None:
    side = read_predictions(brought(tmp_path, "item,model,score\n1,m,0.5\n9,m,0.4\n9,n,0.4\n"), labels)
    assert found(side) == {"predictions_not_labelled": 1}
