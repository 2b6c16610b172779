"""Scores of a model beside the truth as a histogram that adds up: every threshold, curve and calibration from it.

The state of a stratum and bin is eight sums, so shards merge by adding and an erased case is subtracted. Source of the
idea that weighted totals suffice for design-based variances: Särndal, Swensson & Wretman (1992), Model Assisted Survey
Sampling, section 5.5.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numba as nb
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Powers of two keep the edges of 0-1 exact in binary, so that a score on an edge falls where it belongs.
FEWEST_BINS, MOST_BINS = 2, 2**20
#: What is kept per stratum and bin; one line of the processor's cache.
COLUMNS = ("n_negative", "n_positive", "w_negative", "w_positive", "w2_negative", "w2_positive", "w2_doubt", "w_score")
N0, N1, W0, W1, V0, V1, DOUBT, SCORE = range(8)
FAULTS = (
    "",
    "a score that is no number",
    "a score outside the span of the histogram",
    "a truth outside 0-1",
    "a weight that is negative or no finite number",
)


@dataclass(frozen=True, slots=True)
class ScoreHistogram:
    """Sums over cases by stratum and score bin.

    Shapes: `cells` float64[H, B + 1, 8] over `COLUMNS`; bin b holds the scores from `low + b * width` up to the next
    edge, the last one (B) only the score `high` itself, so that "score >= edge" is exact at every edge. `n` counts
    cases, `w` adds their weights, `w2` their squared weights, split by truth; a case whose truth is a chance q counts
    q positive and 1 - q negative, and w2 * q * (1 - q) in `w2_doubt`. `w_score` adds weight x score.
    Errors: none here, the cells are taken as they are; `score_histogram` checks each case.

    >>> score_histogram([0.9, 0.1], [True, False], weight=[2, 3], bins=4).column(W1).tolist()
    [0.0, 0.0, 0.0, 2.0, 0.0]
    """

    cells: Floats
    strata: tuple[str, ...] = ("",)
    low: float = 0.0
    high: float = 1.0

    @property
    def bins(self) -> int:
        """How many bins span low to high."""
        return int(self.cells.shape[1]) - 1

    @property
    def edges(self) -> Floats:
        """Lower edge of each bin; the last is `high`. Shapes: float64[B + 1]."""
        return np.asarray(self.low + np.arange(self.bins + 1) * ((self.high - self.low) / self.bins), np.float64)

    @property
    def n(self) -> float:
        """How many cases with a weight above 0 were added."""
        return float(self.cells[:, :, N0].sum() + self.cells[:, :, N1].sum())

    def column(self, column: int) -> Floats:
        """One of the sums, over all strata. Shapes: float64[B + 1]."""
        total: Floats = self.cells[:, :, column].sum(axis=0)
        return total


def score_histogram(
    scores: npt.ArrayLike,
    truth: npt.ArrayLike,
    *,
    weight: npt.ArrayLike | None = None,
    stratum: Sequence[str] | npt.NDArray[np.str_] | None = None,
    bins: int = 4096,
    span: tuple[float, float] = (0.0, 1.0),
) -> ScoreHistogram:
    """The histogram of these cases: per stratum and bin the counts, weights and squared weights of both classes.

    Shapes: `scores`, `truth`, `weight`, `stratum` one entry per case. `truth` is True/False, 0/1 or the chance that
    the case is positive (a posterior: nothing is rounded to the nearest label). A case of weight 0 stands for nothing
    and is not counted. Units: `weight` is 1 / inclusion probability; `span` holds all scores.
    Errors: ValueError for lengths that differ, bins that are no power of two, a span without length, or a faulty score,
    truth or weight, with how many there are. Source: definition; why weighted sums suffice for variances: Särndal,
    Swensson & Wretman (1992), Model Assisted Survey Sampling, section 5.5.

    >>> found = score_histogram([0.9, 0.8, 0.3, 0.1], [True, False, False, False], bins=16)
    >>> found.n, float(found.column(W1)[14])
    (4.0, 1.0)
    """
    names, codes = _strata(stratum, len(np.atleast_1d(np.asarray(scores))))
    empty = empty_histogram(names, bins=bins, span=span)
    score, true = np.ascontiguousarray(scores, np.float64), np.ascontiguousarray(truth, np.float64)
    has_weight = weight is not None
    weights = np.ascontiguousarray(weight if has_weight else 1.0, np.float64).reshape(-1)
    lengths = {score.size, true.size, codes.size if stratum is not None else score.size}
    if len(lengths | {weights.size if has_weight else score.size}) > 1:
        raise ValueError("scores, truth, weight and stratum have one entry per case, so the same length")
    scale = (float(span[0]), bins / (span[1] - span[0]))
    if not (has_weight or stratum is not None) and _fill_plain(empty.cells[0], score, truth=true, scale=scale):
        return empty
    if _add_certain(empty.cells, score, true, weights, codes, scale):
        return empty
    empty.cells[:] = 0.0
    fault, count = _fill(empty.cells, score, true, weights, codes, scale)
    if fault:
        raise ValueError(f"{FAULTS[fault]} in {count} of {score.size} cases: leave them out and say so")
    return empty


def empty_histogram(
    strata: Sequence[str] = ("",), *, bins: int = 4096, span: tuple[float, float] = (0.0, 1.0)
) -> ScoreHistogram:
    """The histogram of nothing, to which others are merged.

    Errors: ValueError for bins that are no power of two, or a span without length.

    >>> empty_histogram(bins=16).n
    0.0
    """
    if not FEWEST_BINS <= bins <= MOST_BINS or bins & (bins - 1):
        raise ValueError(f"bins are a power of two from {FEWEST_BINS} to {MOST_BINS}, not {bins}")
    if not (np.isfinite(span).all() and span[0] < span[1]):
        raise ValueError(f"the span goes from a lower to a higher number, not {span}")
    return ScoreHistogram(_zeros(len(strata), bins + 1), tuple(strata), float(span[0]), float(span[1]))


def merged(first: ScoreHistogram, second: ScoreHistogram) -> ScoreHistogram:
    """The histogram of the cases of both; strata are matched by name.

    Errors: ValueError when bins or span differ.

    >>> part = score_histogram([0.5], [True], bins=16)
    >>> merged(part, part).n
    2.0
    """
    return _joined(first, second, sign=1.0)


def subtracted(whole: ScoreHistogram, part: ScoreHistogram) -> ScoreHistogram:
    """The histogram without the cases of `part`; exact for counts and whole weights.

    Errors: ValueError when bins or span differ, or `part` holds cases that `whole` does not.

    >>> part = score_histogram([0.5], [True], bins=16)
    >>> subtracted(merged(part, part), part).n
    1.0
    """
    left = _joined(whole, part, sign=-1.0)
    if (left.cells[:, :, :W0] < -1e-9).any():
        raise ValueError("the part holds cases that the whole does not")
    return left


def coarsened(histogram: ScoreHistogram, bins: int) -> ScoreHistogram:
    """The same cases in fewer bins, each a whole number of the old ones.

    Errors: ValueError unless `bins` is a power of two and not above the present number.

    >>> coarsened(score_histogram([0.5], [True], bins=16), 4).bins
    4
    """
    if bins > histogram.bins:
        raise ValueError(f"{histogram.bins} bins cannot be split into {bins}")
    fewer = empty_histogram(histogram.strata, bins=bins, span=(histogram.low, histogram.high))
    strata = len(histogram.strata)
    fewer.cells[:, :-1] = histogram.cells[:, :-1].reshape(strata, bins, -1, 8).sum(axis=2)
    fewer.cells[:, -1] = histogram.cells[:, -1]
    return fewer


def _zeros(strata: int, bins: int) -> Floats:
    """Cells of 0 that begin where a line of the cache begins, so that each case touches one line, not two."""
    room = np.zeros(strata * bins * 8 + 8)
    start = -(room.ctypes.data // 8) % 8
    return room[start : start + strata * bins * 8].reshape(strata, bins, 8)


def _joined(first: ScoreHistogram, second: ScoreHistogram, *, sign: float) -> ScoreHistogram:
    if (first.bins, first.low, first.high) != (second.bins, second.low, second.high):
        raise ValueError("histograms of different bins or span do not add up")
    names = tuple(sorted({*first.strata, *second.strata}))
    cells = np.zeros((len(names), *first.cells.shape[1:]))
    cells[[names.index(name) for name in first.strata]] += first.cells
    cells[[names.index(name) for name in second.strata]] += sign * second.cells
    return replace(first, cells=cells, strata=names)


def _strata(
    stratum: Sequence[str] | npt.NDArray[np.str_] | None, n: int
) -> tuple[tuple[str, ...], npt.NDArray[np.int64]]:
    if stratum is None:
        return ("",), np.zeros(1, np.int64)
    if not n and not len(stratum):
        return ("",), np.zeros(0, np.int64)
    names, codes = np.unique(np.asarray(stratum, dtype=np.str_), return_inverse=True)
    return tuple(names.tolist()), codes.astype(np.int64)


def _fill_plain(cells: Floats, score: Floats, *, truth: Floats, scale: tuple[float, float]) -> bool:
    """Cases without weight whose truth is certain: two sums instead of eight. False, and nothing added, for others."""
    counts = np.zeros((cells.shape[0], 4))
    if not _count(counts, score, truth, scale):
        return False
    for first in (N0, W0, V0):
        cells[:, first : first + 2] = counts[:, :2]
    cells[:, SCORE] = counts[:, 2]
    return True


@nb.njit(cache=True, nogil=True)
def _count(counts, score, truth, scale):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Negatives, positives and the sum of scores per bin, without a branch; whether every case was plain."""
    last = counts.shape[0] - 1
    is_plain = True
    for row in range(score.shape[0]):
        place, q = (score[row] - scale[0]) * scale[1], truth[row]
        is_inside = (place >= 0.0) & (place <= last)  # not so for nan either
        is_plain &= is_inside & ((q == 0.0) | (q == 1.0))
        at = np.uint64(place if is_inside else 0.0)
        counts[at, np.uint64(q == 1.0)] += 1.0
        counts[at, np.uint64(2)] += score[row]
    return is_plain


