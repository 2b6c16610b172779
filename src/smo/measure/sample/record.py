"""What a draw leaves behind: seed, frame hash, design and sizes, from which any unit's probability follows."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from smo.measure.sample.ask import Change
from smo.measure.sample.frame import Frame, Numbers

FIRST_ALGORITHM = 1  # SHA-256, ids alone: see smo.measure.sample.first_algorithm
ALGORITHM = 2  # SipHash-2-4
WATCHED = " (changed)"


@dataclass(frozen=True, slots=True)
class Stratum:
    """How many units a stratum has and how many were drawn of them."""

    name: str
    size: int
    drawn: int


@dataclass(frozen=True, slots=True)
class RiskRule:
    """The probability of a unit by its risk: min(1, max(floor, scale * risk))."""

    scale: float
    floor: float


@dataclass(frozen=True, slots=True)
class Record:
    """All that it takes to know any unit's inclusion probability, and to draw again.

    `strata` have sizes and counts; `risk` stands where probabilities follow the risk, `changes` and `days` where
    changed units are strata of their own; `numbers` keeps what a design worked out (an acceptance number, say).
    """

    design: str
    seed: int
    frame_size: int
    frame_hash: bytes
    strata: tuple[Stratum, ...]
    risk: RiskRule | None = None
    changes: tuple[Change, ...] = ()
    days: int = 0
    numbers: Mapping[str, float] = field(default_factory=dict)
    algorithm: int = ALGORITHM


def probability_of(
    record: Record, *, stratum: str = "", risk: float | None = None, at: float | None = None, first: float = 1.0
) -> float:
    """The inclusion probability that a draw gave to a unit, drawn or not, from the record alone.

    Units: a probability, 0 to 1: `first` x drawn / size of the stratum, or by the rule of the risk; `at` in days, as in
    the frame, `first` is the probability of a first phase. Errors: ValueError for a stratum that the frame did not
    have, or a risk or day that the design needs and is not given. Source: definition.

    >>> record = Record("stratified", 7, 100, b"", (Stratum("DE", 90, 15), Stratum("IS", 10, 5)))
    >>> probability_of(record, stratum="IS")
    0.5
    """
    if record.risk is not None:
        if risk is None or not risk >= 0:
            raise ValueError("the probability follows the risk of the unit: say it, 0 or more")
        return first * min(1.0, max(record.risk.floor, record.risk.scale * risk))
    name = stratum
    if record.changes:
        if at is None:
            raise ValueError("the probability depends on the day of the unit: say it")
        name += WATCHED if is_watched(stratum, at, changes=record.changes, days=record.days) else ""
    known = {one.name: one for one in record.strata}
    if "" in known and len(known) == 1:
        name = ""
    if name not in known:
        raise ValueError(f"the frame had no stratum {name!r}")
    return first * known[name].drawn / known[name].size


def probabilities(record: Record, frame: Frame) -> Numbers:
    """The inclusion probability of every unit of a frame.

    Shapes: [N]. Errors: ValueError as `probability_of`.

    >>> from uuid import UUID
    >>> record = Record("simple_random", 7, 4, b"", (Stratum("", 4, 1),))
    >>> probabilities(record, Frame.of_uuids([UUID(int=1), UUID(int=2)])).tolist()
    [0.25, 0.25]
    """
    first = np.ones(len(frame)) if frame.first is None else frame.first
    if record.risk is not None:
        if frame.risk is None:
            raise ValueError("the probability follows the risk of the unit: the frame has none")
        return first * by_risk(record.risk, frame.risk)
    if record.changes:
        frame = watched_frame(frame, changes=record.changes, days=record.days)
    whole = "" if [one.name for one in record.strata] == [""] else None
    by_name = {one.name: one.drawn / one.size for one in record.strata}
    unknown = sorted(set(frame.names) - set(by_name)) if whole is None else []
    if unknown:
        raise ValueError(f"the frame had no stratum {unknown[0]!r}")
    chances = np.array([by_name[name if whole is None else whole] for name in frame.names])
    return np.asarray(first * chances[frame.codes])


def by_risk(rule: RiskRule, risk: Numbers) -> Numbers:
    """What a risk rule gives to each risk."""
    return np.minimum(1.0, np.maximum(rule.floor, rule.scale * risk))


def is_watched(stratum: str, at: float, *, changes: tuple[Change, ...], days: int) -> bool:
    """Whether a unit of this stratum and day lies within `days` of a change.

    >>> is_watched("HS-4.2", 12, changes=(Change("HS-4.2", 10),), days=7)
    True
    """
    return any(change.stratum == stratum and change.day <= at < change.day + days for change in changes)


def watched_frame(frame: Frame, *, changes: tuple[Change, ...], days: int) -> Frame:
    """The frame in which units within `days` of a change of their stratum are a stratum of their own.

    Errors: ValueError for a frame without days.
    """
    if frame.at is None:
        raise ValueError("the day of each unit is needed: the frame has none in `at`")
    watched = np.zeros(len(frame), bool)
    for change in changes:
        if change.stratum in frame.names:
            of_stratum = frame.codes == frame.names.index(change.stratum)
            watched |= of_stratum & (frame.at >= change.day) & (frame.at < change.day + days)
    used, codes = np.unique(2 * frame.codes + watched, return_inverse=True)
    names = [frame.names[code // 2] + (WATCHED if code % 2 else "") for code in used.tolist()]
    order = sorted(range(len(names)), key=names.__getitem__)
    place = np.empty(len(names), np.int32)
    place[order] = np.arange(len(names), dtype=np.int32)
    sorted_names = tuple(names[at] for at in order)
    return Frame(frame.ids, place[codes], sorted_names, frame.risk, frame.at, frame.first)


def to_json(record: Record) -> str:
    """The record as JSON, to be kept beside the sample.

    >>> record = Record("simple_random", 7, 4, bytes(16), (Stratum("", 4, 1),))
    >>> from_json(to_json(record)) == record
    True
    """
    return json.dumps(asdict(record) | {"frame_hash": record.frame_hash.hex()}, indent=1)


def from_json(text: str) -> Record:
    """A record from its JSON. Errors: ValueError where it is none, or of an algorithm of a later release."""
    try:
        given: dict[str, Any] = json.loads(text)
        given["frame_hash"] = bytes.fromhex(given["frame_hash"])
        given["strata"] = tuple(Stratum(**one) for one in given["strata"])
        given["changes"] = tuple(Change(**one) for one in given.get("changes", ()))
        given["risk"] = RiskRule(**given["risk"]) if given.get("risk") else None
        record = Record(**given)
    except (KeyError, TypeError, AttributeError) as fault:
        raise ValueError(f"this is no record of a draw: {fault}") from fault
    if record.algorithm > ALGORITHM:
        raise ValueError(f"the draw was made by algorithm {record.algorithm}, which is newer than this release")
    return record
