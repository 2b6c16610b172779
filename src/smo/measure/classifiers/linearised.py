"""Variance and interval of any smooth figure of a score histogram, by Taylor linearisation over the design.

A figure moves by `u` (per unit of weight) when a case is added at a bin; the variance of the figure is that of the
weighted sum of u over the draw: within strata, cases independent, with the finite population where it is asked.
Sources: Binder (1983), International Statistical Review 51:279-292; Särndal, Swensson & Wretman (1992), section 5.5;
effective n as in Korn & Graubard (1998), Survey Methodology 24:193-201.
"""

import math

import numba as nb
import numpy as np
import numpy.typing as npt
from scipy import special

from smo.measure.classifiers.histogram import DOUBT, N0, N1, V0, V1, W0, W1, ScoreHistogram
from smo.measure.estimate import Estimate
from smo.measure.intervals import wilson

Floats = npt.NDArray[np.float64]
BASIS = "model_vs_human"


def linearised_variance(
    cells: Floats, of_negative: Floats, *, of_positive: Floats, is_finite: bool = False
) -> npt.NDArray[np.float64]:
    """Variance of a figure: per stratum n/(n-1) (sum of squares of w u, less (sum of w u)^2 / n), added up.

    Shapes: `cells` float64[H, ..., G, 8], `of_negative` and `of_positive` (u per unit of weight) broadcast to
    float64[..., G]; returns float64[...]. A truth that is a chance q counts as if it had been drawn once: its own
    variance, w^2 q (1 - q) (u1 - u0)^2, is within, and stays when the whole population was seen. `is_finite`: the
    weights of a stratum add up to its size N, and the part (1 - n/N) of the sampling variance is left.
    Errors: none; a stratum with one case counts its square in full, which is wide, not narrow.

    >>> from smo.measure.classifiers.histogram import score_histogram
    >>> found = score_histogram([0.1, 0.6, 0.7, 0.9], [0, 1, 0, 1], bins=2)
    >>> u = np.array([0.0, 1.0, 1.0]) / 4 - 0.75 / 4
    >>> round(float(linearised_variance(found.cells, u, of_positive=u)), 4) == round(0.75 * 0.25 / 3, 4)
    True
    """
    n, total, squares, doubt, size = _moments(cells, of_negative, of_positive=of_positive)
    centred = np.where(n > 1.5, squares - total**2 / np.maximum(n, 1.0), squares)
    drawn = np.maximum(centred, 0.0) * np.where(n > 1.5, n / np.maximum(n - 1.0, 0.5), 1.0)
    if is_finite:
        left = np.clip(1.0 - n / np.maximum(size, 1e-300), 0.0, 1.0)
        drawn = left * np.maximum(drawn - doubt, 0.0) + doubt
    variance: Floats = np.asarray(drawn).sum(axis=0)
    return variance


def _moments(cells: Floats, of_negative: Floats, *, of_positive: Floats) -> tuple[Floats, ...]:
    """Per stratum the cases, sum of w u, of its square, of the doubt in it, and of w. Shapes: float64[H, ...] each."""
    if cells.ndim == 3:
        bins = cells.shape[1]
        u0, u1 = (np.ascontiguousarray(np.broadcast_to(u, bins), np.float64) for u in (of_negative, of_positive))
        return tuple(_add_moments(cells, u0, u1))
    weight, square = cells[..., [W0, W1]], cells[..., [V0, V1]]
    u = np.stack(np.broadcast_arrays(of_negative, of_positive), axis=-1)
    return (
        cells[..., [N0, N1]].sum(axis=(-1, -2)),
        (weight * u).sum(axis=(-1, -2)),
        (square * u**2).sum(axis=(-1, -2)),
        (cells[..., DOUBT] * (of_positive - of_negative) ** 2).sum(axis=-1),
        weight.sum(axis=(-1, -2)),
    )


@nb.njit(cache=True, nogil=True)
def _add_moments(cells, u0, u1):  # type: ignore[no-untyped-def]  # pragma: no cover
    found = np.zeros((5, cells.shape[0]))
    for h in range(cells.shape[0]):
        for b in range(cells.shape[1]):
            cell, a, c = cells[h, b], u0[b], u1[b]
            found[0, h] += cell[N0] + cell[N1]
            found[1, h] += cell[W0] * a + cell[W1] * c
            found[2, h] += cell[V0] * a * a + cell[V1] * c * c
            found[3, h] += cell[DOUBT] * (c - a) * (c - a)
            found[4, h] += cell[W0] + cell[W1]
    return found


