"""Which parts of the data may be used? Each slice's estimate against the target, the lowest first."""

from collections.abc import Sequence

from smo.charts.figure import Figure
from smo.charts.whiskers import Mark, common_scale, spoken, whiskers


def slices_against_target(
    marks: Sequence[Mark], *, title: str, note: str, target: float | None, is_share: bool, width: int
) -> Figure:
    """A row for each slice. Slices without a number stand last; `marks` must not be empty."""
    ordered = sorted(marks, key=lambda mark: (mark.estimate.value is None, mark.estimate.value or 0.0))
    scale = common_scale([mark.estimate for mark in ordered], target, is_share=is_share)
    spec, (wide, high) = whiskers(ordered, scale, width=width, with_state=target is not None)
    return Figure(title, note, f"{title}. {note}. {spoken(ordered)}", spec, wide, high)
