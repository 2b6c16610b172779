"""Has the mix moved? PSI and Jensen-Shannon divergence of binned counts, with intervals and p-values.

Both are, for shifts that are not enormous, multiples of the same chi-square: n m / (n + m) PSI, and 8 n m / (n + m) JS,
follow a noncentral chi-square with (bins - 1) degrees of freedom. So two samples of one mix never have a PSI of 0, and
the usual bars (0.1, 0.25) mean nothing without n. Source: Yurdakul and Naranjo 2020, Journal of Risk Model
Validation.
"""

import math

import numpy as np
import numpy.typing as npt
from scipy import optimize, special, stats

from smo.measure.estimate import Estimate, not_measured

Floats = npt.NDArray[np.float64]

LEAST_PER_BIN = 5  # below this many expected in a bin the chi-square law is doubtful
SMOOTHING = 0.5  # cases added to every bin, so that an empty one does not make PSI infinite


def population_stability_index(
    reference: npt.ArrayLike, current: npt.ArrayLike, *, basis: str, confidence: float = 0.90
) -> Estimate:
    """PSI = sum (q - p) ln(q / p) over bins, chance taken off: less (bins - 1)(1/n + 1/m), not below 0.

    Shapes: counts (bins,) of the same bins, in the same order; a bin empty at both times is left out. Units: nats.
    Half a case is added to every bin. The interval inverts the noncentral chi-square; it reaches down to 0 where the
    two could be samples of one mix. Errors: ValueError for different numbers of bins, negative or broken counts, an
    unknown basis, or a confidence not between 0 and 1. Not measured where a time has no case or fewer than two bins are
    used. Source: Kullback and Leibler 1951, Annals of Mathematical Statistics 22:79-86; Yurdakul and Naranjo 2020.

    >>> found = population_stability_index([500, 300, 200], [420, 330, 250], basis="system_log")
    >>> [round(end, 4) for end in (found.value, found.low, found.high)]
    [0.0239, 0.0072, 0.0554]
    """
    return _estimate(reference, current, basis=basis, confidence=confidence, is_psi=True)


def jensen_shannon(
    reference: npt.ArrayLike, current: npt.ArrayLike, *, basis: str, confidence: float = 0.90
) -> Estimate:
    """JS = H((p + q) / 2) - (H(p) + H(q)) / 2, chance taken off: less (bins - 1)(1/n + 1/m) / 8, not below 0.

    Shapes: as `population_stability_index`, and so is the interval. Units: bits, 0 to 1; empty bins need nothing added.
    Errors: as there. Source: Lin 1991, IEEE Transactions on Information Theory 37:145-151.

    >>> found = jensen_shannon([500, 300, 200], [420, 330, 250], basis="system_log")
    >>> [round(end, 4) for end in (found.value, found.low, found.high)]
    [0.0043, 0.0013, 0.01]
    """
    return _estimate(reference, current, basis=basis, confidence=confidence, is_psi=False)


def drift_p_value(
    reference: npt.ArrayLike, current: npt.ArrayLike, *, rng: np.random.Generator, n_permutations: int = 2000
) -> float:
    """Chance of a Jensen-Shannon divergence as large when cases are dealt anew to the two times: (hits + 1) / (B + 1).

    Shapes and errors: as `population_stability_index`; counts are whole. True at any n and for rare bins; the counts
    are dealt by the multivariate hypergeometric law, so the cost does not grow with the cases. 1 where a time is empty.
    Source: Phipson and Smyth 2010, Statistical Applications in Genetics and Molecular Biology 9:39.

    >>> drift_p_value([500, 300, 200], [420, 330, 250], rng=np.random.default_rng(1)) < 0.01
    True
    """
    old, new = _counts(reference, current)
    if (old != np.floor(old)).any() or (new != np.floor(new)).any():
        raise ValueError("cases can be dealt anew only where counts are whole")
    if n_permutations < 1:
        raise ValueError(f"at least one permutation, not {n_permutations}")
    if not old.sum() or not new.sum():
        return 1.0
    together = (old + new).astype(np.int64)
    dealt = rng.multivariate_hypergeometric(together, int(old.sum()), size=n_permutations, method="marginals")
    seen = _jensen_shannon(old, new)
    anew = _jensen_shannon(dealt.astype(np.float64), (together - dealt).astype(np.float64))
    return float(((anew >= seen * (1 - 1e-12)).sum() + 1) / (n_permutations + 1))


def _estimate(
    reference: npt.ArrayLike, current: npt.ArrayLike, *, basis: str, confidence: float, is_psi: bool
) -> Estimate:
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence is between 0 and 1, not {confidence}")
    old, new = _counts(reference, current)
    n, m = float(old.sum()), float(new.sum())
    if not n or not m:
        return not_measured(basis, "a time without a case", n=int(n + m))
    if old.size < 2:
        return not_measured(basis, "fewer than two bins are used", n=int(n + m))
    divergence = _psi(old, new) if is_psi else float(_jensen_shannon(old, new))
    scale = n * m / (n + m) * (1.0 if is_psi else 8 * math.log(2))
    statistic, freedom = divergence * scale, old.size - 1
    tail = (1 - confidence) / 2
    low, high = (_noncentrality(statistic, freedom, chance=chance) / scale for chance in (1 - tail, tail))
    value = max(0.0, statistic - freedom) / scale
    rare = min(float(((old + new) * n / (n + m)).min()), float(((old + new) * m / (n + m)).min()))
    warnings = (f"a bin with fewer than {LEAST_PER_BIN} expected cases",) if rare < LEAST_PER_BIN else ()
    method = "noncentral chi-square"
    return Estimate(
        value, min(low, value), max(high, value), int(n + m), basis, method, confidence=confidence, warnings=warnings
    )


def _noncentrality(statistic: float, freedom: int, *, chance: float) -> float:
    """The noncentrality under which the statistic stays below what was seen with this chance, 0 if there is none."""

    def gap(value: float) -> float:
        return float(stats.ncx2.cdf(statistic, freedom, value)) - chance

    if float(stats.chi2.cdf(statistic, freedom)) <= chance:
        return 0.0
    top = statistic + 10.0
    while gap(top) > 0:
        top *= 2
    return float(optimize.brentq(gap, 1e-12, top, xtol=1e-10))


def _psi(old: Floats, new: Floats) -> float:
    p, q = ((side + SMOOTHING) / (side + SMOOTHING).sum() for side in (old, new))
    return float(((q - p) * np.log(q / p)).sum())


def _jensen_shannon(old: Floats, new: Floats) -> Floats:
    """In bits, over the last axis."""
    p, q = (side / side.sum(axis=-1, keepdims=True) for side in (old, new))
    middle = (p + q) / 2
    entropies = [-special.xlogy(share, share).sum(axis=-1) for share in (p, q, middle)]
    return np.asarray(np.maximum(entropies[2] - (entropies[0] + entropies[1]) / 2, 0.0) / np.log(2))


def _counts(reference: npt.ArrayLike, current: npt.ArrayLike) -> tuple[Floats, Floats]:
    old, new = np.asarray(reference, np.float64).ravel(), np.asarray(current, np.float64).ravel()
    if old.size != new.size:
        raise ValueError(f"both times have the same bins, not {old.size} and {new.size}")
    if not (np.isfinite(old).all() and np.isfinite(new).all()) or (old < 0).any() or (new < 0).any():
        raise ValueError("counts are finite and at least 0")
    used = old + new > 0
    return old[used], new[used]
