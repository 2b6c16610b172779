"""Where a past series broke: segments of one rate each, found over the whole series at once.

ruptures (Truong, Oudre and Vayatis 2020, Signal Processing 167) searches; the cost of a segment is its binomial
deviance, so weeks of unequal n weigh as they should.
"""

import numpy as np
import numpy.typing as npt
import polars as pl
from ruptures.base import BaseCost  # type: ignore[import-untyped]
from ruptures.detection import Pelt  # type: ignore[import-untyped]
from scipy.special import xlogy

from smo.measure.change.counts import check_counts
from smo.measure.intervals import wilson

Floats = npt.NDArray[np.float64]

SCHEMA = {
    "first": pl.Int64,
    "last": pl.Int64,
    "events": pl.Float64,
    "n": pl.Float64,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "change": pl.Float64,
}


def change_points(
    events: npt.ArrayLike,
    n: npt.ArrayLike,
    *,
    overdispersion: float = 0.0,
    penalty: float | None = None,
    least_periods: int = 2,
    confidence: float = 0.90,
) -> pl.DataFrame:
    """`first, last, events, n, value, low, high, change`: a row per segment, periods from 1; one row = it never broke.

    The segments minimise the sum of -2 log likelihood plus the penalty per break (PELT: exact, not greedy).
    Shapes: events, n (periods,); a period with n = 0 lies in a segment but adds nothing. `penalty`: 3 log(periods)
    unless given, times the factor by which `overdispersion` (as `fit_baseline` finds it) widens the mean week.
    `change` is the step from the segment before. The Wilson intervals take the breaks as known, so next to a break they
    are too narrow. Errors: as `check_counts`; ValueError for a negative penalty or least_periods < 1; an empty frame
    where no period has a case. Source: Killick, Fearnhead and Eckley 2012, JASA 107:1590-1598; Zhang and Siegmund 2007,
    Biometrics 63:22-32 for the penalty.

    >>> change_points([20, 22, 19, 21, 40, 39, 41, 44], 400).select("first", "last", "value").rows()
    [(1, 4, 0.05125), (5, 8, 0.1025)]
    """
    k, size = check_counts(events, n)
    if least_periods < 1 or (penalty is not None and not penalty >= 0):
        raise ValueError(f"least_periods is at least 1 and a penalty at least 0, not {least_periods} and {penalty}")
    known = np.flatnonzero(size > 0)
    if not known.size:
        return pl.DataFrame(schema=SCHEMA)
    typical = float(np.median(size[known]))
    widening = 1 + (typical - 1) * overdispersion
    price = 3 * np.log(max(2, known.size)) if penalty is None else penalty
    ends = _ends(k[known], size[known], price=float(price * widening), least=least_periods)
    last = np.append(known[ends[:-1] - 1], k.size - 1)  # weeks without cases belong to the segment before them
    return _segments(k, size, last=last, confidence=confidence)


def _ends(k: Floats, size: Floats, *, price: float, least: int) -> npt.NDArray[np.int64]:
    if k.size < 2 * least:
        return np.array([k.size])
    search = Pelt(custom_cost=BinomialCost(least), min_size=least, jump=1)
    return np.asarray(search.fit(np.column_stack([k, size])).predict(pen=price), np.int64)


def _segments(k: Floats, size: Floats, *, last: npt.NDArray[np.int64], confidence: float) -> pl.DataFrame:
    first = np.append(0, last[:-1] + 1)
    events, n = np.add.reduceat(k, first), np.add.reduceat(size, first)
    low, high = wilson(events, n, confidence=confidence)
    value = events / n
    change = np.append(np.nan, np.diff(value))
    columns = (first + 1, last + 1, events, n, value, low, high, change)
    frame = pl.DataFrame(dict(zip(SCHEMA, columns, strict=True)))
    return frame.fill_nan(None).cast(SCHEMA)  # type: ignore[arg-type]


class BinomialCost(BaseCost):  # type: ignore[misc]
    """The cost that ruptures asks for: -2 log likelihood of one rate for the periods from start to end."""

    model = "binomial"

    def __init__(self, min_size: int = 1) -> None:
        self.min_size = min_size

    def fit(self, signal: Floats) -> "BinomialCost":
        """Take the sums once, so that each segment costs one subtraction.

        >>> round(BinomialCost().fit(np.array([[1.0, 2.0], [1.0, 2.0]])).error(0, 2), 4)
        5.5452
        """
        self.signal = signal
        zero = np.zeros((1, 2))
        self.sums = np.concatenate([zero, np.cumsum(signal, axis=0)])
        return self

    def error(self, start: int, end: int) -> float:
        """Cost of one segment; end is not in it.

        >>> BinomialCost().fit(np.array([[0.0, 2.0]])).error(0, 1)
        0.0
        """
        k, n = self.sums[end] - self.sums[start]
        return abs(float(-2 * (xlogy(k, k / n) + xlogy(n - k, 1 - k / n))))
