"""Clustered cases: bootstrap histograms whose random weights follow from the cluster's name, so that they add up too.

Each cluster (a person, a page, a group of near-duplicates) is drawn Poisson(1) times in each replicate, by a hash of
its key and the replicate's number: two shards give one cluster the same number without talking to each other.
Sources: Chamandy, Muralidharan, Najmi & Naidu (2012), Estimating Uncertainty for Massive Data Streams, Google;
Hanley & MacGibbon (2006), Computer Methods and Programs in Biomedicine 83:57-62.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numba as nb
import numpy as np
import numpy.typing as npt
from scipy import special, stats

from smo.measure.classifiers.linearised import BASIS, Floats
from smo.measure.estimate import Estimate, not_measured

Keys = npt.NDArray[np.uint64]
#: P(X <= k) of Poisson(1) as parts of 2^53, k = 0..; beyond 18 nothing is left.
_POISSON = (stats.poisson.cdf(np.arange(19), 1.0) * 2.0**53).astype(np.uint64)


@dataclass(frozen=True, slots=True)
class Replicates:
    """Weights by replicate, score bin and truth. Shapes: float64[R + 1, B + 1, 2]; the first replicate is the data."""

    cells: Floats
    n: int
    seed: int


def replicates(
    scores: npt.ArrayLike,
    truth: npt.ArrayLike,
    *,
    cluster: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    seed: int = 0,
    shape: tuple[int, int] = (200, 1024),
) -> Replicates:
    """Bootstrap histograms of scores in 0-1; `shape` is how many replicates and bins.

    Shapes: one entry per case; `cluster` holds 64-bit keys (a hash of the name). Two results add up with
    `merged_replicates` when seed and shape are the same. Memory: 16 bytes x replicates x bins.
    Errors: ValueError for lengths that differ or a faulty score, truth or weight.

    >>> replicates([0.2, 0.8], [0, 1], cluster=[1, 2], shape=(10, 16)).cells.shape
    (11, 17, 2)
    """
    s, q = np.ascontiguousarray(scores, np.float64), np.ascontiguousarray(truth, np.float64)
    keys = np.ascontiguousarray(cluster).astype(np.uint64)
    w = np.ones(s.size) if weight is None else np.ascontiguousarray(weight, np.float64)
    if not s.size == q.size == keys.size == w.size:
        raise ValueError("scores, truth, cluster and weight have one entry per case, so the same length")
    if not (((s >= 0) & (s <= 1)).all() and ((q >= 0) & (q <= 1)).all() and ((w >= 0) & np.isfinite(w)).all()):
        raise ValueError("scores and truth lie in 0-1, weights are finite numbers of at least 0")
    cells = np.zeros((shape[0] + 1, shape[1] + 1, 2))
    order = np.argsort((s * shape[1]).astype(np.int64), kind="stable")
    _draw(cells, s[order], q[order], w[order], keys[order], np.uint64(seed))
    return Replicates(cells, s.size, seed)


def merged_replicates(first: Replicates, second: Replicates) -> Replicates:
    """The replicates of the cases of both. Errors: ValueError when seed or shape differ.

    >>> part = replicates([0.2], [1], cluster=[1], shape=(4, 16))
    >>> merged_replicates(part, part).n
    2
    """
    if first.seed != second.seed or first.cells.shape != second.cells.shape:
        raise ValueError("replicates of another seed or shape do not add up")
    return Replicates(first.cells + second.cells, first.n + second.n, first.seed)


def clustered(
    found: Replicates,
    figure: Callable[[Floats, Floats], float | None],
    *,
    confidence: float = 0.90,
    basis: str = BASIS,
) -> Estimate:
    """Any figure of the two weighted histograms with the interval that clusters allow.

    `figure(negative, positive)` gets the weights by bin and returns a number, or None where there is none. Interval:
    value -+ t x standard deviation over replicates on the figure's own scale (Student, R - 1 degrees of freedom).
    Not measured where the data, or more than a twentieth of the replicates, have no figure.

    >>> found = replicates([0.2, 0.7, 0.8] * 9, [0, 1, 1] * 9, cluster=range(27), shape=(50, 16))
    >>> clustered(found, lambda negative, positive: float(positive.sum() / (positive + negative).sum())).value
    0.6666666666666666
    """
    values = [figure(cells[:, 0], cells[:, 1]) if cells.any() else None for cells in found.cells]
    if values[0] is None:
        return not_measured(basis, "the cases show no such figure", n=found.n)
    drawn = np.array([value for value in values[1:] if value is not None])
    if drawn.size < 2 or drawn.size < 0.95 * (len(values) - 1):
        return not_measured(basis, "too few clusters: many replicates show no such figure", n=found.n)
    reach = float(special.stdtrit(drawn.size - 1, 0.5 + confidence / 2) * drawn.std(ddof=1))
    method = f"bootstrap of clusters, {drawn.size} replicates, seed {found.seed}"
    return Estimate(values[0], values[0] - reach, values[0] + reach, found.n, basis, method, confidence=confidence)


def area_of(negative: Floats, positive: Floats) -> float | None:
    """Area under the ROC curve of two histograms over the same bins; None where a class is missing.

    >>> area_of(np.array([1.0, 0.0]), np.array([0.0, 2.0]))
    1.0
    """
    pairs = negative.sum() * positive.sum()
    return float((positive * (np.cumsum(negative) - negative / 2)).sum() / pairs) if pairs > 0 else None


@nb.njit(cache=True, nogil=True)
def _times(key, start):  # type: ignore[no-untyped-def]  # pragma: no cover
    """How often a cluster is drawn: Poisson(1) of the hash (splitmix64) of its key and the replicate."""
    mixed = key * np.uint64(0x9E3779B97F4A7C15) + start
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    part = (mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11)
    drawn = 0
    while drawn < _POISSON.shape[0] and part >= _POISSON[drawn]:
        drawn += 1
    return float(drawn)


@nb.njit(cache=True, nogil=True)
def _draw(cells, score, truth, weight, key, seed):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Add each case to every replicate as often as its cluster is drawn there; to the first one once."""
    bins = cells.shape[1] - 1
    for replicate in range(cells.shape[0]):
        start = np.uint64(replicate) * np.uint64(0xD1342543DE82EF95) + seed * np.uint64(0x9E3779B97F4A7C15)
        for row in range(score.shape[0]):
            times = _times(key[row], start) if replicate > 0 else 1.0
            place = int(score[row] * bins)
            cells[replicate, place, 0] += times * weight[row] * (1.0 - truth[row])
            cells[replicate, place, 1] += times * weight[row] * truth[row]


def warm_replicates() -> None:
    """Compile the drawing once."""
    replicates([0.5], [1.0], cluster=[1], shape=(1, 2))
