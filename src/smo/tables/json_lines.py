"""One line of JSON Lines: the cells that were asked for as text, and all else as it stands."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smo.tables.json_rows import cell_text

_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """How each asked column is read, and the outermost keys that they use up whole."""

    readers: tuple[Callable[[Row], str | None], ...]
    tops: frozenset[str]


def parsed_line(line: bytes) -> Row | str:
    """The object of a line, or the code of what is wrong with it.

    >>> parsed_line(b'{"a": 1}'), parsed_line(b"[]"), parsed_line(b"{")
    ({'a': 1}, 'not_an_object', 'bad_json')
    """
    try:
        row = json.loads(line, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return "bad_json"
    return row if isinstance(row, dict) else "not_an_object"


def columns_of(wanted: Sequence[str]) -> Asked:
    """Readers of columns, of which `meta.x` is the key x inside meta."""
    names = tuple(dict.fromkeys(wanted))
    return Asked(tuple(_reader(name) for name in names), frozenset(name for name in names if "." not in name))


def _reader(name: str) -> Callable[[Row], str | None]:
    path = name.split(".")

    def read(row: Row) -> str | None:
        if name in row:
            return cell_text(row[name])
        value: Any = row
        for key in path:
            value = value.get(key) if isinstance(value, Mapping) else None
        return cell_text(value)

    return read


def rest_of(row: Row, tops: frozenset[str]) -> str | None:
    """What is left of an object, as JSON; what stands in its `meta` comes up to the top.

    >>> rest_of({"id": 1, "lang": "en", "meta": {"a": None}}, frozenset({"id"}))
    '{"lang": "en", "a": null}'
    """
    left = {key: value for key, value in row.items() if key not in tops and key != "meta"}
    inner = row.get("meta") if "meta" not in tops else None
    if isinstance(inner, Mapping):
        left.update(inner)
    elif inner is not None:
        left["meta"] = inner
    return _json(left) if left else None


def _json(value: Row) -> str | None:
    """JSON that a database takes: without NUL, half characters and infinite numbers."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(value, allow_nan=False)
        text = re.sub(r"\\ud[89a-f][0-9a-f]{2}", "�", text)
    except (ValueError, RecursionError):
        return None
    return _NUL.sub(r"\1", text) if "\\u0000" in text else text
