"""How a sample is asked for: size, seed, and what steers single designs."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Integral

ALLOCATIONS = ("proportional", "equal", "neyman", "power")


@dataclass(frozen=True, slots=True)
class LotRisks:
    """What a lot is inspected for: the share of errors still good, the share no longer tolerable, and both risks.

    Units: shares. `producer_risk` is the chance to refuse a lot at `accepted`, `consumer_risk` that to accept one at
    `rejected`. Errors: ValueError unless 0 <= accepted < rejected < 1 and both risks lie between 0 and 1/2.

    >>> LotRisks(0.02, 0.05).consumer_risk
    0.1
    """

    accepted: float = 0.01
    rejected: float = 0.05
    producer_risk: float = 0.05
    consumer_risk: float = 0.10

    def __post_init__(self) -> None:
        if not 0 <= self.accepted < self.rejected < 1:
            raise ValueError("the good share of errors is 0 or more and lies below the bad one, which is below 1")
        if not all(0 < risk < 0.5 for risk in (self.producer_risk, self.consumer_risk)):
            raise ValueError("a risk lies between 0 and 1/2")


@dataclass(frozen=True, slots=True)
class Change:
    """A guideline, tool or model that changed: from this day on, units of this stratum are watched."""

    stratum: str
    day: float


@dataclass(frozen=True, slots=True)
class Ask:
    """How many to draw with which seed; each of the rest counts for the designs that name it.

    Units: `size`, `minimum` and `maximum` count units, `days` are days. `minimum` and `maximum` (0: none) bound each
    stratum. `spreads` are standard deviations and `costs` costs of one audit by stratum (Neyman); `exponent` is that of
    the power allocation. `floor` is the least inclusion probability of a risk-based draw, as a share of size / N.
    `changes`, `days` and `factor` (how many times a changed unit counts) belong to change-triggered draws, `lot` to
    those of acceptance.
    Errors: ValueError for a size or seed that is not whole, a size below 1, an unknown allocation, a cap below the
    floor, or a number out of its range.

    >>> Ask(size=10, seed=7).allocation
    'proportional'
    """

    size: int
    seed: int
    allocation: str = "proportional"
    minimum: int = 0
    maximum: int = 0
    spreads: Mapping[str, float] = field(default_factory=dict, kw_only=True)
    costs: Mapping[str, float] = field(default_factory=dict, kw_only=True)
    exponent: float = field(default=0.5, kw_only=True)
    floor: float = field(default=0.1, kw_only=True)
    changes: tuple[Change, ...] = field(default=(), kw_only=True)
    days: int = field(default=14, kw_only=True)
    factor: float = field(default=4.0, kw_only=True)
    lot: LotRisks = field(default=LotRisks(), kw_only=True)

    def __post_init__(self) -> None:
        if not all(isinstance(number, Integral) for number in (self.size, self.seed)):
            raise ValueError(f"size and seed are whole numbers, not {self.size!r} and {self.seed!r}")
        if self.size < 1 or self.minimum < 0 or self.maximum < 0:
            raise ValueError("at least one unit is drawn, and floors and caps are not negative")
        if self.allocation not in ALLOCATIONS:
            raise ValueError(f"unknown allocation {self.allocation!r}; one of {', '.join(ALLOCATIONS)}")
        if 0 < self.maximum < self.minimum:
            raise ValueError(f"the cap {self.maximum} lies below the floor {self.minimum}")
        if not 0 <= self.exponent <= 1:
            raise ValueError("the exponent of a power allocation lies between 0 (equal) and 1 (proportional)")
        if not 0 < self.floor <= 1:
            raise ValueError("the floor lies above 0, or some units would have no chance at all, and at most at 1")
        if self.days < 1 or not 1 <= self.factor < math.inf:
            raise ValueError("a change is watched for a day or more, at a rate of at least the usual one")
