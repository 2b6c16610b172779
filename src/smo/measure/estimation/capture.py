"""How many cases there are in all, from two independent searches that found some of the same."""

from collections.abc import Callable

from scipy import stats

from smo.measure.estimate import Estimate, not_measured

INDEPENDENT = "holds only when the two searches are independent: a case that one finds must not be easier for the other"
NO_HIGH_END = "no case in common: the number has no upper end"
FEW_COMMON = 7  # below so many common cases Chapman's number is biased low (Robson and Regier 1964)


def chapman(first: int, second: int, *, common: int, basis: str, confidence: float = 0.90) -> Estimate:
    """(n1 + 1)(n2 + 1) / (m + 1) - 1, the number of cases in all.

    Units: cases; `n` counts the different cases seen, below which the interval never falls. The interval is exact: the
    numbers of cases under which so many common ones are not too few or too many, given what each search found; the
    high end is None, with a warning, where no case is common.
    Errors: ValueError for negative counts or more common cases than either found. Source: Chapman 1951, "Some
    properties of the hypergeometric distribution with applications to zoological censuses".

    >>> round(chapman(80, 70, common=56, basis="overlap").value, 1)
    99.9
    """
    seen = _seen(first, second, common=common)
    if seen == 0:
        return not_measured(basis, "neither search found a case")
    value = (first + 1) * (second + 1) / (common + 1) - 1
    low, high = _ends(first, second, common=common, confidence=confidence)
    warnings = (INDEPENDENT,) if common >= FEW_COMMON else (INDEPENDENT, f"only {common} in common: biased low")
    warnings = (*warnings, NO_HIGH_END) if high is None else warnings
    return Estimate(value, min(low, value), high, seen, basis, "chapman", confidence=confidence, warnings=warnings)


def lincoln_petersen(first: int, second: int, *, common: int, basis: str, confidence: float = 0.90) -> Estimate:
    """n1 n2 / m, the number of cases in all (Lincoln's index); not measured without a common case.

    Units, errors and interval as `chapman`, which is less biased. Source: Petersen 1896; Lincoln 1930.

    >>> lincoln_petersen(80, 70, common=56, basis="overlap").value
    100.0
    """
    seen = _seen(first, second, common=common)
    if common == 0:
        return not_measured(basis, "no case was found by both: the number has no upper end", n=seen)
    value = first * second / common
    low, high = _ends(first, second, common=common, confidence=confidence)
    return Estimate(
        value, min(low, value), high, seen, basis, "lincoln_petersen", confidence=confidence, warnings=(INDEPENDENT,)
    )


def missed_share(first: int, second: int, *, common: int, basis: str, confidence: float = 0.90) -> Estimate:
    """The share of all cases that neither search found, 1 - seen / Chapman's number.

    Units: a share. Errors and source as `chapman`.

    >>> found = missed_share(80, 70, common=56, basis="overlap")
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (0.059, 0.011, 0.121)
    """
    whole = chapman(first, second, common=common, basis=basis, confidence=confidence)
    if whole.value is None or whole.low is None:
        return whole
    seen = whole.n
    share, low = 1 - seen / whole.value, 1 - seen / whole.low
    high = 1.0 if whole.high is None else 1 - seen / whole.high
    return Estimate(share, low, high, seen, basis, "chapman", confidence=confidence, warnings=whole.warnings)


def _seen(first: int, second: int, *, common: int) -> int:
    if min(first, second, common) < 0 or common > min(first, second):
        raise ValueError("counts are at least 0, and no more are common than either search found")
    return first + second - common


def _ends(first: int, second: int, *, common: int, confidence: float) -> tuple[float, float | None]:
    """The smallest and largest number of cases that the common ones do not reject; None where none is too large."""
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence is between 0 and 1, not {confidence}")
    tail, seen = (1 - confidence) / 2, first + second - common

    def is_too_small(whole: int) -> bool:
        return bool(stats.hypergeom.cdf(common, whole, first, second) <= tail)

    def is_not_too_large(whole: int) -> bool:
        return bool(stats.hypergeom.sf(common - 1, whole, first, second) > tail)

    if common == 0:
        return float(_first_not(is_too_small, seen)), None
    return float(_first_not(is_too_small, seen)), float(_first_not(is_not_too_large, seen) - 1)


def _first_not(holds: Callable[[int], bool], least: int) -> int:
    """The smallest whole number from `least` for which a condition that turns false once is false."""
    if not holds(least):
        return least
    inside, step = least, 1
    while holds(inside + step):
        inside, step = inside + step, 2 * step
    outside = inside + step
    while outside - inside > 1:
        middle = (inside + outside) // 2
        inside, outside = (middle, outside) if holds(middle) else (inside, middle)
    return outside
