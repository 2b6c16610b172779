"""Sequential plans: after each unit accept, refuse or go on; exact chances and average sizes, cut off or not."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

_UNDECIDED = 1e-12  # of the mass: then the rest is too small to be seen in any figure
_LONGEST = 5_000_000


@dataclass(frozen=True, slots=True)
class SequentialPlan:
    """Accept when errors <= slope * n - accept_at, refuse when errors >= slope * n + refuse_at, else look on.

    `most` cuts the plan off: after so many units a lot with at most `last_accepted` errors is accepted.
    """

    slope: float
    accept_at: float
    refuse_at: float
    most: int | None = None
    last_accepted: int = 0

    def numbers(self) -> dict[str, float]:
        """The plan as numbers by name, for a record."""
        lines = {"slope": self.slope, "accept_at": self.accept_at, "refuse_at": self.refuse_at}
        return lines | {"most": float(self.most or 0), "last_accepted": float(self.last_accepted)}


@dataclass(frozen=True, slots=True)
class Characteristic:
    """What a sequential plan does at each share of errors.

    Shapes: all [M]. `accepted` is the chance of acceptance, `average_size` the mean number of units looked at,
    `undecided` the chance that was left when the sum was broken off (0 for a plan that is cut off).
    """

    shares: Numbers
    accepted: Numbers
    average_size: Numbers
    undecided: Numbers


def sequential_plan(
    accepted: float,
    rejected: float,
    *,
    producer_risk: float = 0.05,
    consumer_risk: float = 0.10,
    most: int | str | None = "auto",
) -> SequentialPlan:
    """Wald's sequential probability ratio test of two shares of errors, cut off after `most` units.

    Units: shares and risks. `most`: a number, None for no end, or "auto" for three times the fixed plan that normal
    approximation gives, which hardly touches the risks (check with `characteristic`). At the end the middle between
    the lines decides. Errors: ValueError unless 0 < accepted < rejected < 1, both risks lie between 0 and 1/2, and
    `most` is at least 1. Source: Wald 1945, 1947, ch. 5.

    >>> plan = sequential_plan(0.02, 0.05)
    >>> round(plan.slope, 4), round(plan.accept_at, 2), round(plan.refuse_at, 2)
    (0.0328, 2.38, 3.05)
    """
    if not 0 < accepted < rejected < 1:
        raise ValueError("the good share of errors lies above 0 and below the bad one, which is below 1")
    if not all(0 < risk < 0.5 for risk in (producer_risk, consumer_risk)):
        raise ValueError("a risk lies between 0 and 1/2")
    up, down = math.log(rejected / accepted), math.log1p(-accepted) - math.log1p(-rejected)
    slope = down / (up + down)
    accept_at = math.log((1 - producer_risk) / consumer_risk) / (up + down)
    refuse_at = math.log((1 - consumer_risk) / producer_risk) / (up + down)
    if isinstance(most, str) and most != "auto":
        raise ValueError(f'`most` is a number, None or "auto", not {most!r}')
    if most == "auto":
        most = math.ceil(3 * accept_at * refuse_at / (slope * (1 - slope)))
    if most is None or isinstance(most, str):
        return SequentialPlan(slope, accept_at, refuse_at)
    if most < 1:
        raise ValueError("a plan looks at one unit or more")
    middle = slope * most + (refuse_at - accept_at) / 2
    return SequentialPlan(slope, accept_at, refuse_at, most, max(math.floor(middle), 0))


def characteristic(plan: SequentialPlan, shares: npt.ArrayLike) -> Characteristic:
    """Exact chance of acceptance and average size at each share of errors, by following every undecided count.

    Shapes: shares [M]. Errors: ValueError unless shares lie between 0 and 1, or when an open plan does not end within
    five million units. Source: Aroian 1968 (direct method: the counts between the lines form a Markov chain).

    >>> found = characteristic(sequential_plan(0.02, 0.05, most=None), [0.01, 0.02, 0.05, 0.08])
    >>> found.average_size.round().astype(int).tolist()
    [105, 170, 164, 72]
    """
    given = np.atleast_1d(np.asarray(shares, np.float64))
    if not ((given >= 0) & (given <= 1)).all():
        raise ValueError("a share of errors lies between 0 and 1")
    width = math.ceil(plan.accept_at + plan.refuse_at) + 2
    mass = np.zeros((len(given), width))  # of the counts base, base + 1, ... that are still undecided
    mass[:, 0] = 1.0
    base, n = 0, 0
    accepted, average = np.zeros(len(given)), np.zeros(len(given))
    wrong, right = given[:, None], 1 - given[:, None]
    while True:
        average += mass.sum(1)
        n += 1
        after = mass * right
        after[:, 1:] += mass[:, :-1] * wrong
        mass = after
        last_in, first_out = _lines(plan, n)
        gone = np.arange(base, base + width)
        accepted += mass[:, gone <= last_in].sum(1)
        mass[:, (gone <= last_in) | (gone >= first_out)] = 0.0
        if last_in >= base:  # the window follows the lower line
            shift = last_in + 1 - base
            mass = np.concatenate([mass[:, shift:], np.zeros((len(given), min(shift, width)))], axis=1)
            base += shift
        rest = mass.sum(1)
        if rest.max() < _UNDECIDED or n == plan.most:
            return Characteristic(given, accepted, average, np.zeros(len(given)) if plan.most else rest)
        if n >= _LONGEST:
            raise ValueError("the plan does not end: cut it off with `most`")


def decide(plan: SequentialPlan, errors: int, *, looked_at: int) -> str:
    """What the plan says now: "accept", "refuse" or "go on".

    Errors: ValueError unless 0 <= errors <= looked_at.

    >>> plan = sequential_plan(0.02, 0.05)
    >>> [decide(plan, errors, looked_at=n) for errors, n in ((0, 72), (0, 73), (4, 20))]
    ['go on', 'accept', 'refuse']
    """
    if not 0 <= errors <= looked_at:
        raise ValueError("errors are between 0 and the units looked at")
    if looked_at == 0:
        return "go on"
    last_in, first_out = _lines(plan, looked_at)
    return "accept" if errors <= last_in else "refuse" if errors >= first_out else "go on"


def _lines(plan: SequentialPlan, n: int) -> tuple[int, int]:
    """The largest count that is accepted after n units (may be negative) and the smallest that is refused."""
    if plan.most is not None and n >= plan.most:
        return plan.last_accepted, plan.last_accepted + 1
    last_in = math.floor(plan.slope * n - plan.accept_at + 1e-12)
    return last_in, math.ceil(plan.slope * n + plan.refuse_at - 1e-12)
