"""How many cases there are in all, from two independent searches that found some of the same."""

import math

from scipy import special

from smo.measure.estimate import Estimate, not_measured

INDEPENDENT = "holds only when the two searches are independent: a case that one finds must not be easier for the other"
FEW_COMMON = 7  # below so many common cases Chapman's number is biased low (Robson and Regier 1964)


def chapman(first: int, second: int, common: int, *, basis: str, confidence: float = 0.90) -> Estimate:
    """(n1 + 1)(n2 + 1) / (m + 1) - 1, the number of cases in all.

    Units: cases; `n` counts the different cases seen, below which the interval never falls. The interval is
    log-normal in the number not seen. Errors: ValueError for negative counts or more common cases than either found.
    Source: Chapman 1951; variance: Seber 1970; interval: Chao 1987.

    >>> round(chapman(80, 70, 56, basis="overlap").value, 1)
    99.9
    """
    seen = _seen(first, second, common)
    if seen == 0:
        return not_measured(basis, "neither search found a case")
    value = (first + 1) * (second + 1) / (common + 1) - 1
    variance = (first + 1) * (second + 1) * (first - common) * (second - common) / ((common + 1) ** 2 * (common + 2))
    low, high = _ends(value, variance, seen=seen, confidence=confidence)
    warnings = (INDEPENDENT,) if common >= FEW_COMMON else (INDEPENDENT, f"only {common} in common: biased low")
    return Estimate(value, low, high, seen, basis, "chapman", confidence=confidence, warnings=warnings)


def lincoln_petersen(first: int, second: int, common: int, *, basis: str, confidence: float = 0.90) -> Estimate:
    """n1 n2 / m, the number of cases in all (Lincoln's index); not measured without a common case.

    Units, errors and interval as `chapman`, which is less biased. Source: Lincoln 1930; variance: Seber 1982,
    "The estimation of animal abundance", section 3.1.

    >>> lincoln_petersen(80, 70, 56, basis="overlap").value
    100.0
    """
    seen = _seen(first, second, common)
    if common == 0:
        return not_measured(basis, "no case was found by both: the number has no upper end", n=seen)
    value = first * second / common
    variance = first * second * (first - common) * (second - common) / common**3
    low, high = _ends(value, variance, seen=seen, confidence=confidence)
    return Estimate(value, low, high, seen, basis, "lincoln_petersen", confidence=confidence, warnings=(INDEPENDENT,))


def missed_share(first: int, second: int, common: int, *, basis: str, confidence: float = 0.90) -> Estimate:
    """The share of all cases that neither search found, 1 - seen / Chapman's number.

    Units: a share. Errors and source as `chapman`.

    >>> found = missed_share(80, 70, 56, basis="overlap")
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (0.059, 0.026, 0.126)
    """
    whole = chapman(first, second, common, basis=basis, confidence=confidence)
    if whole.value is None or whole.low is None or whole.high is None:
        return whole
    seen = whole.n
    share, low, high = (1 - seen / number for number in (whole.value, whole.low, whole.high))
    return Estimate(share, low, high, seen, basis, "chapman", confidence=confidence, warnings=whole.warnings)


def _seen(first: int, second: int, common: int) -> int:
    if min(first, second, common) < 0 or common > min(first, second):
        raise ValueError("counts are at least 0, and no more are common than either search found")
    return first + second - common


def _ends(value: float, variance: float, *, seen: int, confidence: float) -> tuple[float, float]:
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence is between 0 and 1, not {confidence}")
    unseen = value - seen
    if unseen <= 0 or variance <= 0:
        return min(float(seen), value), max(float(seen), value)
    factor = math.exp(float(special.ndtri(0.5 + confidence / 2)) * math.sqrt(math.log1p(variance / unseen**2)))
    return seen + unseen / factor, seen + unseen * factor
