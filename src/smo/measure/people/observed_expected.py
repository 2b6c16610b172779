"""Observed against expected: what a team's errors are beside those that its mix of work would bring anybody.

Indirect standardisation, exact Poisson intervals, and a funnel whose limits widen where n is small, so that a small
team is not blamed for its size. Source: Spiegelhalter 2005, Statistics in Medicine 24:1185-1202.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import special, stats

from smo.measure.estimate import Estimate, not_measured
from smo.measure.intervals import poisson_exact
from smo.measure.multiplicity import benjamini_hochberg

Floats = npt.NDArray[np.float64]

FUNNEL_LEVELS = (0.95, 0.998)  # warning and alarm, Spiegelhalter's two and three standard deviations
LEAST_TO_SPREAD = 5  # with fewer units their spread beyond chance is not estimable
WINSORISED = 0.1  # share of the units at each end whose z is drawn in before the spread is measured
WINSORISED_VARIANCE = 0.6786  # of a standard normal value so drawn in


@dataclass(frozen=True, slots=True)
class Funnel:
    """`units`: a row per unit; `overdispersion` the mean squared z (1 = chance alone); `extra_sd` beyond chance.

    Columns: `unit, observed, expected, value, low, high, p_value, adjusted, warn_low, warn_high, alarm_low, alarm_high,
    position`; `position` is "inside", "warning" or "alarm", or "not_measured" where nothing is expected.
    """

    units: pl.DataFrame
    overdispersion: float
    extra_sd: float


def observed_expected(observed: float, expected: float, *, basis: str, confidence: float = 0.90) -> Estimate:
    """Observed / expected with the exact interval of a Poisson count; 1 is what the mix would bring anybody.

    Units: a ratio; n is the count of events. Not measured where nothing is expected. Errors: ValueError for a negative
    or broken number. Source: Garwood 1936, Biometrika 28:437-442.

    >>> found = observed_expected(28, 32, basis="gold", confidence=0.95)
    >>> [round(end, 3) for end in (found.value, found.low, found.high)]
    [0.875, 0.581, 1.265]
    """
    if not (np.isfinite(observed) and np.isfinite(expected) and observed >= 0 and expected >= 0):
        raise ValueError(f"observed and expected are finite and at least 0, not {observed} and {expected}")
    if expected == 0:
        return not_measured(basis, "nothing is expected of this mix", n=int(observed))
    low, high = poisson_exact(observed, expected, confidence=confidence)
    return Estimate(
        observed / expected, float(low), float(high), int(observed), basis, "poisson exact", confidence=confidence
    )


def expected_events(
    frame: pl.DataFrame,
    *,
    unit: str,
    mix: Sequence[str],
    reference: pl.DataFrame | None = None,
    leave_out_own: bool = False,
) -> pl.DataFrame:
    """`unit, n, observed, expected, n_without_reference`: the events that the reference rates of the mix would bring.

    Shapes: `frame` has the unit, the mix columns, `events` and `n` (cases, 1 if absent); `reference` the mix columns
    and `rate`; without it the rates of all units together, or with `leave_out_own` of all others, which a large unit
    needs. Cases of a cell without a reference are left out of observed and expected, and counted. Errors: ValueError
    for missing columns or broken counts. Source: indirect standardisation, Breslow and Day 1987, volume 2, chapter 2.

    >>> rates = pl.DataFrame({"work": ["easy", "hard"], "rate": [0.02, 0.10]})
    >>> rows = {"lead": list("AABB"), "work": ["easy", "hard"] * 2, "n": [100, 300, 300, 100], "events": [3, 25, 7, 14]}
    >>> expected_events(pl.DataFrame(rows), unit="lead", mix=["work"], reference=rates).select("expected").rows()
    [(32.0,), (16.0,)]
    """
    cells = _cells(frame, unit=unit, mix=list(mix))
    if reference is not None:
        joined = cells.join(reference.select(*mix, "rate"), on=list(mix), how="left", nulls_equal=True)
    else:
        others = pl.col("n").sum().over(mix) - (pl.col("n") if leave_out_own else 0.0)
        events = pl.col("events").sum().over(mix) - (pl.col("events") if leave_out_own else 0.0)
        joined = cells.with_columns(pl.when(others > 0).then(events / others).alias("rate"))
    known = pl.col("rate").is_not_null()
    return (
        joined.group_by(pl.col(unit).alias("unit"))
        .agg(
            pl.col("n").filter(known).sum(),
            pl.col("events").filter(known).sum().alias("observed"),
            (pl.col("n") * pl.col("rate")).filter(known).sum().alias("expected"),
            pl.col("n").filter(~known).sum().alias("n_without_reference"),
        )
        .sort("unit")
    )


def funnel(units: pl.DataFrame, *, is_overdispersed: bool = False, confidence: float = 0.90) -> Funnel:
    """Every unit's O/E with its exact interval, and the limits that chance keeps at its expected count.

    Shapes: `units` has `unit, observed, expected`, as `expected_events` makes it. Units: ratios. Limits are Poisson
    quantiles over the expected: chance leaves them no more often than the level says, each side for itself.
    `is_overdispersed`: units differ beyond chance for reasons not in the mix; the extra variance is estimated on the
    square root scale from winsorised z and added, so that only what is far even among such units stands out.
    `p_value`: two-sided, middle; `adjusted`: Benjamini-Hochberg.
    Errors: ValueError for missing columns or negative numbers. Source: Spiegelhalter 2005, Statistics in Medicine
    24:1185-1202 and Quality and Safety in Health Care 14:347-351.

    >>> table = pl.DataFrame({"unit": ["A", "B"], "observed": [28, 21], "expected": [32.0, 16.0]})
    >>> funnel(table, confidence=0.95).units.select("unit", pl.col("value", "low", "high").round(3), "position").rows()
    [('A', 0.875, 0.581, 1.265, 'inside'), ('B', 1.312, 0.812, 2.006, 'inside')]
    """
    missing = {"unit", "observed", "expected"} - set(units.columns)
    if missing:
        raise ValueError(f"missing columns: {', '.join(sorted(missing))}")
    observed, expected = (units[name].cast(pl.Float64).to_numpy() for name in ("observed", "expected"))
    if (
        not (np.isfinite(observed).all() and np.isfinite(expected).all())
        or (observed < 0).any()
        or (expected < 0).any()
    ):
        raise ValueError("observed and expected are finite and at least 0")
    known = expected > 0
    o, e = observed[known], expected[known]
    overdispersion, extra = _overdispersion(o, e)
    widening = extra if is_overdispersed else 0.0
    low, high = poisson_exact(o, e, confidence=confidence)
    p = _p_values(o, e, extra_sd=widening)
    columns = {"value": o / e, "low": low, "high": high, "p_value": p, "adjusted": benjamini_hochberg(p).adjusted}
    for name, level in zip(("warn", "alarm"), FUNNEL_LEVELS, strict=True):
        ends = funnel_limits(e, level=level, extra_sd=widening)
        columns |= {f"{name}_low": ends[0], f"{name}_high": ends[1]}
    table = units.select("unit", "observed", "expected")
    for name, column in columns.items():
        whole = np.full(known.size, np.nan)
        whole[known] = column
        table = table.with_columns(pl.Series(name, whole).fill_nan(None))
    position = (
        pl.when(pl.col("value").is_null())
        .then(pl.lit("not_measured"))
        .when(~pl.col("value").is_between("alarm_low", "alarm_high"))
        .then(pl.lit("alarm"))
        .when(~pl.col("value").is_between("warn_low", "warn_high"))
        .then(pl.lit("warning"))
        .otherwise(pl.lit("inside"))
    )
    return Funnel(table.with_columns(position.alias("position")), overdispersion, extra)


def funnel_limits(expected: npt.ArrayLike, *, level: float, extra_sd: float = 0.0) -> tuple[Floats, Floats]:
    """Limits of O/E that a unit without any peculiarity stays within with this probability.

    Shapes: expected (units,) above 0 -> low, high (units,). `extra_sd` is the spread between units on the square root
    scale. Errors: ValueError for expected <= 0 or a level not between 0 and 1. Source: Spiegelhalter 2005, A.1, without
    his interpolation between counts, which lets chance out too often where little is expected.

    >>> [round(float(end), 2) for end in funnel_limits(32.0, level=0.95)]
    [0.66, 1.38]
    """
    e = np.asarray(expected, np.float64)
    if not (e > 0).all() or not 0 < level < 1:
        raise ValueError("what is expected is above 0, and a level lies between 0 and 1")
    tail = (1 - level) / 2
    if extra_sd > 0:
        reach = float(special.ndtri(1 - tail)) * np.sqrt(1 / (4 * e) + extra_sd**2)
        return np.maximum(1 - reach, 0.0) ** 2, (1 + reach) ** 2
    return stats.poisson.ppf(tail, e) / e, stats.poisson.isf(tail, e) / e


def _p_values(observed: Floats, expected: Floats, *, extra_sd: float) -> Floats:
    if extra_sd > 0:
        z = (np.sqrt(observed / expected) - 1) / np.sqrt(1 / (4 * expected) + extra_sd**2)
        return np.asarray(2 * special.ndtr(-np.abs(z)))
    half = stats.poisson.pmf(observed, expected) / 2
    up, down = stats.poisson.sf(observed, expected) + half, stats.poisson.cdf(observed - 1, expected) + half
    return np.asarray(np.minimum(1.0, 2 * np.minimum(up, down)))


def _overdispersion(observed: Floats, expected: Floats) -> tuple[float, float]:
    """Mean squared winsorised z, and the standard deviation between units beyond chance (DerSimonian and Laird)."""
    units = observed.size
    if units < LEAST_TO_SPREAD:
        return 1.0, 0.0
    precision = 4 * expected
    z = (np.sqrt(observed / expected) - 1) * np.sqrt(precision)
    ends = np.quantile(z, [WINSORISED, 1 - WINSORISED])
    squared = float((np.clip(z, *ends) ** 2).mean()) / WINSORISED_VARIANCE
    spread = (units * squared - (units - 1)) / float(precision.sum() - (precision**2).sum() / precision.sum())
    return squared, float(np.sqrt(max(0.0, spread)))


def _cells(frame: pl.DataFrame, *, unit: str, mix: list[str]) -> pl.DataFrame:
    missing = {unit, *mix, "events"} - set(frame.columns)
    if missing or not mix:
        raise ValueError(f"missing columns: {', '.join(sorted(missing)) or 'no column of the mix is named'}")
    cases = pl.col("n") if "n" in frame.columns else pl.lit(1.0)
    whole = frame.select(unit, *mix, pl.col("events").cast(pl.Float64), cases.cast(pl.Float64).alias("n"))
    events, n = whole["events"].to_numpy(), whole["n"].to_numpy()
    if not (np.isfinite(events).all() and np.isfinite(n).all()) or (events < 0).any() or (n < 0).any():
        raise ValueError("events and n are finite and at least 0")
    return whole.group_by(unit, *mix).agg(pl.col("events", "n").sum())
