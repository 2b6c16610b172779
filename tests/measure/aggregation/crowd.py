"""Simulated crowds whose truth and tables are known."""

import numpy as np
import polars as pl

from smo.measure.aggregation.priors import one_coin_table
from smo.measure.ratings import Ratings


def crowd(
    seed: int, *, items: int = 300, labels: int = 3, raters: int = 12, per_item: int = 5, shares: tuple[float, ...] = ()
) -> tuple[Ratings, np.ndarray, np.ndarray]:
    """Ratings, true codes and tables (raters x true x given) of raters of mixed skill; `shares` of the classes."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(labels, items, p=shares or np.full(labels, 1 / labels))
    tables = np.stack([one_coin_table(right, labels) for right in rng.uniform(0.55, 0.95, raters)])
    who = np.argsort(rng.random((items, raters)), axis=1)[:, :per_item].ravel()
    item = np.repeat(np.arange(items), per_item)
    steps = np.cumsum(tables[who, truth[item]], axis=1)
    given = np.minimum((rng.random(item.size)[:, None] > steps).sum(axis=1), labels - 1)
    # rater and label codes keep their places: everyone rates, and every label is given
    frame = pl.DataFrame({"item": item, "rater": who, "label": given})
    return Ratings.from_frame(frame, item="item", rater="rater", label="label"), truth, tables


def gold_of(truth: np.ndarray, n: int) -> dict[int, int]:
    return {item: int(truth[item]) for item in range(n)}
