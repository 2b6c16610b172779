"""Dense integer codes for ids and labels of any type, without a Python object per row."""

from collections.abc import Iterable
from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt
import polars as pl

Integers = npt.NDArray[np.int32]
Offsets = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]

PART = 1 << 20  # rows hashed at once
MOST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Book:
    """The distinct values met so far, numbered as they came, and the table in which their hashes are looked up.

    Shapes: `values` holds U values in parts; `table` uint64[S, 2] holds a hash, and 32 bits of a second hash beside
    the number + 1. Two values are taken for one with a chance of U^2 / 2^97: one in 10^14 for 2e7 values.
    """

    values: tuple[pl.Series, ...]
    table: Hashes
    size: int


def encode(values: pl.Series) -> tuple[pl.Series, Integers]:
    """The sorted distinct values and, for each row, the place of its value among them.

    Shapes: N values without nulls -> U distinct values, int32[N]. Dictionary-encoded text (Categorical, Enum) is
    coded by its dictionary, without reading a text twice. Errors: ValueError beyond 2^31 distinct values.

    >>> names, codes = encode(pl.Series(["b", "a", "b"]))
    >>> names.to_list(), codes.tolist()
    (['a', 'b'], [1, 0, 1])
    """
    if values.is_empty():
        return values.cast(pl.String) if is_dictionary(values.dtype) else values, np.zeros(0, np.int32)
    if is_dictionary(values.dtype):
        return _by_dictionary(values)
    if values.dtype.is_integer():
        low, high = int(values.min()), int(values.max())  # type: ignore[arg-type]
        if high - low <= 4 * len(values) + 1000:
            return _by_table(values, low=low, high=high)
    return encode_parts(values.slice(at, PART) for at in range(0, len(values), PART))


def encode_parts(parts: Iterable[pl.Series]) -> tuple[pl.Series, Integers]:
    """As `encode`, of a column that comes in parts: a part may be forgotten once the next is asked for.

    >>> names, codes = encode_parts([pl.Series(["b", "c"]), pl.Series(["a", "b"])])
    >>> names.to_list(), codes.tolist()
    (['a', 'b', 'c'], [1, 2, 0, 1])
    """
    book, found = empty_book(), []
    for part in parts:
        book, codes = look_up(book, part)
        found.append(codes)
    ordered, place = closed(book)
    return ordered, place[np.concatenate(found) if found else np.zeros(0, np.int32)]


def is_dictionary(dtype: pl.DataType) -> bool:
    """Whether the column holds codes into a list of texts already.

    >>> is_dictionary(pl.Categorical()), is_dictionary(pl.String())
    (True, False)
    """
    return isinstance(dtype, pl.Categorical | pl.Enum)


def empty_book() -> Book:
    """A book without a value."""
    return Book((), np.zeros((1024, 2), np.uint64), 0)


def look_up(book: Book, values: pl.Series) -> tuple[Book, Integers]:
    """Number the values of one more part: the book with what was new in it, int32[N] numbers in order of coming.

    The table is passed on, not copied: go on with the new book only. Errors: ValueError beyond 2^31 distinct values.

    >>> book, first = look_up(empty_book(), pl.Series(["b", "a"]))
    >>> book, second = look_up(book, pl.Series(["c", "a"]))
    >>> second.tolist()
    [2, 1]
    """
    if book.size + len(values) >= MOST:
        raise ValueError("more than 2^31 different values: split the table by item")
    plain = values if values.dtype.is_numeric() else values.cast(pl.String)
    hashes, checks = (plain.hash(seed=seed).to_numpy(writable=True) for seed in (1, 2))
    table, codes, fresh = _number(book.table, hashes, checks, book.size)
    if not len(fresh):
        return book, codes
    return Book((*book.values, _alone(plain.gather(fresh))), table, book.size + len(fresh)), codes


def closed(book: Book) -> tuple[pl.Series, Integers]:
    """The book's values in order, and for each number its place in that order. Shapes: U values, int32[U].

    >>> ordered, place = closed(look_up(empty_book(), pl.Series(["b", "a"]))[0])
    >>> ordered.to_list(), place.tolist()
    (['a', 'b'], [1, 0])
    """
    if not book.values:
        return pl.Series([], dtype=pl.String), np.zeros(0, np.int32)
    found = pl.concat(list(book.values), rechunk=True)
    return _in_order(found)


def _in_order(found: pl.Series) -> tuple[pl.Series, Integers]:
    order = _order(found)
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    return found.gather(order), place


def _order(found: pl.Series) -> Offsets:
    """The order of distinct values. Texts are sorted by eight bytes after what all share, a third of a text sort."""
    if found.dtype.is_integer():
        return np.argsort(found.to_numpy())
    if found.dtype != pl.String or len(found) < 1000 or found.str.len_bytes().sum() != found.str.len_chars().sum():
        return found.arg_sort().to_numpy().astype(np.int64)
    shared = _shared_prefix(str(found.min()), str(found.max()))
    head = pl.col("text").str.slice(shared, 8).str.pad_end(8, "\0").cast(pl.Binary)
    key = found.to_frame("text").select(head.bin.reinterpret(dtype=pl.UInt64, endianness="big")).to_series().to_numpy()
    order = np.argsort(key)
    key = key[order]
    equal = key[1:] == key[:-1]
    tied = np.flatnonzero(np.append(equal, False) | np.append(False, equal))
    if len(tied):  # all of one head stand together, so sorting all the tied at once puts each among its own
        rows = order[tied]
        order[tied] = rows[found.gather(rows).arg_sort().to_numpy()]
    return order


