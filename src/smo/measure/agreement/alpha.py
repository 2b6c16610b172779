"""Krippendorff's alpha for any level of measurement, from patterns of items."""

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from smo.measure.agreement.coincidence import Matrix, Patterns, patterns, row_sums
from smo.measure.agreement.intervals import (
    BASIS,
    CONFIDENCE,
    Coefficient,
    Evidence,
    estimate_of,
    evidence,
    item_variance,
    paradox_warning,
    skew_warning,
    variance_of_sums,
)
from smo.measure.agreement.sets import DISTANCES
from smo.measure.codes import Integers, Offsets
from smo.measure.estimate import Estimate, not_measured
from smo.measure.ratings import Floats, Ratings

LEVELS = ("nominal", "ordinal", "interval", "ratio")
MOST_LABELS = 4096  # a distance matrix of more labels does not fit; nominal, ordinal and interval need none
ONE_LABEL = "only one label was used: nothing could have disagreed"
NO_PAIR = "no item has two ratings"


@dataclass(frozen=True, slots=True)
class _Disagreement:
    """Observed disagreement per item, expected disagreement, and how both move with the labels' totals."""

    observed: Floats  # [P], per item of each pattern
    expected: float
    observed_slope: Floats  # [K]
    expected_slope: Floats  # [K]


def krippendorff_alpha(
    ratings: Ratings | Patterns, level: str | Matrix = "nominal", *, confidence: float = CONFIDENCE
) -> Estimate:
    """Krippendorff's alpha: 1 - observed / expected disagreement over all pairs within items.

    Shapes: `level` is nominal, ordinal (in order of `labels`), interval, ratio, jaccard, masi (sets joined by `|`),
    spans (`start:end` joined by `|`), or float64[K, K] of squared distances between the labels (0 on the diagonal).
    Distances of sets, spans and matrices need 8 K^2 bytes, so K is at most 4096 for those that are made here.
    n = items with two or more ratings; others do not count. Interval over items.
    Errors: ValueError for an unknown level or a matrix of another shape; a value that is not defined is None.
    Source: Krippendorff 2011, "Computing Krippendorff's alpha-reliability"; Hayes and Krippendorff 2007.

    >>> import polars as pl
    >>> frame = pl.DataFrame({"i": [1, 1, 2, 2, 3, 3, 4, 4], "y": list("aabbaabb")})
    >>> krippendorff_alpha(Ratings.from_frame(frame, item="i", rater=None, label="y")).value
    1.0
    """
    return estimate_of(alpha_of(ratings if isinstance(ratings, Patterns) else patterns(ratings), level), confidence)


def alpha_of(state: Patterns, level: str | Matrix = "nominal") -> Coefficient | Estimate:
    """Krippendorff's alpha with its variance, or the estimate that says why there is none."""
    metric = _metric(level, state.labels)
    pairs = state.pairable()
    total = float(pairs.weight @ pairs.size)
    if total <= 0:
        return not_measured(BASIS, NO_PAIR)
    fault = _unfit(metric, state.labels)
    if fault:
        return not_measured(BASIS, fault, n=int(pairs.items.sum()))
    if isinstance(metric, str) and metric in DISTANCES:
        metric = DISTANCES[metric](state.labels)
    per_label = label_totals(pairs)
    found = _disagreement(pairs, per_label, metric=metric)
    if found.expected <= 0:
        return not_measured(BASIS, ONE_LABEL, n=int(pairs.items.sum()))
    observed = float(pairs.weight @ found.observed)
    value = 1 - (total - 1) * observed / found.expected
    variance = item_variance(pairs, _influence(pairs, found, observed=observed, total=total))
    name = level if isinstance(level, str) else "distance"
    differ = 1 - float((per_label / total) @ (per_label / total))
    warnings = skew_warning(per_label, state.labels)
    if name == "nominal" and not warnings:
        warnings = paradox_warning(1 - observed / total, value)
    return Coefficient(value, variance, evidence(pairs), differ, f"krippendorff_{name}", warnings)


