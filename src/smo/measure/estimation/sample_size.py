"""What a sample of a given size can say about a share, before anybody draws it."""

import math

from scipy import special

from smo.measure.intervals import clopper_pearson, wilson

ONE_SIDED_Z = float(special.ndtri(0.95))  # the same 95 % that sets a state


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


def _check(share: float, n: int) -> None:
    if not 0 <= share <= 1:
        raise ValueError(f"a share lies between 0 and 1, not {share}")
    if n < 1:
        raise ValueError("a sample has at least one case")