def _shared_prefix(low: str, high: str) -> int:
    """How many characters the least and the greatest text share; every text between them shares those too."""
    same = (a == b for a, b in zip(low, high, strict=False))
    return next((place for place, is_same in enumerate(same) if not is_same), min(len(low), len(high)))


def _alone(values: pl.Series) -> pl.Series:
    """Texts in memory of their own: a few texts taken from a part would keep all of the part's texts alive."""
    if values.dtype != pl.String:
        return values
    return values.to_frame("text").select(pl.concat_str("text", pl.lit(""))).to_series()


def _by_dictionary(values: pl.Series) -> tuple[pl.Series, Integers]:
    physical = values.to_physical().cast(pl.UInt32).to_numpy(writable=True)
    size = int(physical.max()) + 1
    if size > 4 * len(values) + 1000:  # a dictionary far larger than the column
        return _by_hash_of(values)
    number, first = _first_rows(physical, size)
    ordered, place = _in_order(values.gather(first).cast(pl.String))
    used = number >= 0
    number[used] = place[number[used]]
    return ordered, number[physical]


def _by_hash_of(values: pl.Series) -> tuple[pl.Series, Integers]:
    return encode_parts(values.slice(at, PART).cast(pl.String) for at in range(0, len(values), PART))


def _by_table(values: pl.Series, *, low: int, high: int) -> tuple[pl.Series, Integers]:
    wide = values if values.dtype == pl.UInt64 else values.cast(pl.Int64)  # a narrow type has no room for high - low
    shifted = (wide - low).cast(pl.Int64).to_numpy()
    present = np.zeros(high - low + 1, np.bool_)
    present[shifted] = True
    places = np.cumsum(present, dtype=np.int32) - np.int32(1)
    distinct = (pl.Series(values.name, np.flatnonzero(present)).cast(wide.dtype) + low).cast(values.dtype)
    return distinct, places[shifted]


@numba.njit(cache=True, nogil=True)
def _slot(table: Hashes, wanted: np.uint64, check: np.uint64) -> np.int64:
    last = np.uint64(len(table) - 1)
    place = wanted & last
    while table[place, 1] != 0 and (table[place, 0] != wanted or table[place, 1] >> np.uint64(32) != check):
        place = (place + np.uint64(1)) & last
    return np.int64(place)


@numba.njit(cache=True, nogil=True)
def _roomier(table: Hashes, used: int, more: int) -> Hashes:
    """The table itself, or one large enough that so many more values leave three eighths of it free."""
    size = len(table)
    while 8 * (used + more) > 5 * size:
        size *= 2
    if size == len(table):
        return table
    larger = np.zeros((size, 2), np.uint64)
    last = np.uint64(size - 1)
    for old in range(len(table)):
        if table[old, 1] != 0:
            place = table[old, 0] & last
            while larger[place, 1] != 0:
                place = (place + np.uint64(1)) & last
            larger[place, 0] = table[old, 0]
            larger[place, 1] = table[old, 1]
    return larger


@numba.njit(cache=True, nogil=True)
def _number(table: Hashes, hashes: Hashes, checks: Hashes, used: int):  # type: ignore[no-untyped-def]
    """The number of each row's value -> the table, int32[N], int64[.] the rows of values that are new.

    The entries of a block of rows are fetched together before any is used: the memory answers them side by side.
    """
    block = 64
    met = np.empty((block, 2), np.uint64)
    codes = np.empty(len(hashes), np.int32)
    fresh = np.empty(1024, np.int64)
    new = 0
    low = np.uint64(0xFFFFFFFF)
    for begin in range(0, len(hashes), block):
        end = min(begin + block, len(hashes))
        table = _roomier(table, used + new, block)
        last = np.uint64(len(table) - 1)
        for row in range(begin, end):
            place = hashes[row] & last
            met[row - begin, 0] = table[place, 0]
            met[row - begin, 1] = table[place, 1]
        for row in range(begin, end):
            check = checks[row] >> np.uint64(32)
            entry = met[row - begin, 1]
            if entry == 0 or met[row - begin, 0] != hashes[row] or entry >> np.uint64(32) != check:
                place = _slot(table, hashes[row], check)
                entry = table[place, 1]
                if entry == 0:
                    if new == len(fresh):
                        fresh = np.concatenate((fresh, np.empty(new, np.int64)))
                    fresh[new] = row
                    new += 1
                    entry = check << np.uint64(32) | np.uint64(used + new)
                    table[place, 0] = hashes[row]
                    table[place, 1] = entry
            codes[row] = np.int32((entry & low) - np.uint64(1))
    return table, codes, fresh[:new].copy()


@numba.njit(cache=True, nogil=True)
def _first_rows(physical: npt.NDArray[np.uint32], size: int):  # type: ignore[no-untyped-def]
    """Number a dictionary's codes as they appear -> int32[size] (-1 = unused), int64[U] first rows."""
    number = np.full(size, -1, np.int32)
    first = np.empty(min(size, len(physical)), np.int64)
    used = 0
    for row in range(len(physical)):
        if number[physical[row]] < 0:
            number[physical[row]] = used
            first[used] = row
            used += 1
    return number, first[:used].copy()
