"""Which parts of the data may be used? Each slice's estimate against the target, the most urgent first."""

from collections.abc import Sequence

from smo.charts.figure import Figure
from smo.charts.whiskers import Mark, common_scale, most_urgent_first, spoken, whiskers


def slices_against_target(
    marks: Sequence[Mark], *, title: str, note: str, target: float | None, is_share: bool, width: int
) -> Figure:
    """A row for each slice. Slices without a number stand last; `marks` must not be empty."""
    ordered = most_urgent_first(marks)
    scale = common_scale([mark.estimate for mark in ordered], target, is_share=is_share)
    spec, (wide, high) = whiskers(ordered, scale, width=width, with_state=target is not None)
    return Figure(title, note, f"{title}. {note}. {spoken(ordered)}", spec, wide, high)
