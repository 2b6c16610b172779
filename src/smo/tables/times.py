"""Understand times as people write them, and say what cannot be known from them."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from smo.tables.problem import Problem

_ISO = r"^\d{4}-\d{1,2}-\d{1,2}"
_SLASHED = r"^\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}"
_EPOCH = r"^\d{9,19}(\.\d+)?$"
_ZONE = r"(Z|UTC|GMT|[+-]\d{2}:?\d{2})$"
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S%.f", " %I:%M %p", " %I:%M:%S %p")


@dataclass(frozen=True, slots=True)
class Times:
    """Times in UTC where a zone is given, else as they stand; what is no time is null."""

    values: pl.Series
    problems: tuple[Problem, ...]


def parse_times(values: pl.Series, *, file: str) -> Times:
    """Points in time from ISO texts, m/d/Y or d/m/Y with a clock, or seconds and milliseconds since 1970.

    Text without a zone stays as written and is reported; so are minutes without seconds among times with them.
    """
    column = values.name
    if values.dtype in {pl.Datetime, pl.Date}:
        return _typed(values, file)
    text = values.cast(pl.String).str.strip_chars().str.strip_chars("'\"").replace("", None)
    day_first, order_problems = _day_order(text, column, file=file)
    parsed = _parsed(text, day_first=day_first)
    problems = (*order_problems, *_precision_problems(text, parsed, column=column, file=file))
    return Times(parsed.rename(column), problems)


def _typed(values: pl.Series, file: str) -> Times:
    zone = getattr(values.dtype, "time_zone", None)
    if zone:
        return Times(values.dt.convert_time_zone("UTC").dt.replace_time_zone(None).cast(pl.Datetime("us")), ())
    problem = _zoneless(values.len() - values.null_count(), values.name, file=file)
    return Times(values.cast(pl.Datetime("us")), (problem,) if values.len() > values.null_count() else ())


def _parsed(text: pl.Series, *, day_first: bool) -> pl.Series:
    frame = text.to_frame("t").with_columns(
        s=pl.col("t").str.replace(r"(\d)T(\d)", "$1 $2").str.replace(r"\s*" + _ZONE, "").str.replace_all(",", " ")
    )
    offset = _offset_minutes(pl.col("t"))
    epoch = pl.when(pl.col("t").str.contains(_EPOCH)).then(pl.col("t").cast(pl.Float64, strict=False))
    iso = pl.when(pl.col("s").str.contains(_ISO)).then(pl.col("s").str.replace(" 24:", " 00:"))
    slashed = pl.col("s").str.replace(r"^(\d+)[.-](\d+)[.-]", "$1/$2/")
    long_year = pl.when(slashed.str.contains(r"^\d+/\d+/\d{4}\b")).then(slashed)
    short_year = pl.when(slashed.str.contains(r"^\d+/\d+/\d{2}\b")).then(slashed)
    order = "%d/%m" if day_first else "%m/%d"
    candidates = [
        *(iso.str.to_datetime(f"%Y-%m-%d{clock}", time_unit="us", strict=False) for clock in _CLOCKS[:4]),
        *(long_year.str.to_datetime(f"{order}/%Y{clock}", time_unit="us", strict=False) for clock in _CLOCKS),
        *(short_year.str.to_datetime(f"{order}/%y{clock}", time_unit="us", strict=False) for clock in _CLOCKS),
        _from_epoch(epoch),
    ]
    return frame.select(pl.coalesce(candidates) - pl.duration(minutes=offset)).to_series()


def _offset_minutes(text: pl.Expr) -> pl.Expr:
    """Minutes east of Greenwich, 0 when no offset is given (a date such as 2022-02-02 has none)."""
    parts = text.str.extract_groups(r"\d:\d{2}[^+-]*([+-])(\d{2}):?(\d{2})$")
    minutes = parts.struct.field("2").cast(pl.Int64) * 60 + parts.struct.field("3").cast(pl.Int64)
    return pl.when(parts.struct.field("1") == "-").then(-minutes).otherwise(minutes).fill_null(0)


def _from_epoch(number: pl.Expr) -> pl.Expr:
    """Seconds, milli-, micro- or nanoseconds since 1970, told apart by their size."""
    seconds = (
        pl.when(number < 1e11).then(number).when(number < 1e14).then(number / 1e3).when(number < 1e17)
        .then(number / 1e6).otherwise(number / 1e9)
    )  # fmt: skip
    return (seconds * 1e6).cast(pl.Int64, strict=False).cast(pl.Datetime("us"))


def _day_order(text: pl.Series, column: str, *, file: str) -> tuple[bool, tuple[Problem, ...]]:
    """Whether the day stands before the month, and how sure that is."""
    slashed = text.filter(text.str.contains(_SLASHED).fill_null(value=False))
    if slashed.len() == 0:
        return False, ()
    first = slashed.str.extract(r"^(\d{1,2})").cast(pl.Int64)
    second = slashed.str.extract(r"^\d{1,2}[/.-](\d{1,2})").cast(pl.Int64)
    days_first, months_first = int((first > 12).sum()), int((second > 12).sum())
    if bool(days_first) != bool(months_first):
        return days_first > 0, ()
    examples = tuple(slashed.head(3).to_list())
    dotted = bool(slashed.str.contains(r"^\d+\.").all())
    day_first = days_first > months_first or (dotted and days_first == months_first)
    read_as = "day before month" if day_first else "month before day"
    what = "Some times have the day first, some the month" if days_first else "Day or month first: it cannot be told"
    message = f"{what}; they were read as {read_as}."
    remedy = "Write times as 2026-01-31T13:45:00+00:00."
    problem = Problem("day_or_month", message, remedy, slashed.len(), "warning", file, None, column, "", examples)
    return day_first, (problem,)


def _precision_problems(text: pl.Series, parsed: pl.Series, *, column: str, file: str) -> Iterator[Problem]:
    lost = text.filter(parsed.is_null() & text.is_not_null())
    if lost.len():
        message = f"{lost.len():,} cells are no time; they count as not given."
        examples = tuple(lost.unique(maintain_order=True).head(3).to_list())
        remedy = "Write times as 2026-01-31T13:45:00+00:00."
        yield Problem("no_time", message, remedy, lost.len(), "warning", file, None, column, "", examples)
    clock = text.filter(text.str.contains(r"\d:\d{2}").fill_null(value=False))
    if clock.len() == 0:
        return
    bare = clock.filter(~clock.str.contains(_ZONE))
    if bare.len():
        yield _zoneless(bare.len(), column, file=file)
    coarse = clock.filter(~clock.str.contains(r"\d:\d{2}:\d{2}"))
    if coarse.len():
        yield _coarse(coarse, clock.len(), column=column, file=file)


def _zoneless(count: int, column: str, *, file: str) -> Problem:
    message = f"{count:,} times name no time zone; they were taken as they stand."
    remedy = "Durations hold; hours of the day and days may not. Export times with their zone."
    return Problem("zoneless_times", message, remedy, count, "note", file, None, column)


def _coarse(coarse: pl.Series, total: int, *, column: str, file: str) -> Problem:
    examples = tuple(coarse.head(3).to_list())
    mixed = coarse.len() < total
    code = "mixed_precision" if mixed else "minute_precision"
    share = f"{coarse.len():,} of {total:,} times" if mixed else f"All {total:,} times"
    message = f"{share} are given to the minute only; durations of less than some minutes mean nothing there."
    remedy = "Export times to the second."
    return Problem(code, message, remedy, coarse.len(), "warning", file, None, column, "", examples)
