"""Questions as a form: keys without conflict, foreign text that stays text, answers in words."""

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from smo.catalog.rules.schema import parse_schema
from smo.intake.queries import Turn
from smo.web.hotkeys import RESERVED, Choices, assign_keys
from smo.web.shown_text import FIRST_CHARACTERS, first_and_rest, shown
from tests.web.work import EVERY_TYPE, PER_TURN


class Item:
    """What the tags read of an item."""

    def __init__(self, text: str = "", turns: tuple[Turn, ...] = ()) -> None:
        self.text, self.turns = text, turns


def rendered(template: str, **context: object) -> str:
    return Template(template).render(Context(context))


questions = st.lists(
    st.builds(
        lambda name, size, is_numbered: Choices(name, tuple(str(n) for n in range(size)), is_numbered),
        st.uuids().map(str),
        st.integers(0, 30),
        st.booleans(),
    ),
    max_size=8,
)


@given(questions)
def test_peers_row_16_keys_never_conflict(choices: list[Choices]) -> None:
    keys = assign_keys(choices)
    assert len(set(keys.values())) == len(keys)
    assert RESERVED.isdisjoint(keys.values())
    offered = {(one.question, option) for one in choices for option in one.options}
    assert set(keys) <= offered
    assert len(keys) == min(len(offered), 29)  # none is left out while a key is free


def test_a_severity_has_its_own_digits() -> None:
    keys = assign_keys([Choices("a", ("x", "y")), Choices("s", ("0", "1", "2"), is_numbered=True)])
    assert [keys["s", point] for point in "012"] == ["0", "1", "2"]


@given(st.text())
def test_foreign_text_keeps_its_length_and_never_becomes_markup(text: str) -> None:
    page = shown(text)
    assert page.count("<") == page.count("<span") + page.count("</span>")
    assert page.count("data-sign") == page.count("<span")


def test_joiners_of_emoji_and_scripts_stay_and_hidden_ones_are_marked() -> None:
    family = "\U0001f469\u200d\U0001f467"
    assert shown(family) == family
    assert 'data-sign="ZWJ"' in shown("pay\u200dpal")
    assert shown("می\u200cخواهم") == "می\u200cخواهم"


@given(st.text(max_size=300))
def test_a_long_text_is_cut_without_losing_anything(end: str) -> None:
    text = "a" * (FIRST_CHARACTERS - 150) + end
    assert "".join(first_and_rest(text)) == text


def test_the_form_holds_every_type_and_escapes_what_people_wrote() -> None:
    hostile = {"key": "x", "type": "choice", "title": "<script>1</script>", "config": {"labels": ['"><b>', "no"]}}
    schema = parse_schema({"questions": [hostile, *EVERY_TYPE]})
    page = rendered("{% questions schema answers content %}", schema=schema, answers={"x": "no"}, content=Item("one"))
    assert "<script>" not in page
    assert '"><b>' not in page
    for element in ("s-choice", "s-multichoice", "s-scale", "s-span", "s-text"):
        assert f"<{element} " in page
    assert page.count("<fieldset") == len(schema.questions)


def test_a_question_per_turn_names_the_turns_of_its_roles() -> None:
    schema = parse_schema({"questions": [*PER_TURN]})
    content = Item(turns=(Turn("user", "a"), Turn("assistant", "b"), Turn("tool", "c"), Turn("assistant", "d")))
    page = rendered("{% questions schema answers content %}", schema=schema, answers={}, content=content)
    assert page.count('data-turns="1,3"') == 2


def test_answers_are_shown_in_words() -> None:
    schema = parse_schema({"questions": [*EVERY_TYPE]})
    span = {"start": 2, "end": 4, "type": "insult"}
    answers = {"violation": "yes", "severity": 2.0, "tone": [], "where": [span], "why": "<b>"}
    page = rendered(
        "{% answers_shown schema answers content %}", schema=schema, answers=answers, content=Item("a😀xy z")
    )
    for words in ("Yes, it does", "Major", "None of these", ">xy<", "characters 3 to 4", "&lt;b&gt;"):
        assert words in page


@pytest.mark.parametrize("text", ["a\r\nb", "\x0c", "\ud7ff", "\u2028"])
def test_every_sign_counts_one(text: str) -> None:
    page = shown(text)
    assert len(page.replace("</span>", "").split("<span")) - 1 + sum(
        sign not in "\r\x0c\u2028" for sign in text
    ) == len(text)
