"""Label schemas: which definitions can be asked, which questions show, which answers fit."""

import json
from copy import deepcopy

import pytest

from smo.catalog.rules.definition import MOST_QUESTIONS
from smo.catalog.rules.refusals import SchemaNotValid
from smo.catalog.rules.schema import answer_faults, parse_schema, schema_faults, visible
from smo.catalog.rules.templates import TEMPLATES

BASE = {
    "questions": [
        {"key": "violation", "type": "choice", "title": "Breaks a rule?", "config": {"labels": ["yes", "no"]},
         "names": {"yes": "Yes"}},
        {"key": "rules", "type": "multichoice", "title": "Which?", "config": {"labels": ["a", "b"], "at_least": 1},
         "show_when": {"question": "violation", "any_of": ["yes"]}},
        {"key": "severity", "type": "scale", "title": "How?", "config": {"low": 0, "high": 4},
         "show_when": {"question": "rules", "any_of": ["b"]}},
        {"key": "words", "type": "span", "title": "Where?", "is_required": False, "config": {"types": ["x"]},
         "show_when": {"question": "severity", "any_of": ["2", "3"]}},
    ]
}  # fmt: skip
TURNS = {
    "questions": [
        {"key": "safe", "type": "choice", "title": "Safe?", "per": "turn", "roles": ["assistant"],
         "config": {"labels": ["safe", "unsafe"]}},
        {"key": "harm", "type": "choice", "title": "Harm?", "per": "turn", "roles": ["assistant"],
         "config": {"labels": ["x", "y"]}, "show_when": {"question": "safe", "any_of": ["unsafe"]}},
        {"key": "report", "type": "text", "title": "Report", "config": {},
         "show_when": {"question": "harm", "any_of": ["y"]}},
    ]
}  # fmt: skip
CHAT = [{"role": "user", "text": "hi"}, {"role": "assistant", "text": "yes"}, {"role": "assistant", "text": "no"}]


def changed(place: int, **fields: object) -> dict:
    definition = deepcopy(BASE)
    definition["questions"][place] |= fields
    return definition


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        (None, 'list "questions"'),
        ({"questions": "x"}, 'list "questions"'),
        ({"questions": ["x"]}, "Question 1: it must be an object."),
        ({"questions": BASE["questions"][:1] * (MOST_QUESTIONS + 1)}, "at most 40 questions"),
        ({"questions": [], "x": float("nan")}, "cannot be stored"),
        (changed(0, title="a\0b"), "NUL"),
        (changed(0, title="\ud800"), "cannot be stored"),
        (changed(0, key="Bad Key"), "Question 1 (Bad Key): its key"),
        (changed(1, key="violation"), "same key"),
        (changed(0, type="essay"), "its type must be one of: choice"),
        (changed(0, type=["choice"]), "its type must be one of"),
        (changed(0, title="  "), "needs a title"),
        (changed(0, help=3), "its help must be a text"),
        (changed(0, is_required="yes"), "is_required"),
        (changed(0, per="word"), "per must be item or turn"),
        (changed(0, roles=["user"]), "roles are for questions"),
        (changed(0, config=[]), "config must be an object"),
        (changed(0, config={"labels": ["yes"]}), "at least two labels"),
        (changed(0, names={"maybe": "Maybe"}), 'a name for "maybe"'),
        (changed(0, names=["yes"]), "names must be an object"),
        (changed(0, colour="red"), 'unknown field "colour"'),
        (changed(1, show_when={"question": "violation"}), "must have question and any_of"),
        (changed(1, show_when={"question": "rules", "any_of": ["a"]}), "no question before it"),
        (changed(1, show_when={"question": "words", "any_of": ["a"]}), "no question before it"),
        (changed(1, show_when={"question": "violation", "any_of": []}), "at least one text"),
        (changed(1, show_when={"question": "violation", "any_of": ["maybe"]}), 'shows by "maybe"'),
        (changed(2, show_when={"question": ["x"], "any_of": ["a"]}), "no question before it"),
    ],
)
def test_schema_faults_name_the_question_and_say_what_is_wrong(definition: object, said: str) -> None:
    faults = schema_faults(definition)
    assert any(said in fault for fault in faults), faults
    with pytest.raises(SchemaNotValid):
        parse_schema(definition)  # type: ignore[arg-type]


def test_schema_nothing_hangs_on_written_answers() -> None:
    definition = deepcopy(BASE)
    more = {"key": "more", "type": "text", "title": "More", "show_when": {"question": "words", "any_of": ["x"]}}
    definition["questions"].append(more)
    assert "not chosen from a list" in schema_faults(definition)[0]


@pytest.mark.parametrize("definition", [BASE, TURNS, *(template.definition for template in TEMPLATES.values())])
def test_schema_parses_and_survives_json(definition: dict) -> None:
    parsed = parse_schema(definition)
    assert [question.key for question in parsed.questions] == [one["key"] for one in definition["questions"]]
    assert parse_schema(json.loads(json.dumps(definition))) == parsed


