"""The questions of a schema as a form, answers as words, and an item as safe text: what desk and audit desk share."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from smo.catalog.rules.schema import Question, Schema, turns_asked
from smo.web.hotkeys import Choices, assign_keys
from smo.web.shown_text import first_and_rest, shown

register = template.Library()

MOST_POINTS: Final = 11  # a longer scale is a number to write, not a row of buttons
ROLE_NAMES: Final = ("user", "assistant", "system", "tool")


class Turn(Protocol):
    """A turn of a conversation, as intake gives it."""

    @property
    def role(self) -> str: ...
    @property
    def text(self) -> str: ...


class Content(Protocol):
    """An item's content, as intake gives it."""

    @property
    def text(self) -> str: ...
    @property
    def turns(self) -> Sequence[Turn]: ...


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose: its value, its words, its key."""

    value: str
    name: str
    key: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as its template draws it."""

    question: Question
    template: str
    options: tuple[Option, ...]
    none: Option | None  # "none of these", where an empty answer is an answer
    focus_key: str  # of a text: the key that leads into it
    turns: str  # the turns that it asks about, "0,2"; empty when it asks about the item
    show_when: str
    config: str
    points: tuple[str, str, str]  # of a long scale: low, high, step


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """One turn of a conversation, safe to look at."""

    index: int
    role: str
    role_name: str
    first: SafeString
    rest: SafeString
    size: int


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """One answer in words; `turn` is counted from 1, none for the item."""

    question: Question
    turn: int | None
    template: str
    pieces: tuple[Any, ...]


def options_of(question: Question) -> tuple[str, ...]:
    """The values that a question offers; none when its answer is written.

    Shapes: labels of a choice, points of a short scale, types of a span.
    """
    config = question.config
    if question.type == "scale":
        return _points(config)
    return tuple(str(name) for name in config.get("labels") or config.get("types") or ())


def _points(config: Mapping[str, Any]) -> tuple[str, ...]:
    low, high, step = (float(config.get(name, 1)) for name in ("low", "high", "step"))
    count = round((high - low) / step) + 1
    return tuple(f"{low + place * step:.15g}" for place in range(count)) if count <= MOST_POINTS else ()


def _may_be_empty(question: Question) -> bool:
    if question.type == "multichoice":
        return bool(not question.config.get("at_least", 0))
    return question.type == "span"


NOTHING: Final = ""  # the value of "none of these"


def _choices(question: Question) -> Choices:
    offered = options_of(question)
    extra = (NOTHING,) if _may_be_empty(question) or not offered else ()
    return Choices(question.key, (*offered, *extra), is_numbered=question.type == "scale")


def asked(schema: Schema, content: Content) -> tuple[Asked, ...]:
    """Every question with its options and keys, for this content."""
    keys = assign_keys([_choices(question) for question in schema.questions])
    return tuple(_asked(question, content, keys=keys) for question in schema.questions)


def _asked(question: Question, content: Content, *, keys: Mapping[tuple[str, str], str]) -> Asked:
    nothing = _("Nothing to mark") if question.type == "span" else _("None of these")
    empty_key = keys.get((question.key, NOTHING), "")
    when = question.show_when
    return Asked(
        question=question,
        template=f"{question.type}/input.html",
        options=tuple(
            Option(value, question.names.get(value, value), keys.get((question.key, value), ""))
            for value in options_of(question)
        ),
        none=Option(NOTHING, nothing, empty_key) if _may_be_empty(question) else None,
        focus_key=empty_key,
        turns=",".join(map(str, turns_asked(question, content.turns))),
        show_when=json.dumps({"question": when.question, "any_of": list(when.any_of)}) if when else "",
        config=json.dumps(dict(question.config)),
        points=_scale_ends(question.config),
    )


def _scale_ends(config: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(config.get("low", "")), str(config.get("high", "")), str(config.get("step", 1))


def shown_turns(turns: Sequence[Turn]) -> tuple[ShownTurn, ...]:
    """A conversation, safe to look at."""
    return tuple(_shown_turn(index, turn) for index, turn in enumerate(turns))


def _shown_turn(index: int, turn: Turn) -> ShownTurn:
    names = dict(zip(ROLE_NAMES, (_("User"), _("Assistant"), _("System"), _("Tool")), strict=True))
    first, rest = first_and_rest(turn.text)
    name = names.get(turn.role, turn.role)
    return ShownTurn(index, turn.role, name, shown(first), shown(rest), len(turn.text))


def answers_in_words(schema: Schema, answers: Mapping[str, Any], *, content: Content) -> tuple[ShownAnswer, ...]:
    """What was answered, question by question and turn by turn; what was not asked is left out."""
    return tuple(
        ShownAnswer(question, turn, f"{question.type}/show.html", _pieces(question, answer, text=_text(content, turn)))
        for question in schema.questions
        if question.key in answers
        for turn, answer in _by_turn(question, answers[question.key])
    )


def _by_turn(question: Question, answer: Any) -> list[tuple[int | None, Any]]:
    if question.per != "turn" or not isinstance(answer, Mapping):
        return [(None, answer)]
    return [(int(turn) + 1, one) for turn, one in sorted(answer.items(), key=lambda pair: int(pair[0]))]


def _text(content: Content, turn: int | None) -> str:
    if turn is None:
        return content.text
    return content.turns[turn - 1].text if turn <= len(content.turns or ()) else ""


def _pieces(question: Question, answer: Any, *, text: str) -> tuple[Any, ...]:
    """The parts of an answer as its template shows them: names of labels, marked words, the text."""
    if question.type == "span":
        return tuple(
            {
                "name": question.names.get(span["type"], span["type"]),
                "words": shown(text[span["start"] : span["end"]]),
                "start": span["start"] + 1,
                "end": span["end"],
            }
            for span in answer
        )
    if question.type == "text":
        return (shown(str(answer)),)
    if question.type == "scale":
        return (question.names.get(f"{answer:.15g}", f"{answer:.15g}"),)
    return tuple(question.names.get(str(one), str(one)) for one in (answer if isinstance(answer, list) else [answer]))


@register.inclusion_tag("questions.html", name="questions")
def questions_tag(schema: Schema, *about: Any) -> dict[str, Any]:
    """A form of the questions: `{% questions schema answers content %}`, filled in with what was answered already."""
    answers, content = about
    every = asked(schema, content)
    return {"every": every, "answers": json.dumps(dict(answers or {})), "per_turn": any(one.turns for one in every)}


@register.inclusion_tag("answers.html", name="answers_shown")
def answers_tag(schema: Schema, *about: Any) -> dict[str, Any]:
    """What somebody answered, to read: `{% answers_shown schema answers content %}`."""
    answers, content = about
    return {"rows": answers_in_words(schema, answers, content=content)}


@register.inclusion_tag("content.html", name="content")
def content_tag(content: Content, *, may_mark: bool = True) -> dict[str, Any]:
    """An item, safe to look at: text stays text, what is invisible is marked, each line runs in its own direction."""
    first, rest = first_and_rest(content.text)
    turns = shown_turns(content.turns or ())
    return {"turns": turns, "first": shown(first), "rest": shown(rest), "size": len(content.text), "may_mark": may_mark}
