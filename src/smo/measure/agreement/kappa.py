"""Agreement of any number of raters against chance: percent agreement, Fleiss' kappa, Gwet's AC1 and AC2."""

from dataclasses import dataclass

import numpy as np

from smo.measure.agreement.alpha import MOST_LABELS, NO_PAIR, ONE_LABEL
from smo.measure.agreement.coincidence import Matrix, Patterns, patterns, row_sums
from smo.measure.agreement.intervals import (
    BASIS,
    CONFIDENCE,
    Coefficient,
    Share,
    estimate_of,
    evidence,
    item_variance,
    paradox_warning,
    share,
    skew_warning,
)
from smo.measure.estimate import Estimate, not_measured
from smo.measure.ratings import Floats, Ratings

BLOCK = 1 << 20  # cells of a dense block
TOO_MANY = f"more than {MOST_LABELS} different labels are too many to give credit for near answers"
KINDS = ("linear", "quadratic")


@dataclass(frozen=True, slots=True)
class _Chance:
    """Expected agreement and its slope by the labels' shares."""

    agreement: float
    slope: Floats  # [K]


def percent_agreement(ratings: Ratings | Patterns, *, confidence: float = CONFIDENCE) -> Estimate:
    """The mean over items of the share of equal pairs of ratings.

    Shapes: n = items with two or more ratings; interval Wilson's, with the effective n of the items' variance.
    Errors: ValueError for items whose ratings differ in weight, or a confidence not between 0 and 1; where no item has
    two ratings it is not measured. Source: Gwet 2014, "Handbook of inter-rater reliability", chapter 2.

    >>> import polars as pl
    >>> frame = pl.DataFrame({"i": [1, 1, 2, 2], "y": list("aaab")})
    >>> percent_agreement(Ratings.from_frame(frame, item="i", rater=None, label="y")).value
    0.5
    """
    found = percent_of(_state(ratings))
    return found if isinstance(found, Estimate) else share(found, confidence=confidence)


def percent_of(state: Patterns) -> Share | Estimate:
    """Percent agreement with its variance, or the estimate that says why there is none."""
    pairs = state.pairable()
    if pairs.weight.sum() <= 0:
        return not_measured(BASIS, NO_PAIR)
    value, influence = _observed(state, None)
    variance = item_variance(state, influence)
    return Share(min(1.0, value), variance, int(pairs.items.sum()), float(pairs.items @ pairs.size))


def fleiss_kappa(ratings: Ratings | Patterns, *, confidence: float = CONFIDENCE) -> Estimate:
    """Fleiss' kappa, extended to items with different numbers of ratings.

    Shapes: n = items with two or more ratings; labels' shares are means over all items. Interval over items.
    Errors: ValueError as `percent_agreement`; with one label only it is not measured.
    Source: Fleiss 1971, Psychological Bulletin 76:378-382; Gwet 2014, chapter 2 (missing ratings).

    >>> import polars as pl
    >>> frame = pl.DataFrame({"i": [1, 1, 2, 2], "y": list("aabb")})
    >>> fleiss_kappa(Ratings.from_frame(frame, item="i", rater=None, label="y")).value
    1.0
    """
    return estimate_of(corrected(_state(ratings), None, kind="fleiss"), confidence)


def gwet_ac1(ratings: Ratings | Patterns, *, confidence: float = CONFIDENCE) -> Estimate:
    """Gwet's AC1: chance agreement from hard items only, so that it stands when nearly all ratings are one label.

    Shapes: as `fleiss_kappa`. Errors: ValueError as `percent_agreement`.
    Source: Gwet 2008, British Journal of Mathematical and Statistical Psychology 61:29-48.

    >>> import polars as pl
    >>> frame = pl.DataFrame({"i": [1, 1, 2, 2], "y": list("aabb")})
    >>> gwet_ac1(Ratings.from_frame(frame, item="i", rater=None, label="y")).value
    1.0
    """
    return estimate_of(corrected(_state(ratings), None, kind="gwet_ac1"), confidence)


def gwet_ac2(
    ratings: Ratings | Patterns, weights: str | Matrix = "quadratic", *, confidence: float = CONFIDENCE
) -> Estimate:
    """Gwet's AC2: AC1 with partial credit for near answers.

    Shapes: `weights` linear, quadratic, or float64[K, K] from 0 to 1 with 1 on the diagonal.
    Errors: ValueError for unknown weights or a matrix of another shape, and as `percent_agreement`. Source: Gwet 2014.

    >>> import polars as pl
    >>> frame = pl.DataFrame({"i": [1, 1, 2, 2], "y": [1, 1, 2, 2]})
    >>> gwet_ac2(Ratings.from_frame(frame, item="i", rater=None, label="y"), "linear").value
    1.0
    """
    if isinstance(weights, str) and len(ratings.labels) > MOST_LABELS:
        return not_measured(BASIS, TOO_MANY)
    state = _state(ratings)
    return estimate_of(corrected(state, credit(state.labels, weights), kind="gwet_ac2"), confidence)


