"""Layers drawn at exact pixels: a chart's rows stand where a table's would, whatever the length of their names."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import altair as alt

from smo.charts.theme import CONFIG

Row = Mapping[str, Any]
Size = tuple[int, int]
Kind = Literal["point", "rect", "rule", "text"]


def _pixels(field: str, extent: int, channel: type[alt.X] | type[alt.Y]) -> Any:
    scale = alt.Scale(domain=[0, extent], range=[0, extent], nice=False, zero=False)
    return channel(field, type="quantitative", axis=None, scale=scale)


def _as_given(field: str, channel: Any) -> Any:
    return channel(field, type="nominal", scale=None, legend=None)


def layer(kind: Kind, rows: Sequence[Row], canvas: Size, **look: Any) -> alt.Chart:
    """One layer of marks.

    Rows hold the pixel fields `x`, `y` (and `x2`, `y2` for rules and boxes), `text` for words, and `color`, `fill`,
    `stroke` or `shape` as the values to draw. All rows of a layer hold the same fields.
    """
    fields = rows[0].keys()
    channels: dict[str, Any] = {"x": _pixels("x", canvas[0], alt.X), "y": _pixels("y", canvas[1], alt.Y)}
    channels |= {name: name for name in ("x2", "y2") if name in fields}
    if "text" in fields:
        channels["text"] = alt.Text("text", type="nominal")
    given = {"color": alt.Color, "fill": alt.Fill, "stroke": alt.Stroke, "shape": alt.Shape}
    channels |= {name: _as_given(name, channel) for name, channel in given.items() if name in fields}
    chart = alt.Chart(alt.Data(values=[dict(row) for row in rows]))
    draw = getattr(chart, f"mark_{kind}")
    drawn: alt.Chart = draw(clip=False, aria=False, **look).encode(**channels)
    return drawn


def stack(layers: Sequence[alt.Chart], size: Size) -> dict[str, Any]:
    """The layers over each other as one Vega-Lite specification, in the house's theme."""
    chart = alt.layer(*layers).properties(width=size[0], height=size[1])
    return {**chart.to_dict(validate=False), "config": CONFIG}
