"""How far people agree, overall and for each slice."""

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl

from smo.measure.agreement import (
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    gwet_ac2,
    krippendorff_alpha,
    per_label_alpha,
    percent_agreement,
    prevalence,
    specific_agreement,
)
from smo.measure.estimate import Estimate
from smo.measure.ratings import Ratings
from smo.measure.sets import masi_distance
from smo.measure.state import State, judge
from smo.paper.report.model import Agreement

MINIMUM_ITEMS = 20  # below it agreement is "not enough evidence", whatever the interval says
MOST_LABELS = 30  # figures by label are for labels a person can read; rarer ones are left to the JSON of slices
SET_MARK = "|"


def has_sets(labels: tuple[str | float, ...]) -> bool:
    """Do some answers name several labels at once?"""
    return any(isinstance(label, str) and SET_MARK in label for label in labels)


def coefficients(ratings: Ratings, level: str) -> dict[str, Estimate]:
    """Every coefficient that fits the level; Krippendorff's alpha is taken at the level itself."""
    found = {
        "krippendorff_alpha": krippendorff_alpha(ratings, level=level),
        "percent_agreement": percent_agreement(ratings),
        "fleiss_kappa": fleiss_kappa(ratings),
        "gwet_ac1": gwet_ac1(ratings),
    }
    if ratings.raters is not None:
        found["cohen_kappa"] = cohen_kappa(ratings)
    if level != "nominal":
        found["nominal_alpha"] = krippendorff_alpha(ratings, level="nominal")
        found["gwet_ac2"] = gwet_ac2(ratings, "quadratic")
    if has_sets(ratings.labels):
        found["masi_alpha"] = krippendorff_alpha(ratings, level=masi_distance(ratings.labels))
    return found


def _by_label(measured: Mapping[str | float, Estimate], keep: set[str]) -> dict[str, Estimate]:
    return {str(label): estimate for label, estimate in measured.items() if str(label) in keep}


def _commonest(shares: Mapping[str | float, Estimate]) -> set[str]:
    ordered = sorted(shares, key=lambda label: -(shares[label].value or 0.0))
    return {str(label) for label in ordered[:MOST_LABELS]}


def state_of(alpha: Estimate, target: float) -> State:
    """The state of agreement: its interval against the target, with a least number of items."""
    return judge(alpha, target=target, minimum_n=MINIMUM_ITEMS)


def agreement(ratings: Ratings, level: str, target: float, *, by_label: bool = True) -> Agreement:
    """All coefficients beside what they depend on."""
    found = coefficients(ratings, level)
    shares = prevalence(ratings)
    keep = _commonest(shares)
    many = len(ratings.labels) > 2
    return Agreement(
        coefficients=found,
        prevalence=_by_label(shares, keep),
        specific=_by_label(specific_agreement(ratings), keep) if by_label else {},
        per_label=_by_label(per_label_alpha(ratings), keep) if by_label and many else {},
        state=state_of(found["krippendorff_alpha"], target),
    )


def pairable(ratings: Ratings) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which items have two answers or more."""
    return np.diff(ratings.item_start) > 1
