"""The choice itself: the units with the smallest permanent random numbers, handed out in another random order."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
import polars as pl

from smo.measure.sample.frame import Frame, Numbers, frame_hash, uuids_of
from smo.measure.sample.record import Record, Stratum
from smo.measure.sample.siphash import SERVING, START, Words, random_numbers

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Chosen:
    """One drawn unit: its serving number from 1 on, a random order; its weight is 1 / `inclusion_probability`."""

    id: UUID
    stratum: str
    inclusion_probability: float
    number: int


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """What was drawn, in order of serving numbers, with what proves it.

    Shapes: `rows` [n] are places in the frame, `ids` [n, 2], `strata` [n] names, `probability` [n].
    """

    rows: Rows
    ids: Words
    strata: tuple[str, ...]
    probability: Numbers
    record: Record

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def chosen(self) -> tuple[Chosen, ...]:
        """Each drawn unit with its UUID; for many, `table` is quicker."""
        columns = zip(uuids_of(self.ids), self.strata, self.probability.tolist(), strict=True)
        return tuple(Chosen(*column, number) for number, column in enumerate(columns, 1))

    def table(self) -> pl.DataFrame:
        """One row per drawn unit: row (its place in the frame), number, stratum, inclusion_probability, weight."""
        return pl.DataFrame(
            {
                "row": self.rows,
                "number": np.arange(1, len(self.rows) + 1),
                "stratum": list(self.strata),
                "inclusion_probability": self.probability,
                "weight": 1 / self.probability,
            },
            schema_overrides={"stratum": pl.String},
        )


def choose(frame: Frame, counts: Mapping[str, int], *, seed: int, design: str, **record: Any) -> Sample:
    """Of each stratum the units with the smallest permanent random numbers, as many as `counts` says.

    Shapes: `counts` has every stratum of the frame, each from 1 to its size; `record` are further fields of the record.
    The inclusion probability of a unit is count / size of its stratum (times that of a first phase): each subset of
    that many is equally likely over seeds. Errors: ValueError for an empty frame.
    Source: Cochran 1977, ch. 2 and 5; Ohlsson 1995.

    >>> frame = Frame.of_uuids([UUID(int=n) for n in range(10)])
    >>> [unit.inclusion_probability for unit in choose(frame, {"": 2}, seed=1, design="simple_random").chosen]
    [0.2, 0.2]
    """
    refuse_empty(frame)
    numbers = random_numbers(frame.ids, seed=seed)
    by_stratum = _by_stratum(frame)
    picked = [
        of[_smallest(numbers[of], frame.ids[of], count=counts[name])]
        for name, of in zip(frame.names, by_stratum, strict=True)
    ]
    sizes = [len(of) for of in by_stratum]
    strata = tuple(Stratum(name, size, counts[name]) for name, size in zip(frame.names, sizes, strict=True))
    chances = np.array([counts[name] / size for name, size in zip(frame.names, sizes, strict=True)])
    rows = np.concatenate(picked)
    told = _record(frame, design=design, seed=seed, strata=strata, **record)
    return finished(frame, rows, probability=chances[frame.codes[rows]], record=told)


def finished(frame: Frame, rows: Rows, *, probability: Numbers, record: Record) -> Sample:
    """The drawn rows in their serving order, with the probabilities of a first phase multiplied in."""
    first = 1.0 if frame.first is None else frame.first[rows]
    order = order_of(random_numbers(frame.ids[rows], seed=record.seed, purpose=SERVING), frame.ids[rows])
    rows, chances = rows[order], (probability * first)[order]
    return Sample(rows, frame.ids[rows], tuple(frame.names[code] for code in frame.codes[rows]), chances, record)


def whole_record(frame: Frame, *, design: str, seed: int, drawn: int, **record: Any) -> Record:
    """The record of a draw that knows no strata."""
    return _record(frame, design=design, seed=seed, strata=(Stratum("", len(frame), drawn),), **record)


def without_strata(frame: Frame) -> Frame:
    """The same units as one stratum. Errors: ValueError for an empty frame."""
    refuse_empty(frame)
    return replace(frame, codes=np.zeros(len(frame), np.int32), names=("",))


def refuse_empty(frame: Frame) -> None:
    """Errors: ValueError for an empty frame."""
    if not len(frame):
        raise ValueError("an empty frame has nothing to draw")


def order_of(numbers: npt.NDArray[Any], ids: Words) -> Rows:
    """The places in order of numbers, ties by id."""
    order = np.argsort(numbers)
    in_order = numbers[order]
    if (in_order[1:] == in_order[:-1]).any():
        order = np.lexsort((ids[:, 1], ids[:, 0], numbers))
    return order


def short_codes(frame: Frame) -> npt.NDArray[Any]:
    """The strata's codes in 16 bits where they fit: those are sorted by radix, in a tenth of the time."""
    return frame.codes.astype(np.uint16) if len(frame.names) < 1 << 16 else frame.codes


def random_start(seed: int) -> float:
    """Where a systematic draw begins, from 0 to 1 (not included): it follows from the seed."""
    return int(random_numbers(np.zeros((1, 2), np.uint64), seed=seed, purpose=START)[0] >> np.uint64(11)) / 2.0**53


def _record(frame: Frame, *, design: str, seed: int, strata: tuple[Stratum, ...], **record: Any) -> Record:
    return Record(design, seed, len(frame), record.pop("frame_hash", None) or frame_hash(frame), strata, **record)


def _by_stratum(frame: Frame) -> list[Rows]:
    if len(frame.names) == 1:
        return [np.arange(len(frame))]
    order = np.argsort(short_codes(frame), kind="stable")
    return np.split(order, np.cumsum(np.bincount(frame.codes, minlength=len(frame.names)))[:-1])


def _smallest(numbers: Words, ids: Words, *, count: int) -> Rows:
    """The places of the `count` smallest numbers; equal numbers at the edge are told apart by their ids."""
    if count >= len(numbers):
        return np.arange(len(numbers))
    edge = np.partition(numbers, count - 1)[count - 1]
    found = np.flatnonzero(numbers <= edge)
    return found if len(found) == count else found[order_of(numbers[found], ids[found])[:count]]
