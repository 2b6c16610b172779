"""Intervals for any function of sums: whole clusters are drawn again, as counts of a multinomial and never as rows."""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import special

from smo.measure.estimate import Estimate, not_measured

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

KINDS: Final = ("percentile", "bca")
FEW_CLUSTERS = 20  # below so many the percentile interval is known to be too short
CELLS_AT_ONCE = 4_000_000  # counts drawn at a time, 32 MB
MOST_LOST = 0.01


def replicates(
    sums: npt.ArrayLike,
    *,
    rng: np.random.Generator,
    draws: int = 2000,
    counts: npt.ArrayLike | None = None,
    stratum: npt.ArrayLike | None = None,
) -> Floats:
    """The sums of `draws` samples of as many clusters, drawn with replacement (within each stratum). float64[draws, S]

    Shapes: sums float64[C, S], a row per cluster, or per kind of cluster with `counts` int64[C] of each kind (the 2x2
    table of a million cases is 4 rows); stratum [C]. The law is that of drawing rows: only the counts matter.
    Errors: ValueError for a sum that is no finite number, a negative count, no cluster, or fewer than 2 draws.
    Source: Efron 1979; clusters: Field and Welsh 2007.

    >>> table = np.array([[1.0, 1.0], [0.0, 1.0]])
    >>> replicates(table, counts=[30, 70], draws=1000, rng=np.random.default_rng(1)).mean(axis=0).round(0).tolist()
    [30.0, 100.0]
    """
    cells, number = _checked(sums, counts, draws=draws)
    names = (
        np.zeros(len(cells), np.int64) if stratum is None else np.unique(np.asarray(stratum), return_inverse=True)[1]
    )
    found = np.zeros((draws, cells.shape[1]))
    for name in range(int(names.max()) + 1):
        chosen = np.flatnonzero((names == name) & (number > 0))
        total = int(number[chosen].sum())
        if not total:
            continue
        step = max(1, CELLS_AT_ONCE // len(chosen))
        for first in range(0, draws, step):
            size = min(step, draws - first)
            found[first : first + size] += rng.multinomial(total, number[chosen] / total, size) @ cells[chosen]
    return found


def bootstrap(
    sums: npt.ArrayLike,
    function: Callable[[Floats], Floats],
    *,
    basis: str,
    rng: np.random.Generator,
    counts: npt.ArrayLike | None = None,
    kind: str = "bca",
) -> Estimate:
    """The value of a function of sums over clusters with a 90 % bootstrap interval (2,000 draws).

    Shapes: as `replicates`; `function` maps float64[B, S] to float64[B], for instance
    `lambda s: s[:, 0] / s[:, 1]`. "bca" corrects bias and skewness by the jackknife over clusters. `n` is the number
    of clusters. Replicates without a value (0 / 0) are left out and told; with more than 1 % of them, or without a
    value at all, nothing is measured. Errors: ValueError for an unknown kind or basis, and as `replicates`.
    Source: Efron 1987 (BCa); Davison and Hinkley 1997, section 3.8 for clusters.

    >>> cases = np.array([[3, 10], [5, 10], [2, 10], [6, 10]] * 10)
    >>> found = bootstrap(cases, lambda s: s[:, 0] / s[:, 1], basis="gold", rng=np.random.default_rng(7))
    >>> round(found.value, 2), round(found.low, 2), round(found.high, 2)
    (0.4, 0.36, 0.44)
    """
    ends = bootstrap_ends(sums, function, rng=rng, counts=counts, kind=kind)
    n = int(len(np.asarray(sums)) if counts is None else np.asarray(counts).sum())
    if ends is None:
        return not_measured(basis, "the statistic has no value here", n=n)
    value, low, high = ends
    warnings = (f"only {n} clusters: the interval is too short",) if n < FEW_CLUSTERS else ()
    return Estimate(value, min(low, value), max(high, value), n, basis, f"bootstrap_{kind}", warnings=warnings)


def bootstrap_ends(
    sums: npt.ArrayLike,
    function: Callable[[Floats], Floats],
    *,
    rng: np.random.Generator,
    counts: npt.ArrayLike | None = None,
    kind: str = "bca",
    confidence: float = 0.90,
) -> tuple[float, float, float] | None:
    """Value, low, high as bare numbers, at any confidence; None where there is no value. Otherwise as `bootstrap`.

    Errors: ValueError as `bootstrap`, or for a confidence outside 0 to 1. Source: as there.

    >>> bootstrap_ends([[0.0, 0.0]] * 5, lambda s: s[:, 0] / s[:, 1], rng=np.random.default_rng(1)) is None
    True
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind!r}; one of {', '.join(KINDS)}")
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence is between 0 and 1, not {confidence}")
    cells, number = _checked(sums, counts, draws=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(function((number @ cells)[None, :])[0])
        drawn = np.asarray(function(replicates(cells, rng=rng, counts=number)), np.float64)
    kept = drawn[np.isfinite(drawn)]
    if not np.isfinite(value) or len(kept) < (1 - MOST_LOST) * len(drawn):
        return None
    tails = np.array([(1 - confidence) / 2, (1 + confidence) / 2])
    if kind == "bca":
        tails = _corrected(
            tails, kept, value=value, left_out=_jackknife(cells, number, function=function), number=number
        )
    low, high = np.quantile(kept, tails)
    return value, float(low), float(high)


def _jackknife(cells: Floats, number: Ints, *, function: Callable[[Floats], Floats]) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(function((number @ cells)[None, :] - cells), np.float64)


def _corrected(tails: Floats, drawn: Floats, *, value: float, left_out: Floats, number: Ints) -> Floats:
    """Efron's corrected tails; the plain ones where bias or acceleration cannot be found."""
    usable = np.isfinite(left_out) & (number > 0)
    share = ((drawn < value).sum() + (drawn == value).sum() / 2) / len(drawn)
    if not 0 < share < 1 or not usable.any():
        return tails
    weight = number[usable]
    away = np.average(left_out[usable], weights=weight) - left_out[usable]
    spread = float((weight * away**2).sum())
    if spread <= 0:
        return tails
    speed = float((weight * away**3).sum()) / (6 * spread**1.5)
    bias = special.ndtri(share)
    moved = bias + special.ndtri(tails)
    return np.asarray(special.ndtr(bias + moved / np.maximum(1 - speed * moved, 1e-6)))


def _checked(sums: npt.ArrayLike, counts: npt.ArrayLike | None, *, draws: int) -> tuple[Floats, Ints]:
    cells = np.asarray(sums, np.float64)
    if cells.ndim != 2 or not len(cells) or not np.isfinite(cells).all():
        raise ValueError("sums are a table of finite numbers, a row per cluster")
    number = np.ones(len(cells), np.int64) if counts is None else np.asarray(counts)
    if number.shape != (len(cells),) or (number < 0).any() or (number != np.rint(number)).any() or number.sum() < 1:
        raise ValueError("there is a count of at least 0 for each row, and one at least above 0")
    if draws < 2:
        raise ValueError("an interval needs two draws at least")
    return cells, number.astype(np.int64)
