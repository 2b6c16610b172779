"""Is one model better than another? Both on the same cases, so that the difference has its own, narrower interval.

Sources: McNemar (1947), Psychometrika 12:153-157; score interval of a paired difference: Tango (1998), Statistics in
Medicine 17:891-908; areas: DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44:837-845.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, special, stats

from smo.measure.classifiers.roc import Bools, Floats, delong_covariance, placements
from smo.measure.estimate import Estimate, not_measured

BASIS = "model_vs_human"


@dataclass(frozen=True, slots=True)
class Difference:
    """First less second with its interval, both figures, and the two-sided p-value of "no difference"."""

    difference: Estimate
    first: float | None
    second: float | None
    p_value: float | None


def mcnemar(only_first: int, only_second: int) -> float:
    """Two-sided exact p of "both are right equally often", from the cases where one alone was right.

    min(1, 2 P(X <= min)) for X binomial with n = both counts and p = 1/2; 1 where the two never differ.
    Errors: ValueError for a negative count.

    >>> round(mcnemar(62, 38), 5)
    0.02098
    """
    _check_counts(only_first, only_second, n=only_first + only_second)
    n = only_first + only_second
    return float(min(1.0, 2.0 * stats.binom.cdf(min(only_first, only_second), n, 0.5))) if n else 1.0


def tango_z(only_first: float, only_second: float, *, n: float, difference: float) -> float:
    """Tango's score statistic of "first - second = `difference`" for shares on the same n cases; falls in `difference`.

    Errors: ValueError for counts that do not fit, or a difference outside -1 to 1.

    >>> round(tango_z(62, 38, n=2000, difference=0.0), 4)
    2.4
    """
    _check_counts(only_first, only_second, n=n)
    if not -1.0 <= difference <= 1.0:
        raise ValueError(f"a difference of shares lies between -1 and 1, not {difference}")
    gap = only_first - only_second - n * difference
    slope = -only_first - only_second + (2.0 * n - only_first + only_second) * difference
    constant = -only_second * difference * (1.0 - difference)
    rare = (math.sqrt(max(slope**2 - 8.0 * n * constant, 0.0)) - slope) / (4.0 * n)
    variance = n * (2.0 * rare + difference * (1.0 - difference))
    return gap / math.sqrt(variance) if variance > 1e-12 * n else math.copysign(math.inf, gap) if gap else 0.0


def paired_difference(
    only_first: int, only_second: int, *, n: int, confidence: float = 0.90, basis: str = BASIS
) -> Estimate:
    """Difference of two shares on the same n cases, (first alone - second alone) / n, with Tango's score interval.

    Units: a share, -1 to 1. Not measured for n = 0. Errors: ValueError for negative counts or more than n.

    >>> found = paired_difference(62, 38, n=2000, confidence=0.95)
    >>> round(found.value, 4), round(found.low, 4), round(found.high, 4)
    (0.012, 0.0022, 0.0221)
    """
    _check_counts(only_first, only_second, n=n)
    if n == 0:
        return not_measured(basis, "nothing to compare: n is 0")
    z = float(special.ndtri(0.5 + confidence / 2))
    value = (only_first - only_second) / n

    def away(end: float, sign: float) -> float:
        return min(max(tango_z(only_first, only_second, n=n, difference=end), -1e6), 1e6) - sign * z

    low = -1.0 if away(-1.0, 1.0) <= 0 else float(optimize.brentq(away, -1.0, value, args=(1.0,), xtol=1e-12))
    high = 1.0 if away(1.0, -1.0) >= 0 else float(optimize.brentq(away, value, 1.0, args=(-1.0,), xtol=1e-12))
    return Estimate(value, min(low, value), max(high, value), n, basis, "tango score", confidence=confidence)


def compare_decisions(
    first_is_right: npt.ArrayLike, second_is_right: npt.ArrayLike, *, confidence: float = 0.90, basis: str = BASIS
) -> Difference:
    """Which of two models is right more often, from whether each is right at the same cases.

    Shapes: True/False per case, both in the same order. For recall give the positive cases only, for the rate of false
    alarms the negative ones. Interval: Tango; p: exact McNemar. Errors: ValueError for lengths that differ.
    Source: McNemar (1947), Psychometrika 12:153-157; Tango (1998), Statistics in Medicine 17:891-908.

    >>> compare_decisions([True, True, True, False], [True, False, False, False]).difference.value
    0.5
    """
    a, b = _yes_or_no(first_is_right), _yes_or_no(second_is_right)
    if a.shape != b.shape:
        raise ValueError("both models are judged at the same cases")
    only_first, only_second = int((a & ~b).sum()), int((b & ~a).sum())
    gap = paired_difference(only_first, only_second, n=a.size, confidence=confidence, basis=basis)
    if not a.size:
        return Difference(gap, None, None, None)
    return Difference(gap, float(a.mean()), float(b.mean()), mcnemar(only_first, only_second))


def compare_auc(
    first: Floats, second: Floats, *, is_positive: Bools, confidence: float = 0.90, basis: str = BASIS
) -> Difference:
    """Difference of the areas under the ROC curve of two models on the same cases, after DeLong.

    Shapes: one score per case and model. Where the ranks show no spread (both separate perfectly), the ends are those
    of the exact bound for the smaller class. Not measured where a class is missing or has one case.
    Errors: ValueError for a score that is no number or lengths that differ.
    Source: DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44:837-845.

    >>> truth = np.array([False, False, True, True, True])
    >>> found = compare_auc(np.array([0.1, 0.2, 0.6, 0.7, 0.8]), np.array([0.3, 0.6, 0.2, 0.7, 0.9]), is_positive=truth)
    >>> round(found.difference.value, 4), round(found.p_value, 4)
    (0.3333, 0.3173)
    """
    truth = _yes_or_no(is_positive)
    if not (np.isfinite(first).all() and np.isfinite(second).all()) or not len(first) == len(second) == truth.size:
        raise ValueError("each case has a finite score of either model, and a truth")
    smaller = int(min(truth.sum(), (~truth).sum()))
    if smaller < 2:
        reason = "the areas of two models compare from two positives and two negatives on"
        return Difference(not_measured(basis, reason, n=truth.size), None, None, None)
    parts = [placements(first, truth), placements(second, truth)]
    areas = [float(above.mean()) for above, _ in parts]
    covariance = delong_covariance(parts)
    variance = float(covariance[0, 0] + covariance[1, 1] - 2.0 * covariance[0, 1])
    value = areas[0] - areas[1]
    is_same = all(np.array_equal(one, two) for one, two in zip(parts[0], parts[1], strict=True))
    if variance > 1e-15:
        half = float(special.ndtri(0.5 + confidence / 2)) * math.sqrt(variance)
        p = float(2.0 * special.ndtr(-abs(value) / math.sqrt(variance)))
    else:
        half, p = (
            (0.0 if is_same else 1.0 - ((1.0 - confidence) / 2.0) ** (1.0 / smaller)),
            1.0 if is_same else math.nan,
        )
    ends = max(-1.0, value - half), min(1.0, value + half)
    found = Estimate(value, *ends, truth.size, basis, "delong, paired", confidence=confidence)
    return Difference(found, areas[0], areas[1], None if math.isnan(p) else p)


def _yes_or_no(values: npt.ArrayLike) -> Bools:
    """What is neither True nor False, such as nan or a text, would count as True."""
    given = np.asarray(values)
    if given.size and (given.dtype.kind not in "biuf" or not np.isin(given, (0, 1)).all()):
        raise ValueError("each case is True or False (1 or 0): leave out the cases that nobody judged")
    return given.astype(np.bool_)


def _check_counts(only_first: float, only_second: float, *, n: float) -> None:
    if not (only_first >= 0 and only_second >= 0 and only_first + only_second <= n):
        raise ValueError("the cases where one alone is right are at least 0, and not more than all cases")
