"""Cells as answers: how each label type reads a cell, and a schema made from the labels that a file holds."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, Final

from smo.catalog.rules.schema import Question, Schema
from smo.shelf import things
from smo.tables.columns import normalised

MOST_LABELS: Final = 200
_NO_LABELS: Final = ("[]", "none", "")


@cache
def _types(attribute: str) -> Mapping[str, Any]:
    return things("smo.labeltypes", attribute)


def question_for(schema: Schema, name: str | None) -> Question | None:
    """The question that a file means: by its key, or by its name put like a key; the main one where none is named."""
    if name is None:
        return schema.main
    return schema.question(name) or schema.question(key_of(name))


def key_of(name: str) -> str:
    """A question's name in a file as a key.

    >>> key_of("Is it hateful?"), key_of("2nd"), key_of("")
    ('is_it_hateful', 'q_2nd', 'label')
    """
    key = re.sub(r"[^a-z0-9_]", "", normalised(name))[:56]
    if not key:
        return "label"
    return key if key[0].isalpha() else f"q_{key}"


def answer_of(question: Question, label: str) -> Any:
    """What a cell answers. Errors: ValueError when the question does not take it."""
    if question.per == "turn":
        return _by_turn(question, label)
    answer = _read(question, label)
    if _types("check")[question.type](answer, question.config):
        raise ValueError(label)
    return answer


def _by_turn(question: Question, label: str) -> dict[str, Any]:
    given = json.loads(label)
    if not isinstance(given, dict) or not given or not all(str(turn).isdecimal() for turn in given):
        raise ValueError(label)
    answers = {turn: one if isinstance(one, list) else _read(question, str(one)) for turn, one in given.items()}
    if any(_types("check")[question.type](one, question.config) for one in answers.values()):
        raise ValueError(label)
    return answers


def _read(question: Question, label: str) -> Any:
    if question.type in {"multichoice", "span"} and label.startswith("["):
        return json.loads(label)
    if question.type == "multichoice" and label in question.config.get("labels", ()):
        return [label]
    answer = _types("from_label")[question.type](label)
    return int(answer) if isinstance(answer, float) and answer.is_integer() else answer


def made_definition(labels: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """A schema's definition from the different labels of each question, by what they look like."""
    return {"questions": [_made(name, found) for name, found in labels.items()]}


def _made(name: str, labels: Sequence[str]) -> dict[str, Any]:
    kind = _kind_of(labels)
    title = name.replace("_", " ").strip().capitalize() or "Label"
    return {"key": key_of(name), "type": kind, "title": title, "is_required": False, "config": _config(kind, labels)}


def _kind_of(labels: Sequence[str]) -> str:
    if all(_is_span(label) for label in labels):
        return "span"
    fits = {kind: looks(labels) for kind, looks in _types("looks_like").items() if kind != "span"}
    best = max(fits, key=lambda kind: fits[kind])
    too_many = len(_single(labels)) > MOST_LABELS or any("\n" in label for label in labels)
    one = len(labels) == 1 and best == "scale"
    return "text" if best in {"choice", "multichoice"} and too_many else "choice" if one else best


def _is_span(label: str) -> bool:
    try:
        spans = json.loads(label)
    except ValueError:
        return False
    return isinstance(spans, list) and all(isinstance(span, dict) and "start" in span for span in spans)


def _single(labels: Iterable[str]) -> list[str]:
    """The labels that stand alone or in sets, each once."""
    return sorted({part for label in labels for part in label.split("|") if part.strip()})


def _config(kind: str, labels: Sequence[str]) -> dict[str, Any]:
    if kind == "scale":
        numbers = sorted({float(label) for label in labels})
        steps = [later - before for before, later in pairwise(numbers)]
        whole = all(number.is_integer() for number in numbers)
        low, high = (int(numbers[0]), int(numbers[-1])) if whole else (numbers[0], numbers[-1])
        return {"low": low, "high": high} if whole else {"low": low, "high": high, "step": min(steps)}
    if kind == "span":
        types = {span.get("type", "span") for label in labels for span in json.loads(label)}
        return {"types": sorted(types), "may_overlap": True}
    if kind == "multichoice":
        return {"labels": [label for label in _single(labels) if label not in _NO_LABELS]}
    if kind == "text":
        return {}
    found = sorted(set(labels))
    return {"labels": found if len(found) > 1 else [*found, f"not {found[0]}" if found else "other"]}
