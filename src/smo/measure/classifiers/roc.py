"""Area under the ROC curve with its variance from ranks, of one model and of two on the same cases.

Source: DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44:837-845; by ranks: Sun & Xu (2014), IEEE SPL 21:1389-1393.
"""

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def auc(scores: Floats, is_positive: Bools, *, confidence: float = 0.90) -> tuple[float, float, float]:
    """Area, low and high: the chance that a positive scores above a negative, ties counted half.

    The interval is DeLong's on the logit scale, so that it stays inside 0-1; an area of exactly 0 or 1 has the
    exact one-sided bound of the smaller class. Errors: ValueError when a class is missing or a score is no number.

    >>> area, low, high = auc(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
    >>> area
    0.75
    """
    above, below = placements(scores, is_positive)
    area = float(above.mean())
    smaller = min(above.size, below.size)
    if area in (0.0, 1.0) or smaller < 2:
        return area, *_without_spread(area, smaller, confidence=confidence)
    spread = np.sqrt(delong_covariance([(above, below)])[0, 0]) / (area * (1.0 - area))
    reach = stats.norm.ppf((1.0 + confidence) / 2.0) * spread
    centre = np.log(area / (1.0 - area))
    return area, float(1.0 / (1.0 + np.exp(reach - centre))), float(1.0 / (1.0 + np.exp(-reach - centre)))


def placements(scores: Floats, is_positive: Bools) -> tuple[Floats, Floats]:
    """For each positive the share of negatives below it, for each negative the share of positives above it.

    Shapes: float64 of the positives, float64 of the negatives, in their order; ties count half. Time: n log n.
    Errors: ValueError when a class is missing, a score is no number, or the lengths differ.

    >>> [part.tolist() for part in placements(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))]
    [[0.5, 1.0], [1.0, 0.5]]
    """
    scores, is_positive = np.asarray(scores, np.float64), np.asarray(is_positive, np.bool_)
    if scores.shape != is_positive.shape:
        raise ValueError("there is one score for each case")
    if np.isnan(scores).any():
        raise ValueError("a score that is no number has no rank: leave these cases out and say so")
    positives, negatives = scores[is_positive], scores[~is_positive]
    m, n = positives.size, negatives.size
    if m == 0 or n == 0:
        raise ValueError("the area under the curve needs positives and negatives")
    ranks = stats.rankdata(np.concatenate([positives, negatives]))
    return (ranks[:m] - stats.rankdata(positives)) / n, 1.0 - (ranks[m:] - stats.rankdata(negatives)) / m


def delong_covariance(models: list[tuple[Floats, Floats]]) -> Floats:
    """Covariance matrix of the areas of several models on the same cases, from the placements of each.

    Shapes: one pair of `placements` per model, positives and negatives in the same order -> float64[models, models];
    nan where a class has one case. Source: DeLong et al. (1988), (5)-(6).

    >>> one = placements(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
    >>> delong_covariance([one, one]).round(4).tolist()
    [[0.125, 0.125], [0.125, 0.125]]
    """
    above = np.stack([one for one, _ in models])
    below = np.stack([two for _, two in models])
    if min(above.shape[1], below.shape[1]) < 2:
        return np.full((len(models), len(models)), np.nan)
    spread = np.atleast_2d(np.cov(above)) / above.shape[1] + np.atleast_2d(np.cov(below)) / below.shape[1]
    return np.asarray(spread, np.float64)


def _without_spread(area: float, smaller: int, *, confidence: float) -> tuple[float, float]:
    """Bounds where the ranks show no variance: as many successes as the smaller class has members."""
    reach = ((1.0 - confidence) / 2.0) ** (1.0 / smaller)
    if area == 1.0:
        return reach, 1.0
    return (0.0, 1.0 - reach) if area == 0.0 else (0.0, 1.0)
