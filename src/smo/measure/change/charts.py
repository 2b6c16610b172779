"""Shewhart charts of counts: p, u and Laney's p', with limits for every period's own n."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

from smo.measure.change.counts import check_counts

Floats = npt.NDArray[np.float64]

MOVING_RANGE = 2 / np.sqrt(np.pi)  # mean range of two normal values, 1.128 standard deviations


@dataclass(frozen=True, slots=True)
class ControlChart:
    """`periods`: `value, low_limit, high_limit, z, is_signal`, null where nothing was counted; around `centre`.

    `spread` is how far periods differ, as a multiple of chance (1 on p and u charts, Laney's sigma z on a p' chart).
    """

    periods: pl.DataFrame
    centre: float
    spread: float


def p_chart(
    events: npt.ArrayLike,
    n: npt.ArrayLike,
    *,
    rate: float | None = None,
    sigmas: float = 3.0,
    is_exact: bool = False,
) -> ControlChart:
    """Shares k/n around p with limits p +- sigmas sqrt(p (1-p) / n); a signal lies outside them.

    Shapes: events, n (periods,). `rate` is that of a stable time; without it that of all periods, which hides a shift
    among them. `is_exact`: limits at the binomial quantiles of the same normal tail, right for rare events.
    Errors: as `check_counts`; ValueError where no period has a case, or for a rate outside 0 to 1.
    Source: Shewhart 1931; Montgomery 2020, Introduction to Statistical Quality Control, section 7.2.

    >>> chart = p_chart([20, 22, 19, 21, 27, 29, 30, 31], 400, rate=0.05)
    >>> round(chart.periods["high_limit"][0], 4), chart.periods["is_signal"].any()
    (0.0827, False)
    """
    k, size = check_counts(events, n)
    _check_sigmas(sigmas)
    centre = _centre(k, size, rate=rate, most=1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        deviation = np.sqrt(centre * (1 - centre) / size)
        low, high = centre - sigmas * deviation, centre + sigmas * deviation
        if is_exact:
            tail = float(stats.norm.sf(sigmas))
            low = stats.binom.ppf(tail, size, centre) / size
            high = stats.binom.isf(tail, size, centre) / size
        return _chart(k / size, (np.maximum(low, 0.0), np.minimum(high, 1.0)), centre=centre, deviation=deviation)


def u_chart(
    events: npt.ArrayLike, exposure: npt.ArrayLike, *, rate: float | None = None, sigmas: float = 3.0
) -> ControlChart:
    """Events per unit of exposure around u with limits u +- sigmas sqrt(u / exposure).

    Shapes: events, exposure (periods,); events may outnumber the exposure. Errors: ValueError for negative or broken
    numbers, or where no period has any exposure. Source: Montgomery 2020, section 7.3.

    >>> chart = u_chart([12, 15, 40], [100, 120, 90], rate=0.12)
    >>> chart.periods["is_signal"].to_list()
    [False, False, True]
    """
    k, size = np.broadcast_arrays(np.asarray(events, np.float64), np.asarray(exposure, np.float64))
    k, size = np.atleast_1d(k), np.atleast_1d(size)
    if not (np.isfinite(k).all() and np.isfinite(size).all()) or (k < 0).any() or (size < 0).any():
        raise ValueError("events and exposure are finite and at least 0")
    if (k[size == 0] > 0).any():
        raise ValueError("a period without exposure has no events")
    _check_sigmas(sigmas)
    centre = _centre(k, size, rate=rate, most=np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        deviation = np.sqrt(centre / size)
        limits = np.maximum(centre - sigmas * deviation, 0.0), centre + sigmas * deviation
        return _chart(k / size, limits, centre=centre, deviation=deviation)


def laney_chart(
    events: npt.ArrayLike, n: npt.ArrayLike, *, rate: float | None = None, sigmas: float = 3.0
) -> ControlChart:
    """The p' chart: limits p +- sigmas sigma_z sqrt(p (1-p) / n), sigma_z from the ranges of neighbouring z / 1.128.

    Shapes: as `p_chart`. For large n, where a p-chart takes the usual spread between weeks for signals. Needs two
    periods with cases, else sigma_z is 1. Errors: as `p_chart`. Source: Laney 2002, Quality Engineering 14:531-537.

    >>> chart = laney_chart([500, 560, 450, 530, 470], 10_000)
    >>> round(chart.spread, 2), chart.periods["is_signal"].any()
    (3.15, False)
    """
    k, size = check_counts(events, n)
    _check_sigmas(sigmas)
    centre = _centre(k, size, rate=rate, most=1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = np.sqrt(centre * (1 - centre) / size)
        z = (k / size - centre) / chance
        seen = z[np.isfinite(z)]  # without a case, or where no period can differ, there is no z
        ranges = np.abs(np.diff(seen))
        spread = float(ranges.mean() / MOVING_RANGE) if ranges.size and ranges.any() else 1.0
        deviation = spread * chance
        limits = np.maximum(centre - sigmas * deviation, 0.0), np.minimum(centre + sigmas * deviation, 1.0)
        return _chart(k / size, limits, centre=centre, deviation=deviation, spread=spread)


def _check_sigmas(sigmas: float) -> None:
    if not 0 < sigmas < np.inf:
        raise ValueError(f"limits stand some standard deviations off, a finite number above 0, not {sigmas}")


def _centre(k: Floats, size: Floats, *, rate: float | None, most: float) -> float:
    if rate is not None:
        if not 0 < rate < most:
            raise ValueError(f"a rate lies between 0 and {most:g}, not {rate}")
        return rate
    if not size.sum() > 0:
        raise ValueError("no period has a case: there is nothing to chart")
    return float(k.sum() / size.sum())


def _chart(
    value: Floats, limits: tuple[Floats, Floats], *, centre: float, deviation: Floats, spread: float = 1.0
) -> ControlChart:
    seen = np.isfinite(value)
    is_signal = seen & ((value < limits[0]) | (value > limits[1]))
    z = np.where(deviation > 0, (value - centre) / np.where(deviation > 0, deviation, 1.0), 0.0)
    columns = {"value": value, "low_limit": limits[0], "high_limit": limits[1], "z": z}
    frame = pl.DataFrame({name: np.where(seen, column, np.nan) for name, column in columns.items()}).fill_nan(None)
    return ControlChart(frame.with_columns(pl.Series("is_signal", is_signal)), centre, spread)
