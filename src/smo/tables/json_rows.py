"""Read JSON Lines and JSON arrays: a row per object, nested keys as `meta.x`, broken lines kept out and named."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from smo.tables.problem import Problem, counted
from smo.tables.source import fault

_BATCH = 50_000
_JSON_REMEDY = "Each line must be one whole JSON object."


@dataclass(slots=True)
class _Broken:
    """Lines that are no JSON object."""

    rows: list[int] = field(default_factory=list)  # the first few
    reasons: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, row: int, reason: str) -> None:
        self.count += 1
        if len(self.rows) < 5:
            self.rows.append(row)
            self.reasons.append(reason)


def line_keys(path: Path) -> tuple[str, ...]:
    """Every key of the file as a column name, in the order of appearance."""
    seen: dict[str, None] = {}
    with path.open(encoding="utf-8") as lines:
        for row in _objects(lines, _Broken()):
            if row.keys() - seen.keys():
                seen.update(dict.fromkeys(row))
    return tuple(seen)


def lines_head(path: Path, rows: int = 500) -> pl.DataFrame:
    """The first rows with all columns."""
    with path.open(encoding="utf-8") as lines:
        return _frame(islice(_objects(lines, _Broken()), rows), None)


def read_lines(path: Path, *, file: str, columns: Sequence[str] | None) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    """JSON Lines as a frame of text."""
    broken = _Broken()
    with path.open(encoding="utf-8") as lines:
        frame = _frame(_objects(lines, broken), columns)
    if broken.count > frame.height or (frame.height == 0 and not broken.count):
        raise fault("bad_json", _broken_message(broken), remedy=_JSON_REMEDY, file=file, row=(broken.rows or [1])[0])
    return frame, _broken_problem(broken, file)


def read_array(path: Path, *, file: str) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    """One JSON array of objects as a frame of text."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, RecursionError) as error:
        row = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        message = f"The JSON is broken ({error})."
        raise fault("bad_json", message, remedy="Write it again, or as JSON Lines.", file=file, row=row) from error
    broken = _Broken()
    rows = content if isinstance(content, list) else [content]
    frame = _frame(_flat_rows(enumerate(rows, start=1), broken), None)
    if frame.height == 0 or broken.count > frame.height:
        message = "The JSON holds no list of objects."
        raise fault("bad_json", message, remedy='Write [{"item": ..., "label": ...}, ...] or JSON Lines.', file=file)
    return frame, _broken_problem(broken, file)


def _objects(lines: Iterable[str], broken: _Broken) -> Iterator[dict[str, str | None]]:
    return _flat_rows(_parsed(lines, broken), broken)


def _parsed(lines: Iterable[str], broken: _Broken) -> Iterator[tuple[int, Any]]:
    for row, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield row, json.loads(line)
        except json.JSONDecodeError as error:
            broken.add(row, f"{error.msg} at sign {error.pos + 1}")
        except RecursionError:
            broken.add(row, "nested too deeply")


def _flat_rows(rows: Iterable[tuple[int, Any]], broken: _Broken) -> Iterator[dict[str, str | None]]:
    for row, value in rows:
        if not isinstance(value, dict):
            broken.add(row, f"{type(value).__name__} where an object should be")
            continue
        flat: dict[str, str | None] = {}
        _flatten(value, "", flat=flat)
        yield flat


def _flatten(value: dict[str, Any], prefix: str, *, flat: dict[str, str | None]) -> None:
    for key, inner in value.items():
        if isinstance(inner, dict):
            _flatten(inner, f"{prefix}{key}.", flat=flat)
        else:
            flat[f"{prefix}{key}"] = cell_text(inner)


def cell_text(value: Any) -> str | None:
    """A value as the text of a cell; null is an empty one."""
    if isinstance(value, str):
        return _whole(value) or None
    if value is None:
        return None
    return json.dumps(value, ensure_ascii=False)


def _whole(text: str) -> str:
    """JSON may escape half of a character pair; half a character cannot be stored."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "")
    return text.replace("\0", "")


def _frame(rows: Iterable[dict[str, str | None]], columns: Sequence[str] | None) -> pl.DataFrame:
    frames: list[pl.DataFrame] = []
    batch: list[dict[str, str | None]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            frames.append(_batch_frame(batch, columns))
            batch = []
    frames.append(_batch_frame(batch, columns))
    return pl.concat(frames, how="diagonal") if len(frames) > 1 else frames[0]


def _batch_frame(batch: list[dict[str, str | None]], columns: Sequence[str] | None) -> pl.DataFrame:
    names = list(columns) if columns is not None else list(dict.fromkeys(key for row in batch for key in row))
    cells = {name: [row.get(name) for row in batch] for name in names}
    return pl.DataFrame(cells, schema=dict.fromkeys(names, pl.String))


def _broken_message(broken: _Broken) -> str:
    return f"{counted(broken.count, 'line')} left out, being no JSON object ({'; '.join(broken.reasons[:1])})."


def _broken_problem(broken: _Broken, file: str) -> tuple[Problem, ...]:
    if not broken.count:
        return ()
    examples = tuple(f"row {row}: {reason}" for row, reason in zip(broken.rows, broken.reasons, strict=True))
    message = _broken_message(broken)
    return (
        Problem("bad_json", message, _JSON_REMEDY, broken.count, "warning", file, broken.rows[0], examples=examples),
    )
