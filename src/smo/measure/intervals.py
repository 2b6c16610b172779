"""Intervals for shares, differences of shares and rates, each in one vectorised formula."""

import numpy as np
import numpy.typing as npt
from scipy import special

from smo.measure.estimate import Estimate, not_measured

Numbers = npt.ArrayLike
Floats = npt.NDArray[np.float64]
Ends = tuple[Floats, Floats]

ROUNDING = 1e-9  # a share times its n may leave the range by a rounding rest
METHODS = ("wilson", "clopper_pearson", "jeffreys")
# Up to so many cases on a side, Wilson's interval covers as little as 84 % instead of 95 % (true share 0.18 / n; exact
# enumeration in docs/explanation/measure/estimation.md): there the exact end stands on that side.
FEW_CASES = 3


def wilson(k: Numbers, n: Numbers, *, confidence: float = 0.90) -> Ends:
    """Wilson's score interval for a share.

    Shapes: k successes of n (numbers or arrays, fractions allowed) -> low, high; 0 and 1 where n = 0.
    Errors: ValueError for k outside 0 to n, an n that is negative or not finite, or a confidence not between 0 and 1.
    Source: Wilson 1927, JASA 22:209-212; Brown, Cai, DasGupta 2001, Statistical Science 16:101-133.

    >>> [round(float(end), 4) for end in wilson(191, 200, confidence=0.95)]
    [0.9167, 0.9761]
    """
    k, n = _counts(k, n)
    z = _z(confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = (k + z * z / 2) / (n + z * z)
        half = z / (n + z * z) * np.sqrt(np.maximum(k * (n - k) / n, 0) + z * z / 4)
    low = np.where(k <= 0, 0.0, centre - half)  # exact at the ends, where the difference leaves a rounding rest
    high = np.where(k >= n, 1.0, centre + half)
    return np.where(n > 0, low, 0.0), np.where(n > 0, high, 1.0)  # nothing seen, nothing known


def wilson_few(k: Numbers, n: Numbers, *, confidence: float = 0.90) -> Ends:
    """Wilson's interval, with the exact end on the side where at most `FEW_CASES` cases stand.

    Shapes: as `wilson`. The end away from the few cases is Wilson's. Errors: ValueError for k outside 0 to n.
    Source: the modified Wilson interval of Brown, Cai, DasGupta 2001, section 4.1.1, with the binomial's exact end
    where they take the Poisson's.

    >>> [round(float(end), 4) for end in wilson_few(1, 100, confidence=0.95)]
    [0.0003, 0.0545]
    """
    k, n = _counts(k, n)
    low, high = wilson(k, n, confidence=confidence)
    exact_low, exact_high = clopper_pearson(k, n, confidence=confidence)
    return np.where(k <= FEW_CASES, np.minimum(low, exact_low), low), np.where(
        n - k <= FEW_CASES, np.maximum(high, exact_high), high
    )


def clopper_pearson(k: Numbers, n: Numbers, *, confidence: float = 0.90) -> Ends:
    """The exact interval for a share: never below its confidence, so it serves gates and contracts.

    Shapes: as `wilson`. Errors: ValueError for k outside 0 to n, an n that is negative or not finite, or a confidence
    outside -1 to 1: a one-sided end may ask for a two-sided one of 0 or less, and then the other end means nothing.
    Source: Clopper and Pearson 1934, Biometrika 26:404-413.

    >>> [round(float(end), 4) for end in clopper_pearson(198, 200, confidence=0.95)]
    [0.9643, 0.9988]
    """
    k, n = _counts(k, n)
    tail = _tail(confidence)
    low = np.where(k <= 0, 0.0, special.betaincinv(np.maximum(k, 1e-300), n - k + 1, tail))
    high = np.where(k >= n, 1.0, special.betaincinv(k + 1, np.maximum(n - k, 1e-300), 1 - tail))
    return np.where(n > 0, low, 0.0), np.where(n > 0, high, 1.0)  # nothing seen, nothing known


def jeffreys(k: Numbers, n: Numbers, *, confidence: float = 0.90) -> Ends:
    """The interval of the posterior under Jeffreys' prior Beta(1/2, 1/2), closed at 0 and 1.

    Shapes: as `wilson`. Errors: as `clopper_pearson`.
    Source: Brown, Cai, DasGupta 2001, Statistical Science 16:101-133, section 4.1.2.

    >>> [round(float(end), 4) for end in jeffreys(0, 20, confidence=0.95)]
    [0.0, 0.1166]
    """
    k, n = _counts(k, n)
    tail = _tail(confidence)
    low = np.where(k <= 0, 0.0, special.betaincinv(k + 0.5, n - k + 0.5, tail))
    high = np.where(k >= n, 1.0, special.betaincinv(k + 0.5, n - k + 0.5, 1 - tail))
    return np.where(n > 0, low, 0.0), np.where(n > 0, high, 1.0)  # nothing seen, nothing known


def jeffreys_few(k: Numbers, n: Numbers, *, confidence: float = 0.90) -> Ends:
    """Jeffreys' interval, and the exact one where at most `FEW_CASES` cases stand on a side.

    Shapes: as `wilson`. Errors: ValueError for k outside 0 to n. Source: the modified Jeffreys interval of Brown, Cai,
    DasGupta 2001, section 4.1.2, widened to all few counts: Jeffreys' own covers 88.5 % at a true share of 2.5 / n.

    >>> [round(float(end), 4) for end in jeffreys_few(0, 20, confidence=0.95)]
    [0.0, 0.1684]
    """
    k, n = _counts(k, n)
    is_few = np.minimum(k, n - k) <= FEW_CASES
    plain, exact = jeffreys(k, n, confidence=confidence), clopper_pearson(k, n, confidence=confidence)
    return np.where(is_few, exact[0], plain[0]), np.where(is_few, exact[1], plain[1])


def newcombe(k1: Numbers, n1: Numbers, *, k2: Numbers, n2: Numbers, confidence: float = 0.90) -> Ends:
    """The interval for the difference of two independent shares, k1/n1 - k2/n2, by the square-and-add of Wilson's.

    Shapes: as `wilson`; -1 and 1 where a share has n = 0. Errors: as `wilson`, for either share.
    Source: Newcombe 1998, Statistics in Medicine 17:873-890, method 10.

    >>> [round(float(end), 3) for end in newcombe(24, 400, k2=10, n2=400, confidence=0.95)]
    [0.007, 0.065]
    """
    (k1, n1), (k2, n2) = _counts(k1, n1), _counts(k2, n2)
    (low1, high1), (low2, high2) = wilson(k1, n1, confidence=confidence), wilson(k2, n2, confidence=confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        p1, p2 = k1 / n1, k2 / n2
        low = p1 - p2 - np.hypot(p1 - low1, high2 - p2)
        high = p1 - p2 + np.hypot(high1 - p1, p2 - low2)
    empty = (n1 <= 0) | (n2 <= 0)
    return np.where(empty, -1.0, low), np.where(empty, 1.0, high)


def newcombe_paired(
    first: Numbers, second: Numbers, *, both: Numbers, neither: Numbers, confidence: float = 0.90
) -> Ends:
    """The interval for the difference of two shares on the same cases, (first - second) / n.

    Shapes: counts of cases (numbers or arrays): true in the first alone, in the second alone, in both, in neither;
    -1 and 1 where there is no case. Errors: ValueError for a negative count, or a confidence not between 0 and 1.
    Source: Newcombe 1998, "Improved confidence intervals for the difference between binomial proportions based on
    paired data", Statistics in Medicine 17:2635-2650, method 10.

    >>> [round(float(end), 4) for end in newcombe_paired(12, 2, both=36, neither=0, confidence=0.95)]
    [0.0569, 0.3404]
    """
    a, b, c, d = np.broadcast_arrays(*(np.asarray(one, np.float64) for one in (both, first, second, neither)))
    if not all((one >= 0).all() for one in (a, b, c, d)):
        raise ValueError("a count is a number of at least 0")
    n = a + b + c + d
    low1, high1 = wilson(a + b, n, confidence=confidence)
    low2, high2 = wilson(a + c, n, confidence=confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        p1, p2 = (a + b) / n, (a + c) / n
        phi = _phi((a, b, c, d))
        down = _joined(p1 - low1, high2 - p2, phi=phi)
        up = _joined(high1 - p1, p2 - low2, phi=phi)
        low, high = p1 - p2 - down, p1 - p2 + up
    return np.where(n > 0, low, -1.0), np.where(n > 0, high, 1.0)


def poisson_exact(k: Numbers, expected: Numbers = 1.0, *, confidence: float = 0.90) -> Ends:
    """The exact interval for observed / expected of a Poisson count.

    Shapes: k events, expected events > 0 -> low, high of the ratio. Errors: ValueError for expected <= 0 or k < 0.
    Source: Garwood 1936, Biometrika 28:437-442.

    >>> [round(float(end), 3) for end in poisson_exact(28, 32, confidence=0.95)]
    [0.581, 1.265]
    """
    k, expected = np.asarray(k, np.float64), np.asarray(expected, np.float64)
    if not ((k >= 0).all() and (expected > 0).all() and np.isfinite(k).all() and np.isfinite(expected).all()):
        raise ValueError("a count is at least 0 and what was expected is above 0")
    tail = _tail(confidence)
    low = np.where(k <= 0, 0.0, special.gammaincinv(np.maximum(k, 1e-300), tail))
    return low / expected, special.gammaincinv(k + 1, 1 - tail) / expected


def proportion(k: float, n: int, *, basis: str, method: str = "wilson", confidence: float = 0.90) -> Estimate:
    """The share k/n as an estimate; not measured when n = 0.

    Units: a share, 0 to 1. With at most `FEW_CASES` cases on a side the end there is the exact one (`wilson_few`,
    `jeffreys_few`), and the method then reads "wilson_exact_end" or "jeffreys_exact_end".
    Errors: ValueError for an unknown method or basis, a negative n, or k outside 0 to n.
    Source: by method, the paper of `wilson`, `clopper_pearson` or `jeffreys`; Brown, Cai, DasGupta 2001, sections 4.1.1
    and 4.1.2, for the ends at few cases.

    >>> proportion(58, 60, basis="gold").successes
    58
    """
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r}; one of {', '.join(METHODS)}")
    if n == 0:
        return not_measured(basis, "nothing to measure: n is 0")
    ends = {"wilson": wilson_few, "clopper_pearson": clopper_pearson, "jeffreys": jeffreys_few}[method]
    low, high = ends(k, n, confidence=confidence)
    successes = int(k) if float(k).is_integer() else None
    is_few = 0 < k <= FEW_CASES or 0 < n - k <= FEW_CASES
    is_switched = (method == "wilson" and is_few) or (method == "jeffreys" and min(k, n - k) <= FEW_CASES)
    used = f"{method}_exact_end" if is_switched else method
    return Estimate(
        float(k) / n, float(low), float(high), int(n), basis, used, confidence=confidence, successes=successes
    )


def _phi(table: tuple[Floats, ...]) -> Floats:
    """The correlation of a 2x2 table; a positive one is corrected towards 0 by n / 2, as Newcombe's method 10 does."""
    a, b, c, d = table
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    product = a * d - b * c
    corrected = np.where(product > 0, np.maximum(product - (a + b + c + d) / 2, 0.0), product)
    return np.where(margins > 0, corrected / np.sqrt(np.where(margins > 0, margins, 1.0)), 0.0)


def _joined(one: Floats, other: Floats, *, phi: Floats) -> Floats:
    return np.sqrt(np.maximum(one**2 - 2 * phi * one * other + other**2, 0.0))


def _tail(confidence: float) -> float:
    if not -1 < confidence <= 1:
        raise ValueError(f"a confidence is between 0 and 1, not {confidence}")
    return (1 - confidence) / 2


def _z(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence is between 0 and 1, not {confidence}")
    return float(special.ndtri(0.5 + confidence / 2))


def _counts(k: Numbers, n: Numbers) -> Ends:
    k, n = np.broadcast_arrays(np.asarray(k, np.float64), np.asarray(n, np.float64))
    if not ((n >= 0) & (k >= -ROUNDING * (n + 1)) & (k <= n + ROUNDING * (n + 1)) & np.isfinite(n)).all():
        raise ValueError("successes are between 0 and n, and n is a number of at least 0")
    return np.clip(k, 0, n), n
