"""Table cells from estimates: value, interval, n and the small dot-and-whisker on the column's scale."""

from collections.abc import Iterable

from smo.charts.whiskers import Scale, common_scale
from smo.measure.estimate import Estimate
from smo.measure.state import State
from smo.paper import figures
from smo.paper.report.document import Axis, Cell, Whisker

NAME = 200  # letters of a name or a remark from the data; a cell may hold megabytes


def cut(value: str, letters: int = NAME) -> str:
    """Text from the data, no longer than a reader needs to know it again."""
    return value if len(value) <= letters else value[: letters - 1].rstrip() + "…"


def text(value: str, note: str = "") -> Cell:
    """Words from our side."""
    return Cell("text", value, note)


def name(value: str, note: str = "") -> Cell:
    """A name from the data; it may run in either direction."""
    return Cell("name", cut(value), cut(note))


def number(value: int | None) -> Cell:
    """A count."""
    return Cell("number", figures.NOTHING if value is None else figures.count(value))


def state(value: State) -> Cell:
    """One of the four states, as a chip."""
    return Cell("state", figures.WORDS[value], state=value)


def content(value: str) -> Cell:
    """Text of an item."""
    return Cell("content", value)


def scale(estimates: Iterable[Estimate | None], target: float | None = None, *, is_share: bool) -> Scale:
    """The scale that a column of estimates shares."""
    return common_scale([e for e in estimates if e is not None], target, is_share=is_share)


def axis(of: Scale) -> Axis:
    """The scale as the column's head prints it."""
    if of.target is None:
        return Axis(of.tick(of.low), of.tick(of.high))
    return Axis(of.tick(of.low), of.tick(of.high), of.tick(of.target), of.at(of.target))


def whisker(estimate: Estimate, of: Scale, *, judged: State) -> Whisker | None:
    """Where the estimate and its interval stand on the scale; nothing without a value."""
    if estimate.value is None:
        return None
    low, high = estimate.low, estimate.high
    return Whisker(
        value=of.at(estimate.value),
        low=None if low is None else of.at(low),
        high=None if high is None else of.at(high),
        target=None if of.target is None else of.at(of.target),
        is_cut_low=low is not None and low < of.low,
        is_cut_high=high is not None and high > of.high,
        state=judged,
    )


def _sized(interval: str, n: int) -> str:
    return f"{interval}, n\u00a0{figures.count(n)}"


def _without_value(judged: State | None) -> Cell:
    return Cell("text", figures.NOTHING) if judged is None else state(State.NOT_MEASURED)


def plain_share(estimate: Estimate | None) -> Cell:
    """A share in percent with its interval in words, where a drawing beside it says the rest."""
    if estimate is None or estimate.value is None:
        return Cell("text", figures.NOTHING)
    printed = figures.share(estimate)
    interval = figures.interval_share(estimate)
    return Cell("estimate", printed, interval if " of " in printed else _sized(interval, estimate.n))


def share(estimate: Estimate | None, of: Scale, *, judged: State | None = None) -> Cell:
    """A share in percent; with its state where it is judged against a target."""
    if estimate is None or estimate.value is None:
        return _without_value(judged)
    printed = figures.share(estimate)
    interval = figures.interval_share(estimate)
    note = f"{interval}{figures.NARROW}%" if " of " in printed else _sized(interval, estimate.n)
    return Cell("estimate", printed, note, judged, whisker(estimate, of, judged=judged or State.NOT_MEASURED))


def coefficient(estimate: Estimate | None, of: Scale, *, judged: State | None = None) -> Cell:
    """A coefficient between -1 and 1; with its state where it is judged against a target."""
    if estimate is None or estimate.value is None:
        return _without_value(judged)
    note = _sized(figures.interval_coefficient(estimate), estimate.n)
    return Cell(
        "estimate",
        figures.coefficient(estimate),
        note,
        judged,
        whisker(estimate, of, judged=judged or State.NOT_MEASURED),
    )
