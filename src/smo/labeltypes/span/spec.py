"""Marked passages of a text: config, answers, distance, and what more than half of the people marked."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import polars as pl

NAME = "span"
TITLE = "Marked passages of a text"
EXAMPLE_CONFIG: Mapping[str, object] = {"types": ["insult"]}
EXAMPLE_ANSWERS: Sequence[Sequence[Mapping[str, Any]]] = ([{"start": 0, "end": 4, "type": "insult"}], [])


def check_config(config: Mapping[str, object]) -> list[str]:
    """What is wrong with a config `{"types": [...], "may_overlap": false}`, in words.

    Shapes: `types` is a list of different texts, at least one.

    >>> check_config({"types": ["insult", "threat"]}), check_config({"types": []})
    ([], ['types must be a list of at least one text, each once.'])
    """
    types = config.get("types")
    faults = []
    if not isinstance(types, list) or not types or len(set(map(str, types))) < len(types):
        faults.append("types must be a list of at least one text, each once.")
    elif not all(isinstance(name, str) and name.strip() for name in types):
        faults.append("Each type must be a text.")
    if not isinstance(config.get("may_overlap", False), bool):
        faults.append("may_overlap must be true or false.")
    return faults


def check(answer: object, config: Mapping[str, object]) -> list[str]:
    """What is wrong with an answer, in words; `check_in_text` adds what only the text can tell.

    Shapes: the answer is a list of `{"start": 0, "end": 4, "type": "insult"}`; offsets are Unicode code points, the end
    is the first character after the span.

    >>> config = {"types": ["insult"]}
    >>> check([{"start": 0, "end": 4, "type": "insult"}], config)
    []
    >>> check([{"start": 4, "end": 4, "type": "insult"}], config)
    ['Span 1: it must end after its start (4 to 4).']
    """
    types = config["types"]
    if not isinstance(types, list):
        return check_config(config)
    if not isinstance(answer, list):
        return ["Mark passages, or none."]
    faults = [f"Span {place}: {fault}" for place, span in enumerate(answer, 1) for fault in _span_faults(span, types)]
    if not faults and not config.get("may_overlap", False):
        ordered = sorted((span["start"], span["end"]) for span in answer)
        faults += [f"Two spans overlap at {right[0]}." for left, right in pairwise(ordered) if right[0] < left[1]]
    return faults


def _span_faults(span: object, types: Sequence[str]) -> list[str]:
    if not isinstance(span, dict):
        return ["it must have start, end and type."]
    start, end = span.get("start"), span.get("end")
    if not _is_offset(start) or not _is_offset(end):
        return ["start and end must be whole numbers, 0 or more."]
    faults = [] if end > start else [f"it must end after its start ({start} to {end})."]  # type: ignore[operator]
    if span.get("type") not in types:
        faults.append(f'"{span.get("type")}" is none of the types: {", ".join(types)}.')
    return faults


def _is_offset(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def check_in_text(answer: Sequence[Mapping[str, Any]], text: str) -> list[str]:
    """Spans that lie outside their text, in words.

    Shapes: `answer` as in `check`; the length of `text` counts code points, so that an emoji is one.

    >>> check_in_text([{"start": 0, "end": 3, "type": "x"}], "a😀")
    ['Span 1: it ends at 3, but the text has 2 characters.']
    """
    return [
        f"Span {place}: it ends at {span['end']}, but the text has {len(text)} characters."
        for place, span in enumerate(answer, 1)
        if span["end"] > len(text)
    ]


def to_label(answer: Sequence[Mapping[str, Any]]) -> str:
    """The spans as they stand in a table: JSON, in order of the text.

    >>> to_label([{"start": 5, "end": 9, "type": "insult"}, {"start": 0, "end": 4, "type": "threat"}])
    '[[0, 4, "threat"], [5, 9, "insult"]]'
    """
    return json.dumps(sorted([span["start"], span["end"], span["type"]] for span in answer), ensure_ascii=False)


def from_label(label: str) -> list[dict[str, Any]]:
    """The spans from a table's cell. Errors: ValueError when it is no list of spans.

    >>> from_label('[[0, 4, "threat"]]')
    [{'start': 0, 'end': 4, 'type': 'threat'}]
    """
    return [{"start": start, "end": end, "type": name} for start, end, name in json.loads(label)]


def distance(labels: Sequence[str], config: Mapping[str, object]) -> str:
    """How far whole answers differ, for alpha: alike or not. Characters are compared in smo.measure.spans.

    >>> distance(["[]"], {"types": ["insult"]})
    'nominal'
    """
    del labels, config
    return "nominal"


def combine(answers: pl.DataFrame, config: Mapping[str, object]) -> pl.DataFrame:
    """The characters that more than half of the people marked with one type, joined to spans.

    Shapes: `answers` has `item`, `rater`, `label` (spans as in `to_label`); the answer has `item`, `label`, `posterior`
    (mean share of the people behind each character that anybody marked: for or against), `decided` (no character is
    marked by exactly half), `n`. Source: token-level majority, Nguyen et al. (2017), ACL.

    >>> cells = ['[[0, 4, "x"]]', '[[0, 6, "x"]]', '[]']
    >>> votes = pl.DataFrame({"item": ["i"] * 3, "rater": ["a", "b", "c"], "label": cells})
    >>> combine(votes, {"types": ["x"]}).select("label", "decided").rows()
    [('[[0, 4, "x"]]', True)]
    """
    del config
    given = answers.filter(pl.col("label").is_not_null())
    rows = [
        {"item": item, **_joined([from_label(label) for label in group.get_column("label")])}
        for (item,), group in given.sort("item").group_by("item", maintain_order=True)
    ]
    shape = pl.Schema({"label": pl.String, "posterior": pl.Float64, "decided": pl.Boolean, "n": pl.UInt32})
    return pl.DataFrame(rows, schema={"item": given.schema["item"], **shape})


def _joined(people: Sequence[Sequence[Mapping[str, Any]]]) -> dict[str, object]:
    votes: Counter[tuple[str, int]] = Counter()
    for spans in people:
        votes.update({(span["type"], place) for span in spans for place in range(span["start"], span["end"])})
    n = len(people)
    held = sorted(mark for mark, count in votes.items() if 2 * count > n)
    sides = [max(count, n - count) / n for count in votes.values()]
    return {
        "label": to_label(_runs(held)),
        "posterior": sum(sides) / len(sides) if sides else 1.0,
        "decided": all(2 * count != n for count in votes.values()),
        "n": n,
    }


def _runs(marks: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    """Neighbouring characters of one type as one span."""
    spans: list[dict[str, Any]] = []
    for name, place in marks:
        if spans and spans[-1]["type"] == name and spans[-1]["end"] == place:
            spans[-1]["end"] = place + 1
        else:
            spans.append({"start": place, "end": place + 1, "type": name})
    return spans


def facts(answer: Sequence[Mapping[str, Any]]) -> dict[str, str | int | float | bool]:
    """What of an answer is worth counting.

    >>> facts([{"start": 0, "end": 4, "type": "insult"}])
    {'spans': 1, 'characters': 4, 'is_empty': False}
    """
    characters = {place for span in answer for place in range(span["start"], span["end"])}
    return {"spans": len(answer), "characters": len(characters), "is_empty": not answer}


def looks_like(labels: Sequence[str]) -> float:
    """How well the different labels of a task fit this type: lists of start, end and type.

    >>> looks_like(['[[0, 4, "x"]]', "[]"]), looks_like(["hate"])
    (0.95, 0.0)
    """
    any_marked = any(label.startswith("[[") for label in labels)
    return 0.95 if any_marked and all(_is_spans(label) for label in labels) else 0.0


def _is_spans(label: str) -> bool:
    try:
        return all(_is_offset(start) and _is_offset(end) for start, end, _ in json.loads(label))
    except (ValueError, TypeError):
        return False
