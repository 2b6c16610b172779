"""Cells as answers, and a schema from the labels that a file holds."""

import pytest

from smo.catalog.rules.schema import parse_schema, schema_faults
from smo.intake.rules.answers import answer_of, made_definition, question_for


def made(**labels: list[str]):
    definition = made_definition(labels)
    assert schema_faults(definition) == []
    return parse_schema(definition)


@pytest.mark.parametrize(
    ("labels", "kind"),
    [
        (["yes", "no"], "choice"),
        (["-1", "0", "1"], "scale"),
        (["0.5", "1"], "scale"),
        (["7"], "choice"),
        (["a", "a|b", "none"], "multichoice"),
        (['[{"start": 0, "end": 2, "type": "slur"}]', "[]"], "span"),
        ([f"a sentence of its own, number {n}" for n in range(300)], "text"),
        (["only"], "choice"),
    ],
)
def test_questions_are_made_by_what_the_labels_look_like_and_take_them_all(labels, kind) -> None:
    question = made(hate=labels).main
    assert question.type == kind
    for label in labels:
        answer_of(question, label)


def test_a_question_is_found_by_its_key_its_name_or_as_the_main_one() -> None:
    schema = made(**{"Is it hateful?": ["yes", "no"], "other": ["a", "b"]})
    assert question_for(schema, "Is it hateful?").key == "is_it_hateful"
    assert question_for(schema, None).key == "is_it_hateful"
    assert question_for(schema, "nothing") is None


def test_answers_to_turns_are_read_turn_by_turn() -> None:
    question = parse_schema(
        {"questions": [{"key": "t", "type": "choice", "title": "T", "per": "turn", "config": {"labels": ["a", "b"]}}]}
    ).main
    assert answer_of(question, '{"0": "a", "2": "b"}') == {"0": "a", "2": "b"}
    for wrong in ("a", '{"0": "c"}', '{"x": "a"}', "{}", "[1]"):
        with pytest.raises((ValueError, TypeError)):
            answer_of(question, wrong)


def test_a_label_outside_its_question_is_refused() -> None:
    question = made(hate=["yes", "no"]).main
    with pytest.raises(ValueError, match="maybe"):
        answer_of(question, "maybe")
