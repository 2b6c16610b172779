"""Two thresholds: allow below, remove from, a person between - chosen for cost under a capacity, with intervals.

Source: the least expected cost per action: Elkan (2001), The Foundations of Cost-Sensitive Learning, IJCAI; the third
action: Chow (1970), IEEE Transactions on Information Theory 16:41-46.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from smo.measure.classifiers.histogram import N0, N1, V0, V1, W0, W1, ScoreHistogram
from smo.measure.classifiers.linearised import (
    BASIS,
    Floats,
    kish,
    kish_unseen,
    linearised_variance,
    normal_estimate,
    share_ends,
)
from smo.measure.estimate import Estimate, not_measured

CHOSEN_HERE = "thresholds and figures are from the same cases: expect a little worse; judge them on others"


@dataclass(frozen=True, slots=True)
class Costs:
    """What an outcome costs, in any one unit: money, minutes, harm.

    `missed` a violation left up, `wrong_removal` a good item taken down, `review` one look of a person, who finds the
    share `sensitivity` of violations and clears the share `specificity` of good items.
    """

    missed: float
    wrong_removal: float
    review: float
    sensitivity: float = 1.0
    specificity: float = 1.0

    def __post_init__(self) -> None:
        if not all(0.0 <= cost < np.inf for cost in (self.missed, self.wrong_removal, self.review)):
            raise ValueError("a cost is a finite number of at least 0")
        if not (0.0 <= self.sensitivity <= 1.0 and 0.0 <= self.specificity <= 1.0):
            raise ValueError("sensitivity and specificity lie between 0 and 1")


@dataclass(frozen=True, slots=True)
class TwoThresholds:
    """A score below `allow_below` is allowed, one of at least `remove_from` removed, what lies between is reviewed.

    `cost` is per case; the other estimates are shares of all cases. `review_per_1000` is the workload: reviews in a
    thousand cases.
    """

    allow_below: float
    remove_from: float
    cost: Estimate
    reviewed: Estimate
    missed: Estimate
    wrongly_removed: Estimate
    review_per_1000: float | None


def choose_thresholds(
    histogram: ScoreHistogram,
    costs: Costs,
    *,
    capacity: float = 1.0,
    confidence: float = 0.90,
    is_finite: bool = False,
    basis: str = BASIS,
) -> TwoThresholds:
    """The two thresholds of least expected cost with at most the share `capacity` of cases reviewed.

    Over all pairs of edges, exactly; of equally cheap pairs the one with the least review. Units: `capacity` is a
    share of cases, 0 to 1 (reviews a day / cases a day). The estimates carry a warning that thresholds and figures
    come from the same cases; `at_thresholds` judges them on others.
    Errors: ValueError for a capacity outside 0-1 or a histogram without cases.
    Source: Elkan (2001), IJCAI; the third action: Chow (1970), IEEE Transactions on Information Theory 16:41-46.

    >>> from smo.measure.classifiers.histogram import score_histogram
    >>> found = score_histogram([0.05, 0.1, 0.4, 0.6, 0.9, 0.95], [0, 0, 1, 0, 1, 1], bins=16)
    >>> best = choose_thresholds(found, Costs(missed=10, wrong_removal=5, review=1))
    >>> best.allow_below, best.remove_from, round(best.reviewed.value, 3)
    (0.375, 0.625, 0.333)
    """
    if not 0.0 <= capacity <= 1.0:
        raise ValueError(f"a capacity is a share of the cases, 0 to 1, not {capacity}")
    total = histogram.column(W0) + histogram.column(W1)
    if not total.sum() > 0:
        raise ValueError("no case with a score, a truth and a weight above 0")
    allow, review, remove = (
        (histogram.column(W0) * of_negative + histogram.column(W1) * of_positive) / total.sum()
        for of_negative, of_positive in _actions(costs)
    )
    upto = [np.concatenate([[0.0], np.cumsum(one)]) for one in (allow, review, remove, total / total.sum())]
    first = upto[0] - upto[1]
    second = upto[1] + upto[2][-1] - upto[2]
    low, high = _cheapest(first, second, load=upto[3], capacity=capacity)
    edges = np.append(histogram.edges, np.inf)
    found = at_thresholds(
        histogram, costs, between=(edges[low], edges[high]), confidence=confidence, is_finite=is_finite, basis=basis
    )
    return TwoThresholds(
        found.allow_below, found.remove_from, _warned(found.cost), _warned(found.reviewed), _warned(found.missed),
        _warned(found.wrongly_removed), found.review_per_1000,
    )  # fmt: skip


def at_thresholds(
    histogram: ScoreHistogram,
    costs: Costs,
    *,
    between: tuple[float, float],
    confidence: float = 0.90,
    is_finite: bool = False,
    basis: str = BASIS,
) -> TwoThresholds:
    """Cost, workload, misses and wrong removals when cases between the two thresholds are reviewed.

    A threshold between two edges of bins stands for the next edge, infinity for "nothing". Misses and wrong removals
    count those of the model and of the reviewers. Errors: ValueError for thresholds in the wrong order.

    >>> from smo.measure.classifiers.histogram import score_histogram
    >>> found = score_histogram([0.05, 0.4, 0.6, 0.95], [0, 1, 0, 1], bins=16)
    >>> at_thresholds(found, Costs(10, 5, 1), between=(0.5, 0.5)).cost.value
    3.75
    """
    if not between[0] <= between[1]:
        raise ValueError(f"what is allowed lies below what is removed, not {between}")
    low, high = (_place(histogram, end) for end in between)
    edges = np.append(histogram.edges, np.inf)
    cells, weight = histogram.cells, float(histogram.column(W0).sum() + histogram.column(W1).sum())
    if not weight > 0:
        nothing = not_measured(basis, "no case with a score, a truth and a weight above 0")
        return TwoThresholds(float(edges[low]), float(edges[high]), nothing, nothing, nothing, nothing, None)
    where = _where(histogram.bins + 1, low, high=high)
    actions = np.array(_actions(costs))
    ends = (is_finite, basis, confidence)
    cost = _mean(cells, where @ actions[:, 0], of_positive=where @ actions[:, 1], weight=weight, ends=ends)
    share = {
        name: _portion(cells, where @ np.array(of_negative), of_positive=where @ np.array(of_positive), ends=ends)
        for name, (of_negative, of_positive) in _outcomes(costs).items()
    }
    reviewed = share["reviewed"]
    load = None if reviewed.value is None else 1000.0 * reviewed.value
    return TwoThresholds(
        float(edges[low]), float(edges[high]), cost, reviewed, share["missed"], share["wrongly_removed"], load
    )


def cost_curve(
    histogram: ScoreHistogram, costs: Costs, *, points: int = 101, confidence: float = 0.90, is_finite: bool = False
) -> pl.DataFrame:
    """Expected cost per case at one threshold without review: `threshold, value, low, high, n`.

    Units: those of the costs. Shapes: one row per threshold, evenly over the span.

    >>> from smo.measure.classifiers.histogram import score_histogram
    >>> found = score_histogram([0.05, 0.4, 0.6, 0.95], [0, 1, 0, 1], bins=16)
    >>> cost_curve(found, Costs(10, 5, 1), points=3)["value"].to_list()
    [2.5, 3.75, 5.0]
    """
    asked = np.linspace(histogram.low, histogram.high, points)
    found = [
        at_thresholds(histogram, costs, between=(float(t), float(t)), confidence=confidence, is_finite=is_finite)
        for t in asked
    ]
    rows = [(one.remove_from, one.cost.value, one.cost.low, one.cost.high, one.cost.n) for one in found]
    return pl.DataFrame(rows, schema=["threshold", "value", "low", "high", "n"], orient="row")


def _actions(costs: Costs) -> tuple[tuple[float, float], tuple[float, float], tuple[float, float]]:
    """What allowing, reviewing and removing cost at a good item and at a violation."""
    slip = (1.0 - costs.specificity) * costs.wrong_removal
    miss = (1.0 - costs.sensitivity) * costs.missed
    return (0.0, costs.missed), (costs.review + slip, costs.review + miss), (costs.wrong_removal, 0.0)


def _outcomes(costs: Costs) -> dict[str, tuple[tuple[float, ...], tuple[float, ...]]]:
    """Share of each outcome when allowed, reviewed, removed; at good items and at violations."""
    return {
        "reviewed": ((0.0, 1.0, 0.0), (0.0, 1.0, 0.0)),
        "missed": ((0.0, 0.0, 0.0), (1.0, 1.0 - costs.sensitivity, 0.0)),
        "wrongly_removed": ((0.0, 1.0 - costs.specificity, 1.0), (0.0, 0.0, 0.0)),
    }


def _where(size: int, low: int, *, high: int) -> Floats:
    """Which bins are allowed, reviewed, removed. Shapes: float64[bins, 3]."""
    at = np.arange(size)
    return np.stack([at < low, (at >= low) & (at < high), at >= high], axis=1).astype(np.float64)


def _place(histogram: ScoreHistogram, threshold: float) -> int:
    if np.isnan(threshold):
        raise ValueError("a threshold is a number")
    if threshold > histogram.high:
        return histogram.bins + 1
    width = (histogram.high - histogram.low) / histogram.bins
    return int(np.clip(np.ceil((threshold - histogram.low) / width), 0, histogram.bins))


def _cheapest(first: Floats, second: Floats, *, load: Floats, capacity: float) -> tuple[int, int]:
    """Places low <= high of least first[low] + second[high] with at most `capacity` of the load between."""
    window: deque[int] = deque()
    best, found, start = np.inf, (0, 0), 0
    for high in range(second.size):
        while window and first[window[-1]] >= first[high] - 1e-15:
            window.pop()
        window.append(high)
        while load[high] - load[start] > capacity + 1e-12:
            start += 1
        while window[0] < start:
            window.popleft()
        here = first[window[0]] + second[high]
        if here < best - 1e-15:
            best, found = here, (window[0], high)
    return found


def _mean(
    cells: Floats, of_negative: Floats, *, of_positive: Floats, weight: float, ends: tuple[bool, str, float]
) -> Estimate:
    w0, w1 = cells[..., W0].sum(axis=0), cells[..., W1].sum(axis=0)
    value = float((w0 * of_negative + w1 * of_positive).sum() / weight)
    variance = linearised_variance(
        cells, (of_negative - value) / weight, of_positive=(of_positive - value) / weight, is_finite=ends[0]
    )
    n = round(float(cells[..., [N0, N1]].sum()))
    return normal_estimate(value, float(variance), n=n, named=(ends[1], "linearised", ends[2]))


def _portion(cells: Floats, of_negative: Floats, *, of_positive: Floats, ends: tuple[bool, str, float]) -> Estimate:
    """A share of all cases with Wilson's interval at the effective n."""
    weight = float(cells[..., [W0, W1]].sum())
    mean = _mean(cells, of_negative, of_positive=of_positive, weight=weight, ends=ends)
    assert mean.value is not None
    variance = linearised_variance(
        cells, (of_negative - mean.value) / weight, of_positive=(of_positive - mean.value) / weight, is_finite=ends[0]
    )
    among = float(kish(weight, cells[..., [V0, V1]].sum()))
    value = min(max(mean.value, 0.0), 1.0)
    unseen = kish_unseen(mean.n, weight, squares=cells[..., [V0, V1]].sum(), is_finite=ends[0])
    low, high, effective = (float(end) for end in share_ends(value, variance, n=unseen, confidence=ends[2]))
    method = "wilson at the effective n"
    known = effective if np.isfinite(effective) else None
    return Estimate(value, low, high, mean.n, ends[1], method, n_effective=known, n_kish=among, confidence=ends[2])


def _warned(found: Estimate) -> Estimate:
    return Estimate(
        found.value, found.low, found.high, found.n, found.basis, found.method, n_effective=found.n_effective,
        n_kish=found.n_kish, confidence=found.confidence, warnings=(*found.warnings, CHOSEN_HERE),
    )  # fmt: skip


def places_of(histogram: ScoreHistogram, thresholds: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """First bin that is at or above each threshold; one past the last for a threshold above the span.

    >>> from smo.measure.classifiers.histogram import score_histogram
    >>> places_of(score_histogram([0.5], [1], bins=4), [0.25, 0.3]).tolist()
    [1, 2]
    """
    return np.array([_place(histogram, float(one)) for one in np.atleast_1d(np.asarray(thresholds, np.float64))])
