"""Agreement does not add up over slices: it is made from the answers, and kept for the slices that pages show."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from smo.measure.agreement import krippendorff_alpha, percent_agreement
from smo.measure.estimate import Estimate, not_measured
from smo.measure.ratings import Ratings
from smo.warehouse import kept
from smo.warehouse import lake as lakes

BASIS: Final = "overlap"
NAME: Final = "cubes/agreement.parquet"
WINDOWS: Final = (0, 7, 28, 90)  # days up to the day on which it was made; 0 stands for all
SLICES: Final[tuple[tuple[str, ...], ...]] = (("project",), ("project", "market"), ("project", "language"))
COLUMNS: Final = ("project", "market", "language", "person", "item", "turn", "label", "type", "question", "at", "day")
SCHEMA: Final = pa.schema(
    [
        pa.field("made_on", pa.date32()),
        pa.field("days", pa.int64()),
        pa.field("by", pa.string()),
        *(pa.field(name, pa.string()) for name in ("project", "market", "language")),
        *(pa.field(name, pa.float64()) for name in ("value", "low", "high", "percent")),
        pa.field("n", pa.int64()),
        pa.field("method", pa.string()),
        pa.field("warning", pa.string()),
    ]
)


def refresh(lake: str, *, today: date) -> None:
    """Make and keep the agreement of every project, market and language, for each window."""
    answers = _answers(lake)
    rows = [
        {"made_on": today, "days": days, "by": ",".join(by), **group, **_kept_row(*pair)}
        for days in WINDOWS
        for by in SLICES
        for group, pair in _groups(_within(answers, days, today=today), by)
    ]
    kept.save(lake, NAME, table=pa.Table.from_pylist(rows, schema=SCHEMA))


def is_stale(lake: str, *, today: date) -> bool:
    """Is there none, or one whose windows end before today?"""
    table = kept.read(lake, NAME)
    return table is None or (table.num_rows > 0 and table["made_on"][0].as_py() != today)


def find(
    lake: str, *, by: Sequence[str], where: Mapping[str, object], period: tuple[date | None, date | None]
) -> list[tuple[dict[str, Any], Estimate, float | None]] | None:
    """Kept agreement of the groups asked for, with the share of pairs that agree; None where it was not kept."""
    names = tuple(name for name in ("project", "market", "language") if name in {*by, *where})
    table = kept.read(lake, NAME)
    if names not in SLICES or set(names) != {*by, *where}:
        return None
    if table is None:
        return []
    days = _window(table, period)
    if days is None:
        return None
    chosen = table.filter(pc.and_(pc.equal(table["by"], ",".join(names)), pc.equal(table["days"], days)))
    for column, value in where.items():
        chosen = chosen.filter(pc.equal(chosen[column], pa.scalar(value)))
    return [({name: row[name] for name in by}, _estimate(row), row["percent"]) for row in chosen.to_pylist()]


def made(
    lake: str, *, by: Sequence[str], where: Mapping[str, object], period: tuple[date | None, date | None]
) -> list[tuple[dict[str, Any], Estimate, float | None]]:
    """Agreement of any groups, made now from the answers."""
    answers = _answers(lake)
    first, last = period
    for column, value in where.items():
        answers = answers.filter(pl.col(column) == value)
    answers = answers.filter(pl.col("day") >= first) if first else answers
    answers = answers.filter(pl.col("day") <= last) if last else answers
    return [(group, alpha, percent.value) for group, (alpha, percent) in _groups(answers, tuple(by))]


def _answers(lake: str) -> pl.DataFrame:
    """The answers to each project's first question, one for each person, item and turn: the earliest."""
    table = lakes.opened(lake, "answer")
    if table is None:
        return pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.String) | {"day": pl.Date, "turn": pl.Int64})
    found = table.to_pyarrow_table(columns=[*COLUMNS, "is_main"], filters=[("is_main", "=", True)])
    frame = pl.DataFrame(pl.from_arrow(found))
    newest = frame.group_by("project").agg(pl.col("question").sort_by("at").last())  # where the question was renamed
    kept_only = frame.join(newest, on=["project", "question"], how="semi")
    ones = kept_only.sort("at").unique(["item", "turn", "person"], keep="first", maintain_order=True)
    return ones.with_columns(unit=pl.concat_str("item", pl.col("turn").cast(pl.String).fill_null(""), separator="#"))


def _within(answers: pl.DataFrame, days: int, *, today: date) -> pl.DataFrame:
    return answers.filter(pl.col("day") > today - timedelta(days=days)) if days else answers


def _groups(answers: pl.DataFrame, by: tuple[str, ...]) -> Iterator[tuple[dict[str, Any], tuple[Estimate, Estimate]]]:
    if answers.is_empty():
        return
    if not by:
        yield {}, _measured(answers)
        return
    for key, group in answers.group_by(by, maintain_order=True):
        yield dict(zip(by, key, strict=True)), _measured(group)


def _measured(group: pl.DataFrame) -> tuple[Estimate, Estimate]:
    several = group.filter(pl.len().over("unit") > 1)
    if several.is_empty():
        nothing = not_measured(BASIS, "no item was answered by two people")
        return nothing, nothing
    ratings = Ratings.from_frame(several, item="unit", rater="person", label="label")
    is_scale = several["type"][0] == "scale" and not any(isinstance(label, str) for label in ratings.labels)
    return krippendorff_alpha(ratings, "ordinal" if is_scale else "nominal"), percent_agreement(ratings)


def _kept_row(alpha: Estimate, percent: Estimate) -> dict[str, Any]:
    return {
        "value": alpha.value, "low": alpha.low, "high": alpha.high, "percent": percent.value, "n": alpha.n,
        "method": alpha.method, "warning": alpha.warnings[0] if alpha.warnings else "",
    }  # fmt: skip


def _estimate(row: Mapping[str, Any]) -> Estimate:
    warnings = (row["warning"],) if row["warning"] else ()
    return Estimate(row["value"], row["low"], row["high"], row["n"], BASIS, row["method"], warnings=warnings)


def _window(table: pa.Table, period: tuple[date | None, date | None]) -> int | None:
    """The window that a period is, of those that are kept."""
    first, last = period
    if first is None:
        return 0 if last is None else None
    if table.num_rows == 0:
        return 0
    today = table["made_on"][0].as_py()
    length = (today - first).days + 1
    return length if length in WINDOWS[1:] and last in {None, today} else None
