"""Rows of a file on their way to staging: cells put into shape, rows that cannot be taken kept apart with a code."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from smo.intake.rules.faults import KEY_SIGNS, SHORT_SIGNS, TEXT_SIGNS, VALUE_SIGNS
from smo.intake.rules.mapping import ColumnRoles
from smo.tables.columns import is_plain_name
from smo.tables.pieces import REST, BadRow, Piece
from smo.tables.times import parse_times
from smo.tables.wide import long_by_rater, long_by_task

REJECTED: Final = ("row", "line", "column", "value", "code")
STAGED: Final[Mapping[str, tuple[str, ...]]] = {
    "items": (
        "row", "line", "item_key", "kind", "text", "turns", "meta", "language", "market", "surface", "source", "score",
        "inclusion_probability", "at",
    ),
    "decisions": ("row", "line", "item_key", "rater", "question", "label", "at", "started_at", "elapsed_ms"),
    "gold": ("row", "line", "item_key", "question", "label", "source"),
    "predictions": ("row", "line", "item_key", "rater", "question", "label", "score"),
}  # fmt: skip
_TEXT: Final = pl.String


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that can be staged (the columns of STAGED) and rows that cannot (the columns of REJECTED)."""

    taken: pl.DataFrame
    rejected: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Check:
    """One thing that can be wrong with a row: where, and what stands there."""

    code: str
    is_bad: pl.Expr
    column: str
    value: str = ""


def checked_rows(piece: Piece, mapping: ColumnRoles, *, file: str) -> Rows:
    """The rows of a piece as staging wants them; of several faults of a row the first counts."""
    named = _named(piece.frame, mapping)
    shaped, checks = _SHAPES[mapping.kind](named, mapping, file=file)
    fault = pl.coalesce(
        *(pl.when(check.is_bad.fill_null(value=False)).then(pl.lit(at)) for at, check in enumerate(checks)),
        pl.lit(None, dtype=pl.Int32),
    )
    marked = shaped.with_columns(fault.alias("__fault"))
    is_good = marked.get_column("__fault").is_null()
    bad = [_rejected(marked.filter(pl.col("__fault") == at), check) for at, check in enumerate(checks)]
    rejected = pl.concat([_cut_wrong(piece.bad), *bad]).sort("row", maintain_order=True)
    return Rows(marked.filter(is_good).select(STAGED[mapping.kind]), rejected)


def _named(frame: pl.DataFrame, mapping: ColumnRoles) -> pl.DataFrame:
    """The columns under the names of their roles; missing ones are empty."""
    cells = {role: pl.col(column) for role, column in mapping.roles.items()}
    wide = [pl.col(name) for name in (*mapping.labels, *mapping.raters)]
    renamed = frame.select("row", "line", REST, *wide, *(cell.alias(f"role:{role}") for role, cell in cells.items()))
    renamed = renamed.rename({f"role:{role}": role for role in cells if role not in renamed.columns})
    absent = [role for role in _EVERY if role not in renamed.columns]
    return renamed.with_columns(pl.lit(None, dtype=_TEXT).alias(role) for role in absent)


_EVERY: Final = (
    "key", "text", "turns", "language", "market", "surface", "source", "received_at", "score", "inclusion_probability",
    "rater", "question", "label", "at", "started_at", "seconds", "start", "end", "type",
)  # fmt: skip


def _cut_wrong(bad: tuple[BadRow, ...]) -> pl.DataFrame:
    schema: dict[str, Any] = {
        "row": pl.Int64, "line": pl.Int64, "column": _TEXT, "value": _TEXT, "code": _TEXT,
    }  # fmt: skip
    rows = [(each.row, each.line, "", each.value, each.code) for each in bad]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _rejected(rows: pl.DataFrame, check: _Check) -> pl.DataFrame:
    value = pl.col(check.value).cast(_TEXT).str.slice(0, VALUE_SIGNS).fill_null("") if check.value else pl.lit("")
    return rows.select(
        "row", "line", pl.lit(check.column).alias("column"), value.alias("value"), pl.lit(check.code).alias("code")
    )


def _clean(name: str) -> pl.Expr:
    """Text without blanks around it; blank is null. NUL, which Parquet may bring, is no text."""
    text = pl.col(name).cast(_TEXT).str.replace_all("\0", "", literal=True).str.strip_chars()
    return pl.when(text != "").then(text).alias(name)


