"""How far do people agree, question by question or measure by measure?"""

from collections.abc import Sequence

from smo.charts.figure import Figure
from smo.charts.whiskers import Mark, common_scale, spoken, whiskers


def agreement(marks: Sequence[Mark], *, title: str, note: str, target: float | None, width: int) -> Figure:
    """A row for each task, label or coefficient, in the order given; `marks` must not be empty."""
    scale = common_scale([mark.estimate for mark in marks], target)
    spec, (wide, high) = whiskers(marks, scale, width=width, with_state=target is not None)
    return Figure(title, note, f"{title}. {note}. {spoken(marks)}", spec, wide, high)
