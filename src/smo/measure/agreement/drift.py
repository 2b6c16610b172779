"""Does agreement change over time? Each period's coefficient, whether periods differ, and the trend."""

import math
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import special, stats

from smo.measure.agreement.coincidence import Matrix, patterns_by_slice
from smo.measure.agreement.intervals import BASIS, CONFIDENCE, Coefficient, Share
from smo.measure.agreement.slices import COEFFICIENTS, MINIMUM_ITEMS, measured
from smo.measure.codes import Offsets, encode
from smo.measure.columns import NO_TIME
from smo.measure.estimate import Estimate, not_measured
from smo.measure.ratings import Floats, Ratings

DAYS_OF_SLOPE = 30.0
MICROSECONDS_A_DAY = 86_400_000_000
FEW_PERIODS = "a trend needs three periods with enough items"


@dataclass(frozen=True, slots=True)
class Drift:
    """Agreement by period: `periods` (period, value, low, high, n, is_enough), the slope per 30 days, two p-values.

    `p_differ` is Cochran's test that all periods have one value, `p_trend` that the slope is 0; None where there are
    too few periods. `n_without_time` counts items left out since none of their ratings has a time.
    """

    periods: pl.DataFrame
    slope: Estimate
    p_trend: float | None
    p_differ: float | None
    n_without_time: int


@dataclass(frozen=True, slots=True)
class _Points:
    days: Floats
    value: Floats
    variance: Floats


def agreement_over_time(
    ratings: Ratings,
    *,
    every: str = "1mo",
    coefficient: str = "krippendorff_alpha",
    level: str | Matrix = "nominal",
    minimum_items: int = MINIMUM_ITEMS,
    confidence: float = CONFIDENCE,
) -> Drift:
    """A coefficient for each period, the period of an item being that of its first rating.

    Shapes: `every` is a length as polars writes it (1d, 1w, 1mo, 1q); weeks begin on Monday, in UTC. The slope is the
    line through the periods with at least `minimum_items` items, each weighing 1 / its variance; where they scatter
    around it more than their variances say, that unrest is part of the variance, so that it is no trend.
    Units: the coefficient per 30 days.
    Errors: ValueError when the ratings hold no times, or for an unknown coefficient.
    Source: Cochran 1954, "The combination of estimates from different experiments"; DerSimonian and Laird 1986,
    "Meta-analysis in clinical trials"; Knapp and Hartung 2003 for Student's reach where there is unrest.

    >>> rows = [(i, who, "ab"[i % 2], i * 86_400_000_000) for i in range(90) for who in "xy"]
    >>> frame = pl.DataFrame(rows, schema=["item", "rater", "label", "at"], orient="row")
    >>> ratings = Ratings.from_frame(frame, item="item", rater="rater", label="label", at="at")
    >>> drift = agreement_over_time(ratings)
    >>> drift.periods.height, abs(round(drift.slope.value, 9))
    (3, 0.0)
    """
    if coefficient not in COEFFICIENTS:
        raise ValueError(f"unknown coefficient {coefficient!r}; one of {', '.join(COEFFICIENTS)}")
    starts = _period_starts(ratings, every)
    known = starts.is_not_null().to_numpy()
    names, given = encode(starts.drop_nulls().to_physical())
    codes = np.full(ratings.n_items, -1, np.int32)
    codes[known] = given
    states = patterns_by_slice(ratings, codes, n_slices=len(names))
    figures = [measured(state, coefficient, level=level, confidence=confidence) for state in states]
    enough = [e.is_measured and e.low is not None and e.n >= minimum_items for e in figures]
    points = _points(
        names, [COEFFICIENTS[coefficient](state, level) for state in states], figures=figures, enough=enough
    )
    slope, p_trend = _slope(points, n=sum(e.n for e, is_enough in zip(figures, enough, strict=True) if is_enough),
                            confidence=confidence)  # fmt: skip
    periods = pl.DataFrame(
        {
            "period": names.cast(pl.Datetime("us")),
            **{
                name: pl.Series([getattr(e, name) for e in figures], dtype=pl.Float64)
                for name in ("value", "low", "high")
            },
            "n": pl.Series([e.n for e in figures], dtype=pl.Int64),
            "is_enough": pl.Series(enough, dtype=pl.Boolean),
        }
    )
    return Drift(periods, slope, p_trend, _p_differ(points), int((~known).sum()))


