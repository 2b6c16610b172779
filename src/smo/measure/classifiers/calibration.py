"""Do scores mean what they say: reliability with intervals, the debiased calibration error, scores set right.

Sources: Kumar, Liang & Ma (2019), Verified Uncertainty Calibration, NeurIPS, for the debiased error; Zadrozny & Elkan
(2002), KDD, for isotonic calibration; Ayer et al. (1955), Annals of Mathematical Statistics 26:641-647, for its fit.
"""

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import optimize, special

from smo.measure.classifiers.histogram import N0, N1, SCORE, V0, V1, W0, W1, ScoreHistogram
from smo.measure.classifiers.linearised import (
    BASIS,
    Floats,
    kish_unseen,
    linearised_variance,
    normal_estimate,
    share_ends,
)
from smo.measure.estimate import Estimate, not_measured

GROUPS = 15
#: A group of fewer cases says more about chance than about the model.
LEAST_PER_GROUP = 20
NO_CHANCES = "scores outside 0-1 are no chances"


def reliability(
    histogram: ScoreHistogram, groups: int = GROUPS, *, confidence: float = 0.90, is_finite: bool = False
) -> pl.DataFrame:
    """Groups of cases by score: `from, to, n, score, value, low, high` and `gap` = score - value.

    `score` is the weighted mean score, `value` the weighted share of positives with its Wilson interval at the
    effective n. Groups hold about equally many cases, at least 20; a bin is never split, so scores that repeat make
    fewer groups. Errors: ValueError where scores may lie outside 0-1, or for groups < 1.

    >>> from smo.measure.classifiers.histogram import score_histogram
    >>> reliability(score_histogram([0.25] * 40 + [0.75] * 40, [0, 1] * 40)).select("score", "value", "n").rows()
    [(0.25, 0.5, 40), (0.75, 0.5, 40)]
    """
    if not _are_chances(histogram):
        raise ValueError(NO_CHANCES)
    starts, ends = _groups(histogram, groups)
    rows = [_group(histogram, int(a), end=int(b), is_finite=is_finite) for a, b in zip(starts, ends, strict=True)]
    share, variance, score, n, among = (np.array([row[at] for row in rows], np.float64) for at in range(5))
    low, high, _ = share_ends(share, variance, n=among, confidence=confidence)
    edges = np.append(histogram.edges, histogram.high)
    frame = {"from": edges[starts], "to": edges[ends], "n": np.rint(n).astype(np.int64), "score": score}
    return pl.DataFrame({**frame, "value": share, "low": low, "high": high, "gap": score - share})


def calibration_error(
    histogram: ScoreHistogram,
    groups: int = GROUPS,
    *,
    confidence: float = 0.90,
    is_finite: bool = False,
    basis: str = BASIS,
) -> Estimate:
    """Root of the mean squared gap between score and share of positives over groups, less what chance alone gives.

    Without that correction a perfect model looks miscalibrated, the more so the fewer cases. Groups as in
    `reliability`. Not measured below 40 cases or where scores are no chances.

    >>> from smo.measure.classifiers.histogram import score_histogram
    >>> round(calibration_error(score_histogram([0.25] * 80 + [0.75] * 80, [0, 1] * 80)).value, 3)
    0.244
    """
    n = round(histogram.n)
    if not _are_chances(histogram):
        return not_measured(basis, NO_CHANCES, n=n)
    if n < 2 * LEAST_PER_GROUP:
        return not_measured(basis, f"fewer than {2 * LEAST_PER_GROUP} scored items", n=n)
    starts, ends = _groups(histogram, groups)
    found = [_gap(histogram, int(a), end=int(b), is_finite=is_finite) for a, b in zip(starts, ends, strict=True)]
    gap, noise, weight = (np.array([row[at] for row in found]) for at in range(3))
    part = weight / weight.sum()
    square = float((part * (gap**2 - noise)).sum())
    spread = np.sqrt((part**2 * (2.0 * noise**2 + 4.0 * noise * np.maximum(gap**2 - noise, 0.0))).sum())
    half = float(special.ndtri(0.5 + confidence / 2) * spread)
    value, low, high = (float(np.sqrt(max(0.0, end))) for end in (square, square - half, square + half))
    method = f"debiased rms gap, {len(found)} groups"
    return Estimate(value, low, high, n, basis, method, confidence=confidence)