@nb.njit(cache=True, nogil=True)
def _add_certain(cells, score, truth, weight, stratum, scale):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Add cases whose truth is certain, without a branch; False, with spoilt cells, when one is not."""
    last = cells.shape[1] - 1
    weights, strata = min(weight.shape[0] - 1, 1), min(stratum.shape[0] - 1, 1)
    is_certain = True
    for row in range(score.shape[0]):
        w, place, q = weight[row * weights], (score[row] - scale[0]) * scale[1], truth[row]
        is_inside = (place >= 0.0) & (place <= last)  # not so for nan either
        is_certain &= is_inside & ((q == 0.0) | (q == 1.0)) & (w >= 0.0) & (w < np.inf)
        cell = cells[stratum[row * strata], np.uint64(place if is_inside else 0.0)]
        truth_is = np.uint64(q == 1.0)
        cell[np.uint64(N0) + truth_is] += 1.0 if w > 0.0 else 0.0
        cell[np.uint64(W0) + truth_is] += w
        cell[np.uint64(V0) + truth_is] += w * w
        cell[np.uint64(SCORE)] += w * score[row]
    return is_certain


@nb.njit(cache=True, nogil=True)
def _fault(place, last, q, w):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Which of `FAULTS` a case has; 0 for none. A score that is nan makes its place nan."""
    if np.isnan(place):
        return 1
    if not 0.0 <= place <= last:
        return 2
    if not 0.0 <= q <= 1.0:
        return 3
    return 0 if 0.0 <= w < np.inf else 4