def _period_starts(ratings: Ratings, every: str) -> pl.Series:
    """The period of each item's first rating with a time; null where none has one."""
    if ratings.at is None:
        raise ValueError("these ratings hold no times: read them with at=")
    if not ratings.n_items:
        return pl.Series([], dtype=pl.Datetime("us"))
    unsigned = np.where(ratings.at == NO_TIME, np.iinfo(np.int64).max, ratings.at)
    first: Offsets = np.minimum.reduceat(unsigned, ratings.item_start[:-1])
    start = pl.when(pl.col("at") < np.iinfo(np.int64).max).then("at").cast(pl.Datetime("us")).dt.truncate(every)
    try:
        return pl.Series("at", first).to_frame().select(start).to_series()
    except pl.exceptions.PolarsError as fault:
        raise ValueError(f"every is a length of time such as 1w or 1mo, not {every!r}") from fault


def _points(
    names: pl.Series, found: list[Coefficient | Share | Estimate], *, figures: list[Estimate], enough: list[bool]
) -> _Points:
    """The periods that count; one in which nothing varies has the variance that its interval stands for."""
    rows = []
    for start, one, estimate, is_enough in zip(names.to_list(), found, figures, enough, strict=True):
        if not is_enough or isinstance(one, Estimate) or estimate.low is None or estimate.high is None:
            continue
        z = float(special.ndtri(0.5 + estimate.confidence / 2))
        stands_for = ((estimate.high - estimate.low) / (2 * z)) ** 2
        rows.append((start / MICROSECONDS_A_DAY, one.value, one.variance if one.variance > 0 else stands_for))
    table = np.array(rows, np.float64).reshape(-1, 3)
    return _Points(table[:, 0], table[:, 1], table[:, 2])


def _p_differ(points: _Points) -> float | None:
    if len(points.value) < 2:
        return None
    weight = 1 / points.variance
    mean = float(weight @ points.value / weight.sum())
    return float(stats.chi2.sf(weight @ (points.value - mean) ** 2, len(points.value) - 1))


def _slope(points: _Points, *, n: int, confidence: float) -> tuple[Estimate, float | None]:
    freedom = len(points.value) - 2
    if freedom < 1:
        return not_measured(BASIS, FEW_PERIODS, n=n), None
    between = _between(points)
    value, spread, rest = _line(points, 1 / (points.variance + between))
    if between > 0:
        unrest = float((1 / (points.variance + between)) @ rest**2) / freedom
        error = math.sqrt(max(1.0, unrest) / spread)
        reach, p = stats.t.ppf(0.5 + confidence / 2, freedom), 2 * stats.t.sf(abs(value) / error, freedom)
    else:
        error = math.sqrt(1 / spread)
        reach, p = special.ndtri(0.5 + confidence / 2), 2 * stats.norm.sf(abs(value) / error)
    ends = (value - float(reach) * error, value + float(reach) * error)
    return Estimate(value, *ends, n, BASIS, "slope per 30 days", confidence=confidence), float(p)


def _line(points: _Points, weight: Floats) -> tuple[float, float, Floats]:
    """The slope per 30 days, the weighted spread of time that it rests on, and what it leaves of each period."""
    apart = (points.days - weight @ points.days / weight.sum()) / DAYS_OF_SLOPE
    spread = float(weight @ apart**2)
    value = float(weight @ (apart * points.value) / spread)
    return value, spread, points.value - float(weight @ points.value / weight.sum()) - value * apart


def _between(points: _Points) -> float:
    """How much periods vary around the line beyond their own variances (moments, DerSimonian and Laird 1986)."""
    weight = 1 / points.variance
    _, _, rest = _line(points, weight)
    design = np.column_stack((np.ones_like(points.days), points.days - points.days.mean()))
    inner = np.linalg.solve(design.T @ (design * weight[:, None]), design.T @ (design * weight[:, None] ** 2))
    excess = float(weight @ rest**2) - (len(rest) - 2)
    return max(0.0, excess / (float(weight.sum()) - float(np.trace(inner))))
