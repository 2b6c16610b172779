"""Brier score and log loss of scores that are chances, from sums that add up over shards.

Sources: Brier (1950), Monthly Weather Review 78:1-3; Good (1952), JRSS B 14:107-114, for the logarithmic score.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numba as nb
import numpy as np
import numpy.typing as npt

from smo.measure.classifiers.linearised import BASIS, Floats, normal_estimate
from smo.measure.estimate import Estimate, not_measured

#: A chance of 0 for what then was true costs infinitely much; it is cut here, and the cut is said.
LEAST_CHANCE = float(np.finfo(np.float64).eps)
N, W, W2, CUT, BRIER, LOG = 0, 1, 2, 3, 4, 7
FAULTS = ("", "scores and truth are chances from 0 to 1", "a weight is a finite number of at least 0")


@dataclass(frozen=True, slots=True)
class LossSums:
    """Sums per stratum. Shapes: `sums` float64[H, 10]: n, w, w^2, cut cases, then w l, w^2 l, w^2 l^2 of each loss."""

    sums: Floats
    strata: tuple[str, ...] = ("",)


def loss_sums(
    scores: npt.ArrayLike,
    truth: npt.ArrayLike,
    *,
    weight: npt.ArrayLike | None = None,
    stratum: Sequence[str] | npt.NDArray[np.str_] | None = None,
) -> LossSums:
    """Sums from which Brier score and log loss follow exactly, with their design-based intervals.

    Shapes and units as `score_histogram`; scores and truth (0, 1 or a chance) lie in 0-1.
    Errors: ValueError for lengths that differ or a number outside its range.

    >>> loss_sums([0.9, 0.2], [1, 0]).sums.shape
    (1, 10)
    """
    s, q = np.asarray(scores, np.float64), np.asarray(truth, np.float64)
    w = np.ones(s.shape) if weight is None else np.asarray(weight, np.float64)
    is_plain = stratum is None
    names, codes = (
        (np.array([""]), np.zeros(1, np.int64))
        if is_plain
        else np.unique(np.asarray(stratum, dtype=np.str_), return_inverse=True)
    )
    if not s.shape == q.shape == w.shape == (s.shape if is_plain else codes.shape):
        raise ValueError("scores, truth, weight and stratum have one entry per case, so the same length")
    sums = np.zeros((max(names.size, 1), 10))
    fault = _add_losses(sums, s.ravel(), q.ravel(), w.ravel(), codes.astype(np.int64).ravel())
    if fault:
        raise ValueError(FAULTS[fault])
    return LossSums(sums, tuple(names.tolist()) or ("",))


def merged_losses(first: LossSums, second: LossSums, *, sign: float = 1.0) -> LossSums:
    """The sums of the cases of both; with `sign` -1 those of the second are taken out. Strata are matched by name.

    >>> part = loss_sums([0.5], [1])
    >>> float(merged_losses(part, part).sums[0, 0])
    2.0
    """
    names = tuple(sorted({*first.strata, *second.strata}))
    sums = np.zeros((len(names), first.sums.shape[1]))
    sums[[names.index(name) for name in first.strata]] += first.sums
    sums[[names.index(name) for name in second.strata]] += sign * second.sums
    return LossSums(sums, names)


def brier_score(found: LossSums, *, confidence: float = 0.90, is_finite: bool = False, basis: str = BASIS) -> Estimate:
    """Mean of (score - truth)^2: 0 at best, p (1 - p) for a score that always says the share of positives.

    >>> round(brier_score(loss_sums([0.9, 0.2], [1, 0])).value, 4)
    0.025
    """
    return _mean_loss(found, BRIER, is_finite=is_finite, named=(basis, "linearised", confidence))


def log_loss(found: LossSums, *, confidence: float = 0.90, is_finite: bool = False, basis: str = BASIS) -> Estimate:
    """Mean of -log(chance given to what was true), in nats; a chance of 0 is cut, with a warning.

    >>> round(log_loss(loss_sums([0.5, 0.5], [1, 0])).value, 4)
    0.6931
    """
    mean = _mean_loss(found, LOG, is_finite=is_finite, named=(basis, "linearised", confidence))
    cut = int(found.sums[:, CUT].sum())
    if not cut:
        return mean
    warning = f"{cut} cases had a chance of 0 for what was true: their loss is cut at {-np.log(LEAST_CHANCE):.0f}"
    return Estimate(
        mean.value, mean.low, mean.high, mean.n, basis, mean.method, confidence=confidence, warnings=(warning,)
    )


@nb.njit(cache=True, nogil=True)
def _two_losses(s, truth_is):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Squared and logarithmic loss of a score when the truth is 0 or 1."""
    chance = s if truth_is == 1 else 1.0 - s
    return (1.0 - chance) ** 2, -np.log(max(chance, LEAST_CHANCE))


@nb.njit(cache=True, nogil=True)
def _add_losses(sums, score, truth, weight, stratum):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Add each case to its stratum, a doubtful truth as if it had been drawn once; the kind of a fault, or 0."""
    strata = min(stratum.shape[0] - 1, 1)
    for row in range(score.shape[0]):
        s, q, w = score[row], truth[row], weight[row]
        if not (0.0 <= s <= 1.0 and 0.0 <= q <= 1.0):
            return 1
        if not 0.0 <= w < np.inf:
            return 2
        cell = sums[stratum[row * strata]]
        cell[N] += w > 0.0
        cell[W] += w
        cell[W2] += w * w
        cell[CUT] += w > 0.0 and ((s < LEAST_CHANCE and q > 0.0) or (1.0 - s < LEAST_CHANCE and q < 1.0))
        for truth_is in range(2):
            part = q if truth_is == 1 else 1.0 - q
            if part > 0.0:
                losses = _two_losses(s, truth_is)
                for at in range(2):
                    cell[BRIER + 3 * at] += part * w * losses[at]
                    cell[BRIER + 3 * at + 1] += part * w * w * losses[at]
                    cell[BRIER + 3 * at + 2] += part * w * w * losses[at] ** 2
    return 0


def warm_losses() -> None:
    """Compile the loop over cases once."""
    loss_sums([0.5], [1.0])


def _mean_loss(found: LossSums, at: int, *, is_finite: bool, named: tuple[str, str, float]) -> Estimate:
    n, w, w2 = (found.sums[:, column] for column in (N, W, W2))
    total = w.sum()
    if not total > 0:
        return not_measured(named[0], "no case with a score, a truth and a weight above 0")
    value = float(found.sums[:, at].sum() / total)
    squares = found.sums[:, at + 2] - 2.0 * value * found.sums[:, at + 1] + value**2 * w2
    sums = found.sums[:, at] - value * w
    centred = np.where(n > 1, squares - sums**2 / np.maximum(n, 1), squares)
    drawn = np.maximum(centred, 0.0) * np.where(n > 1, n / np.maximum(n - 1, 1), 1.0)
    left = np.clip(1.0 - n / np.maximum(w, 1e-300), 0.0, 1.0) if is_finite else 1.0
    mean = normal_estimate(value, float((drawn * left).sum() / total**2), n=int(n.sum()), named=named)
    assert mean.low is not None
    return Estimate(value, max(0.0, mean.low), mean.high, mean.n, named[0], named[1], confidence=named[2])
