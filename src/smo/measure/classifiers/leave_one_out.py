"""A model in a person's place: does it hit what the others say as often as the person it replaces?

To judge a model by the majority of all people and a person by the same majority is not fair: the person's own vote is
in it. Here each person is left out in turn, and both are judged by the rest.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from smo.measure.classifiers.human_model import mean_over_items
from smo.measure.estimate import Estimate, not_measured
from smo.measure.ratings import Ratings
from smo.measure.truth import Truth, item_truth, label_codes
from smo.measure.votes import dense_votes

Floats = npt.NDArray[np.float64]
MOST_LABELS = 200


@dataclass(frozen=True, slots=True)
class InPlace:
    """How often a left-out person, and the model, say what most of the others say; `gap` is model less person."""

    n: int
    person: Estimate
    model: Estimate
    gap: Estimate


def in_place_of_people(ratings: Ratings, decisions: Truth) -> InPlace:
    """Person and model against the rest of the people, on items with two ratings or more and a decision of the model.

    Shapes: `decisions` is a mapping or frame `item, label`. Of t labels with most votes among the rest each counts
    1/t. Per item the mean over the people left out, then over items; 90 % intervals over items, the gap's paired.
    A model that does as a person does has a gap of 0. Not measured where there is no such item.
    Errors: ValueError above 200 labels.

    >>> frame = pl.DataFrame({"item": [1, 1, 1, 2, 2, 2], "rater": list("abcabc"), "label": list("xxxxyy")})
    >>> ratings = Ratings.from_frame(frame, item="item", rater="rater", label="label")
    >>> found = in_place_of_people(ratings, {1: "x", 2: "y"})
    >>> round(found.person.value, 4), round(found.model.value, 4)
    (0.6667, 0.8333)
    """
    if len(ratings.labels) > MOST_LABELS:
        raise ValueError(f"{len(ratings.labels)} labels are too many to leave each out; at most {MOST_LABELS}")
    values = item_truth(ratings, decisions)
    usable = values.is_not_null().to_numpy() & (np.diff(ratings.item_start) >= 2)
    if not usable.any():
        nothing = not_measured("model_vs_human", "no item has two ratings and a prediction")
        return InPlace(0, nothing, nothing, nothing)
    codes = label_codes(values.filter(pl.Series(usable)), ratings.labels).astype(np.int64)
    person, model = _hits(dense_votes(replace(ratings.select(usable), weight=None)), codes)
    return InPlace(
        codes.size,
        mean_over_items(person, "overlap"),
        mean_over_items(model, "model_vs_human"),
        mean_over_items(model - person, "model_vs_human", least=-1.0),
    )


def _hits(votes: Floats, codes: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Per item the mean credit of a left-out person and of the model. Shapes: float64[items] each."""
    person, model = np.zeros(codes.size), np.zeros(codes.size)
    for left_out in range(votes.shape[1]):
        at = np.flatnonzero(votes[:, left_out] > 0)
        rest = votes[at].copy()
        rest[:, left_out] -= 1.0
        is_top = rest >= rest.max(axis=1, keepdims=True)
        credit = is_top / is_top.sum(axis=1, keepdims=True)
        said = codes[at]
        person[at] += votes[at, left_out] * credit[:, left_out]
        model[at] += votes[at, left_out] * np.where(said >= 0, credit[np.arange(at.size), np.maximum(said, 0)], 0.0)
    total = votes.sum(axis=1)
    return person / total, model / total