def mean_score_gap(
    histogram: ScoreHistogram, *, confidence: float = 0.90, is_finite: bool = False, basis: str = BASIS
) -> Estimate:
    """Mean score less the share of positives: above 0 the model claims more than there is. Linearised interval.

    >>> from smo.measure.classifiers.histogram import score_histogram
    >>> mean_score_gap(score_histogram([0.5, 0.5], [0, 0])).value
    0.5
    """
    n = round(histogram.n)
    if not _are_chances(histogram):
        return not_measured(basis, NO_CHANCES, n=n)
    if not n:
        return not_measured(basis, "no case with a score, a truth and a weight above 0")
    gap, variance, _ = _gap(histogram, 0, end=histogram.bins + 1, is_finite=is_finite)
    return normal_estimate(gap, variance, n=n, named=(basis, "linearised", confidence))


def isotonic(histogram: ScoreHistogram) -> Floats:
    """The share of positives that goes with each bin, never falling as the score rises.

    Shapes: float64[B + 1]; a bin without cases takes the line between its neighbours. Weighted least squares under
    order (pool adjacent violators). Errors: ValueError for a histogram without cases.

    >>> from smo.measure.classifiers.histogram import score_histogram
    >>> isotonic(score_histogram([0.1, 0.3, 0.6, 0.9], [0, 1, 0, 1], bins=4)).tolist()
    [0.0, 0.5, 0.5, 1.0, 1.0]
    """
    weight = histogram.column(W0) + histogram.column(W1)
    seen = np.flatnonzero(weight > 0)
    if not seen.size:
        raise ValueError("no case with a score, a truth and a weight above 0")
    share = histogram.column(W1)[seen] / weight[seen]
    fitted = optimize.isotonic_regression(share, weights=weight[seen]).x
    return np.interp(np.arange(weight.size), seen, fitted)


def _are_chances(histogram: ScoreHistogram) -> bool:
    if histogram.low >= 0.0 and histogram.high <= 1.0:
        return True
    used = np.flatnonzero(histogram.column(W0) + histogram.column(W1))
    edges = np.append(histogram.edges, histogram.high)
    return bool(not used.size or (edges[used[0]] >= 0.0 and edges[used[-1] + 1] <= 1.0))


def _groups(histogram: ScoreHistogram, groups: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """First bin and one past the last bin of each group of about equally many cases."""
    if groups < 1:
        raise ValueError(f"there is at least one group, not {groups}")
    n = histogram.column(N0) + histogram.column(N1)
    used = np.flatnonzero(n > 0)
    if not used.size:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    count = int(max(1, min(groups, n.sum() // LEAST_PER_GROUP)))
    middle = (np.cumsum(n[used]) - n[used] / 2.0) / n.sum()
    group = np.minimum((middle * count).astype(np.int64), count - 1)
    first = np.flatnonzero(np.diff(group, prepend=-1) != 0)
    last = np.append(first[1:], used.size) - 1
    return used[first], used[last] + 1


def _group(
    histogram: ScoreHistogram, start: int, *, end: int, is_finite: bool
) -> tuple[float, float, float, float, float]:
    """Share of positives, its variance, mean score, cases and Kish n of the bins from `start` up to `end`."""
    cells = histogram.cells[:, start:end]
    sums = cells.sum(axis=(0, 1))
    weight = sums[W0] + sums[W1]
    share = sums[W1] / weight
    u = np.full(end - start, 1.0 / weight)
    variance = linearised_variance(cells, -share * u, of_positive=(1.0 - share) * u, is_finite=is_finite)
    among = kish_unseen(sums[N0] + sums[N1], weight, squares=sums[V0] + sums[V1], is_finite=is_finite)
    return float(share), float(variance), float(sums[SCORE] / weight), float(sums[N0] + sums[N1]), float(among)


def _gap(histogram: ScoreHistogram, start: int, *, end: int, is_finite: bool) -> tuple[float, float, float]:
    """Mean score less share of positives in these bins, its variance, and their weight."""
    cells = histogram.cells[:, start:end]
    totals = cells.sum(axis=0)
    each = totals[:, W0] + totals[:, W1]
    score = np.divide(totals[:, SCORE], each, out=np.zeros_like(each), where=each > 0)
    weight = each.sum()
    gap = (totals[:, SCORE].sum() - totals[:, W1].sum()) / weight
    variance = linearised_variance(
        cells, (score - gap) / weight, of_positive=(score - 1.0 - gap) / weight, is_finite=is_finite
    )
    return float(gap), float(variance), float(weight)