def credit(labels: tuple[str | float, ...], weights: str | Matrix) -> Matrix:
    """What a pair of answers counts for: 1 when equal, less the further apart (numbers by value, text by place).

    Shapes: float64[K, K].

    >>> credit((0.0, 1.0, 2.0), "linear")[0].tolist()
    [1.0, 0.5, 0.0]
    """
    k = len(labels)
    if not isinstance(weights, str):
        matrix = np.asarray(weights, np.float64)
        if matrix.shape != (k, k) or (np.diag(matrix) != 1).any() or (matrix < 0).any() or (matrix > 1).any():
            raise ValueError(f"weights are a {k} x {k} matrix from 0 to 1, with 1 on the diagonal")
        return (matrix + matrix.T) / 2
    if weights not in KINDS:
        raise ValueError(f"unknown weights {weights!r}; one of {', '.join(KINDS)}, or a matrix")
    numeric = not any(isinstance(label, str) for label in labels)
    place = np.array(labels, np.float64) if numeric else np.arange(k, dtype=np.float64)
    reach = np.ptp(place) if k > 1 else 1.0
    apart = np.abs(place[:, None] - place[None, :]) / reach
    return np.asarray(1 - (apart if weights == "linear" else apart**2))


def _state(ratings: Ratings | Patterns) -> Patterns:
    return ratings if isinstance(ratings, Patterns) else patterns(ratings)


def corrected(state: Patterns, weights: Matrix | None, *, kind: str) -> Coefficient | Estimate:
    """Fleiss' kappa, AC1 or AC2 with its variance, or the estimate that says why there is none."""
    pairs = state.pairable()
    if pairs.weight.sum() <= 0:
        return not_measured(BASIS, NO_PAIR)
    shares = _shares(state)
    chance = _chance(shares, weights, kind=kind)
    if chance is None or chance.agreement >= 1:
        return not_measured(BASIS, ONE_LABEL, n=int(pairs.items.sum()))
    observed, moved = _observed(state, weights)
    rest = 1 - chance.agreement
    drift = row_sums(state.start, state.count * chance.slope[state.label]) / state.size - shares @ chance.slope
    influence = moved / rest - (1 - observed) / rest**2 * drift / state.weight.sum()
    value = 1 - (1 - observed) / rest
    warnings = _warnings(shares, state.labels, kind=kind)
    if kind == "fleiss" and not warnings:
        warnings = paradox_warning(observed, value)
    return Coefficient(value, item_variance(state, influence), evidence(pairs), rest, kind, warnings)


def _warnings(shares: Floats, labels: tuple[str | float, ...], *, kind: str) -> tuple[str, ...]:
    skewed = skew_warning(shares, labels)
    if kind == "fleiss" or not skewed:
        return skewed
    top = labels[int(shares.argmax())]
    return (f"{shares.max():.1%} of the ratings are {top!s}: AC1 says little of the rare labels, see each label's own",)


def _shares(state: Patterns) -> Floats:
    """Each label's share, averaged over items. Shapes: float64[K]."""
    weight = np.repeat(state.weight / state.size, np.diff(state.start)) * state.count
    return np.asarray(np.bincount(state.label, weights=weight, minlength=len(state.labels)) / state.weight.sum())


def _observed(state: Patterns, weights: Matrix | None) -> tuple[float, Floats]:
    """Observed agreement over pairable items, and what each item of any pattern moves it."""
    size, count = state.size, state.count.astype(np.int64)
    if weights is None:
        equal = row_sums(state.start, count * (count - 1)).astype(np.float64)
    else:
        equal = _weighted_pairs(state, weights)
    paired = size > 1
    agreement = np.where(paired, equal / np.maximum(size * (size - 1), 1), 0.0)
    total = float(state.weight @ paired)
    value = float(state.weight @ agreement) / total
    return value, np.asarray(np.where(paired, agreement - value, 0.0) / total)


def _weighted_pairs(state: Patterns, weights: Matrix) -> Floats:
    k = len(state.labels)
    sums = np.zeros(len(state.items))
    row, rows = state.row, max(1, BLOCK // k)
    for begin in range(0, len(sums), rows):  # a dense table of all patterns may not fit
        block = slice(begin, begin + rows)
        entries = slice(state.start[begin], state.start[min(begin + rows, len(sums))])
        dense = np.zeros((len(sums[block]), k))
        dense[row[entries] - begin, state.label[entries]] = state.count[entries]
        sums[block] = ((dense @ weights) * dense).sum(axis=1) - dense.sum(axis=1)
    return sums


def _chance(shares: Floats, weights: Matrix | None, *, kind: str) -> _Chance | None:
    if kind == "fleiss":
        return _Chance(float(shares @ shares), 2 * shares)
    k = len(shares)
    if k < 2:
        return None
    scale = 1 / (k - 1) if weights is None else float(weights.sum()) / (k * (k - 1))
    return _Chance(float(scale * (shares @ (1 - shares))), scale * (1 - 2 * shares))
