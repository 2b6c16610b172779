"""Single sampling plans: a sample from a lot, and the count of errors up to which the lot is accepted."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, special, stats

LARGEST_SAMPLE = 1_000_000
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class SinglePlan:
    """Look at `size` units and accept when at most `acceptance_number` are wrong.

    `lot_size` None is a stream without end (binomial); else the law is the hypergeometric one of that lot.
    Errors: ValueError for a size below 1, a negative acceptance number, or a sample that is larger than its lot.

    >>> SinglePlan(125, 3).lot_size is None
    True
    """

    size: int
    acceptance_number: int
    lot_size: int | None = None

    def __post_init__(self) -> None:
        if self.size < 1 or self.acceptance_number < 0:
            raise ValueError("a plan looks at one unit or more, and its acceptance number is not negative")
        if self.lot_size is not None and self.size > self.lot_size:
            raise ValueError(f"a sample of {self.size} cannot be drawn from a lot of {self.lot_size}")


def probability_of_acceptance(plan: SinglePlan, shares: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The operating characteristic: how often lots with such shares of errors are accepted.

    Shapes: shares [M] -> [M]. A finite lot has a whole number of errors: the nearest to share * lot size.
    Errors: ValueError unless shares lie between 0 and 1. Source: Schilling and Neubauer 2017, ch. 5.

    >>> probability_of_acceptance(SinglePlan(125, 3), [0.01, 0.05]).round(3).tolist()
    [0.963, 0.124]
    >>> probability_of_acceptance(SinglePlan(125, 3, lot_size=500), [0.01, 0.05]).round(3).tolist()
    [0.985, 0.091]
    """
    given = np.asarray(shares, np.float64)
    if not ((given >= 0) & (given <= 1)).all():
        raise ValueError("a share of errors lies between 0 and 1")
    if plan.lot_size is None:
        return np.asarray(_binomial(plan.size, plan.acceptance_number, shares=given))
    return np.asarray(accepted_of(plan, np.rint(given * plan.lot_size)))