def warm_linearised() -> None:
    """Compile the sums once: of whole states, and of parts of their bins."""
    for cells in (np.zeros((1, 2, 8)), np.zeros((2, 4, 8))[:, 1:3]):
        linearised_variance(cells, np.zeros(2), of_positive=np.zeros(2))


def share_ends(
    share: npt.ArrayLike, variance: npt.ArrayLike, *, n: npt.ArrayLike, confidence: float
) -> tuple[Floats, Floats, Floats]:
    """Wilson's ends at the effective n, p(1-p)/v; where p is 0 or 1 and shows no spread, at `n`. -> low, high, n.

    Shapes: arrays that broadcast. `n` is the Kish n of the denominator and caps nothing but the cases without spread.
    """
    p, v, kish = np.broadcast_arrays(*(np.asarray(one, np.float64) for one in (share, variance, n)))
    spread = p * (1.0 - p)
    with np.errstate(divide="ignore", invalid="ignore"):
        effective = np.where((spread > 1e-12) & (v > 0), spread / v, kish)
    effective = np.where((spread > 1e-12) & (v <= 0), np.inf, effective)
    is_whole = np.isinf(effective)
    known = np.where(is_whole, 1.0, effective)
    low, high = wilson(np.clip(p * known, 0.0, known), known, confidence=confidence)
    return np.where(is_whole, p, np.minimum(low, p)), np.where(is_whole, p, np.maximum(high, p)), effective


def kish(weight: npt.ArrayLike, squares: npt.ArrayLike) -> Floats:
    """(sum of w)^2 / sum of w^2; 0 where there is nothing."""
    w, v = np.asarray(weight, np.float64), np.asarray(squares, np.float64)
    return np.divide(w**2, v, out=np.zeros(np.broadcast(w, v).shape), where=v > 0)


def kish_unseen(n: npt.ArrayLike, weight: npt.ArrayLike, *, squares: npt.ArrayLike, is_finite: bool) -> Floats:
    """The Kish n, in a finite population divided by the part that was not seen: without end where all was."""
    among = kish(weight, squares)
    if not is_finite:
        return among
    w = np.asarray(weight, np.float64)
    left = np.clip(1.0 - np.asarray(n, np.float64) / np.maximum(w, 1e-300), 0.0, 1.0)
    return np.divide(among, left, out=np.where(among > 0, np.inf, 0.0), where=left > 1e-12)


def logit_estimate(
    value: float, variance: float, *, histogram: ScoreHistogram, named: tuple[str, str, float]
) -> Estimate:
    """An area between 0 and 1 and its interval on the logit scale; `named` is basis, method, confidence.

    An area of exactly 0 or 1 shows no spread: its other end is that of as many successes as the smaller class has.
    """
    basis, method, confidence = named
    weight = (histogram.column(W0).sum(), histogram.column(W1).sum())
    squares = (histogram.column(V0).sum(), histogram.column(V1).sum())
    smaller = float(min(kish(weight[0], squares[0]), kish(weight[1], squares[1])))
    if 0.0 < value < 1.0 and variance > 0.0:
        half = float(special.ndtri(0.5 + confidence / 2)) * math.sqrt(variance) / (value * (1.0 - value))
        centre = math.log(value / (1.0 - value))
        low, high = float(special.expit(centre - half)), float(special.expit(centre + half))
    else:
        reach = ((1.0 - confidence) / 2.0) ** (1.0 / max(smaller, 1.0))
        low = reach if value >= 1.0 else 0.0
        high = 1.0 - reach if value <= 0.0 else 1.0
    return Estimate(
        value, min(low, value), max(high, value), round(histogram.n), basis, method,
        n_kish=float(kish(sum(weight), sum(squares))), confidence=confidence,
    )  # fmt: skip


def normal_estimate(value: float, variance: float, *, n: int, named: tuple[str, str, float]) -> Estimate:
    """A mean or a difference with its normal interval; `named` is basis, method, confidence."""
    basis, method, confidence = named
    half = float(special.ndtri(0.5 + confidence / 2)) * math.sqrt(max(variance, 0.0))
    return Estimate(value, value - half, value + half, n, basis, method, confidence=confidence)
