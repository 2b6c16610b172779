"""Layers drawn at exact pixels: a chart's rows stand where a table's would, whatever the length of their names.

Layers are plain Vega-Lite values. Altair's classes for them cost 1.2 s to import and 0.2 s a chart in a program that
has 15 s for a whole report, so Altair stands in the tests, where it holds every chart to the Vega-Lite schema.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from smo.charts.theme import CONFIG

Row = Mapping[str, Any]
Size = tuple[int, int]
Layer = dict[str, Any]
Kind = Literal["point", "rect", "rule", "text"]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
GIVEN = ("color", "fill", "stroke", "shape")


def _pixels(field: str, extent: int) -> dict[str, Any]:
    scale = {"domain": [0, extent], "range": [0, extent], "nice": False, "zero": False}
    return {"field": field, "type": "quantitative", "axis": None, "scale": scale}


def layer(kind: Kind, rows: Sequence[Row], *, canvas: Size, **look: Any) -> Layer:
    """One layer of marks.

    Rows hold the pixel fields `x`, `y` (and `x2`, `y2` for rules and boxes), `text` for words, and `color`, `fill`,
    `stroke` or `shape` as the values to draw. All rows of a layer hold the same fields.
    """
    fields = rows[0].keys()
    encoding: dict[str, Any] = {"x": _pixels("x", canvas[0]), "y": _pixels("y", canvas[1])}
    encoding |= {name: {"field": name} for name in ("x2", "y2") if name in fields}
    if "text" in fields:
        encoding["text"] = {"field": "text", "type": "nominal"}
    encoding |= {
        name: {"field": name, "type": "nominal", "scale": None, "legend": None} for name in GIVEN if name in fields
    }
    mark = {"type": kind, "clip": False, "aria": False, **look}
    return {"data": {"values": [dict(row) for row in rows]}, "mark": mark, "encoding": encoding}


def stack(layers: Sequence[Layer], size: Size) -> dict[str, Any]:
    """The layers over each other as one Vega-Lite specification, in the house's theme."""
    return {"$schema": SCHEMA, "width": size[0], "height": size[1], "layer": list(layers), "config": CONFIG}
