"""The look that all charts share: the product's tokens as colours, one font, no decoration."""

from typing import Any

from smo.measure.state import State

LIGHT = {
    "n0": "#ffffff",
    "n2": "#eceff2",
    "n3": "#dde2e7",
    "n4": "#818b96",
    "n6": "#5c6670",
    "n7": "#434c55",
    "n9": "#171c21",
    "accent": "#2a56c6",
    "met": "#0b7465",
    "not": "#b8281f",
    "nee": "#855600",
}

STATE_TOKEN = {
    State.MET: "met",
    State.NOT_MET: "not",
    State.NOT_ENOUGH: "nee",
    State.NOT_MEASURED: "n6",
}

FONT = "Noto Sans, Liberation Sans, Helvetica, Arial, sans-serif"
TEXT = 12  # px; charts are drawn at the size they are shown, so text is never scaled below this on a page
STRONG = 600

CONFIG: dict[str, Any] = {
    "background": "transparent",
    "font": FONT,
    "padding": 0,
    "view": {"stroke": None},
    "text": {"font": FONT, "fontSize": TEXT, "color": LIGHT["n9"], "baseline": "middle"},
    "rule": {"color": LIGHT["n7"]},
}


def state_colour(state: State) -> str:
    """The colour of a state; shape and word always stand beside it."""
    return LIGHT[STATE_TOKEN[state]]
