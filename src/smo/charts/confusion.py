"""What is mixed up with what? Pairs of labels by how often they meet on one item, the largest marked."""

from collections.abc import Sequence
from dataclasses import dataclass

from smo.charts.canvas import layer, stack
from smo.charts.figure import Figure
from smo.charts.theme import LIGHT, STRONG
from smo.charts.whiskers import elided

STEP = 42
BAR = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """One pair, or what is left: its name, its count as drawn and as printed."""

    name: str
    count: float
    printed: str


def confusion(bars: Sequence[Bar], *, title: str, note: str, width: int) -> Figure:
    """A bar for each pair, names above; `bars` must not be empty and is drawn in the order given."""
    size = (width, STEP * len(bars))
    longest = max(1, *(bar.count for bar in bars))
    room = width - max(len(bar.printed) for bar in bars) * 7.2 - 10
    ends = [max(bar.count / longest * room, 1.0) for bar in bars]
    names = [{"x": 0, "y": STEP * i + 8, "text": elided(bar.name, width)} for i, bar in enumerate(bars)]
    boxes = [{"x": 0, "x2": end, "y": STEP * i + 18, "y2": STEP * i + 18 + BAR} for i, end in enumerate(ends)]
    values = [
        {"x": end + 6, "y": STEP * i + 18 + BAR / 2, "text": bar.printed}
        for i, (end, bar) in enumerate(zip(ends, bars, strict=True))
    ]
    layers = [
        layer("text", names, canvas=size, align="left"),
        layer("rect", boxes[:1], canvas=size, fill=LIGHT["accent"], opacity=1),
        layer("text", values[:1], canvas=size, align="left", fontWeight=STRONG),
    ]
    if len(bars) > 1:
        layers += [
            layer("rect", boxes[1:], canvas=size, fill=LIGHT["n4"], opacity=0.6),
            layer("text", values[1:], canvas=size, align="left", color=LIGHT["n7"]),
        ]
    said = "; ".join(f"{bar.name}: {bar.printed}" for bar in bars)
    return Figure(title, note, f"{title}. {note}. {said}", stack(layers, size), *size)