def _items(frame: pl.DataFrame, mapping: ColumnRoles, *, file: str) -> tuple[pl.DataFrame, list[_Check]]:
    column = mapping.roles.get
    frame = _with_times(frame, {"received_at": "at"}, file=file)
    frame = _with_turns(frame) if "turns" in mapping.roles else frame.with_columns(bad_turns=pl.lit(value=False))
    frame = frame.with_columns(
        _clean("key"),
        pl.col("text").cast(_TEXT).str.replace_all("\0", "", literal=True),
        *(_clean(name) for name in ("language", "market", "surface", "source")),
        **_numbers("score", "inclusion_probability"),
    )
    is_conversation = pl.col("turns").is_not_null()
    frame = frame.with_columns(
        kind=pl.when(is_conversation).then(pl.lit("conversation")).otherwise(pl.lit("text")),
        item_key=pl.col("key") if "key" in mapping.roles else _key_of_content(frame),
    )
    share = pl.col("inclusion_probability")
    short = (("language", "language"), ("market", "market"), ("surface", "surface"), ("source", "source"))
    checks = [
        _Check("no_key", pl.col("item_key").is_null(), column("key", "")),
        _Check("long_key", pl.col("item_key").str.len_chars() > KEY_SIGNS, column("key", ""), "item_key"),
        _Check("bad_turns", pl.col("bad_turns"), column("turns", ""), "turns_raw" if "turns" in mapping.roles else ""),
        _Check("no_text", pl.col("text").fill_null("").str.len_bytes().eq(0) & ~is_conversation, column("text", "")),
        _Check("long_text", pl.col("text").str.len_bytes() > TEXT_SIGNS, column("text", ""), "text"),
        *(_Check("long_value", pl.col(name).str.len_chars() > SHORT_SIGNS, column(role, ""), name)
          for role, name in short),
        *_not_numbers(mapping, "score", "inclusion_probability"),
        _Check("bad_probability", (share <= 0) | (share > 1), column("inclusion_probability", ""),
               "inclusion_probability"),
        _not_a_time(mapping, "received_at"),
    ]  # fmt: skip
    return frame.with_columns(pl.col("text").fill_null(""), meta=pl.col(REST)), checks


def _key_of_content(frame: pl.DataFrame) -> pl.Series:
    """Where a file names no ids, the same content is the same item."""
    keys = [
        hashlib.sha256(f"{text or ''}\0{turns or ''}".encode()).hexdigest()[:24]
        for text, turns in frame.select("text", pl.col("turns").cast(_TEXT)).iter_rows()
    ]
    return pl.Series("item_key", keys, dtype=_TEXT)


def _with_turns(frame: pl.DataFrame) -> pl.DataFrame:
    raw = frame.get_column("turns").cast(_TEXT)
    plain = [_plain_turns(text) if text else None for text in raw]
    turns = pl.Series("turns", plain, dtype=_TEXT)
    return frame.with_columns(turns, raw.alias("turns_raw"), (raw.is_not_null() & turns.is_null()).alias("bad_turns"))


def _plain_turns(text: str) -> str | None:
    """Turns as `[{"role": ..., "text": ...}]`; None when they are no such thing."""
    try:
        turns = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(turns, list) or not turns or not all(isinstance(turn, dict) for turn in turns):
        return None
    plain = [{"role": _said(turn, "role", "speaker", "author"), "text": _said(turn, "text", "content", "message")}
             for turn in turns]  # fmt: skip
    return json.dumps(plain, ensure_ascii=False) if any(turn["text"] for turn in plain) else None


def _said(turn: Mapping[str, Any], *names: str) -> str:
    found = next((turn[name] for name in names if turn.get(name) is not None), "")
    text = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _numbers(*names: str) -> dict[str, pl.Expr]:
    """Finite numbers, and beside each what stood there."""
    cast = {name: pl.col(name).cast(pl.Float64, strict=False) for name in names}
    finite = {name: pl.when(number.is_finite()).then(number) for name, number in cast.items()}
    return finite | {f"{name}_raw": pl.col(name).cast(_TEXT) for name in names}


def _not_numbers(mapping: ColumnRoles, *names: str) -> list[_Check]:
    return [
        _Check(
            "bad_number",
            pl.col(f"{name}_raw").is_not_null() & pl.col(name).is_null(),
            mapping.roles.get(name, ""),
            f"{name}_raw",
        )
        for name in names
    ]


def _with_times(frame: pl.DataFrame, names: Mapping[str, str], *, file: str) -> pl.DataFrame:
    """Points in time, read as UTC where no zone is given; what stood there stays beside them."""
    made = []
    for role, name in names.items():
        raw = frame.get_column(role)
        made.append(raw.cast(_TEXT).alias(f"{role}_raw"))
        times = parse_times(raw, file=file).values if raw.null_count() < raw.len() else raw.cast(pl.Datetime("us"))
        made.append(times.cast(pl.Datetime("us")).dt.replace_time_zone("UTC").alias(name))
    return frame.with_columns(made)


def _not_a_time(mapping: ColumnRoles, role: str) -> _Check:
    name = "at" if role == "received_at" else role
    is_bad = pl.col(f"{role}_raw").is_not_null() & pl.col(name).is_null()
    return _Check("bad_time", is_bad, mapping.roles.get(role, ""), f"{role}_raw")


