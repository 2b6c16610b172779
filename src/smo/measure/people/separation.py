"""Which raters can be told apart: groups by repeated splitting, so that a difference is shown only where there is one.

Source: Scott & Knott (1974), Biometrics 30:507-512, with the binomial likelihood ratio in place of the sum of squares.
"""

import numpy as np
import numpy.typing as npt
from scipy import stats
from scipy.special import xlogy

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

#: Chance to split one homogeneous group anywhere.
LEVEL = 0.05


def separate(correct: Ints, n: Ints, *, least: int = 20) -> Ints:
    """Group of each rater (int64[raters]), 0 the lowest share; -1 below `least` answers.

    Raters of one group cannot be separated: no split of it into a lower and a higher part is significant at 5 %.
    The test allows for having searched for the best split (chi square with k / (pi - 2) degrees of freedom).

    >>> separate(np.array([95, 96, 60, 2]), np.array([100, 100, 100, 3])).tolist()
    [1, 1, 0, -1]
    """
    group = np.full(n.size, -1, np.int64)
    eligible = np.flatnonzero(n >= least)
    order = eligible[np.lexsort((eligible, correct[eligible] / n[eligible]))] if eligible.size else eligible
    bounds = _bounds(correct[order], n[order])
    for number, (first, last) in enumerate(bounds):
        group[order[first:last]] = number
    return group


def _bounds(correct: Ints, n: Ints) -> list[tuple[int, int]]:
    """Runs of the sorted raters that are not split further, from low to high."""
    pending, done = [(0, n.size)] if n.size else [], []
    while pending:
        first, last = pending.pop()
        cut = _cut(correct[first:last], n[first:last])
        if cut == 0:
            done.append((first, last))
        else:
            pending += [(first, first + cut), (first + cut, last)]
    return sorted(done)


def _cut(correct: Ints, n: Ints) -> int:
    """Size of the lower part of the best split, 0 when it is not significant."""
    size = n.size
    if size < 2:
        return 0
    low_correct, low_n = np.cumsum(correct)[:-1], np.cumsum(n)[:-1]
    high_correct, high_n = correct.sum() - low_correct, n.sum() - low_n
    parts = _likelihood(low_correct, low_n) + _likelihood(high_correct, high_n)
    ratio = 2.0 * (parts - _likelihood(correct.sum(), n.sum()))
    best = int(ratio.argmax())
    statistic = np.pi / (2.0 * (np.pi - 2.0)) * ratio[best]
    return best + 1 if stats.chi2.sf(statistic, size / (np.pi - 2.0)) < LEVEL else 0


def _likelihood(correct: npt.ArrayLike, n: npt.ArrayLike) -> Floats:
    right, total = np.asarray(correct, np.float64), np.asarray(n, np.float64)
    share = right / total
    return np.asarray(xlogy(right, share) + xlogy(total - right, 1.0 - share))
