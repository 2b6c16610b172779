"""Precision, recall and the rest at every threshold, and the areas under both curves, from a score histogram.

Sources: area under the ROC curve and its variance by placements: DeLong, DeLong & Clarke-Pearson (1988), Biometrics
44:837-845; average precision: Manning, Raghavan & Schütze (2008), Introduction to Information Retrieval, section 8.4;
Wilson (1927) at the effective n for shares.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from smo.measure.classifiers.histogram import DOUBT, N0, N1, V0, V1, W0, W1, ScoreHistogram
from smo.measure.classifiers.linearised import (
    BASIS,
    Floats,
    kish_unseen,
    linearised_variance,
    logit_estimate,
    normal_estimate,
    share_ends,
)
from smo.measure.estimate import Estimate, not_measured

#: Each share as numerator and denominator over true positives, false positives, false negatives, true negatives.
SHARES = {
    "precision": ((1, 0, 0, 0), (1, 1, 0, 0)),
    "recall": ((1, 0, 0, 0), (1, 0, 1, 0)),
    "false_positive_rate": ((0, 1, 0, 0), (0, 1, 0, 1)),
    "accuracy": ((1, 0, 0, 1), (1, 1, 1, 1)),
    "flagged": ((1, 1, 0, 0), (1, 1, 1, 1)),
    "f1": ((2, 0, 0, 0), (2, 1, 1, 0)),
}
LARGEST_TABLE = 4096


def threshold_table(
    histogram: ScoreHistogram,
    thresholds: Sequence[float] | Floats | None = None,
    *,
    confidence: float = 0.90,
    is_finite: bool = False,
) -> pl.DataFrame:
    """What "positive from the threshold on" decides: `threshold, metric, value, low, high, n, n_effective`.

    Metrics: "precision", "recall", "false_positive_rate", "accuracy", "flagged" (share of all), "f1". A threshold
    between two edges of bins stands for the next edge, which is the one in the table, and at which the counts are
    exact; without `thresholds` all edges up to 4,096. `n` counts the cases of the denominator (of f1: those that are
    flagged or positive); value null where it is empty. Units: shares. Interval: Wilson at the effective n of the
    design. Errors: ValueError for a threshold that is no number, or a confidence not between 0 and 1.
    Source: definition; the interval: Wilson (1927), JASA 22:209-212.

    >>> from smo.measure.classifiers.histogram import score_histogram
    >>> found = score_histogram([0.9, 0.8, 0.3, 0.1], [True, False, True, False], bins=16)
    >>> threshold_table(found, [0.5]).select("metric", "value").rows()[:2]
    [('precision', 0.5), ('recall', 0.5)]
    """
    places = _places(histogram, thresholds)
    above, below = _halves(histogram, places)
    parts = []
    for metric, (wanted, among) in SHARES.items():
        part = _share(above, below, wanted=wanted, among=among, is_finite=is_finite, confidence=confidence)
        edges = pl.Series("threshold", histogram.edges[places])
        parts.append(part.select(edges, pl.lit(metric).alias("metric"), pl.all()))
    order = pl.int_range(pl.len()).over("metric").alias("place")
    return pl.concat(parts).with_columns(order).sort("place", maintain_order=True).drop("place")


def confusion_at(histogram: ScoreHistogram, thresholds: Sequence[float] | Floats | None = None) -> pl.DataFrame:
    """Weighted `threshold, true_positive, false_positive, false_negative, true_negative`, and `n`, how many cases.

    Thresholds as in `threshold_table`.

    >>> from smo.measure.classifiers.histogram import score_histogram
    >>> confusion_at(score_histogram([0.9, 0.1], [True, False], weight=[2, 3], bins=16), [0.5]).rows()
    [(0.5, 2.0, 0.0, 0.0, 3.0, 2.0)]
    """
    places = _places(histogram, thresholds)
    above, below = (half.sum(axis=0) for half in _halves(histogram, places))
    return pl.DataFrame(
        {
            "threshold": histogram.edges[places],
            "true_positive": above[:, W1],
            "false_positive": above[:, W0],
            "false_negative": below[:, W1],
            "true_negative": below[:, W0],
            "n": (above + below)[:, [N0, N1]].sum(axis=1),
        }
    )


def roc_auc(
    histogram: ScoreHistogram, *, confidence: float = 0.90, is_finite: bool = False, basis: str = BASIS
) -> Estimate:
    """The chance that a positive scores above a negative, weighted, ties (scores of one bin) counted half.

    Exact when each bin holds one distinct score; else within `binning_bound`, which is a warning when it is more than
    a tenth of the interval's half-width. Interval: linearised (DeLong's placements), symmetric on the logit scale.
    Units: a chance, 0 to 1. Errors: ValueError for an unknown basis; not measured where a class is missing.
    Source: DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44:837-845.

    >>> from smo.measure.classifiers.histogram import score_histogram
    >>> roc_auc(score_histogram([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).value
    0.75
    """
    negative, positive = histogram.column(W0), histogram.column(W1)
    if (missing := _missing(negative, positive, basis=basis, n=histogram.n)) is not None:
        return missing
    all_negative, all_positive = negative.sum(), positive.sum()
    below = (np.cumsum(negative) - negative / 2.0) / all_negative
    above = 1.0 - (np.cumsum(positive) - positive / 2.0) / all_positive
    area = float((positive * below).sum() / all_positive)
    variance = linearised_variance(
        histogram.cells, (above - area) / all_negative, of_positive=(below - area) / all_positive, is_finite=is_finite
    )
    found = logit_estimate(
        min(max(area, 0.0), 1.0), float(variance), histogram=histogram, named=(basis, "linearised, logit", confidence)
    )
    return _with_bound(found, binning_bound(histogram))


def binning_bound(histogram: ScoreHistogram) -> float:
    """By how much the area of the histogram can differ from that of the scores: half the pairs that share a bin.

    >>> from smo.measure.classifiers.histogram import score_histogram
    >>> binning_bound(score_histogram([0.1, 0.4, 0.6], [0, 1, 0], bins=2))
    0.25
    """
    negative, positive = histogram.column(W0), histogram.column(W1)
    pairs = float(negative.sum() * positive.sum())
    return float((negative * positive).sum()) / pairs / 2.0 if pairs > 0 else 0.0


def average_precision(
    histogram: ScoreHistogram, *, confidence: float = 0.90, is_finite: bool = False, basis: str = BASIS
) -> Estimate:
    """Area under the precision-recall curve as the mean of precision over the positives: sum (R_k - R_k-1) P_k.

    Exact when each bin holds one distinct score; else within `precision_bound`, which is a warning when it matters
    beside the interval. Its floor, a score without knowledge, is the share of positives, not one half. Interval:
    linearised, on the logit scale. Units: a share, 0 to 1. Errors: ValueError for an unknown basis; not measured where
    a class is missing. Source: Manning, Raghavan & Schütze (2008), Introduction to Information Retrieval, section 8.4.

    >>> from smo.measure.classifiers.histogram import score_histogram
    >>> round(average_precision(score_histogram([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).value, 4)
    0.8333
    """
    negative, positive = histogram.column(W0), histogram.column(W1)
    if (missing := _missing(negative, positive, basis=basis, n=histogram.n)) is not None:
        return missing
    hits = np.cumsum(positive[::-1])[::-1]
    flagged = hits + np.cumsum(negative[::-1])[::-1]
    precision = np.divide(hits, flagged, out=np.zeros_like(hits), where=flagged > 0)
    all_positive = float(positive.sum())
    area = float((positive * precision).sum() / all_positive)
    # A further case at a bin is flagged at each threshold at or below its own: it moves the precision there.
    each = np.divide(positive, flagged, out=np.zeros_like(hits), where=flagged > 0)
    of_negative = -np.cumsum(each * precision) / all_positive
    of_positive = (precision + np.cumsum(each * (1.0 - precision)) - area) / all_positive
    variance = linearised_variance(histogram.cells, of_negative, of_positive=of_positive, is_finite=is_finite)
    named = (basis, "linearised, logit", confidence)
    found = logit_estimate(area, float(variance), histogram=histogram, named=named)
    return _with_bound(found, precision_bound(histogram))


def precision_bound(histogram: ScoreHistogram) -> float:
    """By how much average precision of the histogram can differ from that of the scores, whatever their order in a bin.

    It is not 0 where several positives, or both classes, share a bin, even when they have one score and the figure is
    exact: a histogram cannot tell the two apart.

    >>> from smo.measure.classifiers.histogram import score_histogram
    >>> round(precision_bound(score_histogram([0.1, 0.4, 0.6], [0, 1, 1], bins=2)), 3)
    0.167
    """
    negative, positive = histogram.column(W0), histogram.column(W1)
    hits, false = (np.cumsum(one[::-1])[::-1] for one in (positive, negative))
    before, seen = hits - positive, hits + false
    most = np.divide(hits, seen - negative, out=np.zeros_like(hits), where=seen - negative > 0)
    least = np.divide(before, seen - positive, out=np.zeros_like(hits), where=seen - positive > 0)
    here = np.divide(hits, seen, out=np.zeros_like(hits), where=seen > 0)
    is_lone = (histogram.column(N1) <= 1.0) & (
        histogram.column(DOUBT) == 0.0
    )  # it counts itself, whatever is beside it
    least = np.where(is_lone, here, least)
    apart = [float((positive * gap).sum()) for gap in (most - here, here - least)]
    return max(apart) / float(positive.sum()) if positive.sum() > 0 else 0.0


def kolmogorov_smirnov(
    histogram: ScoreHistogram, *, confidence: float = 0.90, is_finite: bool = False, basis: str = BASIS
) -> Estimate:
    """Largest gap between the shares of positives and of negatives above one threshold; the threshold in `method`.

    The interval is that of the gap at this threshold; the largest of many gaps is a little too large in small samples.

    >>> from smo.measure.classifiers.histogram import score_histogram
    >>> kolmogorov_smirnov(score_histogram([0.1, 0.2, 0.7, 0.8], [0, 0, 1, 1])).value
    1.0
    """
    negative, positive = histogram.column(W0), histogram.column(W1)
    if (missing := _missing(negative, positive, basis=basis, n=histogram.n)) is not None:
        return missing
    false = np.cumsum(negative[::-1])[::-1] / negative.sum()
    true = np.cumsum(positive[::-1])[::-1] / positive.sum()
    place = int(np.argmax(true - false))
    is_above = np.arange(negative.size) >= place
    variance = linearised_variance(
        histogram.cells,
        (false[place] - is_above) / negative.sum(),
        of_positive=(is_above - true[place]) / positive.sum(),
        is_finite=is_finite,
    )
    named = (basis, f"linearised at threshold {histogram.edges[place]:.6g}", confidence)
    found = normal_estimate(float((true - false)[place]), float(variance), n=round(histogram.n), named=named)
    return _within_shares(found)


def _within_shares(found: Estimate) -> Estimate:
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    return Estimate(
        found.value, max(0.0, found.low), min(1.0, found.high), found.n, found.basis, found.method,
        confidence=found.confidence, warnings=found.warnings,
    )  # fmt: skip


def _with_bound(found: Estimate, bound: float) -> Estimate:
    if found.low is None or found.high is None or bound <= (found.high - found.low) / 20.0:
        return found
    warning = f"bins are coarse: the exact area is within {bound:.2g}"
    return Estimate(
        found.value, max(0.0, found.low - bound), min(1.0, found.high + bound), found.n, found.basis, found.method,
        n_kish=found.n_kish, confidence=found.confidence, warnings=(warning,),
    )  # fmt: skip


def _missing(negative: Floats, positive: Floats, *, basis: str, n: float) -> Estimate | None:
    if not negative.sum() + positive.sum() > 0:
        return not_measured(basis, "no case with a score, a truth and a weight above 0")
    if not (negative.sum() > 0 and positive.sum() > 0):
        return not_measured(basis, "the reference has one class only", n=round(n))
    return None


def _places(histogram: ScoreHistogram, thresholds: Sequence[float] | Floats | None) -> npt.NDArray[np.int64]:
    """Bins from which on each threshold flags; a last place beyond all bins flags nothing."""
    if thresholds is None:
        step = max(1, histogram.bins // LARGEST_TABLE)
        return np.arange(0, histogram.bins + 1, step, dtype=np.int64)
    asked = np.atleast_1d(np.asarray(thresholds, np.float64))
    if np.isnan(asked).any():
        raise ValueError("a threshold is a number")
    width = (histogram.high - histogram.low) / histogram.bins
    return np.clip(np.ceil((asked - histogram.low) / width), 0, histogram.bins).astype(np.int64)


def _halves(histogram: ScoreHistogram, places: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Sums of the cases at or above and below each place. Shapes: float64[H, T, 8] each."""
    marks = np.unique(places)
    starts = marks if marks.size and marks[0] == 0 else np.concatenate([[0], marks])
    groups = np.add.reduceat(histogram.cells, starts, axis=1)
    upwards = np.cumsum(groups[:, ::-1], axis=1)[:, ::-1]
    above = upwards[:, np.searchsorted(starts, places)]
    below = np.cumsum(groups, axis=1)[:, np.maximum(np.searchsorted(starts, places) - 1, 0)]
    return above, np.where((places > 0)[None, :, None], below, 0.0)


def _share(
    above: Floats, below: Floats, *, wanted: Sequence[int], among: Sequence[int], is_finite: bool, confidence: float
) -> pl.DataFrame:
    """A ratio of sums over the four cells with its interval: u of a case is (a - p d) / D."""
    columns = ((above, W1), (above, W0), (below, W1), (below, W0))
    weights = [half.sum(axis=0)[:, column] for half, column in columns]
    numbers = [half.sum(axis=0)[:, N1 if column == W1 else N0] for half, column in columns]
    squares = [half.sum(axis=0)[:, V1 if column == W1 else V0] for half, column in columns]
    top = sum(a * w for a, w in zip(wanted, weights, strict=True))
    base = np.asarray(sum(d * w for d, w in zip(among, weights, strict=True)), np.float64)
    value = np.divide(top, base, out=np.full(base.shape, np.nan), where=base > 0)
    u = [np.nan_to_num((a - value * d) / np.where(base > 0, base, 1.0)) for a, d in zip(wanted, among, strict=True)]
    cells = np.stack([above, below], axis=2)
    of_positive, of_negative = np.stack([u[0], u[2]], axis=-1), np.stack([u[1], u[3]], axis=-1)
    variance = linearised_variance(cells, of_negative, of_positive=of_positive, is_finite=is_finite)
    is_in = [d > 0 for d in among]
    n = np.asarray(sum(one for one, keep in zip(numbers, is_in, strict=True) if keep))
    w = np.asarray(sum(one for one, keep in zip(weights, is_in, strict=True) if keep))
    v = np.asarray(sum(one for one, keep in zip(squares, is_in, strict=True) if keep))
    among_n = kish_unseen(n, w, squares=v, is_finite=is_finite)
    low, high, effective = share_ends(np.nan_to_num(value), variance, n=among_n, confidence=confidence)
    has_none = np.isnan(value)
    frame = pl.DataFrame({"value": value, "low": low, "high": high, "n": n, "n_effective": effective})
    empty = pl.Series(has_none)
    return frame.with_columns(
        pl.when(~empty).then(pl.col("value", "low", "high", "n_effective")), pl.col("n").round().cast(pl.Int64)
    )