def _decisions(frame: pl.DataFrame, mapping: ColumnRoles, *, file: str) -> tuple[pl.DataFrame, list[_Check]]:
    frame = _long(frame, mapping)
    frame = _with_times(frame, {"at": "at", "started_at": "started_at"}, file=file)
    if "start" in mapping.roles:
        frame = frame.with_columns(label=_span_label(), question=pl.col("question").fill_null(pl.lit("spans")))
    frame = frame.with_columns(
        item_key=_clean("key"), rater=_clean("rater"), question=_clean("question"), label=_label(frame),
        **_numbers("seconds"),
    )  # fmt: skip
    since = (pl.col("at") - pl.col("started_at")).dt.total_milliseconds()
    elapsed = pl.coalesce((pl.col("seconds") * 1000).round().cast(pl.Int64, strict=False), since)
    frame = frame.with_columns(elapsed_ms=pl.when(elapsed >= 0).then(elapsed))
    column = mapping.roles.get
    checks = [
        *_key_checks(mapping),
        _Check("long_value", pl.col("rater").str.len_chars() > SHORT_SIGNS, column("rater", ""), "rater"),
        _Check("no_label", pl.col("label").is_null(), column("label", "")),
        _not_a_time(mapping, "at"),
        _not_a_time(mapping, "started_at"),
        *_not_numbers(mapping, "seconds"),
    ]
    return frame, checks


def _gold(frame: pl.DataFrame, mapping: ColumnRoles, *, file: str) -> tuple[pl.DataFrame, list[_Check]]:
    del file
    frame = frame.with_columns(item_key=_clean("key"), question=_clean("question"), label=_label(frame))
    frame = frame.with_columns(_clean("source"))
    no_label = _Check("no_label", pl.col("label").is_null(), mapping.roles.get("label", ""))
    return frame, [*_key_checks(mapping), no_label]


def _predictions(frame: pl.DataFrame, mapping: ColumnRoles, *, file: str) -> tuple[pl.DataFrame, list[_Check]]:
    model = _clean("rater") if "rater" in mapping.roles else pl.lit(file.split(".", maxsplit=1)[0])
    frame = frame.with_columns(
        item_key=_clean("key"), question=_clean("question"), label=_label(frame), rater=model, **_numbers("score")
    )
    nothing = pl.col("score").is_null() & pl.col("label").is_null()
    checks = [
        *_key_checks(mapping),
        _Check("no_rater", pl.col("rater").is_null(), mapping.roles.get("rater", "")),
        *_not_numbers(mapping, "score"),
        _Check("empty_prediction", nothing, mapping.roles.get("score", "")),
    ]
    return frame, checks


def _key_checks(mapping: ColumnRoles) -> list[_Check]:
    key = mapping.roles.get("key", "")
    is_long = pl.col("item_key").str.len_chars() > KEY_SIGNS
    return [_Check("no_key", pl.col("item_key").is_null(), key), _Check("long_key", is_long, key, "item_key")]


def _long(frame: pl.DataFrame, mapping: ColumnRoles) -> pl.DataFrame:
    """A row for each answer, where the file has columns of questions or of raters; rows are numbered by the file's."""
    if mapping.raters:
        long = long_by_rater(frame.drop("rater", "label"), mapping.raters)
        return _numbered_apart(long, name="rater", columns=mapping.raters)
    if mapping.labels:
        long = long_by_task(frame.drop("question", "label"), mapping.labels).rename({"task": "question"})
        return _numbered_apart(long.filter(pl.col("label").is_not_null()), name="question", columns=mapping.labels)
    if "question" in mapping.roles or "label" not in mapping.roles:
        return frame
    name = mapping.roles["label"]
    own = None if is_plain_name("label", name) else name
    return frame.with_columns(question=pl.lit(own, dtype=_TEXT))


def _numbered_apart(long: pl.DataFrame, *, name: str, columns: Sequence[str]) -> pl.DataFrame:
    """Answers of one row get numbers of their own; the line stays the file's."""
    place = pl.col(name).replace_strict(list(columns), list(range(len(columns))), return_dtype=pl.Int64)
    return long.with_columns(row=(pl.col("row") - 1) * len(columns) + place + 1)


def _label(frame: pl.DataFrame) -> pl.Expr:
    """The label as text; whole numbers without a needless `.0`."""
    dtype = frame.schema["label"]
    if dtype.is_float():
        label, whole = pl.col("label"), pl.col("label") == pl.col("label").round(0)
        number = pl.when(whole).then(label.cast(pl.Int64, strict=False).cast(_TEXT)).otherwise(label.cast(_TEXT))
        return number.alias("label")
    return _clean("label")


def _span_label() -> pl.Expr:
    """One span as the cell that the type `span` reads; null where start or end is no whole number."""
    start, end = (pl.col(name).cast(pl.Int64, strict=False) for name in ("start", "end"))
    kind = _clean("type").fill_null(pl.lit("span"))
    span = pl.struct(start=start, end=end, type=kind).struct.json_encode()
    return pl.when(start.is_not_null() & end.is_not_null()).then(pl.concat_str(pl.lit("["), span, pl.lit("]")))


_Shape = Callable[..., tuple[pl.DataFrame, list[_Check]]]
_SHAPES: Final[Mapping[str, _Shape]] = {
    "items": _items,
    "decisions": _decisions,
    "gold": _gold,
    "predictions": _predictions,
}
