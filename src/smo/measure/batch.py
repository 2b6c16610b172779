"""What a batch of rows may hold: columns checked and brought to one type each, so that shards speak alike."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import polars as pl

Kind = Literal["id", "number", "flag", "weight", "share", "time"]


def checked(
    batch: Any, needs: Mapping[str, Kind], *, may_lack: frozenset[str] = frozenset(), by: Sequence[str] = ()
) -> pl.DataFrame:
    """The columns `by` (text) and those of `needs`, in one type for each kind.

    "id" is text, whole numbers without a point; "number" finite; "flag" 0 or 1 (also true and false); "share" 0 to 1;
    "weight" finite and at least 0, 1 where the column is absent; "time" a moment (UTC) or a day. Columns of `may_lack`
    may be absent or empty, slices may be empty.
    Errors: ValueError naming the columns that are absent, or the column and in how many rows it is empty or unfit.

    >>> checked({"value": [1, 0]}, {"value": "flag"}).schema
    Schema([('value', Int64)])
    """
    table = batch if isinstance(batch, pl.DataFrame) else pl.DataFrame(batch)
    absent = [name for name in needs if name not in table.columns]
    optional = {name for name in absent if name in may_lack or needs[name] == "weight"}
    lost = [name for name in (*absent, *(n for n in by if n not in table.columns)) if name not in optional]
    if lost:
        raise ValueError(f"no column {', '.join(lost)}; there are {', '.join(table.columns)}")
    filled = table.with_columns(
        pl.lit(1.0 if needs[name] == "weight" else None).alias(name) for name in absent if name in optional
    )
    columns = [_as_text(filled.get_column(name)) for name in by]
    for name, kind in needs.items():
        columns.append(_column(filled.get_column(name), kind, may_be_empty=name in may_lack))
    return pl.DataFrame(columns)


def _column(values: pl.Series, kind: Kind, *, may_be_empty: bool) -> pl.Series:
    if not may_be_empty and values.null_count():
        raise ValueError(f"column {values.name} is empty in {values.null_count()} of {len(values)} rows")
    typed = _TYPED[kind](values)
    if unfit := int(typed.null_count() - values.null_count()):
        raise ValueError(f"column {values.name} is {_FAULTS[kind]} in {unfit} of {len(values)} rows")
    return typed


def _as_text(values: pl.Series) -> pl.Series:
    if not values.dtype.is_float():
        return values.cast(pl.String)
    whole = values.cast(pl.Int64, strict=False)
    is_whole = (whole.cast(pl.Float64) == values).fill_null(False)
    return whole.cast(pl.String).zip_with(is_whole, values.fill_nan(None).cast(pl.String))


def _number(values: pl.Series) -> pl.Series:
    numbers = values.cast(pl.Float64, strict=False)
    return _where(numbers, numbers.is_finite())


def _weight(values: pl.Series) -> pl.Series:
    numbers = _number(values)
    return _where(numbers, numbers >= 0)


def _share(values: pl.Series) -> pl.Series:
    numbers = _number(values)
    return _where(numbers, (numbers >= 0) & (numbers <= 1))


def _flag(values: pl.Series) -> pl.Series:
    numbers = _number(values)
    return _where(numbers, (numbers == 0) | (numbers == 1)).cast(pl.Int64)


def _time(values: pl.Series) -> pl.Series:
    if isinstance(values.dtype, pl.Datetime) and values.dtype.time_zone is not None:
        values = values.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    if isinstance(values.dtype, pl.Datetime | pl.Date):
        return values.cast(pl.Datetime("us"))
    return values.cast(pl.String).str.to_datetime(time_unit="us", strict=False)


def _where(values: pl.Series, fits: pl.Series) -> pl.Series:
    return values.zip_with(fits.fill_null(False), pl.Series(values.name, [None], dtype=values.dtype))


_TYPED: dict[Kind, Callable[[pl.Series], pl.Series]] = {
    "id": _as_text,
    "number": _number,
    "weight": _weight,
    "share": _share,
    "flag": _flag,
    "time": _time,
}
_FAULTS: dict[Kind, str] = {
    "id": "no number",
    "number": "no finite number",
    "weight": "negative or no finite number",
    "share": "outside 0-1",
    "flag": "neither 0 nor 1",
    "time": "no moment and no day",
}
