"""The CUSUM of counts: small lasting shifts add up until they cannot be chance; the run length is its price."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from smo.measure.change.counts import check_counts
from smo.measure.change.run_length import CusumDesign, cusum_run_length, log_likelihood_ratio


@dataclass(frozen=True, slots=True)
class Cusum:
    """`weeks`: a frame `events, n, score, statistic, is_alarm`, one row per period; the rest says what an alarm means.

    `first_alarm` is the number of the first period above the threshold, counted from 1. `shift_began` is the period
    after which the statistic last stood at 0 before that alarm, the most likely start. `false_alarm_every` and
    `delay` are mean run lengths in periods of the design's n, in the baseline and after a shift to the shifted rate.
    """

    weeks: pl.DataFrame
    first_alarm: int | None
    shift_began: int | None
    false_alarm_every: float
    delay: float


def cusum(events: npt.ArrayLike, n: npt.ArrayLike, *, design: CusumDesign, threshold: float) -> Cusum:
    """S_t = max(0, S_(t-1) + log likelihood ratio of period t); an alarm stands while S > threshold.

    Shapes: events, n (periods,); a period with n = 0 leaves S as it was. Unequal n are scored as they are, the run
    lengths hold for the design's n. Errors: as `check_counts`, `cusum_run_length`. Source: Page 1954, Biometrika 41.

    >>> from smo.measure.change.counts import Baseline
    >>> design = CusumDesign(n=400, baseline=Baseline(0.05), shifted_rate=0.08)
    >>> found = cusum([20, 22, 19, 21, 27, 29, 30, 31], 400, design=design, threshold=3.0)
    >>> found.weeks["statistic"].round(2).to_list(), found.first_alarm, round(found.false_alarm_every)
    ([0.0, 0.0, 0.0, 0.0, 0.72, 2.45, 4.67, 7.4], 7, 121)
    """
    k, size = check_counts(events, n)
    raw = log_likelihood_ratio(k, size, baseline=design.baseline, shifted_rate=design.shifted_rate)
    score = np.where(size > 0, raw, 0.0)
    walk = np.cumsum(score)
    statistic = walk - np.minimum(np.minimum.accumulate(walk), 0.0)  # the same as the recursion, without its loop
    is_alarm = statistic > threshold
    frame = pl.DataFrame({"events": k, "n": size, "score": score, "statistic": statistic, "is_alarm": is_alarm})
    first = int(is_alarm.argmax()) if is_alarm.any() else None
    return Cusum(
        weeks=frame,
        first_alarm=None if first is None else first + 1,
        shift_began=None if first is None else _last_zero(statistic[:first]) + 1,
        false_alarm_every=cusum_run_length(design, threshold),
        delay=cusum_run_length(design, threshold, true_rate=design.shifted_rate),
    )


def _last_zero(statistic: npt.NDArray[np.float64]) -> int:
    """How many periods there are up to and with the last one at 0."""
    zeros = np.flatnonzero(statistic <= 0)
    return int(zeros[-1]) + 1 if zeros.size else 0