def accepted_of(plan: SinglePlan, errors: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """How often a finite lot with so many errors is accepted.

    Errors: ValueError for a plan without a lot.

    >>> accepted_of(SinglePlan(2, 0, lot_size=4), [0, 1, 2]).round(3).tolist()
    [1.0, 0.5, 0.167]
    """
    if plan.lot_size is None:
        raise ValueError("a plan without a lot has a share of errors, no count")
    return np.asarray(stats.hypergeom.cdf(plan.acceptance_number, plan.lot_size, np.asarray(errors), plan.size))


def single_plan(
    accepted: float,
    rejected: float,
    *,
    producer_risk: float = 0.05,
    consumer_risk: float = 0.10,
    lot_size: int | None = None,
) -> SinglePlan:
    """The smallest plan that refuses lots at `accepted` (AQL) and accepts those at `rejected` (LQ) rarely enough.

    Units: shares of errors, and risks. In a finite lot "at most `accepted`" is a count rounded down, "at least
    `rejected`" one rounded up; where no sample keeps both risks, the whole lot is looked at.
    Errors: ValueError unless 0 <= accepted < rejected < 1 and both risks lie between 0 and 1/2, or when it would take
    more than a million. Source: Guenther 1969 (search by acceptance number); Schilling and Neubauer 2017, ch. 5.

    >>> single_plan(0.02, 0.05)
    SinglePlan(size=306, acceptance_number=10, lot_size=None)
    """
    if not 0 <= accepted < rejected < 1:
        raise ValueError("the share still good is 0 or more and lies below the bad one, which is below 1")
    if not all(0 < risk < 0.5 for risk in (producer_risk, consumer_risk)):
        raise ValueError("a risk lies between 0 and 1/2")
    if lot_size is not None and lot_size < 1:
        raise ValueError("a lot has at least one unit")
    if lot_size is not None:
        return _finite_plan(accepted, rejected, risks=(producer_risk, consumer_risk), lot_size=lot_size)
    about = _about(accepted, rejected, risks=(producer_risk, consumer_risk))
    if about > 2 * LARGEST_SAMPLE:
        raise ValueError(f"it takes more than {LARGEST_SAMPLE:,} units to tell {accepted} from {rejected}")
    number = _first_number(about, accepted)
    while True:
        size = _smallest_size(number, rejected, risk=consumer_risk)
        if size > LARGEST_SAMPLE:
            raise ValueError(f"it takes more than {LARGEST_SAMPLE:,} units to tell {accepted} from {rejected}")
        if _binomial(size, number, shares=np.asarray(accepted)) >= 1 - producer_risk:
            return SinglePlan(size, number)
        number += 1


def quality_at(plan: SinglePlan, acceptance: float) -> float:
    """The share of errors at which lots are accepted so often: 0.95 gives the plan's true AQL, 0.10 its LQ.

    Units: a share. For a finite lot the binomial share is not defined between counts: the largest count that is
    accepted at least so often, as a share. Errors: ValueError unless acceptance lies between 0 and 1.
    Source: Clopper and Pearson 1934 (the same equation).

    >>> round(quality_at(SinglePlan(125, 3), 0.10), 4), round(quality_at(SinglePlan(125, 3), 0.95), 4)
    (0.0527, 0.011)
    """
    if not 0 < acceptance < 1:
        raise ValueError("a chance of acceptance lies between 0 and 1")
    if plan.lot_size is None:
        if plan.acceptance_number >= plan.size:
            return 1.0
        return float(special.betaincinv(plan.acceptance_number + 1, plan.size - plan.acceptance_number, 1 - acceptance))
    chances = accepted_of(plan, np.arange(plan.lot_size + 1))
    return float(np.flatnonzero(chances >= acceptance - _ROUNDING).max()) / plan.lot_size


def outgoing_quality_limit(plan: SinglePlan) -> tuple[float, float]:
    """The worst average share of errors that leaves the gate when refused lots are put right, and where it lies.

    Shapes: (AOQL, the incoming share at which it is reached); sampled errors are put right too.
    Source: Dodge and Romig 1929: AOQ = p * Pa * (1 - n / N).

    >>> [round(number, 4) for number in outgoing_quality_limit(SinglePlan(125, 3))]
    [0.0155, 0.0234]
    """
    rest = 1.0 if plan.lot_size is None else 1 - plan.size / plan.lot_size
    if plan.lot_size is not None:
        shares = np.arange(plan.lot_size + 1) / plan.lot_size
        outgoing = shares * accepted_of(plan, np.arange(plan.lot_size + 1)) * rest
        return float(outgoing.max()), float(shares[outgoing.argmax()])
    grid = np.linspace(0, 1, 2001)
    best = int((grid * probability_of_acceptance(plan, grid)).argmax())
    found = optimize.minimize_scalar(
        lambda share: -share * float(_binomial(plan.size, plan.acceptance_number, shares=np.asarray(share))),
        bounds=(grid[max(best - 1, 0)], grid[min(best + 1, 2000)]),
        method="bounded",
        options={"xatol": 1e-9},
    )
    return -float(found.fun), float(found.x)


def _about(accepted: float, rejected: float, *, risks: tuple[float, float]) -> float:
    """The size that the normal approximation gives."""
    spread = [
        float(special.ndtri(1 - risk)) * math.sqrt(share * (1 - share))
        for risk, share in zip(risks, (accepted, rejected), strict=True)
    ]
    return (sum(spread) / (rejected - accepted)) ** 2


def _first_number(about: float, accepted: float) -> int:
    """Where the search begins: at half of what is likely, far below any number that serves."""
    return max(int(about * accepted / 2) - 10, 0)


def _binomial(size: int, number: int, *, shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(stats.binom.cdf(number, size, shares))


def _smallest_size(number: int, rejected: float, *, risk: float) -> int:
    """The smallest sample in which at most `number` errors are as rare as the risk, when the share is `rejected`."""
    low, high = number + 1, number + 1
    while stats.binom.cdf(number, high, rejected) > risk:
        low, high = high, 2 * high
        if low > LARGEST_SAMPLE:
            return low
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if stats.binom.cdf(number, middle, rejected) <= risk else (middle + 1, high)
    return low


def _finite_plan(accepted: float, rejected: float, *, risks: tuple[float, float], lot_size: int) -> SinglePlan:
    good = int(np.floor(accepted * lot_size + _ROUNDING))
    bad = int(np.ceil(rejected * lot_size - _ROUNDING))
    about = _about(accepted, rejected, risks=risks)
    for number in range(min(_first_number(about / (1 + about / lot_size), accepted), bad), bad):
        size = _smallest_of_lot(number, bad, lot_size=lot_size, risk=risks[1])
        if stats.hypergeom.cdf(number, lot_size, good, size) >= 1 - risks[0]:
            return SinglePlan(size, number, lot_size)
    return SinglePlan(lot_size, good, lot_size)


def _smallest_of_lot(number: int, bad: int, *, lot_size: int, risk: float) -> int:
    low, high = number + 1, lot_size  # the whole lot shows all: bad > number
    while low < high:
        middle = (low + high) // 2
        is_rare = stats.hypergeom.cdf(number, lot_size, bad, middle) <= risk
        low, high = (low, middle) if is_rare else (middle + 1, high)
    return low
