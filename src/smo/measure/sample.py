"""A sample drawn from a frame so that anyone can draw it again: permanent random numbers, sizes, probabilities."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby, islice
from uuid import UUID

ALLOCATIONS = ("proportional", "equal")
_SEED_BYTES = 8


@dataclass(frozen=True, slots=True)
class Frame:
    """What may be drawn: an id and a stratum for each unit, in any order.

    Errors: ValueError when an id stands twice or a unit has no stratum beside it.

    >>> Frame((UUID(int=1), UUID(int=2)), ("DE", "FR")).sizes()
    {'DE': 1, 'FR': 1}
    """

    ids: tuple[UUID, ...]
    strata: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.ids) != len(self.strata):
            raise ValueError(f"{len(self.ids)} ids stand beside {len(self.strata)} strata")
        if len(set(self.ids)) < len(self.ids):
            raise ValueError("a unit stands in the frame twice")

    def sizes(self) -> dict[str, int]:
        """How many units each stratum has, in order of their names."""
        return dict(sorted(Counter(self.strata).items()))


@dataclass(frozen=True, slots=True)
class Ask:
    """How many to draw with which seed; the rest counts for strata alone. `maximum` 0 means no cap of one's own.

    Errors: ValueError for a size below 1, an unknown allocation, or a cap below the floor.
    """

    size: int
    seed: int
    allocation: str = "proportional"
    minimum: int = 0
    maximum: int = 0

    def __post_init__(self) -> None:
        if self.size < 1 or self.minimum < 0 or self.maximum < 0:
            raise ValueError("at least one unit is drawn, and floors and caps are not negative")
        if self.allocation not in ALLOCATIONS:
            raise ValueError(f"unknown allocation {self.allocation!r}; one of {', '.join(ALLOCATIONS)}")
        if 0 < self.maximum < self.minimum:
            raise ValueError(f"the cap {self.maximum} lies below the floor {self.minimum}")


@dataclass(frozen=True, slots=True)
class Chosen:
    """One drawn unit; a weight is 1 / `inclusion_probability`."""

    id: UUID
    stratum: str
    inclusion_probability: float


@dataclass(frozen=True, slots=True)
class Stratum:
    """How many units a stratum has and how many were drawn of them."""

    name: str
    size: int
    drawn: int


@dataclass(frozen=True, slots=True)
class Sample:
    """What was drawn, in order of permanent random numbers, with what proves it."""

    chosen: tuple[Chosen, ...]
    strata: tuple[Stratum, ...]
    frame_size: int
    frame_hash: bytes
    seed: int


def random_number(unit: UUID, seed: int) -> int:
    """The permanent random number of a unit under a seed: the first 64 bits of SHA-256 over the seed and the id.

    It depends on nothing else: not on the order of rows, not on who else is in the frame, not on the machine. Source:
    permanent random numbers, Ohlsson 1995 (in Cox et al., Business Survey Methods, ch. 9).

    >>> random_number(UUID(int=1), 7) == random_number(UUID(int=1), 7)
    True
    >>> random_number(UUID(int=1), 7) == random_number(UUID(int=1), 8)
    False
    """
    key = (seed % (1 << 64)).to_bytes(_SEED_BYTES, "big")
    return int.from_bytes(hashlib.sha256(key + unit.bytes).digest()[:8], "big")


def frame_hash(ids: Iterable[UUID]) -> bytes:
    """What binds a frame: SHA-256 over its ids, 16 bytes each, in order of the ids.

    >>> frame_hash([UUID(int=2), UUID(int=1)]) == frame_hash([UUID(int=1), UUID(int=2)])
    True
    """
    digest = hashlib.sha256()
    for unit in sorted(ids):
        digest.update(unit.bytes)
    return digest.digest()


def seed_of(seed: int, part: str) -> int:
    """Another seed, bound to the first and a name: for the next draw of a plan, or for an order beside a choice.

    Units: 63 bits, so that it fits PostgreSQL's bigint.

    >>> seed_of(7, "draw 2") == seed_of(7, "draw 2"), seed_of(7, "draw 2") == seed_of(7, "draw 3")
    (True, False)
    """
    key = (seed % (1 << 64)).to_bytes(_SEED_BYTES, "big")
    return int.from_bytes(hashlib.sha256(key + part.encode()).digest()[:8], "big") >> 1


def allocate(sizes: Mapping[str, int], ask: Ask) -> dict[str, int]:
    """How many to draw of each stratum.

    Shapes: `sizes` maps a stratum to its units (1 or more). Every stratum gets its floor (at least one unit, or its
    units would have no chance at all) and never more than it has or the cap; the floors may need more than
    `ask.size`, then they win. What is left goes by `ask.allocation`, largest remainder first, ties by name.

    >>> allocate({"DE": 900, "FR": 90, "IS": 10}, Ask(size=100, seed=1, minimum=5))
    {'DE': 86, 'FR': 9, 'IS': 5}
    >>> allocate({"DE": 900, "FR": 90, "IS": 10}, Ask(size=60, seed=1, allocation="equal"))
    {'DE': 25, 'FR': 25, 'IS': 10}
    """
    most = {name: min(size, ask.maximum or size) for name, size in sorted(sizes.items())}
    given = {name: min(max(ask.minimum, 1), top) for name, top in most.items()}
    share = {name: float(sizes[name]) if ask.allocation == "proportional" else 1.0 for name in most}
    if sum(given.values()) >= ask.size:
        return given
    return _filled(given, most=most, share=share, size=min(ask.size, sum(most.values())))


def _filled(
    given: Mapping[str, int], *, most: Mapping[str, int], share: Mapping[str, float], size: int
) -> dict[str, int]:
    """The level at which floors and caps leave exactly `size`: who would get less than the floor gets the floor."""
    fixed: dict[str, int] = {}
    while True:
        free = [name for name in given if name not in fixed]
        whole = sum(share[name] for name in free)
        rest = size - sum(fixed.values())
        ideal = {name: rest * share[name] / whole for name in free}
        short = {name: given[name] for name in free if ideal[name] < given[name]}
        over = {name: most[name] for name in free if ideal[name] > most[name]}
        if not short and not over:
            return {**{name: fixed.get(name, 0) for name in given}, **_rounded(ideal, rest, most=most)}
        lacking = sum(given[name] - ideal[name] for name in short)
        exceeding = sum(ideal[name] - most[name] for name in over)
        fixed |= short if lacking >= exceeding else over


def _rounded(ideal: Mapping[str, float], rest: int, *, most: Mapping[str, int]) -> dict[str, int]:
    """Whole numbers with the same sum, by the largest remainder."""
    floor = {name: int(value) for name, value in ideal.items()}
    missing = rest - sum(floor.values())
    first = sorted((name for name in ideal if floor[name] < most[name]), key=lambda n: (floor[n] - ideal[n], n))
    return {name: count + (name in first[:missing]) for name, count in floor.items()}


def choose(frame: Frame, counts: Mapping[str, int], *, seed: int) -> Sample:
    """Of each stratum the units with the smallest permanent random numbers, as many as `counts` says.

    Shapes: `counts` has every stratum of the frame, each from 1 to its size. The inclusion probability of a unit is
    count / size of its stratum: each subset of that many is equally likely over seeds (Cochran 1977, ch. 2 and 5).

    >>> frame = Frame(tuple(UUID(int=n) for n in range(10)), ("all",) * 10)
    >>> [chosen.inclusion_probability for chosen in choose(frame, {"all": 2}, seed=1).chosen]
    [0.2, 0.2]
    """
    numbered = sorted(
        ((name, random_number(unit, seed), unit) for unit, name in zip(frame.ids, frame.strata, strict=True)),
    )
    sizes = frame.sizes()
    picked = [
        (number, Chosen(unit, name, counts[name] / sizes[name]))
        for name, group in groupby(numbered, key=lambda row: row[0])
        for _, number, unit in islice(group, counts[name])
    ]
    chosen = tuple(unit for _, unit in sorted(picked, key=lambda row: (row[0], row[1].id)))
    strata = tuple(Stratum(name, size, counts[name]) for name, size in sizes.items())
    return Sample(chosen, strata, len(frame.ids), frame_hash(frame.ids), seed)
