"""How an estimate is put into figures: never bare, decimals by the width of its interval, counts below n 20."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from smo.measure.estimate import Estimate
from smo.measure.estimation.rounding import decimals

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
    return decimals(width_points)


def count(number: int) -> str:
    """A whole number with its thousands apart.

    >>> count(18402)
    '18,402'
    """
    return f"{number:,}"


def figures(estimate: Estimate, unit: str = "share") -> Figures:
    """The printed pieces of a number; a share of few cases, of none or all is a count, its interval with the unit."""
    if estimate.value is None:
        return Figures(n=count(estimate.n))
    if unit != "share":
        return _measured(estimate, unit)
    is_census = estimate.method == "census"
    is_end = estimate.successes == 0 or (estimate.successes == estimate.n and not is_census)
    is_count = estimate.successes is not None and (estimate.n < FEW or is_end)
    low, high = (None, None) if is_census else (estimate.low, estimate.high)
    places = 1 if low is None or high is None else decimals_for(100 * (high - low))
    places = 4 if high is not None and 0 < 100 * high < 0.005 else places  # none found of very many
    interval = "" if low is None or high is None else f"{100 * low:.{places}f}–{100 * high:.{places}f}"
    if is_count:
        counts = _("%(some)s of %(all)s") % {"some": count(estimate.successes or 0), "all": count(estimate.n)}
        return Figures(counts, f"{interval}{THIN}%" if interval else "")
    return Figures(f"{100 * estimate.value:.{places}f}{THIN}%", interval, count(estimate.n))


def _measured(estimate: Estimate, unit: str) -> Figures:
    """A number that is no share; of what is counted whole, n would say the same again."""
    low, high = estimate.low, estimate.high
    is_census = estimate.method == "census"
    interval = "" if is_census or low is None or high is None else f"{amount(low, unit)}–{amount(high, unit)}"
    is_whole = unit == "items" or (unit == "seconds" and estimate.n <= 1)
    return Figures(amount(estimate.value or 0.0, unit), interval, "" if is_whole else count(estimate.n))


def amount(value: float, unit: str) -> str:
    """A value in its unit.

    >>> amount(0.734, "alpha"), amount(11520, "seconds"), amount(12000, "items")
    ('0.73', '3 h 12 min', '12,000')
    """
    if unit == "share":
        return f"{100 * value:.4g}{THIN}%"
    if unit == "alpha":
        return f"{value:.2f}"
    if unit == "seconds":
        return duration(value)
    if unit == "per_hour":
        return _("%(number)s an hour") % {"number": f"{value:,.0f}" if value >= 20 else f"{value:.1f}"}
    return count(round(value))


def duration(seconds: float) -> str:
    """A length of time in its two largest units."""
    if seconds < 60:
        return _("%(seconds)s s") % {"seconds": f"{seconds:.0f}" if seconds >= 10 or seconds == 0 else f"{seconds:.1f}"}
    minutes, hours, days = round(seconds) // 60, round(seconds) // 3600, round(seconds) // 86400
    if minutes < 60:
        return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": round(seconds) % 60}
    if hours < 48:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes % 60}
    return _("%(days)s d %(hours)s h") % {"days": count(days), "hours": hours % 24}


@dataclass(frozen=True, slots=True)
class Scale:
    """From where to where a column of numbers is drawn."""

    low: float
    high: float

    def place(self, value: float, width: int) -> float:
        """Where a value stands, in pixels; at the end when it lies beyond."""
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return round(width * min(max(share, 0.0), 1.0), 1)


@dataclass(frozen=True, slots=True)
class Against:
    """An estimate drawn against its target, in pixels."""

    dot: float
    low: float
    high: float
    target: float | None
    good: float  # where the good side starts
    good_width: float
    is_cut_low: bool
    is_cut_high: bool
    is_census: bool


def scale_of(estimates: Iterable[Estimate], targets: Iterable[float], *, unit: str) -> Scale | None:
    """One scale that shows all values and targets and most of the intervals; None where nothing is measured."""
    shown = [one for one in estimates if one.value is not None]
    goals = list(targets)
    if not shown:
        return None
    sure = [one for one in shown if one.n >= FEW and one.low is not None and one.high is not None]
    ends = [end for one in sure for end in (one.low, one.high) if end is not None]
    points = [*goals, *(one.value for one in shown if one.value is not None), *ends]
    low, high = min(points), max(points)
    room = 0.08 * (high - low) or 0.02 * abs(high) or 0.02
    if unit == "share":
        return Scale(max(0.0, low - room), min(1.0, high + room))
    if unit == "alpha":
        return Scale(max(-1.0, low - room), min(1.0, high + room))
    return Scale(0.0, high + room)


def against(
    estimate: Estimate, *, scale: Scale, target: float | None, higher_is_better: bool, width: int
) -> Against | None:
    """The estimate against its target on a scale; None when there is nothing to draw."""
    if estimate.value is None:
        return None
    low = estimate.value if estimate.low is None else estimate.low
    high = estimate.value if estimate.high is None else estimate.high
    goal = None if target is None else scale.place(target, width)
    start = 0.0 if goal is None or not higher_is_better else goal
    end = width if goal is None or higher_is_better else goal
    return Against(
        dot=scale.place(estimate.value, width),
        low=scale.place(low, width),
        high=scale.place(high, width),
        target=goal,
        good=start,
        good_width=round(end - start, 1),
        is_cut_low=low < scale.low,
        is_cut_high=high > scale.high,
        is_census=estimate.method == "census" or estimate.low is None,
    )


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