@nb.njit(cache=True, nogil=True)
def _fill(cells, score, truth, weight, stratum, scale):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Add each case to its bin; the first kind of fault that occurs and how many cases have it."""
    last = cells.shape[1] - 1
    weights, strata = min(weight.shape[0] - 1, 1), min(stratum.shape[0] - 1, 1)
    fault, count = 0, 0
    for row in range(score.shape[0]):
        w, q = weight[row * weights], truth[row]
        place = (score[row] - scale[0]) * scale[1]
        if not (0.0 <= place <= last and 0.0 <= q <= 1.0 and 0.0 <= w < np.inf):
            here = _fault(place, last, q, w)
            fault = here if fault == 0 else fault
            count += here == fault
        elif w > 0.0:
            cell = cells[stratum[row * strata], np.uint64(place)]  # unsigned: no test whether it counts from the end
            cell[SCORE] += w * score[row]
            cell[N0] += 1.0 - q
            cell[N1] += q
            cell[W0] += w * (1.0 - q)
            cell[W1] += w * q
            cell[V0] += w * w * (1.0 - q)
            cell[V1] += w * w * q
            cell[DOUBT] += w * w * q * (1.0 - q)
    return fault, count


def warm_histogram() -> None:
    """Compile the loops over cases once."""
    score_histogram([0.5], [True])
    score_histogram([0.5], [0.5])
