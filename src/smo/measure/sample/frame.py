"""What may be drawn: columns of ids, strata and what designs steer by; and the hash that binds them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import numpy.typing as npt
import polars as pl

from smo.measure.sample.siphash import Words, row_sum, text_digest, text_ids

Numbers = npt.NDArray[np.float64]

_TEXTS_AT_ONCE = 1 << 20
_MODULUS = 1 << 128


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Units with an id and a stratum each, in any order; the last three only where a design needs them.

    Shapes: `ids` [N, 2] are 128 bits, the high word first; `codes` [N] point into `names`. `risk` (0 or more) is the
    size measure of risk-based draws, `at` orders units or dates them (days), `first` is the inclusion probability of a
    first phase of which this frame is the sample.
    Errors: ValueError when an id stands twice, a column is of another length, or a number is nan, infinite or out of
    its range.

    >>> frame = Frame.of_uuids([UUID(int=1), UUID(int=2)], ["DE", "FR"])
    >>> len(frame), frame.sizes()
    (2, {'DE': 1, 'FR': 1})
    """

    ids: Words
    codes: npt.NDArray[np.int32]
    names: tuple[str, ...]
    risk: Numbers | None = None
    at: Numbers | None = None
    first: Numbers | None = None

    def __post_init__(self) -> None:
        many = len(self.ids)
        if len(self.codes) != many:
            raise ValueError(f"{many} ids stand beside {len(self.codes)} strata")
        for column in (self.risk, self.at, self.first):
            _check_column(column, many)
        if self.risk is not None and (self.risk < 0).any():
            raise ValueError("a risk is 0 or more")
        if self.first is not None and not ((self.first > 0) & (self.first <= 1)).all():
            raise ValueError("an inclusion probability of a first phase lies above 0 and at most at 1")
        if _has_twins(self.ids):
            raise ValueError("a unit stands in the frame twice")

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def of_uuids(
        cls,
        ids: Sequence[UUID],
        strata: Sequence[str] | None = None,
        *,
        risk: npt.ArrayLike | None = None,
        at: npt.ArrayLike | None = None,
        first: npt.ArrayLike | None = None,
    ) -> "Frame":
        """A frame of units that have a UUID; without strata there is one, named "".

        Errors: ValueError as the class.

        >>> Frame.of_uuids([UUID(int=258)]).ids.tolist()
        [[0, 258]]
        """
        words = np.frombuffer(b"".join(unit.bytes for unit in ids), ">u8").astype(np.uint64).reshape(-1, 2)
        if strata is not None and len(strata) != len(words):
            raise ValueError(f"{len(words)} ids stand beside {len(strata)} strata")
        names, codes = _coded(pl.Series(strata, dtype=pl.String)) if strata else _one_stratum(len(words))
        return cls(words, codes, names, *(_numbers(column) for column in (risk, at, first)))

    @classmethod
    def from_frame(
        cls,
        frame: pl.DataFrame,
        *,
        id: str,  # noqa: A002 - the column's role, as everywhere
        stratum: Sequence[str] = (),
        risk: str = "",
        at: str = "",
        first: str = "",
    ) -> "Frame":
        """A frame of a polars table: `id` names a column of texts or whole numbers, several strata are joined by " / ".

        A text that is a canonical UUID counts as its 16 bytes, any other as its 128-bit hash; a number as itself.
        Errors: ValueError for an empty id, and as the class; polars' ColumnNotFoundError.

        >>> table = pl.DataFrame({"id": ["a", "b"], "market": ["DE", None], "score": [0.2, 0.9]})
        >>> Frame.from_frame(table, id="id", stratum=["market"], risk="score").names
        ('-', 'DE')
        """
        words = ids_of(frame[id])
        if stratum:
            parts = [pl.col(name).cast(pl.String).fill_null("-") for name in stratum]
            names, codes = _coded(frame.select(name=pl.concat_str(parts, separator=" / "))["name"])
        else:
            names, codes = _one_stratum(len(words))
        given = (frame[name].cast(pl.Float64).to_numpy() if name else None for name in (risk, at, first))
        return cls(words, codes, names, *given)

    def sizes(self) -> dict[str, int]:
        """How many units each stratum has, in order of their names."""
        counts = np.bincount(self.codes, minlength=len(self.names))
        return {name: int(count) for name, count in zip(self.names, counts, strict=True)}


def uuids_of(ids: Words) -> list[UUID]:
    """The ids as UUIDs.

    >>> uuids_of(np.array([[0, 1]], np.uint64))
    [UUID('00000000-0000-0000-0000-000000000001')]
    """
    return [UUID(int=int(high) << 64 | int(low)) for high, low in ids]


