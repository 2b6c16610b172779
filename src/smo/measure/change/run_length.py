"""How long a chart runs until it alarms, falsely or rightly; and turned round, the limit for a run length.

CUSUM: exact. From 0 it goes through cycles that end at 0 or in an alarm, so the mean run length is the mean length of
a cycle over the chance that it ends in an alarm (Page 1954, Biometrika 41:100-115); both follow from the law of the
sum of events since the last 0, step by step. EWMA: L(s) = 1 + sum over counts k of P(k) L(next(s, k)) on a fine grid,
a straight line between its points (Brook and Evans 1972, Biometrika 59:539-549).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from smo.measure.change.counts import Baseline, likely_counts

Floats = npt.NDArray[np.float64]

STATES = 300
SETTLED = 1e-14  # a cycle this improbable to be still under way is over
SEARCH_STEPS = 40
PRECISION = 1e-4  # of a limit, relative
NEAR_ENOUGH = 0.04  # of a run length, relative
LONGEST = 1e9  # weeks; beyond it a limit is as good as never


@dataclass(frozen=True, slots=True)
class CusumDesign:
    """What a CUSUM looks for: periods of `n` cases whose rate leaves the baseline's for `shifted_rate`, up or down."""

    n: int
    baseline: Baseline
    shifted_rate: float

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ValueError(f"a period has at least one case, not {self.n}")
        if not 0 < self.shifted_rate < 1 or self.shifted_rate == self.baseline.rate:
            raise ValueError(
                f"the shifted rate lies between 0 and 1 and is not the baseline's, not {self.shifted_rate}"
            )


@dataclass(frozen=True, slots=True)
class EwmaDesign:
    """An EWMA of residuals: periods of `n` cases and the weight of the newest one, 0 < weight <= 1."""

    n: int
    baseline: Baseline
    weight: float = 0.2

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ValueError(f"a period has at least one case, not {self.n}")
        if not 0 < self.weight <= 1:
            raise ValueError(f"a weight is above 0 and at most 1, not {self.weight}")


def log_likelihood_ratio(events: npt.ArrayLike, n: npt.ArrayLike, *, baseline: Baseline, shifted_rate: float) -> Floats:
    """Score of a period: (k log(p1/p0) + (n - k) log((1-p1)/(1-p0))) / (1 + (n - 1) r), r the overdispersion.

    Shapes: events and n broadcast. With r = 0 the log likelihood ratio of the binomial, else that of the
    quasi-likelihood: an overdispersed week counts for as much less as its variance is larger.
    Source: Page 1954, Biometrika 41:100-115; Wedderburn 1974, Biometrika 61:439-447.

    >>> log_likelihood_ratio([29], 400, baseline=Baseline(0.05), shifted_rate=0.08).round(2).tolist()
    [1.73]
    """
    k, size = np.asarray(events, np.float64), np.asarray(n, np.float64)
    p0, p1 = baseline.rate, shifted_rate
    ratio = k * np.log(p1 / p0) + (size - k) * np.log((1 - p1) / (1 - p0))
    return np.asarray(ratio / (1 + np.maximum(size - 1, 0) * baseline.overdispersion))


def cusum_run_length(design: CusumDesign, threshold: float, *, true_rate: float | None = None) -> float:
    """Mean number of periods until a CUSUM that starts at 0 stands above the threshold, at a true rate.

    Units: periods; without `true_rate` the baseline's, so the mean time between false alarms.
    Errors: ValueError for a threshold <= 0 or a rate outside 0 to 1.

    >>> design = CusumDesign(n=400, baseline=Baseline(0.05), shifted_rate=0.08)
    >>> round(cusum_run_length(design, 3.0)), round(cusum_run_length(design, 3.0, true_rate=0.07), 1)
    (121, 3.1)
    """
    if not threshold > 0:
        raise ValueError(f"a threshold is above 0, not {threshold}")
    counts, chance = likely_counts(design.n, _truth(design.baseline, true_rate))
    return _cycles(design, threshold, first_count=int(counts[0]), chance=chance)


