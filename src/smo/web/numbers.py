"""How an estimate is put into figures: never bare, decimals by the width of its interval, counts below n 20."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

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
    is_cut: bool  # the interval leaves the scale


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
    """The printed pieces of a share; few cases, and none found, are counts, whose interval bears the unit itself."""
    if estimate.value is None:
        return Figures(n=count(estimate.n))
    is_count = estimate.successes is not None and (estimate.n < FEW or estimate.successes == 0)
    low, high = estimate.low, estimate.high
    places = 1 if low is None or high is None else decimals_for(100 * (high - low))
    interval = "" if low is None or high is None else f"{100 * low:.{places}f}–{100 * high:.{places}f}"
    if is_count:
        counts = _("%(some)s of %(all)s") % {"some": count(estimate.successes or 0), "all": count(estimate.n)}
        return Figures(counts, f"{interval}{THIN}%" if interval else "")
    return Figures(f"{100 * estimate.value:.{places}f}{THIN}%", interval, count(estimate.n))


def whisker(estimate: Estimate, *, ceiling: float, width: int) -> Whisker | None:
    """The estimate on a scale from 0 to `ceiling` that is `width` pixels wide; None when there is nothing to draw."""
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return None
    dot, low, high = (
        round(width * min(max(one / ceiling, 0.0), 1.0), 1) for one in (estimate.value, estimate.low, estimate.high)
    )
    return Whisker(dot, low, high, is_cut=estimate.high > ceiling)


def percent(share: float) -> str:
    """A share as a round percentage, for the ends of scales.

    >>> percent(0.25) == "25" + THIN + "%"
    True
    """
    return f"{100 * share:.0f}{THIN}%"
