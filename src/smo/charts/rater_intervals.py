"""Whose figures can be told apart? People by name, with what their numbers allow to say."""

from collections.abc import Sequence

from smo.charts.figure import Figure
from smo.charts.whiskers import Mark, common_scale, spoken, whiskers


def rater_intervals(marks: Sequence[Mark], *, title: str, note: str, width: int) -> Figure:
    """A row for each person in the order given, which is by name: people are never ranked. `marks` is not empty."""
    scale = common_scale([mark.estimate for mark in marks], is_share=True)
    spec, (wide, high) = whiskers(marks, scale, width=width, with_state=False)
    return Figure(title, note, f"{title}. {note}. {spoken(marks)}", spec, wide, high)
