"""Quantiles and means of durations from histograms that add up: a bin for each 5 percent of length."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BASE = 1.05  # a quantile is off by at most half a bin, 2.5 percent
SHORTEST_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long things took, in the unit that was binned."""

    n: int
    median: float
    p90: float
    mean: float
    geometric_mean: float


def bin_of(seconds: float) -> int:
    """The bin of a length.

    >>> bin_of(1.0), bin_of(60.0)
    (0, 83)
    """
    return math.floor(math.log(max(seconds, SHORTEST_SECONDS)) / math.log(BASE))


def lengths(bins: npt.ArrayLike, *, counts: npt.ArrayLike, total: float, total_log: float) -> Lengths | None:
    """What a histogram tells; None of nothing.

    Shapes: bins int[B] as `bin_of`, counts [B]; `total` and `total_log` are the sums of the lengths and their logs.
    Source: bins of constant relative width, as DDSketch (Masson, Rim, Lee 2019).

    >>> found = lengths([bin_of(10), bin_of(20)], counts=[9, 1], total=110, total_log=9 * math.log(10) + math.log(20))
    >>> round(found.median), found.mean, round(found.geometric_mean, 1)
    (10, 11.0, 10.7)
    """
    order = np.argsort(np.asarray(bins))
    edges, counted = np.asarray(bins, np.float64)[order], np.asarray(counts, np.float64)[order]
    n = int(counted.sum())
    if n == 0:
        return None
    median, p90 = (quantile(edges, counted, share=share) for share in (0.5, 0.9))
    return Lengths(n, median, p90, total / n, math.exp(total_log / n))


def quantile(edges: npt.NDArray[np.float64], counted: npt.NDArray[np.float64], *, share: float) -> float:
    """The length that this share does not pass, at its place within its bin.

    Shapes: `edges` [B] bins as `bin_of`, in order; `counted` [B], not all 0. Units: those of the lengths.

    >>> round(quantile(np.array([0.0, 10.0]), np.array([3.0, 1.0]), share=0.75), 2)
    1.05
    """
    upto = np.cumsum(counted)
    wanted = share * upto[-1]
    place = int(np.searchsorted(upto, wanted))
    before = upto[place] - counted[place]
    return float(BASE ** (edges[place] + (wanted - before) / counted[place]))
