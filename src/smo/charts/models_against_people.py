"""Is a model as close to people as people are to each other?"""

from collections.abc import Sequence

from smo.charts.figure import Figure
from smo.charts.whiskers import Mark, common_scale, spoken, whiskers


def models_against_people(
    marks: Sequence[Mark], *, title: str, note: str, people: float | None, is_share: bool, width: int
) -> Figure:
    """A row for each model; the line is what people reach among themselves. `marks` must not be empty."""
    scale = common_scale([mark.estimate for mark in marks], people, is_share=is_share)
    spec, (wide, high) = whiskers(marks, scale, width=width, with_state=False)
    return Figure(title, note, f"{title}. {note}. {spoken(marks)}", spec, wide, high)