@pytest.mark.parametrize(
    ("answers", "keys"),
    [
        ({}, ["violation"]),
        ({"violation": "no", "rules": ["b"]}, ["violation"]),
        ({"violation": "yes"}, ["violation", "rules"]),
        ({"violation": "yes", "rules": ["a", "b"]}, ["violation", "rules", "severity"]),
        ({"violation": "yes", "rules": ["b"], "severity": 2.0}, ["violation", "rules", "severity", "words"]),
        ({"violation": "no", "rules": ["b"], "severity": 2}, ["violation"]),
    ],
)
def test_schema_questions_show_by_earlier_answers_and_hidden_ones_hide_what_hangs_on_them(
    answers: dict, keys: list[str]
) -> None:
    assert [question.key for question in visible(parse_schema(BASE), answers)] == keys


def said(definition: dict, answers: object, *, text: str = "abcd", turns: list | None = None) -> list[tuple]:
    faults = answer_faults(parse_schema(definition), answers, text=text, turns=turns or [])
    return [(fault.question, fault.turn) for fault in faults]


@pytest.mark.parametrize(
    ("answers", "faulty"),
    [
        ({"violation": "no"}, []),
        ({}, [("violation", None)]),
        ({"violation": "perhaps"}, [("violation", None)]),
        ({"violation": ["no"]}, [("violation", None)]),
        ({"violation": "no", "rules": ["a"]}, [("rules", None)]),
        ({"violation": "no", "other": 1}, [("other", None)]),
        ({"violation": "yes", "rules": []}, [("rules", None)]),
        ({"violation": "yes", "rules": ["b"]}, [("severity", None)]),
        ({"violation": "yes", "rules": ["b"], "severity": 9}, [("severity", None)]),
        ({"violation": "yes", "rules": ["b"], "severity": 2}, []),
        ({"violation": "yes", "rules": ["b"], "severity": 2,
          "words": [{"start": 0, "end": 4, "type": "x"}]}, []),
        ({"violation": "yes", "rules": ["b"], "severity": 2,
          "words": [{"start": 0, "end": 5, "type": "x"}]}, [("words", None)]),
        ({"violation": "yes", "rules": ["b"], "severity": 2, "words": "x"}, [("words", None)]),
        ("yes", [("", None)]),
        (None, [("", None)]),
    ],
)  # fmt: skip
def test_schema_answers_fit_or_are_named(answers: object, faulty: list) -> None:
    assert said(BASE, answers) == faulty


@pytest.mark.parametrize(
    ("answers", "faulty"),
    [
        ({"safe": {"1": "safe", "2": "safe"}}, []),
        ({"safe": {"1": "safe"}}, [("safe", 2)]),
        ({}, [("safe", 1), ("safe", 2)]),
        ({"safe": {"0": "safe", "1": "safe", "2": "safe"}}, [("safe", 0)]),
        ({"safe": {"1": "safe", "2": "safe", "9": "safe"}}, [("safe", 9)]),
        ({"safe": {"1": "safe", "2": "unsafe"}}, [("harm", 2)]),
        ({"safe": {"1": "safe", "2": "unsafe"}, "harm": {"2": "x"}}, []),
        ({"safe": {"1": "safe", "2": "unsafe"}, "harm": {"1": "x", "2": "x"}}, [("harm", 1)]),
        ({"safe": {"1": "unsafe", "2": "unsafe"}, "harm": {"1": "x", "2": "y"}}, [("report", None)]),
        ({"safe": {"1": "unsafe", "2": "unsafe"}, "harm": {"1": "x", "2": "y"}, "report": "told"}, []),
        ({"safe": "safe"}, [("safe", None)]),
        ({"safe": {"one": "safe"}}, [("safe", None)]),
        ({"safe": {"01": "safe"}}, [("safe", None)]),
        ({"safe": {"²": "safe"}}, [("safe", None)]),
    ],
)
def test_schema_turns_are_answered_one_by_one(answers: dict, faulty: list) -> None:
    assert said(TURNS, answers, text="", turns=CHAT) == faulty


def test_schema_questions_of_turns_are_not_asked_of_a_text() -> None:
    assert said(TURNS, {}) == []
    assert said(TURNS, {"safe": {"0": "safe"}}) == [("safe", 0)]


def test_schema_passages_of_a_conversation_are_marked_turn_by_turn() -> None:
    spans = {"key": "words", "type": "span", "title": "Where?", "config": {"types": ["x"]}}
    mark = [{"start": 0, "end": 3, "type": "x"}]
    assert said({"questions": [spans]}, {"words": mark}, text="", turns=CHAT) == [("words", None)]
    by_turn = {"questions": [spans | {"per": "turn"}]}
    assert said(by_turn, {"words": {"0": mark, "1": mark, "2": []}}, text="", turns=CHAT) == [("words", 0)]
