"""What a definition of a schema must hold, checked before anything is read out of it."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from smo.shelf import things

MOST_QUESTIONS: Final = 40
MOST_SIGNS: Final = 200_000
MOST_POINTS: Final = 1000
LONGEST_TITLE: Final = 300
LONGEST_HELP: Final = 4000
_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
_FIELDS: Final = frozenset(
    {"key", "type", "title", "help", "is_required", "per", "roles", "config", "names", "show_when"}
)
_WITHOUT_BRANCHES: Final = frozenset({"span", "text"})  # nothing can hang on what these hold


def definition_faults(definition: object) -> list[str]:
    """What is wrong with a definition, in words, each naming its question."""
    if not isinstance(definition, Mapping) or not isinstance(definition.get("questions"), list):
        return ['A schema is an object with a list "questions".']
    unstorable = _unstorable(definition)
    if unstorable:
        return unstorable
    questions = definition["questions"]
    if not questions:
        return ["A schema needs at least one question."]
    if len(questions) > MOST_QUESTIONS:
        return [f"A schema has at most {MOST_QUESTIONS} questions, not {len(questions)}."]
    return [
        f"{_name_of(question, place)}: {fault}"
        for place, question in enumerate(questions, 1)
        for fault in _question_faults(question, questions[: place - 1])
    ]


def _unstorable(definition: Mapping[str, Any]) -> list[str]:
    """PostgreSQL's JSON knows no NUL, no lone surrogate and no NaN."""
    try:
        text = json.dumps(definition, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (TypeError, ValueError, RecursionError):
        return ["The schema holds a value that cannot be stored."]
    if "\\u0000" in text:
        return ["The schema holds a NUL, which cannot be stored."]
    return [] if len(text) <= MOST_SIGNS else ["The schema is too long to be read by people."]


def _name_of(question: object, place: int) -> str:
    key = question.get("key") if isinstance(question, Mapping) else ""
    return f"Question {place} ({key})" if isinstance(key, str) and key else f"Question {place}"


def _question_faults(question: object, earlier: Sequence[Mapping[str, Any]]) -> list[str]:
    if not isinstance(question, Mapping):
        return ["it must be an object."]
    faults = _shape_faults(question)
    if faults:
        return faults
    if any(isinstance(one, Mapping) and one.get("key") == question["key"] for one in earlier):
        faults.append("another question before it has the same key.")
    faults += [_lowered(fault) for fault in _types("check_config")[question["type"]](question.get("config", {}))]
    return faults or _name_faults(question) + _when_faults(question, earlier)


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _shape_faults(question: Mapping[str, Any]) -> list[str]:
    faults = [f'it has an unknown field "{name}".' for name in question if name not in _FIELDS]
    key, kind = question.get("key"), question.get("type")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        faults.append("its key must be small letters, digits and _, beginning with a letter.")
    if not isinstance(kind, str) or kind not in _types("NAME"):
        faults.append(f"its type must be one of: {', '.join(_types('NAME'))}.")
    if not _is_text(question.get("title"), LONGEST_TITLE) or not question["title"].strip():
        faults.append(f"it needs a title of at most {LONGEST_TITLE} characters.")
    if not _is_text(question.get("help", ""), LONGEST_HELP):
        faults.append(f"its help must be a text of at most {LONGEST_HELP} characters.")
    if not isinstance(question.get("is_required", True), bool):
        faults.append("is_required must be true or false.")
    return faults + _asked_of_faults(question) + _mapping_faults(question)


def _asked_of_faults(question: Mapping[str, Any]) -> list[str]:
    roles = question.get("roles", [])
    faults = [] if question.get("per", "item") in {"item", "turn"} else ["per must be item or turn."]
    if not isinstance(roles, list) or not all(_is_text(role, 60) and role.strip() for role in roles):
        faults.append("roles must be a list of texts.")
    elif roles and question.get("per") != "turn":
        faults.append("roles are for questions that are asked of each turn.")
    return faults


def _mapping_faults(question: Mapping[str, Any]) -> list[str]:
    names = question.get("names", {})
    faults = [] if isinstance(question.get("config", {}), Mapping) else ["config must be an object."]
    if not isinstance(names, Mapping) or not all(_is_text(name, LONGEST_TITLE) for name in names.values()):
        faults.append("names must be an object of texts.")
    return faults


def _name_faults(question: Mapping[str, Any]) -> list[str]:
    offered = options_of(question)
    if offered is None:
        return []
    return [
        f'there is a name for "{key}", which it does not offer.'
        for key in question.get("names", {})
        if key not in offered
    ]


def options_of(question: Mapping[str, Any]) -> frozenset[str] | None:
    """What a question offers, as text; none when its answer is written or its scale too long to list."""
    config = question.get("config", {})
    if question["type"] == "scale":
        low, high, step = (float(config.get(name, 1)) for name in ("low", "high", "step"))
        count = round((high - low) / step) + 1
        return frozenset(f"{low + place * step:.15g}" for place in range(count)) if count <= MOST_POINTS else None
    listed = config.get("labels") or config.get("types")
    return frozenset(listed) if listed else None


def _when_faults(question: Mapping[str, Any], earlier: Sequence[Mapping[str, Any]]) -> list[str]:
    when = question.get("show_when")
    if when is None:
        return []
    if not isinstance(when, Mapping) or set(when) != {"question", "any_of"}:
        return ["show_when must have question and any_of."]
    named = next((one for one in earlier if isinstance(one, Mapping) and one.get("key") == when["question"]), None)
    if named is None or _shape_faults(named):
        return [f'it shows by "{when["question"]}", which is no question before it.']
    if named["type"] in _WITHOUT_BRANCHES:
        return [f'it shows by "{named["key"]}", whose answers are not chosen from a list.']
    values = when["any_of"]
    if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
        return ["any_of must be a list of at least one text."]
    offered = options_of(named) if not _types("check_config")[named["type"]](named.get("config", {})) else None
    return [
        f'it shows by "{value}", which "{named["key"]}" does not offer.'
        for value in values
        if offered and value not in offered
    ]


def _is_text(value: object, longest: int) -> bool:
    return isinstance(value, str) and len(value) <= longest


@cache
def _types(attribute: str) -> Mapping[str, Any]:
    return things("smo.labeltypes", attribute)
