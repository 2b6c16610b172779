"""A long table's columns as codes, weights and times, read whole or part by part."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from smo.measure.codes import Book, Integers, Offsets, closed, empty_book, encode, is_dictionary, look_up
from smo.measure.sources import batches

Floats = npt.NDArray[np.float64]
Coded = tuple[pl.Series, Integers]
MOST_WEIGHT = 1e100  # the sums of squares of more would overflow
NO_TIME = int(np.iinfo(np.int64).min)  # of a rating whose time is not known


@dataclass(frozen=True, slots=True)
class Columns:
    """Ratings in the order of their rows: `codes` = int32[N] items, raters (-1 = anonymous) and labels."""

    items: pl.Series
    raters: pl.Series | None
    labels: tuple[str | float, ...]
    codes: list[Integers]
    weight: Floats | None
    at: Offsets | None


def columns_of(
    table: pl.DataFrame | pl.LazyFrame,
    *,
    item: str,
    rater: str | None,
    label: str,
    more: tuple[str | None, str | None] = (None, None),
) -> Columns:
    """Code the columns of a table; `more` names those of weight and time.

    Errors: ValueError when an item is empty, or a weight is empty, not finite or negative.

    >>> columns_of(pl.DataFrame({"i": ["b", "a"], "y": ["n", "n"]}), item="i", rater=None, label="y").codes[0].tolist()
    [1, 0]
    """
    names = [name for name in (item, rater, label, *more) if name is not None]
    if isinstance(table, pl.DataFrame):
        rows = _answered(table.select(*dict.fromkeys(names)), item=item, label=label)
        coded = {name: _coded(rows.get_column(name)) for name in dict.fromkeys([label, rater, item]) if name}
        weight, at = (None if name is None else rows.get_column(name) for name in more)
    else:
        rows_of = (_answered(part, item=item, label=label) for part in batches(table, names))
        coded, kept = _read(rows_of, coded=[name for name in (item, rater, label) if name], kept=more)
        weight, at = (None if name is None else kept[name] for name in more)
    labels, label_codes = _labels(*coded[label])
    raters, rater_codes = (None, None) if rater is None else coded[rater]
    if raters is None or rater_codes is None or not len(raters):
        raters, rater_codes = None, np.full(len(label_codes), -1, np.int32)
    items, item_codes = coded[item]
    codes = [item_codes, rater_codes, label_codes]
    return Columns(
        items, raters, labels, codes,
        None if weight is None else _weights(weight), None if at is None else _times(at),
    )  # fmt: skip


def _answered(frame: pl.DataFrame, *, item: str, label: str) -> pl.DataFrame:
    """The rows with a label, without a copy where all have one."""
    given = frame.get_column(label)
    is_given = given.is_not_null() & given.is_not_nan() if given.dtype.is_float() else given.is_not_null()
    rows = frame if is_given.all() else frame.filter(is_given)
    empty = rows.get_column(item).null_count()
    if empty:
        raise ValueError(f"column {item}: {empty} rows have a label but no item; give each an item")
    return rows


def _coded(values: pl.Series) -> Coded:
    """As `encode`; rows without a value get -1."""
    if not values.null_count():
        return encode(values)
    names, codes = encode(values.drop_nulls())
    return names, _around_nulls(values, codes)


def _around_nulls(values: pl.Series, codes: Integers) -> Integers:
    every = np.full(len(values), -1, np.int32)
    every[values.is_not_null().to_numpy()] = codes
    return every


def _read(
    parts: Iterable[pl.DataFrame], *, coded: list[str], kept: tuple[str | None, ...]
) -> tuple[dict[str, Coded], dict[str, pl.Series]]:
    """Texts are numbered as they come; numbers and dictionaries are kept, since coding them whole is faster."""
    books: dict[str, Book] = {}
    numbers: dict[str, list[Integers]] = {}
    whole: dict[str, list[pl.Series]] = {name: [] for name in kept if name is not None}
    for part in parts:
        for name in dict.fromkeys(coded):
            values = part.get_column(name)
            if values.dtype.is_integer() or is_dictionary(values.dtype):
                whole.setdefault(name, []).append(values)
                continue
            given = values.drop_nulls() if values.null_count() else values
            books[name], codes = look_up(books.get(name, empty_book()), given)
            numbers.setdefault(name, []).append(codes if given is values else _around_nulls(values, codes))
        for name in whole.keys() - set(coded):
            whole[name].append(part.get_column(name))
    columns = {name: pl.concat(found, rechunk=False) for name, found in whole.items() if found}
    found = {name: _in_place(books.pop(name), numbers.pop(name)) for name in list(books)}
    return found | {name: _coded(columns[name]) for name in dict.fromkeys(coded) if name in columns}, columns


def _in_place(book: Book, numbers: list[Integers]) -> Coded:
    ordered, place = closed(book)
    place = np.append(place, np.int32(-1))  # read by -1, the rows without a value
    codes = np.empty(sum(map(len, numbers)), np.int32)
    begin = 0
    for part in numbers:
        codes[begin : begin + len(part)] = place[part]
        begin += len(part)
    return ordered, codes


def _labels(distinct: pl.Series, codes: Integers) -> tuple[tuple[str | float, ...], Integers]:
    if distinct.dtype == pl.Boolean:
        distinct = distinct.cast(pl.String)
    numbers = distinct.cast(pl.Float64, strict=False)
    is_text = not distinct.dtype.is_numeric()
    if is_text and (distinct.is_empty() or numbers.null_count() or not numbers.is_finite().all()):
        return tuple(distinct.to_list()), codes
    if numbers.is_infinite().any():
        raise ValueError("a label is infinite: labels are finite numbers or text")
    ordered, places = encode(numbers)
    return tuple(ordered.to_list()), places[codes] if len(places) else codes


def _weights(values: pl.Series) -> Floats:
    numbers = values.cast(pl.Float64, strict=False)
    fit = ((numbers >= 0) & (numbers <= MOST_WEIGHT)).fill_null(value=False)
    if not fit.all():
        faulty = len(fit) - int(fit.sum())
        raise ValueError(f"column {values.name}: every weight must be a number of at least 0; {faulty} rows have none")
    return numbers.to_numpy(writable=True)  # the compiler makes a second kernel for read-only arrays


def _times(values: pl.Series) -> Offsets:
    """Microseconds since 1970 in UTC; a time without a zone is read as UTC."""
    if values.dtype == pl.String:
        values = values.str.to_datetime(time_unit="us", time_zone="UTC", strict=False)
    if values.dtype == pl.Date or isinstance(values.dtype, pl.Datetime):
        values = values.cast(pl.Datetime("us", getattr(values.dtype, "time_zone", None))).to_physical()
    if not values.dtype.is_integer():
        raise ValueError(f"column {values.name}: times are dates, times, ISO 8601 text or whole microseconds")
    return values.cast(pl.Int64).fill_null(NO_TIME).to_numpy(writable=True)
