"""How long people take per answer, what the clock readings can carry, and who is far faster than the task needs.

Sources: order-statistic intervals of quantiles: Hahn & Meeker (1991), Statistical Intervals, chapter 5; shrinkage of
log pace: Efron & Morris (1975), JASA 70:311-319. Clock readings are complete, so the basis is "system_log".
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

from smo.measure.estimate import Estimate, not_measured

Floats = npt.NDArray[np.float64]

BASIS = "system_log"
#: Pages are the rule when most answers share their start and end with another answer.
PAGE_SHARE = 0.5
#: Without rater ids, people who met in a minute look like one page; one size and its multiples must explain this.
COMMON_PAGE_SHARE = 0.8
#: One reading in sixty is a whole minute by chance.
MINUTE_SHARE = 0.25
ALL_MINUTES = 0.95
#: A rater is fast when even the slow end of the shrunk pace is below half of what the task usually takes.
FAST_RATIO = 0.5
LEAST_TO_JUDGE = 20


@dataclass(frozen=True, slots=True)
class HandleTimes:
    """Seconds per answer; `seconds` holds one number per answer used, for a histogram."""

    median_seconds: Estimate
    p90_seconds: Estimate
    geometric_mean_seconds: Estimate
    n_timed: int
    n_zero: int
    is_page_level: bool
    page_size: int  # most common number of answers with the same start and end; 1 = each answer has its own
    notes: tuple[str, ...]
    seconds: pl.Series


@dataclass(frozen=True, slots=True)
class _Pages:
    """Whether start and end belong to pages of several answers, the common size, and its share of the answers."""

    is_rule: bool
    size: int
    share: float


def handle_times(frame: pl.DataFrame) -> HandleTimes:
    """Median, 90th percentile and geometric mean of seconds per answer, with 90 % intervals.

    `frame`: `item`, and `seconds` (float) or `started_at, submitted_at` (Datetime), with `rater` and `task` where
    known; give one task, or all for all. Where most answers share their start and end with another answer of the
    person, the pair belongs to a page and its time is divided evenly by the answers on it. Without rater ids it is
    divided by the most common page size, if that size and its multiples explain 80 % of the answers, else nothing is
    measured. Notes are codes: "page_level", "page_size_unknown", "minutes_only", "mixed_precision", "zeros",
    "negative", "no_times". Negative times are left out; zeros count in quantiles, not in the geometric mean.

    >>> frame = pl.DataFrame({"item": [1, 2, 3], "rater": ["a"] * 3, "seconds": [10.0, 20.0, 40.0]})
    >>> times = handle_times(frame)
    >>> times.median_seconds.value, round(times.geometric_mean_seconds.value, 6)
    (20.0, 20.0)
    """
    clocked = _clocked(frame)
    timed = clocked.filter(pl.col("seconds") >= 0)
    notes = _clock_notes(clocked) + (("negative",) if timed.height < clocked.height else ())
    if not timed.height:
        return _unmeasured((*notes, "no_times"), 1)
    pages = _pages(timed)
    if not pages.is_rule:
        return _measured(timed["seconds"], notes, page_size=1)
    notes += ("page_level",)
    if timed["rater"].null_count() == 0:
        return _measured(timed.select(pl.col("seconds") / pl.col("page"))["seconds"], notes, page_size=pages.size)
    if pages.share < COMMON_PAGE_SHARE:
        return _unmeasured((*notes, "page_size_unknown"), pages.size)
    return _measured(timed["seconds"] / pages.size, notes, page_size=pages.size)


def speeders(frame: pl.DataFrame) -> pl.DataFrame:
    """`rater, n, median_seconds, ratio, low, high, flagged, reason`, by rater; `frame` as in `handle_times`.

    `ratio` is the rater's pace against the usual time of the same task (1 = usual, 0.5 = half the time): the mean of
    log(seconds / task median), drawn to the pool by its spread, with a 90 % interval. A page counts once. `flagged`:
    `n` of at least 20 and `high` below 0.5. `reason`: "fast", "usual", or "not_enough_evidence" below 20. Answers
    without a rater or without a positive time are left out.

    >>> rows = {"item": [*range(20)] * 3, "rater": sorted("abc" * 20), "seconds": [1.0] * 20 + [30.0, 20.0] * 20}
    >>> speeders(pl.DataFrame(rows)).select("rater", "flagged").rows()
    [('a', True), ('b', False), ('c', False)]
    """
    timed = _clocked(frame).filter((pl.col("seconds") > 0) & pl.col("rater").is_not_null())
    if timed.height and _pages(timed).is_rule:
        timed = timed.with_columns(pl.col("seconds") / pl.col("page"))
        timed = timed.unique(["rater", "task", "started_at", "submitted_at"], keep="first", maintain_order=True)
    pace = pl.col("seconds").log() - pl.col("seconds").log().median().over("task")
    per_rater = (
        timed.with_columns(pace.alias("pace"))
        .group_by("rater")
        .agg(
            pl.len().cast(pl.Int64).alias("n"),
            pl.col("seconds").median().alias("median_seconds"),
            pl.col("pace").mean(),
            pl.col("pace").var(ddof=0).alias("spread"),
        )
        .sort("rater")
    )
    pace_of, spread_of, n_of = (per_rater[name].cast(pl.Float64).to_numpy() for name in ("pace", "spread", "n"))
    ratio, low, high = _shrunk_pace(pace_of, spread_of, n=n_of)
    enough = pl.col("n") >= LEAST_TO_JUDGE
    fast = enough & (pl.col("high") < FAST_RATIO)
    judged = pl.when(fast).then(pl.lit("fast")).otherwise(pl.lit("usual"))
    reason = pl.when(enough).then(judged).otherwise(pl.lit("not_enough_evidence"))
    return per_rater.select(
        "rater", "n", "median_seconds", pl.Series("ratio", ratio), pl.Series("low", low), pl.Series("high", high)
    ).with_columns(fast.alias("flagged"), reason.alias("reason"))


def _clocked(frame: pl.DataFrame) -> pl.DataFrame:
    """`rater, task, started_at, submitted_at, seconds, page`: answers with a time, `page` = answers that share it."""
    absent = {"rater": pl.String, "task": pl.String, "started_at": pl.Datetime, "submitted_at": pl.Datetime}
    full = frame.with_columns(pl.lit(None, dtype).alias(c) for c, dtype in absent.items() if c not in frame.columns)
    length = (pl.col("submitted_at") - pl.col("started_at")).dt.total_microseconds() / 1e6
    seconds = pl.col("seconds").cast(pl.Float64) if "seconds" in frame.columns else length
    own = pl.col("started_at").is_null() | pl.col("submitted_at").is_null()
    return (
        full.select("rater", "task", "started_at", "submitted_at", seconds.fill_nan(None).alias("seconds"))
        .filter(pl.col("seconds").is_not_null())
        .with_columns(pl.len().over("rater", "task", "started_at", "submitted_at").alias("page"))
        .with_columns(pl.when(own).then(1).otherwise("page").alias("page"))
    )


def _pages(timed: pl.DataFrame) -> _Pages:
    is_rule = float((timed["page"] > 1).mean() or 0.0) >= PAGE_SHARE  # type: ignore[arg-type]
    if not is_rule:
        return _Pages(is_rule=False, size=1, share=1.0)
    sizes = timed.group_by("page").len().filter(pl.col("page") > 1).sort("len", "page", descending=[True, False])
    size = int(sizes["page"][0])
    share = float((timed["page"] % size == 0).mean() or 0.0)  # type: ignore[arg-type]
    return _Pages(is_rule=True, size=size, share=share)


def _clock_notes(clocked: pl.DataFrame) -> tuple[str, ...]:
    """Whether the clocks show seconds, whole minutes, or some of both."""
    clock = clocked["submitted_at"].drop_nulls()
    if not len(clock):
        return ()
    whole = float(((clock.dt.second() == 0) & (clock.dt.microsecond() == 0)).mean() or 0.0)  # type: ignore[arg-type]
    if whole >= ALL_MINUTES:
        return ("minutes_only",)
    return ("mixed_precision",) if whole >= MINUTE_SHARE else ()


def _measured(seconds: pl.Series, notes: tuple[str, ...], *, page_size: int) -> HandleTimes:
    values = np.sort(seconds.to_numpy())
    n_zero = int((values == 0).sum())
    return HandleTimes(
        median_seconds=_quantile(values, 0.5),
        p90_seconds=_quantile(values, 0.9),
        geometric_mean_seconds=_geometric_mean(values[values > 0]),
        n_timed=values.size,
        n_zero=n_zero,
        is_page_level=page_size > 1,
        page_size=page_size,
        notes=notes + (("zeros",) if n_zero else ()),
        seconds=seconds.rename("seconds"),
    )


def _unmeasured(notes: tuple[str, ...], page_size: int) -> HandleTimes:
    nothing = not_measured(BASIS, notes[-1])
    empty = pl.Series("seconds", [], dtype=pl.Float64)
    return HandleTimes(nothing, nothing, nothing, 0, 0, page_size > 1, page_size, notes, empty)


def _quantile(ordered: Floats, share: float) -> Estimate:
    """Quantile with the distribution-free interval between order statistics."""
    n = ordered.size
    low, high = stats.binom.ppf(0.05, n, share), stats.binom.ppf(0.95, n, share)
    ends = ordered[int(np.clip(low - 1, 0, n - 1))], ordered[int(np.clip(high, 0, n - 1))]
    value = float(np.quantile(ordered, share))
    return Estimate(value, min(value, float(ends[0])), max(value, float(ends[1])), n, BASIS, "order statistics")


def _geometric_mean(positive: Floats) -> Estimate:
    n = positive.size
    if n < 2:
        return not_measured(BASIS, "fewer than two positive times", n=n)
    logs = np.log(positive)
    reach = float(stats.t.ppf(0.95, n - 1) * logs.std(ddof=1) / np.sqrt(n))
    ends = [float(np.exp(logs.mean() + shift)) for shift in (0.0, -reach, reach)]
    return Estimate(ends[0], ends[1], ends[2], n, BASIS, "t on logs")


def _shrunk_pace(pace: Floats, spread: Floats, *, n: Floats) -> tuple[Floats, Floats, Floats]:
    """Ratio to the usual time with its interval: normal-normal shrinkage of mean log pace."""
    if not pace.size:
        return pace, pace, pace
    within = float((spread * n).sum() / max(1.0, n.sum() - n.size))
    centre = float((pace * n).sum() / n.sum())
    drift = (n * (pace - centre) ** 2).sum() - within * (n.size - 1)
    between = max(0.0, float(drift / max(1e-12, n.sum() - (n**2).sum() / n.sum())))
    trust = between / np.maximum(between + within / n, 1e-12)
    mean = centre + trust * (pace - centre)
    reach = stats.norm.ppf(0.95) * np.sqrt(trust * within / n)
    return np.exp(mean), np.exp(mean - reach), np.exp(mean + reach)
