"""The share of a finite whole from a simple random sample of it: exact, and of width 0 once all is seen."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import stats

from smo.measure.estimate import Estimate, not_measured
from smo.measure.intervals import Ends, Numbers

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def hypergeometric(k: Numbers, n: Numbers, *, population: Numbers, confidence: float = 0.90) -> Ends:
    """The exact interval for the share of a whole of `population` units, from k of n drawn without replacement.

    Shapes: whole numbers or arrays of them -> low, high as shares. Each end is the last number of cases that the
    sample does not reject with a one-sided test at (1 - confidence) / 2, so the coverage is never below `confidence`;
    k/N to (N-n+k)/N is all that is possible, and n = N leaves k/N alone.
    Errors: ValueError for counts that are no whole numbers, k outside 0 to n, or n above the population.
    Source: Buonaccorsi 1987, The American Statistician 41 (the corrected end points); Wright 1991.

    >>> [float(end) for end in hypergeometric(3, 20, population=50, confidence=0.95)]
    [0.06, 0.32]
    >>> [float(end) for end in hypergeometric(0, 400, population=500)]
    [0.0, 0.002]
    """
    found, drawn, whole = _whole_numbers(k, n, population=population)
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence is between 0 and 1, not {confidence}")
    tail = (1 - confidence) / 2
    most = whole - drawn + found
    high = _last(found, most, holds=lambda cases: _at_most(found, cases, whole=whole, drawn=drawn) > tail)
    missed = drawn - found  # the low end is the mirrored high end of what was not found
    mirrored = _last(
        missed, whole - found, holds=lambda cases: _at_most(missed, cases, whole=whole, drawn=drawn) > tail
    )
    size = np.maximum(whole, 1).astype(np.float64)
    low = (whole - mirrored) / size
    return np.where(whole > 0, low, 0.0), np.where(whole > 0, high / size, 1.0)


def finite_share(k: int, n: int, *, population: int, basis: str, confidence: float = 0.90) -> Estimate:
    """k of n as the share of a whole of `population` units, exact; a census has width 0.

    Units: a share. Errors: as `hypergeometric`, and ValueError for an unknown basis.
    Source: Buonaccorsi 1987, The American Statistician 41 (the corrected end points).

    >>> found = finite_share(2, 80, population=100, basis="probability_audit")
    >>> found.value, found.low, found.high
    (0.025, 0.02, 0.05)
    >>> finite_share(2, 100, population=100, basis="probability_audit").method
    'census'
    """
    low, high = hypergeometric(k, n, population=population, confidence=confidence)
    if n == 0:
        return not_measured(basis, "nothing to measure: n is 0")
    method, value = ("census" if n == population else "hypergeometric"), k / n
    ends = min(float(low), value), max(float(high), value)  # k/n may fall between two possible shares of the whole
    return Estimate(value, *ends, n, basis, method, confidence=confidence, successes=k)


def _at_most(found: Ints, cases: Ints, *, whole: Ints, drawn: Ints) -> Floats:
    return np.asarray(stats.hypergeom.cdf(found, whole, cases, drawn), np.float64)


def _last(least: Ints, most: Ints, *, holds: Callable[[Ints], npt.NDArray[np.bool_]]) -> Ints:
    """The largest whole number from `least` to `most` for which a condition that only turns false once still holds."""
    low, high = least.copy(), most.copy()
    while (low < high).any():
        middle = (low + high + 1) // 2
        is_held = holds(middle)
        low, high = np.where(is_held, middle, low), np.where(is_held, high, middle - 1)
    return low


def _whole_numbers(k: Numbers, n: Numbers, *, population: Numbers) -> tuple[Ints, Ints, Ints]:
    given = np.broadcast_arrays(*(np.asarray(one, np.float64) for one in (k, n, population)))
    if not all((np.isfinite(one) & (one == np.rint(one))).all() for one in given):
        raise ValueError("cases, sample and population are whole numbers")
    found, drawn, whole = (one.astype(np.int64) for one in given)
    if not ((found >= 0) & (found <= drawn)).all():
        raise ValueError("successes are between 0 and n")
    if (drawn > whole).any():
        raise ValueError("a sample without replacement is not larger than its population")
    return found, drawn, whole
