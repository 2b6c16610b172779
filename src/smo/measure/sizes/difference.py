"""How many cases tell two shares apart, and how often a given number does."""

import math

import numpy as np
from scipy import special, stats

from smo.measure.sizes.share import with_finite_population, z_two_sided

_LARGEST_EXACT = 20_000


def size_for_difference(
    first: float,
    second: float,
    *,
    power: float = 0.80,
    confidence: float = 0.95,
    ratio: float = 1.0,
    effect: float = 1.0,
) -> tuple[int, int]:
    """How many cases each arm needs to find the difference of two shares, two-sided, so often.

    Units: shares; `ratio` is n2 / n1. Shapes: (n1, n2). The normal approximation without continuity correction, which
    the score test (pooled under no difference) keeps. Errors: ValueError unless the shares lie between 0 and 1 and
    differ, power and confidence lie between 0 and 1, and ratio and effect are above 0.
    Source: Fleiss, Levin, Paik 2003, (4.14) and (4.19).

    >>> [size_for_difference(0.95, other)[0] for other in (0.93, 0.92, 0.90)], size_for_difference(0.90, 0.85)[0]
    ([2213, 1059, 435], 686)
    """
    _check(first, second)
    if first == second:
        raise ValueError("no number of cases shows a difference between equal shares")
    if not (0 < power < 1 and 0 < ratio < math.inf):
        raise ValueError("power lies between 0 and 1, a ratio above 0")
    pooled = (first + ratio * second) / (1 + ratio)
    under_none = z_two_sided(confidence) * math.sqrt((1 + ratio) * pooled * (1 - pooled) / ratio)
    under_some = float(special.ndtri(power)) * math.sqrt(first * (1 - first) + second * (1 - second) / ratio)
    reach = under_none + under_some
    if reach <= 0:
        return 1, 1
    n = (reach / (first - second)) ** 2
    return with_finite_population(n, None, effect=effect), with_finite_population(n * ratio, None, effect=effect)


def power_of_difference(
    first: float, second: float, *, n1: int, n2: int | None = None, confidence: float = 0.95, effect: float = 1.0
) -> float:
    """How often so many cases find the difference: the normal approximation of the score test, both tails.

    Units: a probability. Errors: ValueError as `size_for_difference`, or for an arm without a case.
    Source: Fleiss, Levin, Paik 2003, ch. 4.

    >>> round(power_of_difference(0.95, 0.93, n1=2213), 3), round(power_of_difference(0.95, 0.95, n1=2213), 3)
    (0.8, 0.05)
    """
    _check(first, second)
    n2 = n1 if n2 is None else n2
    if n1 < 1 or n2 < 1 or not 0 < effect < math.inf:
        raise ValueError("each arm has at least one case, and a design effect is above 0")
    worth1, worth2 = n1 / effect, n2 / effect
    pooled = (worth1 * first + worth2 * second) / (worth1 + worth2)
    bound = z_two_sided(confidence) * math.sqrt(pooled * (1 - pooled) * (1 / worth1 + 1 / worth2))
    spread = math.sqrt(first * (1 - first) / worth1 + second * (1 - second) / worth2)
    gap = abs(first - second)
    if spread == 0:
        return 1.0 if gap > bound else 0.0
    return float(special.ndtr((gap - bound) / spread) + special.ndtr((-gap - bound) / spread))


def exact_power_of_difference(first: float, second: float, *, n1: int, n2: int, confidence: float = 0.95) -> float:
    """How often the score test finds the difference, summed over every outcome of both arms.

    Units: a probability. Errors: ValueError as `power_of_difference`, or for more than 20,000 cases in an arm (the sum
    runs over all pairs of counts that can happen). Source: Fleiss, Levin, Paik 2003, ch. 3 and 4.

    >>> round(exact_power_of_difference(0.95, 0.90, n1=435, n2=435), 3)
    0.811
    """
    _check(first, second)
    if not (1 <= n1 <= _LARGEST_EXACT and 1 <= n2 <= _LARGEST_EXACT):
        raise ValueError(f"each arm has 1 to {_LARGEST_EXACT:,} cases; beyond, the approximation serves")
    k1, k2 = (_likely(n, share) for n, share in ((n1, first), (n2, second)))
    pooled = (k1[:, None] + k2) / (n1 + n2)
    bound = z_two_sided(confidence) * np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    found = np.abs(k1[:, None] / n1 - k2 / n2) >= np.where(bound > 0, bound - 1e-12, np.inf)
    return float(stats.binom.pmf(k1, n1, first) @ (found @ stats.binom.pmf(k2, n2, second)))


def _likely(n: int, share: float) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The counts outside of which lies less than 1e-12 of the mass."""
    low, high = (float(stats.binom.ppf(tail, n, share)) for tail in (1e-13, 1 - 1e-13))
    return np.arange(max(int(low) - 1, 0), min(int(high) + 1, n) + 1)


def _check(first: float, second: float) -> None:
    if not (0 <= first <= 1 and 0 <= second <= 1):
        raise ValueError("a share lies between 0 and 1")
