"""Two people's answers side by side, question by question, as each label type compares them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from smo.catalog.rules.schema import Question, Schema
from smo.shelf import things

SAME: Final = "same"
DIFFERS: Final = "differs"
NOT_COMPARED: Final = "not_compared"
_FREE: Final = frozenset({"text"})  # the same thing has many wordings
_CLASS_OF_TYPE: Final = {"span": "A3e", "scale": "A3c", "multichoice": "A3f"}
_TO_LABEL: Final = things("smo.labeltypes", "to_label")


@dataclass(frozen=True, slots=True)
class Compared:
    """One question (of one turn): what the auditor and what the other person answered; None means no answer.

    `likeness` is the share of marked characters that both marked alike (Dice), for spans alone.
    """

    question: str
    title: str
    turn: int | None
    own: Any
    original: Any
    verdict: str
    likeness: float | None = None


def compared(schema: Schema, *, own: Mapping[str, Any], original: Mapping[str, Any]) -> tuple[Compared, ...]:
    """Every question that one of the two answered, in the order of the schema, turns in their order."""
    return tuple(row for question in schema.questions for row in _rows(question, own=own, original=original))


def main_differs(schema: Schema, rows: Sequence[Compared]) -> bool:
    """Do the two differ on the project's main question, which is the first?"""
    main = schema.questions[0].key
    return any(row.question == main and row.verdict == DIFFERS for row in rows)


def suggested_class(schema: Schema, rows: Sequence[Compared]) -> str:
    """The outcome class that the first difference speaks for, as far as its type tells; empty when it does not."""
    kinds = {question.key: question.type for question in schema.questions}
    first = next((row for row in rows if row.verdict == DIFFERS), None)
    return _CLASS_OF_TYPE.get(kinds[first.question], "") if first else ""


def suggested_rule(rows: Sequence[Compared], codes: Sequence[str]) -> str:
    """The rule that the auditor's differing answer names, where labels are codes of rules; else empty."""
    named = [str(row.own) for row in rows if row.verdict == DIFFERS]
    return next((code for code in named if code in codes), "")


def likeness(own: Sequence[Mapping[str, Any]], original: Sequence[Mapping[str, Any]]) -> float:
    """How much of the marked characters two people marked with the same type, 0 to 1 (Dice 1945).

    >>> likeness([{"start": 0, "end": 4, "type": "x"}], [{"start": 2, "end": 6, "type": "x"}])
    0.5
    >>> likeness([], [])
    1.0
    """
    mine, theirs = _marked(own), _marked(original)
    marked = len(mine) + len(theirs)
    return 2 * len(mine & theirs) / marked if marked else 1.0


def _marked(spans: Sequence[Mapping[str, Any]]) -> set[tuple[str, int]]:
    return {(span["type"], place) for span in spans for place in range(span["start"], span["end"])}


def _rows(question: Question, *, own: Mapping[str, Any], original: Mapping[str, Any]) -> Iterator[Compared]:
    mine, theirs = own.get(question.key), original.get(question.key)
    if question.per == "turn":
        mine, theirs = mine or {}, theirs or {}
        for turn in sorted({*mine, *theirs}, key=int):
            yield _row(question, own=mine.get(turn), original=theirs.get(turn), turn=int(turn))
    elif mine is not None or theirs is not None:
        yield _row(question, own=mine, original=theirs)


def _row(question: Question, *, own: Any, original: Any, turn: int | None = None) -> Compared:
    both = own is not None and original is not None
    shared = likeness(own, original) if both and question.type == "span" else None
    verdict = _verdict(question.type, own=own, original=original)
    return Compared(question.key, question.title, turn, own, original, verdict, shared)


def _verdict(kind: str, *, own: Any, original: Any) -> str:
    if kind in _FREE:
        return NOT_COMPARED
    if own is None or original is None:
        return DIFFERS
    label = _TO_LABEL[kind]
    return SAME if label(own) == label(original) else DIFFERS
