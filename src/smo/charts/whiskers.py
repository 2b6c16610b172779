"""Estimates against a target: a dot, its interval, and the side on which it is good. The form of most of our charts."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from smo.charts.canvas import Layer, Size, layer, stack
from smo.charts.shapes import ARROW, Spot, dots, icons
from smo.charts.theme import LIGHT, STRONG, state_colour
from smo.measure.estimate import Estimate
from smo.measure.state import State

LETTER = 6.4  # px of a 12 px letter, on the safe side
BOX = 22  # px: height of the target's box
SHORT = 13  # px: an interval not longer than its dot has no room for end ticks
FEW = 8  # rows that may stand far apart
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)


@dataclass(frozen=True, slots=True)
class Mark:
    """One row: a name, an estimate, how it is judged and how its value is printed."""

    name: str
    estimate: Estimate
    printed: str
    state: State = State.NOT_MEASURED
    is_marked: bool = False  # the name in bold: look here


@dataclass(frozen=True, slots=True)
class Scale:
    """The common scale of all rows. `target` is drawn as a line, with the good side (higher) filled."""

    low: float
    high: float
    target: float | None = None
    is_share: bool = False

    def at(self, value: float, *, left: float = 0.0, right: float = 1.0) -> float:
        """Where a value stands between two pixels, kept inside them."""
        part = (value - self.low) / (self.high - self.low)
        return left + min(max(part, 0.0), 1.0) * (right - left)

    def tick(self, value: float) -> str:
        """A value as the axis prints it: 95 or .67"""
        if self.is_share:
            return f"{100 * value:.3g}"
        short = f"{value:.2f}"
        return short.replace("0.", ".", 1) if abs(value) < 1 else short


def common_scale(estimates: Sequence[Estimate], target: float | None = None, *, is_share: bool = False) -> Scale:
    """A scale that holds all values and, where they do not drown the rest, all intervals.

    An interval far longer than the spread of the values is cut and drawn with an arrow.

    >>> from smo.measure.estimate import Estimate
    >>> common_scale([Estimate(0.91, 0.88, 0.93, n=600, basis="gold", method="wilson")], 0.95, is_share=True)
    Scale(low=0.88, high=0.96, target=0.95, is_share=True)
    """
    values = [e.value for e in estimates if e.value is not None] + ([] if target is None else [target])
    if not values:
        return Scale(0.0, 1.0, target, is_share)
    reach = (max(values) - min(values)) + 0.05
    lows = [e.low for e in estimates if e.low is not None] + values
    highs = [e.high for e in estimates if e.high is not None] + values
    low, high = max(min(lows), min(values) - reach), min(max(highs), max(values) + reach)
    step = next((s for s in STEPS if (high - low) / s <= 5), STEPS[-1])
    low, high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    floor = 0.0 if is_share else -1.0
    low, high = max(round(low, 6), floor), min(round(high, 6), 1.0)
    return Scale(low, high if high > low else low + step, target, is_share)


URGENCY = {State.NOT_MET: 0, State.NOT_ENOUGH: 1, State.MET: 2, State.NOT_MEASURED: 3}


def most_urgent_first(marks: Sequence[Mark]) -> list[Mark]:
    """What needs a person on top, the lowest value first among equals, and last what has no value."""

    def place(mark: Mark) -> tuple[bool, int, float]:
        value = mark.estimate.value
        return value is None, URGENCY[mark.state], value or 0.0

    return sorted(marks, key=place)


def elided(name: str, room: float) -> str:
    """A name cut to a number of pixels, with an ellipsis."""
    letters = max(int(room / LETTER), 3)
    return name if len(name) <= letters else name[: letters - 1].rstrip() + "…"


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the columns of the chart begin: names, plot, values."""

    size: Size
    left: float
    right: float
    above: bool  # names stand over their rows
    step: int

    def x(self, value: float, scale: Scale) -> float:
        """The pixel of a value."""
        return scale.at(value, left=self.left, right=self.right)

    def y(self, row: int) -> float:
        return row * self.step + (26 if self.above else self.step / 2)


