"""What a sample of a given size can prove about a share, and how many cases prove that a target is met."""

import math

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from smo.measure.intervals import clopper_pearson, wilson

ONE_SIDED_Z = float(special.ndtri(0.95))  # the same 95 % that sets a state
_LARGEST_EXACT = 5_000_000
_WIDE = 40  # (z + z)^2 of any sensible risks, with room


def expected_interval(share: float, n: int, *, confidence: float = 0.90) -> tuple[float, float]:
    """The Wilson interval that n cases show when exactly the assumed share of them is right.

    Units: shares, 0 to 1. Errors: ValueError unless 0 <= share <= 1 and n >= 1.
    Source: Wilson 1927, at k = share * n.

    >>> [round(end, 3) for end in expected_interval(0.97, 600)]
    [0.956, 0.98]
    """
    _check(share, n)
    low, high = wilson(share * n, n, confidence=confidence)
    return float(low), float(high)


def cannot_exclude(n: int) -> float:
    """The largest share of errors that n cases without a single one leave possible, one-sided at 95 %.

    Units: a share. Errors: ValueError for n < 1. Source: Clopper and Pearson 1934, k = 0: 1 - 0.05^(1/n).

    >>> round(cannot_exclude(400), 5)
    0.00746
    """
    _check(0.0, n)
    return float(clopper_pearson(0, n, confidence=0.90)[1])


def size_to_show(target: float, *, share: float, power: float = 0.80) -> int | None:
    """How many cases show that the target is met when the true share lies above it, or missed when it lies below.

    Units: shares. Returns None when share equals target: no size tells them apart. One-sided at 95 %, simple random.
    Errors: ValueError unless target, share and power lie between 0 and 1. Source: Fleiss, Levin, Paik 2003, (2.9):
    n = ((z_a sqrt(t(1-t)) + z_b sqrt(p(1-p))) / (p - t))^2.

    >>> size_to_show(0.95, share=0.97)
    631
    """
    if not all(0 < number < 1 for number in (target, share, power)):
        raise ValueError("target, share and power lie between 0 and 1")
    if math.isclose(target, share):
        return None
    z_power = float(special.ndtri(power))
    spread = ONE_SIDED_Z * math.sqrt(target * (1 - target)) + z_power * math.sqrt(share * (1 - share))
    return math.ceil((spread / (share - target)) ** 2)


def power_to_show(n: int, *, target: float, share: float, confidence: float = 0.90, method: str = "wilson") -> float:
    """How often n cases show that the target is met (or, when the share lies below it, that it is missed): exact.

    Units: a probability. Shown is what the one-sided end of the two-sided interval of `confidence` leaves on the right
    side of the target; the sum runs over all counts. Errors: ValueError unless target and share lie between 0 and 1,
    n is at least 1 and the method is wilson or exact. Source: Brown, Cai, DasGupta 2001 (Wilson against a bound).

    >>> round(power_to_show(631, target=0.95, share=0.97), 3), round(power_to_show(631, target=0.95, share=0.95), 3)
    (0.801, 0.044)
    """
    if not (0 < target < 1 and 0 <= share <= 1):
        raise ValueError("a target lies between 0 and 1, and so does a share")
    _check(share, n)
    sizes = np.array([n], np.float64)
    return float(_powers(sizes, target=target, share=share, confidence=confidence, method=method)[0])


def exact_size_to_show(
    target: float, *, share: float, power: float = 0.80, confidence: float = 0.90, method: str = "exact"
) -> int:
    """The smallest size from which on every larger one shows the target so often, by exact sums.

    Units: cases. The power of a count goes up and down with n, so the last size below the power decides.
    Errors: ValueError as `power_to_show`, for equal target and share, or when it would take more than 125,000 cases.
    Source: Chernick and Liu 2002, The American Statistician 56:149-155 (the saw teeth of an exact test's power).

    >>> exact_size_to_show(0.95, share=0.97), exact_size_to_show(0.95, share=0.97, method="wilson")
    (694, 665)
    """
    if math.isclose(target, share):
        raise ValueError("no size tells a share from a target that it equals")
    if not (0 < target < 1 and 0 <= share <= 1 and 0 < power < 1):
        raise ValueError("target and power lie between 0 and 1, and so does a share")
    about = (1 / abs(target - share)) ** 2 * max(target * (1 - target), share * (1 - share)) * _WIDE + _WIDE / min(
        target, 1 - target
    )
    if about > _LARGEST_EXACT:
        raise ValueError(f"it would take more than {_LARGEST_EXACT // _WIDE:,} cases: take the approximation")
    sizes = np.arange(1, math.ceil(about) + 1, dtype=np.float64)
    reached = _powers(sizes, target=target, share=share, confidence=confidence, method=method) >= power
    if not reached[-1]:
        raise ValueError("no size in reach shows it so often")
    misses = np.flatnonzero(~reached)
    return int(misses[-1]) + 2 if len(misses) else 1


def _powers(
    sizes: npt.NDArray[np.float64], *, target: float, share: float, confidence: float, method: str
) -> npt.NDArray[np.float64]:
    """For each size the chance of a count that shows it: for wrong ones (share below target) the mirror image."""
    if method not in ("wilson", "exact"):
        raise ValueError(f"unknown method {method!r}; one of wilson, exact")
    if not 0 < confidence < 1:
        raise ValueError("a confidence lies between 0 and 1")
    if share < target:
        target, share = 1 - target, 1 - share
    tail = (1 - confidence) / 2
    if method == "exact":
        least = stats.binom.isf(tail, sizes, target) + 1  # sf(k - 1) <= tail, the smallest such k
    else:  # Wilson's end lies at or above the target where the score test says so
        reach = special.ndtri(1 - tail) * np.sqrt(sizes * target * (1 - target))
        least = np.ceil(sizes * target + reach - 1e-9)
    return np.asarray(stats.binom.sf(least - 1, sizes, share))


def _check(share: float, n: int) -> None:
    if not 0 <= share <= 1:
        raise ValueError(f"a share lies between 0 and 1, not {share}")
    if n < 1:
        raise ValueError("a sample has at least one case")