def ids_of(column: pl.Series) -> Words:
    """The 128-bit ids of a column of texts or whole numbers.

    Shapes: [N] -> [N, 2]. Errors: ValueError for a missing or negative id, or a column of another type.

    >>> ids_of(pl.Series([1, 2])).tolist()
    [[0, 1], [0, 2]]
    """
    if column.null_count():
        raise ValueError(f"{column.null_count()} rows have no id")
    if column.dtype.is_integer():
        if len(column) and column.min() < 0:  # type: ignore[operator]
            raise ValueError("an id that is a number is 0 or more")
        low = column.cast(pl.UInt64).to_numpy()
        return np.column_stack([np.zeros_like(low), low])
    if column.dtype not in (pl.String, pl.Categorical, pl.Enum):
        raise ValueError(f"an id is a text or a whole number, not {column.dtype}")
    texts = column.cast(pl.String)
    found = [_text_ids(texts.slice(start, _TEXTS_AT_ONCE)) for start in range(0, len(texts), _TEXTS_AT_ONCE)]
    return np.concatenate(found) if found else np.empty((0, 2), np.uint64)


def frame_hash(frame: Frame) -> bytes:
    """What binds a frame: the sum modulo 2^128 of its rows' hashes, over id, stratum, risk, `at` and `first`.

    It does not depend on the order of rows, and the hashes of two parts add up to that of the whole. It finds every
    accident; whoever may choose millions of ids at will could look for another frame with the same sum (Wagner 2002).

    >>> one, two = (Frame.of_uuids([UUID(int=n)]) for n in (1, 2))
    >>> frame_hash(Frame.of_uuids([UUID(int=2), UUID(int=1)])) == merged_hash([frame_hash(one), frame_hash(two)])
    True
    """
    digests = np.array([text_digest(name) for name in frame.names], np.uint64).reshape(-1, 2)
    columns = [_words(frame.risk, 0.0), _words(frame.at, 0.0), _words(frame.first, 1.0)]
    width = max(len(column) for column in columns)
    measures = np.stack([np.broadcast_to(column, width) for column in columns])
    return row_sum(frame.ids, frame.codes, digests=digests, measures=measures).to_bytes(16, "big")


def merged_hash(parts: Iterable[bytes]) -> bytes:
    """The hash of a whole from those of its parts, which share no unit.

    >>> merged_hash([bytes(15) + b"\\x01", b"\\xff" * 16]) == bytes(16)
    True
    """
    return (sum(int.from_bytes(part, "big") for part in parts) % _MODULUS).to_bytes(16, "big")


def _words(column: Numbers | None, otherwise: float) -> Words:
    return (np.array([otherwise]) if column is None else column + 0.0).view(np.uint64)  # + 0.0: no negative zero


def _text_ids(texts: pl.Series) -> Words:
    ends = texts.str.len_bytes().cast(pl.Int64).cum_sum().to_numpy()
    data = np.frombuffer(texts.str.join("").item().encode(), np.uint8)
    return text_ids(data, ends)


def _coded(strata: pl.Series) -> tuple[tuple[str, ...], npt.NDArray[np.int32]]:
    if strata.null_count():
        raise ValueError(f"{strata.null_count()} rows have no stratum")
    names = strata.unique().sort()
    codes = strata.cast(pl.Enum(names)).to_physical().cast(pl.Int32).to_numpy()
    return tuple(names.to_list()), codes


def _one_stratum(many: int) -> tuple[tuple[str, ...], npt.NDArray[np.int32]]:
    return ("",) if many else (), np.zeros(many, np.int32)


def _numbers(column: npt.ArrayLike | None) -> Numbers | None:
    return None if column is None else np.ascontiguousarray(column, np.float64)


def _check_column(column: Numbers | None, many: int) -> None:
    if column is None:
        return
    if len(column) != many:
        raise ValueError(f"{many} ids stand beside {len(column)} numbers")
    if not np.isfinite(column).all():
        raise ValueError("a number of a unit is missing, nan or infinite")


def _has_twins(ids: Words) -> bool:
    """Whether an id stands twice: equal ids have equal folds, and few others do."""
    folds = ids[:, 0] * np.uint64(0x9E3779B97F4A7C15) + ids[:, 1]
    in_order = np.sort(folds)
    same = in_order[1:][in_order[1:] == in_order[:-1]]
    if not len(same):
        return False
    suspects = ids[np.isin(folds, same)]
    return len(np.unique(suspects, axis=0)) < len(suspects)
