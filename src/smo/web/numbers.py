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
    """Where the dot and the ends of a dot-and-whisker stand, in pixels from the scale's start."""

    dot: float
    low: float
    high: float


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


def whisker(estimate: Estimate, *, ceiling: float, width: int) -> Whisker | None:
    """The estimate on a scale from 0 to `ceiling` that is `width` pixels wide; None when there is nothing to draw."""
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return None
    dot, low, high = (
        round(width * min(max(one / ceiling, 0.0), 1.0), 1) for one in (estimate.value, estimate.low, estimate.high)
    )
    return Whisker(dot, low, high)


def percent(share: float) -> str:
    """A share as a round percentage, for the ends of scales.

    >>> percent(0.25) == "25" + THIN + "%"
    True
    """
    return f"{100 * share:.0f}{THIN}%"
