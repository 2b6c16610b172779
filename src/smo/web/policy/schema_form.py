"""Questions as a form of repeated fieldsets, and back into a definition."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.http import QueryDict

_LISTED = {"choice": "labels", "multichoice": "labels", "span": "types"}
_NUMBERS = {"multichoice": ("at_least", "at_most"), "text": ("at_least", "at_most"), "scale": ("low", "high", "step")}


@dataclass(frozen=True, slots=True)
class QuestionFields:
    """One question as it stands in its fieldset; everything is text, as it was typed."""

    key: str = ""
    type: str = "choice"
    title: str = ""
    help: str = ""
    is_required: str = "yes"
    per: str = "item"
    roles: str = ""
    options: str = ""  # one a line: value, or value = name
    at_least: str = ""
    at_most: str = ""
    low: str = ""
    high: str = ""
    step: str = ""
    level: str = ""
    may_overlap: str = "no"
    when_question: str = ""
    when_any_of: str = ""


def fields_of(definition: Mapping[str, Any]) -> tuple[QuestionFields, ...]:
    """A definition as it stands in the form."""
    return tuple(_fields_of(question) for question in definition["questions"])


def _fields_of(question: Mapping[str, Any]) -> QuestionFields:
    config, names, when = question.get("config", {}), question.get("names", {}), question.get("show_when") or {}
    listed = config.get(_LISTED.get(question["type"], ""), list(names))
    lines = (f"{value} = {names[value]}" if value in names else str(value) for value in listed)
    numbers = {name: str(config.get(name, "")) for name in ("at_least", "at_most", "low", "high", "step", "level")}
    return QuestionFields(
        key=question["key"],
        type=question["type"],
        title=question["title"],
        help=question.get("help", ""),
        is_required="yes" if question.get("is_required", True) else "no",
        per=question.get("per", "item"),
        roles=", ".join(question.get("roles", [])),
        options="\n".join(lines),
        may_overlap="yes" if config.get("may_overlap") else "no",
        when_question=when.get("question", ""),
        when_any_of=", ".join(when.get("any_of", [])),
        **numbers,
    )


def fields_from(sent: QueryDict) -> tuple[QuestionFields, ...]:
    """What was sent; every fieldset sends each of its fields, so they line up."""
    columns = [sent.getlist(field.name) for field in fields(QuestionFields)]
    return tuple(QuestionFields(*row) for row in zip(*columns, strict=False))


def definition_of(rows: tuple[QuestionFields, ...]) -> dict[str, Any]:
    """What was typed as a definition, right or wrong: what is wrong with it, the rules say."""
    return {"questions": [_question(row) for row in rows]}


def _question(row: QuestionFields) -> dict[str, Any]:
    options = _options(row.options)
    question: dict[str, Any] = {
        "key": row.key.strip(),
        "type": row.type,
        "title": row.title.strip(),
        "help": row.help.replace("\r\n", "\n").strip(),
        "is_required": row.is_required == "yes",
        "per": row.per,
        "roles": _split(row.roles) if row.per == "turn" else [],
        "config": _config(row, list(options)),
        "names": {value: name for value, name in options.items() if name} if row.type != "text" else {},
        "show_when": None,
    }
    if row.when_question:
        question["show_when"] = {"question": row.when_question, "any_of": _split(row.when_any_of)}
    return question


def _config(row: QuestionFields, values: list[str]) -> dict[str, Any]:
    config: dict[str, Any] = {_LISTED[row.type]: values} if row.type in _LISTED else {}
    for name in _NUMBERS.get(row.type, ()):
        if getattr(row, name).strip():
            config[name] = _number(getattr(row, name).strip())
    if row.type == "scale" and row.level:
        config["level"] = row.level
    if row.type == "span" and row.may_overlap == "yes":
        config["may_overlap"] = True
    return config


def _options(text: str) -> dict[str, str]:
    """One option a line, its name after ` = `."""
    pairs = (line.partition(" = ") for line in text.splitlines() if line.strip())
    return {value.strip(): name.strip() for value, _, name in pairs}


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _number(text: str) -> int | float | str:
    """The number; what is none stays text, so that the rules can name it."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
