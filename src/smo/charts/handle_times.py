"""How long does a label take? The spread of handle times, with the median and the slow end marked."""

from collections.abc import Sequence
from typing import NamedTuple

from smo.charts.canvas import layer, stack
from smo.charts.figure import Figure
from smo.charts.theme import LIGHT, STRONG

HEIGHT = 150  # px, of which the first 34 hold the names of the two lines
TOP = 34
BASE = 130


class Line(NamedTuple):
    """A line across the histogram: where, and what it says."""

    seconds: float
    text: str


def _place(seconds: float, edges: Sequence[float], *, width: int) -> float:
    """The pixel of a time: bins are equally wide on the page, whatever they hold in seconds."""
    each = width / len(edges)
    below = 0.0
    for index, edge in enumerate(edges):
        if seconds <= edge:
            inside = (seconds - below) / (edge - below) if edge > below else 0.0
            return (index + max(inside, 0.0)) * each
        below = edge
    return float(width)


def handle_times(
    bins: Sequence[tuple[float, int]],
    lines: Sequence[Line],
    *,
    ticks: Sequence[Line],
    title: str,
    note: str,
    width: int,
) -> Figure:
    """Bins are (upper edge in seconds, ratings), in order; `ticks` are edges worth naming. `bins` must not be empty."""
    size = (width, HEIGHT)
    edges = [edge for edge, _ in bins]
    tallest = max(1, *(count for _, count in bins))
    each = width / len(bins)
    boxes = [
        {"x": i * each + 0.5, "x2": (i + 1) * each - 0.5, "y": BASE - count / tallest * (BASE - TOP), "y2": BASE}
        for i, (_, count) in enumerate(bins)
        if count
    ]
    layers = [layer("rect", boxes, canvas=size, fill=LIGHT["n4"], opacity=0.6)] if boxes else []
    for row, line in enumerate(lines):
        x, y = _place(line.seconds, edges, width=width), 8 + 15 * row
        is_left = x > width * 0.6
        layers += [
            layer("rule", [{"x": x, "y": y - 6, "y2": BASE}], canvas=size, color=LIGHT["accent"], strokeWidth=1.5),
            layer(
                "text",
                [{"x": x - 5 if is_left else x + 5, "y": y, "text": line.text}],
                canvas=size,
                align="right" if is_left else "left",
                fontWeight=STRONG,
            ),
        ]
    named = [
        {"x": min(max(_place(t.seconds, edges, width=width), 8), width - 8), "y": BASE + 12, "text": t.text}
        for t in ticks
    ]
    if named:
        layers.append(layer("text", named, canvas=size, align="center", color=LIGHT["n6"]))
    said = "; ".join(line.text for line in lines)
    return Figure(title, note, f"{title}. {note}. {said}", stack(layers, size), *size)
