"""Specifications to SVG: for a page (colours follow light and dark) and for paper (colours as they are)."""

import re
from collections.abc import Mapping
from typing import Any

import vl_convert

from smo.charts.theme import LIGHT

_COLOUR = re.compile("|".join(LIGHT.values()), re.IGNORECASE)
_TOKEN = {colour: token for token, colour in LIGHT.items()}


def svg(spec: Mapping[str, Any]) -> str:
    """One chart as SVG text. The first call of a process starts the converter (about half a second)."""
    drawn: str = vl_convert.vegalite_to_svg(dict(spec))
    return drawn


def for_page(drawn: str, *, description: str) -> str:
    """An SVG to stand inside a page: colours become tokens of the page, and a screen reader hears the description.

    The words of the chart are not read out one by one: the description holds the same numbers.
    """
    inside = _COLOUR.sub(lambda match: f"var(--{_TOKEN[match.group().lower()]})", drawn)
    inside = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", inside)
    label = _escaped(description)
    return inside.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)


def _escaped(text: str) -> str:
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(sign, entity)
    return text