def cusum_threshold(design: CusumDesign, run_length: float) -> float:
    """The smallest threshold whose mean time between false alarms reaches so many periods.

    Units: log-likelihood ratio. Counts are whole, so the run length grows in steps and may come out above what was
    asked: `cusum_run_length` says how far. Errors: ValueError for a run length <= 1.

    >>> design = CusumDesign(n=400, baseline=Baseline(0.05), shifted_rate=0.08)
    >>> round(cusum_threshold(design, 483), 1)
    4.5
    """
    return _smallest(lambda threshold: cusum_run_length(design, threshold), run_length)


@dataclass(frozen=True, slots=True)
class CalibratedCusum:
    """A design with the threshold for an asked run length; `run_length` is the one it has, exactly."""

    design: CusumDesign
    threshold: float
    run_length: float


def calibrate_cusum(design: CusumDesign, run_length: float) -> CalibratedCusum:
    """Threshold, and if need be a shifted rate moved by up to a quarter of the shift, for a run length within 4 %.

    Counts are whole, so with one shifted rate the run length jumps, for some designs by half; a slightly other rate
    jumps elsewhere. Where the shift is so large against n that every single week decides, no threshold gives a run
    length so short, and the nearest is returned: compare `run_length`.
    Units: `run_length` in periods, the threshold a log-likelihood ratio. Errors: as `cusum_threshold`.
    Source: own; after the choice of the reference value in Reynolds and Stoumbos 1999, Journal of Quality Technology.

    >>> found = calibrate_cusum(CusumDesign(n=400, baseline=Baseline(0.05), shifted_rate=0.08), 100)
    >>> round(found.run_length), round(found.design.shifted_rate, 3)
    (100, 0.077)
    """
    best = None
    for percent in sorted(range(-25, 26), key=abs):
        rate = design.shifted_rate + (design.shifted_rate - design.baseline.rate) * percent / 100
        if not 0 < rate < 1:
            continue
        tried = _nearest(CusumDesign(design.n, design.baseline, rate), run_length)
        if best is None or _distance(tried, run_length) < _distance(best, run_length):
            best = tried
        if _distance(best, run_length) < NEAR_ENOUGH:
            break
    assert best is not None
    return best


def _nearest(design: CusumDesign, run_length: float) -> CalibratedCusum:
    """The threshold on that side of the jump whose run length is nearer."""
    high = cusum_threshold(design, run_length)
    pair = [CalibratedCusum(design, h, cusum_run_length(design, h)) for h in (high, high * (1 - 2 * PRECISION))]
    return min(pair, key=lambda found: _distance(found, run_length))


def _distance(found: CalibratedCusum, run_length: float) -> float:
    return float(abs(np.log(found.run_length / run_length)))


