"""Label schemas: the questions that an item is asked, which of them show, and whether answers fit.

The shape of a definition is described in docs/reference/schemas.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from smo.catalog.rules.definition import definition_faults
from smo.catalog.rules.refusals import SchemaNotValid
from smo.labeltypes.span.spec import check_in_text
from smo.shelf import things

PER_ITEM: Final = "item"
PER_TURN: Final = "turn"
Answers: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ShowWhen:
    """A question shows only when an earlier one was answered with one of these."""

    question: str
    any_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One question: what is asked, of the item or of each turn, and what an answer may be."""

    key: str
    type: str
    title: str
    help: str = ""
    is_required: bool = True
    per: str = PER_ITEM
    roles: tuple[str, ...] = ()  # whose turns are asked about; empty means all
    config: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    show_when: ShowWhen | None = None


@dataclass(frozen=True, slots=True)
class Schema:
    """Questions in their order; the first is the project's main one."""

    questions: tuple[Question, ...]

    @property
    def main(self) -> Question:
        """The question behind the headline numbers."""
        return self.questions[0]

    def question(self, key: str) -> Question | None:
        """The question of this key."""
        return next((question for question in self.questions if question.key == key), None)


@dataclass(frozen=True, slots=True)
class AnswerFault:
    """What is wrong with one answer, in words; `turn` is none for the item."""

    question: str
    turn: int | None
    message: str


def schema_faults(definition: object) -> list[str]:
    """What is wrong with a definition, in words; nothing when it can be asked.

    >>> schema_faults({"questions": []})
    ['A schema needs at least one question.']
    """
    return definition_faults(definition)


def parse_schema(definition: Mapping[str, Any]) -> Schema:
    """The definition as questions. Errors: SchemaNotValid(faults).

    >>> answer = {"key": "hate", "type": "choice", "title": "Hate?", "config": {"labels": ["yes", "no"]}}
    >>> parse_schema({"questions": [answer]}).main.key
    'hate'
    """
    faults = schema_faults(definition)
    if faults:
        raise SchemaNotValid(faults=faults)
    return Schema(tuple(_question(given) for given in definition["questions"]))


def _question(given: Mapping[str, Any]) -> Question:
    when = given.get("show_when")
    return Question(
        key=given["key"],
        type=given["type"],
        title=given["title"],
        help=given.get("help", ""),
        is_required=given.get("is_required", True),
        per=given.get("per", PER_ITEM),
        roles=tuple(given.get("roles", ())),
        config=MappingProxyType(dict(given.get("config", {}))),
        names=MappingProxyType(dict(given.get("names", {}))),
        show_when=ShowWhen(when["question"], tuple(map(str, when["any_of"]))) if when else None,
    )


def as_text(answer: object) -> str:
    """An answer as conditions compare it: a point of a scale without needless decimals.

    >>> as_text(2.0), as_text("yes")
    ('2', 'yes')
    """
    is_number = isinstance(answer, int | float) and not isinstance(answer, bool)
    return f"{answer:.15g}" if is_number else str(answer)


def visible(schema: Schema, answers: Answers) -> tuple[Question, ...]:
    """The questions that show by these answers: of the item, or of one turn at least."""
    return tuple(question for question in schema.questions if _shows(schema, question, answers=answers, turn=None))


def _shows(schema: Schema, question: Question, *, answers: Answers, turn: int | None) -> bool:
    when = question.show_when
    if when is None:
        return True
    earlier = schema.question(when.question)
    if earlier is None:
        return False
    if earlier.per == PER_ITEM:
        return _is_one_of(answers.get(earlier.key), when) and _shows(schema, earlier, answers=answers, turn=None)
    given = _by_turn(answers.get(earlier.key))
    asked = [turn] if question.per == PER_TURN and turn is not None else list(given)
    return any(_is_one_of(given.get(one), when) and _shows(schema, earlier, answers=answers, turn=one) for one in asked)


def _is_one_of(answer: object, when: ShowWhen) -> bool:
    chosen = answer if isinstance(answer, list) else [] if answer is None else [answer]
    return any(as_text(one) in when.any_of for one in chosen)


