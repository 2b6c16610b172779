"""Area under the ROC curve with its variance from ranks.

Source: DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44:837-845; by ranks: Sun & Xu (2014), IEEE SPL 21:1389-1393.
"""

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]


def auc(scores: Floats, is_positive: npt.NDArray[np.bool_], *, confidence: float = 0.90) -> tuple[float, float, float]:
    """Area, low and high: the chance that a positive scores above a negative, ties counted half.

    The interval is DeLong's on the logit scale, so that it stays inside 0-1; an area of exactly 0 or 1 has the
    exact one-sided bound of the smaller class. Errors: ValueError when a class is missing.

    >>> area, low, high = auc(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
    >>> area
    0.75
    """
    positives, negatives = scores[is_positive], scores[~is_positive]
    m, n = positives.size, negatives.size
    if m == 0 or n == 0:
        raise ValueError("the area under the curve needs positives and negatives")
    ranks = stats.rankdata(np.concatenate([positives, negatives]))
    above = (ranks[:m] - stats.rankdata(positives)) / n
    below = 1.0 - (ranks[m:] - stats.rankdata(negatives)) / m
    area = float(above.mean())
    if area in (0.0, 1.0) or min(m, n) < 2:
        return area, *_without_spread(area, min(m, n), confidence=confidence)
    spread = np.sqrt(above.var(ddof=1) / m + below.var(ddof=1) / n) / (area * (1.0 - area))
    reach = stats.norm.ppf((1.0 + confidence) / 2.0) * spread
    centre = np.log(area / (1.0 - area))
    return area, float(1.0 / (1.0 + np.exp(reach - centre))), float(1.0 / (1.0 + np.exp(-reach - centre)))


def _without_spread(area: float, smaller: int, *, confidence: float) -> tuple[float, float]:
    """Bounds where the ranks show no variance: as many successes as the smaller class has members."""
    reach = ((1.0 - confidence) / 2.0) ** (1.0 / smaller)
    if area == 1.0:
        return reach, 1.0
    return (0.0, 1.0 - reach) if area == 0.0 else (0.0, 1.0)
