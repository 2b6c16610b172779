"""A chart as a document needs it: what it says, how it is told to those who cannot see it, and its specification."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One drawn answer. `title` states the finding, `note` what is drawn; sizes are CSS pixels."""

    title: str
    note: str
    description: str
    spec: dict[str, Any]  # Vega-Lite
    width: int
    height: int