def per_label_alpha(ratings: Ratings | Patterns, *, confidence: float = CONFIDENCE) -> dict[str | float, Estimate]:
    """Nominal alpha of each label against all others.

    Shapes: label -> Estimate, in order of the labels. Errors: ValueError for items whose ratings differ in weight, or a
    confidence not between 0 and 1; where no item has two ratings, every label is not measured.
    Source: Krippendorff 2004, "Content analysis", section 11.4 (single categories).

    >>> import polars as pl
    >>> frame = pl.DataFrame({"i": [1, 1, 2, 2, 3, 3], "y": list("aabbcb")})
    >>> per_label_alpha(Ratings.from_frame(frame, item="i", rater=None, label="y"))["a"].value
    1.0
    """
    state = ratings if isinstance(ratings, Patterns) else patterns(ratings)
    pairs = state.pairable()
    if not len(pairs.items):
        return {label: not_measured(BASIS, NO_PAIR) for label in state.labels}
    size = pairs.size.astype(np.float64)
    sums = _Sums(evidence(pairs), size, float(pairs.weight @ size), float(pairs.weight_squared @ size**2))
    return {
        label: estimate_of(_against_rest(pairs, sums, row=row, given=given), confidence)
        for label, row, given in entries_by_label(pairs)
    }


def entries_by_label(state: Patterns) -> list[tuple[str | float, Offsets, Floats]]:
    """For each label the patterns that hold it, and how often. Shapes: label, int64[.], float64[.]."""
    order = np.argsort(state.label, kind="stable")
    bounds = np.searchsorted(state.label[order], np.arange(len(state.labels) + 1))
    row, count = state.row[order], state.count[order].astype(np.float64)
    parts = zip(state.labels, bounds[:-1], bounds[1:], strict=True)
    return [(label, row[low:high], count[low:high]) for label, low, high in parts]


def label_totals(state: Patterns) -> Floats:
    """The weight of ratings of each label. Shapes: float64[K]."""
    weight = (state.weight[state.row] * state.count).astype(np.float64)
    return np.bincount(state.label, weights=weight, minlength=len(state.labels)).astype(np.float64)


@dataclass(frozen=True, slots=True)
class _Sums:
    """Over all pairable items: the evidence, ratings per pattern, the weight of all ratings, and their squares."""

    evidence: Evidence
    size: Floats
    total: float
    squares: float


def _against_rest(pairs: Patterns, sums: _Sums, *, row: Offsets, given: Floats) -> Coefficient | Estimate:
    """Only patterns with the label are read: the others all move the value by the same per rating."""
    weight, squared, size = pairs.weight[row], pairs.weight_squared[row], sums.size[row]
    total, mine = sums.total, float(weight @ given)
    if mine <= 0 or mine >= total:
        return not_measured(BASIS, "no pair holds this label" if mine <= 0 else ONE_LABEL, n=sums.evidence.items)
    each = 2 * given * (size - given) / (size - 1)
    expected = 2 * mine * (total - mine)
    ratio = float(weight @ each) / expected
    scale = (total - 1) / expected
    slope = 2 * (given * (total - mine) + mine * (size - given))
    own = -size * ratio - scale * (each - ratio * slope)
    others = -ratio + scale * ratio * 2 * mine
    moved = float(weight @ own) + others * (total - float(weight @ size))
    squares = float(squared @ own**2) + others**2 * (sums.squares - float(squared @ size**2))
    return Coefficient(
        1 - (total - 1) * ratio,
        variance_of_sums(sums.evidence.items, total=moved, squares=squares),
        rests_on=sums.evidence,
        chance=expected / total**2,
        method="krippendorff_nominal",
        warnings=skew_warning(np.array([mine, total - mine]), ("this label", "other labels")),
    )


def _influence(pairs: Patterns, found: _Disagreement, *, observed: float, total: float) -> Floats:
    ratio = observed / found.expected
    slope = found.observed_slope - ratio * found.expected_slope
    moved = found.observed + row_sums(pairs.start, pairs.count * slope[pairs.label])
    return np.asarray(-pairs.size * ratio - (total - 1) / found.expected * moved)


def _metric(level: str | Matrix, labels: tuple[str | float, ...]) -> str | Matrix:
    k = len(labels)
    if isinstance(level, str):
        if level not in LEVELS and level not in DISTANCES:
            names = ", ".join((*LEVELS, *DISTANCES))
            raise ValueError(f"unknown level {level!r}; one of {names}, or a matrix of squared distances")
        return level
    matrix = np.asarray(level, np.float64)
    if matrix.shape != (k, k) or np.diag(matrix).any() or (matrix < 0).any() or not np.isfinite(matrix).all():
        raise ValueError(f"distances are a {k} x {k} matrix of numbers of at least 0, with 0 on the diagonal")
    return (matrix + matrix.T) / 2