def _by_turn(answer: object) -> dict[int, Any]:
    if not isinstance(answer, Mapping):
        return {}
    return {int(turn): one for turn, one in answer.items() if str(turn).isdecimal()}


def turns_asked(question: Question, turns: Sequence[Any]) -> tuple[int, ...]:
    """The turns that a question is about: those of its roles.

    >>> turns_asked(Question("k", "text", "t", per="turn", roles=("user",)), [{"role": "user"}, {"role": "tool"}])
    (0,)
    """
    if question.per != PER_TURN:
        return ()
    return tuple(
        index for index, turn in enumerate(turns or ()) if not question.roles or _of(turn, "role") in question.roles
    )


def _of(turn: Any, name: str) -> str:
    return str(turn.get(name, "") if isinstance(turn, Mapping) else getattr(turn, name, ""))


def answer_faults(schema: Schema, answers: object, *, text: str, turns: Sequence[Any]) -> tuple[AnswerFault, ...]:
    """What keeps answers from being stored; nothing when they fit.

    Shapes: `answers` maps keys to answers, of a `per: turn` question to `{"0": answer}`; `text` is the item's, `turns`
    hold role and text.
    """
    if not isinstance(answers, Mapping):
        return (AnswerFault("", None, "The answers must be an object of question and answer."),)
    known = {question.key for question in schema.questions}
    strange = tuple(
        AnswerFault(str(key), None, "The schema has no such question.") for key in answers if key not in known
    )
    return strange + tuple(
        fault
        for question in schema.questions
        for fault in _question_faults(schema, question, answers=answers, content=(text, turns))
    )


def _question_faults(
    schema: Schema, question: Question, *, answers: Answers, content: tuple[str, Sequence[Any]]
) -> tuple[AnswerFault, ...]:
    text, turns = content
    if question.per == PER_TURN:
        return _turn_faults(schema, question, answers=answers, turns=turns)
    answer = answers.get(question.key)
    if not _shows(schema, question, answers=answers, turn=None):
        return _unasked(question, None) if question.key in answers else ()
    if answer is None:
        return _missing(question, None)
    if question.type == "span" and turns and not text:
        return (AnswerFault(question.key, None, "Passages of a conversation are marked turn by turn."),)
    return _faults_of(question, answer, text=text, turn=None)


def _turn_faults(
    schema: Schema, question: Question, *, answers: Answers, turns: Sequence[Any]
) -> tuple[AnswerFault, ...]:
    given = answers.get(question.key, {})
    if not isinstance(given, Mapping) or not all(_is_turn(turn) for turn in given):
        return (AnswerFault(question.key, None, "Answer turn by turn."),)
    by_turn = _by_turn(given)
    eligible = [turn for turn in turns_asked(question, turns) if _shows(schema, question, answers=answers, turn=turn)]
    faults = [fault for turn in by_turn if turn not in eligible for fault in _unasked(question, turn)]
    for turn in eligible:
        answer = by_turn.get(turn)
        text = _of(turns[turn], "text")
        faults += _missing(question, turn) if answer is None else _faults_of(question, answer, text=text, turn=turn)
    return tuple(faults)


def _is_turn(turn: object) -> bool:
    return isinstance(turn, str) and turn.isascii() and turn.isdecimal() and str(int(turn)) == turn


def _unasked(question: Question, turn: int | None) -> tuple[AnswerFault, ...]:
    return (AnswerFault(question.key, turn, "This was not asked here, so it takes no answer."),)


def _missing(question: Question, turn: int | None) -> tuple[AnswerFault, ...]:
    return (AnswerFault(question.key, turn, "This needs an answer."),) if question.is_required else ()


@cache
def _checks() -> Mapping[str, Any]:
    return things("smo.labeltypes", "check")


def _faults_of(question: Question, answer: object, *, text: str, turn: int | None) -> tuple[AnswerFault, ...]:
    messages = list(_checks()[question.type](answer, question.config))
    if not messages and question.type == "span":
        messages = check_in_text(answer, text)  # type: ignore[arg-type]
    return tuple(AnswerFault(question.key, turn, message) for message in messages)
