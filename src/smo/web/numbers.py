"""How an estimate is put into figures: never bare, decimals by the width of its interval, counts below n 20."""

from dataclasses import dataclass
from typing import Final

from smo.measure.estimate import Estimate

THIN: Final = "\u202f"
FEW: Final = 20


@dataclass(frozen=True, slots=True)
class Figures:
    """The pieces of one printed estimate; all empty when nothing was measured."""

    value: str = ""
    interval: str = ""
    n: str = ""


@dataclass(frozen=True, slots=True)
class Whisker:
    """Where a dot-and-whisker stands in a drawing `WIDTH` wide."""

    dot: float
    low: float
    high: float
    target: float | None
    good_from: float
    good_width: float


WIDTH: Final = 360.0


def decimals_for(width_points: float) -> int:
    """Decimals follow the interval's width: over 5 points none, over 0.5 one, else two."""
    if width_points > 5:
        return 0
    return 1 if width_points > 0.5 else 2


def count(number: int) -> str:
    """A whole number with its thousands apart.

    >>> count(18402)
    '18,402'
    """
    return f"{number:,}"


def figures(estimate: Estimate) -> Figures:
    """The printed pieces of a share; bounds that are not known leave the interval empty."""
    if estimate.value is None:
        return Figures(n=count(estimate.n))
    if estimate.low is None or estimate.high is None:
        return Figures(value=_share(estimate, estimate.value, 1), n=count(estimate.n))
    places = decimals_for(100 * (estimate.high - estimate.low))
    interval = f"{100 * estimate.low:.{places}f}–{100 * estimate.high:.{places}f}"
    return Figures(_share(estimate, estimate.value, places), interval, count(estimate.n))


def _share(estimate: Estimate, value: float, places: int) -> str:
    if estimate.successes is not None and (estimate.n < FEW or estimate.successes == 0):
        return f"{count(estimate.successes)} of {count(estimate.n)}"
    return f"{100 * value:.{places}f}{THIN}%"


def whisker(estimate: Estimate, *, target: float | None, higher_is_better: bool, ceiling: float) -> Whisker | None:
    """The same estimate as places on a line from 0 to `ceiling`; None when there is nothing to draw."""
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return None
    goal = None if target is None else _place(target, ceiling)
    good_from, good_to = (goal or 0.0, WIDTH) if higher_is_better else (0.0, WIDTH if goal is None else goal)
    return Whisker(
        dot=_place(estimate.value, ceiling),
        low=_place(estimate.low, ceiling),
        high=_place(estimate.high, ceiling),
        target=goal,
        good_from=good_from,
        good_width=0.0 if goal is None else good_to - good_from,
    )


def _place(value: float, ceiling: float) -> float:
    return round(WIDTH * min(max(value / ceiling, 0.0), 1.0), 1)