def ewma_run_length(design: EwmaDesign, limit: float, *, true_rate: float | None = None) -> float:
    """Mean number of periods until a two-sided EWMA that starts at 0 leaves its limits, at a true rate.

    Units: `limit` in standard deviations of the settled EWMA, sqrt(weight / (2 - weight)) of one period's.
    Errors: ValueError for a limit <= 0 or a rate outside 0 to 1. Source: Roberts 1959, Technometrics 1:239-250;
    run length as Lucas and Saccucci 1990, Technometrics 32:1-12 (500 for weight 0.2 and limit 2.962, normal).

    >>> round(ewma_run_length(EwmaDesign(n=100_000, baseline=Baseline(0.5)), 2.962), -1)
    500.0
    """
    if not limit > 0:
        raise ValueError(f"a limit is above 0, not {limit}")
    counts, chance = likely_counts(design.n, _truth(design.baseline, true_rate))
    rate, spread = design.baseline.rate, design.baseline.overdispersion
    deviation = np.sqrt(design.n * rate * (1 - rate) * (1 + (design.n - 1) * spread))
    residual = (counts - design.n * rate) / deviation
    edge = limit * np.sqrt(design.weight / (2 - design.weight))
    grid = np.linspace(-edge, edge, STATES + 1)
    landing = (1 - design.weight) * grid[:, None] + design.weight * residual
    return float(_run_lengths(grid, landing, chance=chance)[STATES // 2])


def ewma_limit(design: EwmaDesign, run_length: float) -> float:
    """The smallest limit whose mean time between false alarms reaches so many periods.

    Units: as `ewma_run_length`. Errors: ValueError for a run length <= 1.

    >>> round(ewma_limit(EwmaDesign(n=400, baseline=Baseline(0.05)), 500), 1)
    3.0
    """
    return _smallest(lambda limit: ewma_run_length(design, limit), run_length)


def shewhart_run_length(
    n: int, baseline: Baseline, *, low: float, high: float, true_rate: float | None = None
) -> float:
    """Mean number of periods until a count lies below `low` or above `high`: 1 / P(outside).

    Units: low and high are counts; infinite where no count lies outside. Errors: ValueError for n < 1 or a rate
    outside 0 to 1.

    >>> round(shewhart_run_length(400, Baseline(0.05), low=0, high=33))
    483
    """
    counts, chance = likely_counts(n, _truth(baseline, true_rate))
    outside = float(chance[(counts < low) | (counts > high)].sum())
    return 1.0 / outside if outside > 0 else float("inf")


def _truth(baseline: Baseline, true_rate: float | None) -> Baseline:
    return baseline if true_rate is None else Baseline(true_rate, baseline.overdispersion)


def _cycles(design: CusumDesign, threshold: float, *, first_count: int, chance: Floats) -> float:
    """Mean cycle length over the chance of an alarm; `chance` of the counts from `first_count` on."""
    score = log_likelihood_ratio([0, 1], design.n, baseline=design.baseline, shifted_rate=design.shifted_rate)
    at_none, per_event = float(score[0]), float(score[1] - score[0])
    alive, first = np.ones(1), 0  # the law of the sum of events since the last 0, over first, first + 1, ...
    length, alarm, periods = 0.0, 0.0, 0
    while (mass := float(alive.sum())) > SETTLED and length < LONGEST:
        length, periods = length + mass, periods + 1
        alive, first = np.convolve(alive, chance), first + first_count
        statistic = periods * at_none + per_event * (first + np.arange(alive.size))
        alarm += float(alive[statistic > threshold].sum())
        inside = np.flatnonzero((statistic > 0) & (statistic <= threshold))
        if not inside.size:
            break
        alive, first = alive[inside[0] : inside[-1] + 1], first + int(inside[0])
    return min(LONGEST, length / alarm) if alarm > 0 else LONGEST


def _run_lengths(grid: Floats, landing: Floats, *, chance: Floats) -> Floats:
    """Mean run length from each grid point; `landing` (states, counts) is where each count leads."""
    states = grid.size
    inside = (landing >= grid[0]) & (landing <= grid[-1])
    place = np.clip((landing - grid[0]) / (grid[1] - grid[0]), 0, states - 1)
    left = np.minimum(place.astype(np.int64), states - 2)
    right_share = place - left
    weight = np.where(inside, chance, 0.0)
    cell = np.arange(states)[:, None] * states + left
    size = states * states
    stay = np.bincount(cell.ravel(), (weight * (1 - right_share)).ravel(), minlength=size)
    stay += np.bincount(cell.ravel() + 1, (weight * right_share).ravel(), minlength=size)
    solved = np.linalg.solve(np.eye(states) - stay.reshape(states, states), np.ones(states))
    return np.where((solved < 1) | (solved > LONGEST), LONGEST, solved)


def _smallest(run_length_at: Callable[[float], float], asked: float) -> float:
    """The smallest limit with at least the asked run length, by halving."""
    if not 1 < asked <= LONGEST:
        raise ValueError(f"a run length is above 1 period and at most {LONGEST:g}, not {asked}")
    low, high = 0.0, 1.0
    while run_length_at(high) < min(asked, LONGEST):
        low, high = high, 2 * high
    for _ in range(SEARCH_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if run_length_at(middle) >= asked else (middle, high)
        if high - low < PRECISION * max(high, 0.01):
            break
    return high
