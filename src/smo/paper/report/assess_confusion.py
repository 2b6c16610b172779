"""Which labels are mixed up, over all and within a slice."""

from typing import Any

from smo.measure.classifiers.confusion import confusion_pairs
from smo.measure.estimate import Estimate
from smo.measure.ratings import Ratings
from smo.paper.report.model import ConfusionPair
from smo.paper.report.task_data import TaskData

MOST_PAIRS = 40


def pairs(ratings: Ratings, data: TaskData, *, at_most: int = MOST_PAIRS) -> tuple[ConfusionPair, ...]:
    """Pairs of labels given for the same item, the commonest first; against the key where there is one."""
    found = confusion_pairs(ratings, data.gold)
    truth = "gold" if data.gold is not None else ""
    order = ["n", "label_a", "label_b"]
    top = found.sort(order, descending=[True, False, False]).head(at_most)
    return tuple(_pair(row, data, truth=truth) for row in top.to_dicts())


def _pair(row: dict[str, Any], data: TaskData, *, truth: str) -> ConfusionPair:
    share = Estimate(
        value=row["share"],
        low=row["low"],
        high=row["high"],
        n=round(row["n"] / row["share"]) if row["share"] else 0,
        basis="gold" if truth else "overlap",
        method="wilson",
        successes=row["n"],
    )
    return ConfusionPair(
        label_a=data.name(row["label_a"]),
        label_b=data.name(row["label_b"]),
        n=row["n"],
        share=share,
        expected=row["expected"],
        excess=row["excess"],
        truth=truth,
    )