def _frame(marks: Sequence[Mark], width: int, *, with_state: bool) -> _Frame:
    lengths = sorted(len(mark.name) * LETTER for mark in marks)
    longest = lengths[-1]
    above = lengths[len(lengths) * 2 // 3] > width * 0.42  # a single long name is cut instead
    values = max(len(mark.printed) for mark in marks) * 7.2 + (18 if with_state else 0) + 12
    left = 6.0 if above else min(longest + 12, width * 0.45)
    step = 44 if above else 32 if len(marks) <= FEW else 25
    return _Frame((width, step * len(marks) + 18), left, width - values, above, step)


def _box(frame: _Frame, scale: Scale, *, count: int) -> list[Layer]:
    if scale.target is None:
        return []
    at = frame.x(scale.target, scale)
    ends = [{"y": frame.y(row) - BOX / 2, "y2": frame.y(row) + BOX / 2} for row in range(count)]
    good = [{"x": at, "x2": frame.right, **end} for end in ends]
    line = [{"x": at, **end} for end in ends]
    return [
        layer("rect", good, canvas=frame.size, fill=LIGHT["n2"], opacity=1),
        layer("rule", line, canvas=frame.size, color=LIGHT["n7"], strokeWidth=1.25),
    ]


def _intervals(marks: Sequence[Mark], frame: _Frame, *, scale: Scale) -> list[Layer]:
    lines: list[dict[str, Any]] = []
    ends: list[dict[str, Any]] = []
    arrows: list[dict[str, Any]] = []
    for row, mark in enumerate(marks):
        low, high = mark.estimate.low, mark.estimate.high
        if low is None or high is None:
            continue
        y, colour = frame.y(row), LIGHT["n7"] if mark.state is State.NOT_MEASURED else state_colour(mark.state)
        at = {"low": frame.x(low, scale), "high": frame.x(high, scale)}
        lines.append({"x": at["low"], "x2": at["high"], "y": y, "color": colour})
        for side, cut in (("low", low < scale.low), ("high", high > scale.high)):
            if cut:
                arrows.append(
                    {"x": at[side], "y": y, "fill": colour, "shape": ARROW["left" if side == "low" else "right"]}
                )
            elif at["high"] - at["low"] > SHORT:
                ends.append({"x": at[side], "y": y - 3.5, "y2": y + 3.5, "color": colour})
    drawn = [layer("rule", lines, canvas=frame.size, strokeWidth=2)] if lines else []
    drawn += [layer("rule", ends, canvas=frame.size, strokeWidth=1.5)] if ends else []
    return drawn + (
        [layer("point", arrows, canvas=frame.size, size=60, opacity=1, stroke="transparent")] if arrows else []
    )


def _words(marks: Sequence[Mark], frame: _Frame, *, with_state: bool) -> list[Layer]:
    width = frame.size[0]
    room = width - 4 if frame.above else frame.left - 10
    lift = 18 if frame.above else 0
    named = [
        ({"x": 0, "y": frame.y(row) - lift, "text": elided(mark.name, room)}, mark.is_marked)
        for row, mark in enumerate(marks)
    ]
    plain, bold = [row for row, is_marked in named if not is_marked], [row for row, is_marked in named if is_marked]
    right = width - (18 if with_state else 0)
    values = [{"x": right, "y": frame.y(row), "text": mark.printed} for row, mark in enumerate(marks)]
    drawn = [layer("text", plain, canvas=frame.size, align="left")] if plain else []
    drawn += [layer("text", bold, canvas=frame.size, align="left", fontWeight=STRONG)] if bold else []
    return [*drawn, layer("text", values, canvas=frame.size, align="right", fontWeight=STRONG)]


def _axis(frame: _Frame, scale: Scale, *, count: int) -> list[Layer]:
    y = frame.step * count + 8
    target = None if scale.target is None else frame.x(scale.target, scale)
    ends = [(frame.left, scale.low), (frame.right, scale.high)]
    plain = [
        {"x": x, "y": y, "text": scale.tick(value)} for x, value in ends if target is None or abs(x - target) >= 30
    ]
    drawn = [layer("text", plain, canvas=frame.size, align="center", color=LIGHT["n6"])] if plain else []
    if target is not None and scale.target is not None:
        bold = [{"x": target, "y": y, "text": scale.tick(scale.target)}]
        drawn.append(layer("text", bold, canvas=frame.size, align="center", fontWeight=STRONG))
    return drawn


def whiskers(
    marks: Sequence[Mark], scale: Scale, *, width: int, with_state: bool = True
) -> tuple[dict[str, Any], Size]:
    """The specification of rows of estimates on one scale, and its size in pixels. `marks` must not be empty."""
    frame = _frame(marks, width, with_state=with_state)
    spots = [
        Spot(frame.x(mark.estimate.value, scale), frame.y(row), mark.state)
        for row, mark in enumerate(marks)
        if mark.estimate.value is not None
    ]
    layers = _box(frame, scale, count=len(marks)) + _intervals(marks, frame, scale=scale) + dots(spots, frame.size)
    layers += _words(marks, frame, with_state=with_state) + _axis(frame, scale, count=len(marks))
    if with_state:
        layers += icons([Spot(width - 7, frame.y(row), mark.state) for row, mark in enumerate(marks)], frame.size)
    return stack(layers, frame.size), frame.size


def spoken(marks: Sequence[Mark]) -> str:
    """The rows in words, for those who cannot see the chart."""
    rows = ((mark, mark.state.value.replace("_", " ")) for mark in marks)
    return "; ".join(
        f"{mark.name}: {mark.printed}" + ("" if mark.state is State.NOT_MEASURED else f", {words}")
        for mark, words in rows
    )
