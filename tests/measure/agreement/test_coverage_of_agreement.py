"""Do the intervals of agreement hold the true value as often as they say? By simulation."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from smo.measure import agreement
from smo.measure.estimate import Estimate
from smo.measure.ratings import Ratings

RUNS = 1500
CELLS = [
    # items, ratings per item, prevalence, chance that a rating follows the item's truth
    (50, 2, (0.5, 0.5), 0.8),
    (200, 2, (0.5, 0.5), 0.5),
    (200, 2, (0.95, 0.05), 0.9),
    (1000, 2, (0.98, 0.02), 0.9),
    (100, 5, (0.4, 0.3, 0.2, 0.1), 0.6),
    (200, 3, (0.7, 0.2, 0.1), 0.95),
    (200, 5, (0.5, 0.5), 0.0),
]
MEASURES: dict[str, Callable[[Ratings], Estimate]] = {
    "alpha": agreement.krippendorff_alpha,
    "ordinal": lambda ratings: agreement.krippendorff_alpha(ratings, "ordinal"),
    "fleiss": agreement.fleiss_kappa,
    "ac1": agreement.gwet_ac1,
    "cohen": agreement.cohen_kappa,
    "percent": agreement.percent_agreement,
    "specific": lambda ratings: agreement.specific_agreement(ratings)[0.0],
    "prevalence": lambda ratings: agreement.prevalence(ratings)[0.0],
}


def drawn(rng: np.random.Generator, items: int, cell: tuple[int, int, tuple[float, ...], float]) -> Ratings:
    _, size, shares, follows = cell
    truth = rng.choice(len(shares), size=items, p=shares)
    other = rng.choice(len(shares), size=(items, size), p=shares)
    label = np.where(rng.random((items, size)) < follows, truth[:, None], other).astype(np.int32).ravel()
    start = np.arange(items + 1, dtype=np.int64) * size
    rater = np.tile(np.arange(size, dtype=np.int32), items)
    labels = tuple(float(k) for k in range(len(shares)))
    return Ratings(pl.Series(np.arange(items)), pl.Series(np.arange(size)), labels, start, rater, label)


@pytest.mark.slow
@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_ninety_percent_intervals_hold_the_true_value_about_ninety_times(cell) -> None:
    rng = np.random.default_rng(7)
    population = drawn(rng, 300_000, cell)
    truth = {name: measure(population).value for name, measure in MEASURES.items()}
    held = dict.fromkeys(MEASURES, 0)
    for _ in range(RUNS):
        sample = drawn(rng, cell[0], cell)
        for name, measure in MEASURES.items():
            estimate = measure(sample)
            held[name] += estimate.low is not None and estimate.low <= truth[name] <= estimate.high
    missed = {name: times / RUNS for name, times in held.items() if times / RUNS < 0.87}  # 3 errors of 0.9 are 0.023
    assert missed == {}
