"""How far people agree, overall and for each slice."""

from collections.abc import Mapping

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
from smo.measure.agreement.coincidence import Patterns, patterns
from smo.measure.agreement.sets import masi_distance
from smo.measure.estimate import Estimate
from smo.measure.ratings import Ratings
from smo.measure.state import State, judge
from smo.paper.report.model import Agreement

MINIMUM_ITEMS = 20  # below it agreement is "not enough evidence", whatever the interval says
MOST_LABELS = 30  # figures by label are for labels a person can read; rarer ones are left to the JSON of slices
SET_MARK = "|"


def has_sets(labels: tuple[str | float, ...]) -> bool:
    """Do some answers name several labels at once?"""
    return any(isinstance(label, str) and SET_MARK in label for label in labels)


def coefficients(ratings: Ratings, state: Patterns, *, level: str) -> dict[str, Estimate]:
    """Every coefficient that fits the level; Krippendorff's alpha is taken at the level itself."""
    found = {
        "krippendorff_alpha": krippendorff_alpha(state, level=level),
        "percent_agreement": percent_agreement(state),
        "fleiss_kappa": fleiss_kappa(state),
        "gwet_ac1": gwet_ac1(state),
    }
    if ratings.raters is not None:
        found["cohen_kappa"] = cohen_kappa(ratings)
    if level != "nominal":
        found["nominal_alpha"] = krippendorff_alpha(state, level="nominal")
        found["gwet_ac2"] = gwet_ac2(state, "quadratic")
    if has_sets(ratings.labels):
        found["masi_alpha"] = krippendorff_alpha(state, level=masi_distance(ratings.labels))
    return found


def _by_label(
    measured: Mapping[str | float, Estimate], keep: set[str | float], *, names: Mapping[str | float, str]
) -> dict[str, Estimate]:
    return {names[label]: estimate for label, estimate in measured.items() if label in keep}


def _commonest(shares: Mapping[str | float, Estimate]) -> set[str | float]:
    ordered = sorted(shares, key=lambda label: -(shares[label].value or 0.0))
    return set(ordered[:MOST_LABELS])


def state_of(alpha: Estimate, target: float) -> State:
    """The state of agreement: its interval against the target, with a least number of items."""
    state = judge(alpha, target=target, minimum_n=MINIMUM_ITEMS)
    return State.NOT_ENOUGH if state is State.NOT_MET and is_skewed(alpha) else state


def is_skewed(alpha: Estimate) -> bool:
    """Is nearly every label the same, so that agreement beyond chance can hardly be seen?"""
    return any("misleads" in warning for warning in alpha.warnings)


def agreement(ratings: Ratings, level: str, *, target: float, by_label: bool = True) -> Agreement:
    """All coefficients beside what they depend on."""
    state = patterns(ratings)
    found = coefficients(ratings, state, level=level)
    shares = prevalence(state)
    keep = _commonest(shares)
    names = dict(zip(ratings.labels, ratings.label_names, strict=True))
    many = len(ratings.labels) > 2
    return Agreement(
        coefficients=found,
        prevalence=_by_label(shares, keep, names=names),
        specific=_by_label(specific_agreement(state), keep, names=names) if by_label else {},
        per_label=_by_label(per_label_alpha(state), keep, names=names) if by_label and many else {},
        state=state_of(found["krippendorff_alpha"], target),
    )
