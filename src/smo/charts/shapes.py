"""The four states as shapes, so that they are told apart without colour: tick, warning, half disc, dashed ring."""

from collections.abc import Sequence
from typing import NamedTuple

from smo.charts.canvas import Layer, Size, layer
from smo.charts.theme import LIGHT, state_colour
from smo.measure.state import State

# Paths in a square from -1 to 1; drawn at 12 px.
DISC = "M-1,0A1,1,0,1,1,1,0A1,1,0,1,1,-1,0Z"
WARNING = "M-0.12,-0.88Q0,-1.05,0.12,-0.88L1.05,0.78Q1.12,0.95,0.93,0.95L-0.93,0.95Q-1.12,0.95,-1.05,0.78Z"
HALF = "M0,-1A1,1,0,0,1,0,1Z"
TICK = "M-0.45,0.02L-0.12,0.36L0.45,-0.3"
STROKES = "M0,-0.32L0,0.3M0,0.58L0,0.66"
DOT_DISC = DISC
DOT_TRIANGLE = "M0,-1.1L1.05,0.85L-1.05,0.85Z"
ARROW = {"left": "M-1,0L0.6,-0.8L0.6,0.8Z", "right": "M1,0L-0.6,-0.8L-0.6,0.8Z"}

_ICON = 144  # area in px: 12 x 12


class Spot(NamedTuple):
    """Where a state is drawn, in pixels."""

    x: float
    y: float
    state: State


def _points(spots: Sequence[Spot], canvas: Size, *, shape: str, **look: object) -> Layer:
    rows = [{"x": spot.x, "y": spot.y, "shape": shape} for spot in spots]
    return layer("point", rows, canvas=canvas, **look)


def _of(spots: Sequence[Spot], state: State) -> list[Spot]:
    return [spot for spot in spots if spot.state is state]


def icons(spots: Sequence[Spot], canvas: Size) -> list[Layer]:
    """The state's sign at each spot."""
    white = {"stroke": LIGHT["n0"], "filled": False, "strokeWidth": 1.6, "strokeCap": "round", "size": _ICON}
    drawn: list[Layer] = []
    for state, body, sign in ((State.MET, DISC, TICK), (State.NOT_MET, WARNING, STROKES)):
        if found := _of(spots, state):
            drawn.append(
                _points(
                    found, canvas, shape=body, fill=state_colour(state), stroke="transparent", opacity=1, size=_ICON
                )
            )
            drawn.append(_points(found, canvas, shape=sign, fill="transparent", opacity=1, **white))
    for state, dash in ((State.NOT_ENOUGH, [1, 0]), (State.NOT_MEASURED, [2, 2])):
        if found := _of(spots, state):
            ring = {"stroke": state_colour(state), "strokeWidth": 1.5, "strokeDash": dash, "size": 110}
            drawn.append(_points(found, canvas, shape=DISC, fill="transparent", opacity=1, **ring))
    if half := _of(spots, State.NOT_ENOUGH):
        drawn.append(
            _points(
                half, canvas, shape=HALF, fill=state_colour(State.NOT_ENOUGH), stroke="transparent", opacity=1, size=110
            )
        )
    return drawn


def dots(spots: Sequence[Spot], canvas: Size) -> list[Layer]:
    """The estimate itself: full where it is met, a triangle where it is not, hollow where nothing is decided."""
    drawn: list[Layer] = []
    for state, shape, fill in (
        (State.MET, DOT_DISC, state_colour(State.MET)),
        (State.NOT_MET, DOT_TRIANGLE, state_colour(State.NOT_MET)),
        (State.NOT_ENOUGH, DOT_DISC, LIGHT["n0"]),
        (State.NOT_MEASURED, DOT_DISC, LIGHT["n7"]),  # a number without a target
    ):
        if found := _of(spots, state):
            edge = state_colour(state) if state is not State.NOT_MEASURED else LIGHT["n7"]
            width = 2 if state is State.NOT_ENOUGH else 0
            drawn.append(
                _points(found, canvas, shape=shape, fill=fill, stroke=edge, strokeWidth=width, opacity=1, size=48)
            )
    return drawn
