"""Zero acceptance: how many clean units prove that errors are rare, and what a clean sample proves."""

import math

from scipy import special


def zero_acceptance_size(share: float, *, confidence: float = 0.95, lot_size: int | None = None) -> int:
    """How many units without a single error exclude that a share of them or more is wrong.

    Units: a share and a one-sided confidence. Without a lot n = ln(1 - confidence) / ln(1 - share); in a lot of N, in
    which ceil(share * N) would be wrong, the smallest n of the hypergeometric law (a lot in which that makes no whole
    error is looked at whole). Errors: ValueError unless share and confidence lie between 0 and 1, and the lot has a
    unit. Source: Hahn and Meeker 1991 (binomial); Wright 1990 (finite population).

    >>> [zero_acceptance_size(share) for share in (0.01, 0.005, 0.001)]
    [299, 598, 2995]
    >>> zero_acceptance_size(0.01, lot_size=1000)
    258
    """
    if not (0 < share < 1 and 0 < confidence < 1):
        raise ValueError("a share and a confidence lie between 0 and 1")
    if lot_size is None:
        return math.ceil(math.log1p(-confidence) / math.log1p(-share) - 1e-12)
    if lot_size < 1:
        raise ValueError("a lot has at least one unit")
    wrong = max(math.ceil(share * lot_size - 1e-9), 1)
    low, high = 1, lot_size
    while low < high:
        middle = (low + high) // 2
        is_enough = _chance_of_none(middle, wrong, lot_size=lot_size) <= 1 - confidence + 1e-12
        low, high = (low, middle) if is_enough else (middle + 1, high)
    return low


def excluded_share(n: int, *, confidence: float = 0.95, lot_size: int | None = None) -> float:
    """The share of errors from which on n units without a single one are too unlikely: what a clean sample proves.

    Units: a share; in a lot, the smallest count that is excluded, divided by its size (one more than the lot has, as a
    share of 1, never: a whole lot looked at excludes every error, 1 / N).
    Errors: ValueError for n below 1, or above the lot. Source: Clopper and Pearson 1934, at k = 0.

    >>> round(excluded_share(299), 5), excluded_share(258, lot_size=1000)
    (0.00997, 0.01)
    """
    if n < 1 or (lot_size is not None and n > lot_size):
        raise ValueError("a sample has at least one unit and no more than its lot")
    if not 0 < confidence < 1:
        raise ValueError("a confidence lies between 0 and 1")
    if lot_size is None:
        return -math.expm1(math.log1p(-confidence) / n)
    low, high = 1, lot_size
    while low < high:
        middle = (low + high) // 2
        is_excluded = _chance_of_none(n, middle, lot_size=lot_size) <= 1 - confidence + 1e-12
        low, high = (low, middle) if is_excluded else (middle + 1, high)
    return low / lot_size


def _chance_of_none(n: int, wrong: int, *, lot_size: int) -> float:
    """C(N - D, n) / C(N, n): no error among n when D of N are wrong."""
    if n > lot_size - wrong:
        return 0.0
    parts = special.gammaln([lot_size - wrong + 1, lot_size - n + 1, lot_size - wrong - n + 1, lot_size + 1])
    return float(math.exp(parts[0] + parts[1] - parts[2] - parts[3]))