def _unfit(metric: str | Matrix, labels: tuple[str | float, ...]) -> str:
    if not isinstance(metric, str) or metric in {"nominal", "ordinal"}:
        return ""
    if metric in DISTANCES:
        many = f"there are more than {MOST_LABELS} different answers, too many to compare each with each"
        return many if len(labels) > MOST_LABELS else ""
    if any(isinstance(label, str) for label in labels):
        return f"the labels are not numbers, which level {metric} needs"
    if metric == "ratio" and min(map(float, labels)) < 0:
        return "there are numbers below 0, which level ratio does not know"
    if metric == "ratio" and len(labels) > MOST_LABELS:
        return f"there are more than {MOST_LABELS} different numbers, too many for level ratio"
    return ""


def _disagreement(pairs: Patterns, per_label: Floats, *, metric: str | Matrix) -> _Disagreement:
    if not isinstance(metric, str):
        return _by_matrix(pairs, per_label, distance=metric)
    if metric == "nominal":
        return _nominal(pairs, per_label)
    if metric == "ordinal":
        midranks = np.cumsum(per_label) - per_label / 2
        return _by_place(pairs, per_label, place=midranks / per_label.sum(), ranked=True)
    values = np.array(pairs.labels, np.float64)
    if metric == "interval":
        return _by_place(pairs, per_label, place=values, ranked=False)
    return _by_matrix(pairs, per_label, distance=_ratio_distances(values))


def _nominal(pairs: Patterns, per_label: Floats) -> _Disagreement:
    size, count = pairs.size, pairs.count.astype(np.int64)
    observed = (size * size - row_sums(pairs.start, count * count)) / (size - 1)
    total = per_label.sum()
    expected = float(per_label @ (total - per_label))
    return _Disagreement(observed, expected, np.zeros(len(per_label)), 2 * (total - per_label))


def _by_place(pairs: Patterns, per_label: Floats, *, place: Floats, ranked: bool) -> _Disagreement:
    """Squared differences of places on a line need no matrix: they follow from sums and sums of squares."""
    total = per_label.sum()
    place = place - per_label @ place / total
    size, count = pairs.size, pairs.count
    lengths = np.diff(pairs.start)
    shifted = place[pairs.label] - np.repeat(place[pairs.label[pairs.start[:-1]]], lengths)  # equal labels: exactly 0
    first = row_sums(pairs.start, count * shifted)
    observed = 2 * (size * row_sums(pairs.start, count * shifted**2) - first**2) / (size - 1)
    square, mean = float(per_label @ place**2), float(per_label @ place)
    expected_slope = 2 * (square + total * place**2 - 2 * mean * place)
    observed_slope = np.zeros(len(place))
    if ranked:
        pull = 4 * np.repeat(pairs.weight / (size - 1), lengths) * count
        pull *= np.repeat(size, lengths) * shifted - np.repeat(first, lengths)
        by_label = np.bincount(pairs.label, weights=pull, minlength=len(place)).astype(np.float64)
        observed_slope = _through_ranks(by_label, total)
        expected_slope = expected_slope + _through_ranks(4 * per_label * (total * place - mean), total)
    expected = 2 * (total * square - mean**2)
    return _Disagreement(observed, float(expected), observed_slope, expected_slope)


def _through_ranks(pull: Floats, total: float) -> Floats:
    """A label's total pushes the midranks of all labels above it by 1 and its own by 1/2."""
    above = np.cumsum(pull[::-1])[::-1] - pull
    return np.asarray((above + pull / 2) / total)


def _by_matrix(pairs: Patterns, per_label: Floats, *, distance: Matrix) -> _Disagreement:
    observed = _quadratic(pairs.start, pairs.label, pairs.count, distance) / (pairs.size - 1)
    reach = distance @ per_label
    return _Disagreement(observed, float(per_label @ reach), np.zeros(len(per_label)), 2 * reach)


def _ratio_distances(values: Floats) -> Matrix:
    both = values[:, None] + values[None, :]
    difference = values[:, None] - values[None, :]
    return np.asarray(np.divide(difference, both, out=np.zeros_like(both), where=both != 0) ** 2)


@numba.njit(cache=True)
def _quadratic(start: Offsets, label: Integers, count: Integers, distance: Matrix) -> npt.NDArray[np.float64]:
    sums = np.zeros(len(start) - 1)
    for p in range(len(start) - 1):
        for a in range(start[p], start[p + 1]):
            for b in range(start[p], a):
                sums[p] += 2.0 * count[a] * count[b] * distance[label[a], label[b]]
    return sums
