"""The EWMA of residuals: a smoothed series with limits of a known run length, over weeks of unequal n."""

import numpy as np
import numpy.typing as npt
import polars as pl

from smo.measure.change.counts import Baseline, check_counts, residuals


def ewma(
    events: npt.ArrayLike, n: npt.ArrayLike, *, baseline: Baseline, weight: float = 0.2, limit: float = 2.962
) -> pl.DataFrame:
    """E_t = (1 - weight) E_(t-1) + weight z_t of the residuals z; alarm outside +- limit sqrt(weight / (2 - weight)).

    Shapes: events, n (periods,) -> a frame `events, n, residual, statistic, limit, is_alarm`. A period with n = 0
    has no residual and leaves E as it was. The limit 2.962 means one false alarm in 500 normal periods; for counts ask
    `ewma_limit`. Errors: as `check_counts`; ValueError for a weight outside (0, 1] or a limit <= 0.
    Source: Roberts 1959, Technometrics 1:239-250.

    >>> ewma([20, 22, 19, 21, 27, 29, 30, 31], 400, baseline=Baseline(0.05))["is_alarm"].to_list().index(True) + 1
    7
    """
    if not 0 < weight <= 1 or not limit > 0:
        raise ValueError(f"the weight is above 0 and at most 1, the limit above 0; not {weight} and {limit}")
    k, size = check_counts(events, n)
    z = residuals(k, size, baseline=baseline)
    known = np.flatnonzero(size > 0)
    statistic = np.zeros(z.size)
    statistic[known] = _smoothed(z[known], weight)
    since = np.maximum.accumulate(np.where(size > 0, np.arange(z.size), -1))
    statistic = np.where(since >= 0, statistic[np.maximum(since, 0)], 0.0)
    edge = limit * float(np.sqrt(weight / (2 - weight)))
    return pl.DataFrame(
        {
            "events": k,
            "n": size,
            "residual": pl.Series(z).fill_nan(None),
            "statistic": statistic,
            "limit": np.full(z.size, edge),
            "is_alarm": np.abs(statistic) > edge,
        }
    )


def _smoothed(z: npt.NDArray[np.float64], weight: float) -> npt.NDArray[np.float64]:
    frame = pl.Series(np.concatenate([[0.0], z]))
    return frame.ewm_mean(alpha=weight, adjust=False).to_numpy()[1:]
