"""How often is each label given or decided? Shares with their intervals."""

from collections.abc import Sequence

from smo.charts.figure import Figure
from smo.charts.whiskers import Mark, common_scale, spoken, whiskers


def label_shares(marks: Sequence[Mark], *, title: str, note: str, width: int) -> Figure:
    """A row for each label, the most frequent first; `marks` must not be empty."""
    ordered = sorted(marks, key=lambda mark: -(mark.estimate.value or 0.0))
    scale = common_scale([mark.estimate for mark in ordered], is_share=True)
    spec, (wide, high) = whiskers(ordered, scale, width=width, with_state=False)
    return Figure(title, note, f"{title}. {note}. {spoken(ordered)}", spec, wide, high)
