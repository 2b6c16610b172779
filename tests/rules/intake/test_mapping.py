"""Which column is what: guessed from names, said by people, refused in words."""

import polars as pl
import pytest

from smo.intake.rules.faults import ColumnMissing, ColumnUnknown, RoleUnknown
from smo.intake.rules.mapping import guessed, mapping_of


def head(*names: str, rows: list[list[str]] | None = None) -> pl.DataFrame:
    return pl.DataFrame(rows or [["x"] * len(names)], schema=list(names), orient="row")


@pytest.mark.parametrize(
    ("kind", "names", "expected"),
    [
        ("items", ("item_id", "body", "lang"), {"key": "item_id", "text": "body", "language": "lang"}),
        ("items", ("id", "turns", "meta.bot"), {"key": "id", "turns": "turns"}),
        ("decisions", ("unit_id", "worker", "answer"), {"key": "unit_id", "rater": "worker", "label": "answer"}),
        ("decisions", ("item", "rater", "start", "end", "type"),
         {"key": "item", "rater": "rater", "start": "start", "end": "end", "type": "type"}),
        ("gold", ("item_id", "task", "truth"), {"key": "item_id", "question": "task", "label": "truth"}),
        ("predictions", ("item", "model", "score"), {"key": "item", "rater": "model", "score": "score"}),
    ],
)  # fmt: skip
def test_columns_are_guessed_by_their_names(kind, names, expected) -> None:
    assert guessed(kind, head(*names)) == expected


def test_a_column_for_each_rater_is_seen() -> None:
    table = head("item", "A1", "A2", rows=[["i", "no", "yes"], ["j", "yes", "yes"]])
    assert guessed("decisions", table) == {"key": "item", "rater": "*", "label": "A1,A2"}


def test_several_labels_are_questions_or_raters() -> None:
    names = ("item", "who", "hate", "badness")
    questions = mapping_of("decisions", {"key": "item", "rater": "who", "label": "hate, badness"}, names=names)
    assert (questions.labels, questions.raters) == (("hate", "badness"), ())
    raters = mapping_of("decisions", {"key": "item", "rater": "*", "label": "hate,badness"}, names=names)
    assert (raters.labels, raters.raters) == ((), ("hate", "badness"))


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"key": "id"}, ColumnMissing),
        ({"text": "nope"}, ColumnUnknown),
        ({"text": "text", "mood": "id"}, RoleUnknown),
        ({"text": " "}, ColumnMissing),
    ],
)
def test_what_cannot_be_read_is_refused(said, error) -> None:
    with pytest.raises(error):
        mapping_of("items", said, names=("id", "text"))
