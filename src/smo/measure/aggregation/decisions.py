"""The label that costs least, which on an ordinal scale is often not the most probable one."""

import numpy as np
import numpy.typing as npt
import polars as pl

from smo.measure.aggregation.consensus import Consensus

Floats = npt.NDArray[np.float64]


def distance_cost(n_labels: int, *, power: float = 1.0) -> Floats:
    """Cost |true - decided|^power of labels in order; 1 decides for a median, 2 for what is near the mean.

    Shapes: -> float64[true, decided]. Errors: ValueError for no label or a power that is not above 0.

    >>> distance_cost(3).tolist()
    [[0.0, 1.0, 2.0], [1.0, 0.0, 1.0], [2.0, 1.0, 0.0]]
    """
    if n_labels < 1 or not power > 0:
        raise ValueError(f"a cost needs at least one label and a power above 0, not {n_labels} and {power}")
    steps = np.abs(np.subtract.outer(np.arange(n_labels), np.arange(n_labels))).astype(np.float64)
    return np.asarray(steps**power)


def least_cost(posterior: Floats, cost: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """argmin over labels d of the sum over t of posterior(t) cost(t, d), and that expected cost.

    Shapes: `posterior` float64[I, K], `cost` float64[K, K] true label by row -> int64[I], float64[I]. Of equals the
    more probable label, then the first. Units: those of `cost`.
    Errors: ValueError for a cost of another shape, negative, or not finite.
    Source: Berger (1985), Statistical Decision Theory and Bayesian Analysis, section 4.4, for the Bayes action.

    >>> found, expected = least_cost(np.array([[0.45, 0.15, 0.4]]), distance_cost(3))
    >>> found.tolist(), expected.round(2).tolist()
    ([1], [0.85])
    """
    n_labels = posterior.shape[1]
    cost = np.asarray(cost, np.float64)
    if cost.shape != (n_labels, n_labels):
        raise ValueError(f"{n_labels} labels need a cost of {n_labels} x {n_labels}, not {cost.shape}")
    if not np.isfinite(cost).all() or (cost < 0).any():
        raise ValueError("every cost must be a number of at least 0")
    expected = posterior @ cost
    least = expected.min(axis=1, keepdims=True)
    is_least = expected <= least + 1e-9 * max(1.0, float(cost.max(initial=0.0)))
    return np.where(is_least, posterior, -1.0).argmax(axis=1), np.asarray(least[:, 0])


def least_cost_items(consensus: Consensus, cost: Floats) -> pl.DataFrame:
    """`item, label, posterior, expected_cost, n`: the label of least expected cost of every item.

    Shapes: `cost` float64[K, K] over `consensus.labels`, true label by row; settled items keep their label.
    Errors: ValueError as in `least_cost`.

    >>> from smo.measure.aggregation.consensus import aggregate
    >>> from smo.measure.ratings import Ratings
    >>> frame = pl.DataFrame({"item": [1] * 5, "label": [1, 1, 2, 3, 3]})
    >>> votes = aggregate(Ratings.from_frame(frame, item="item", rater=None, label="label"), "majority")
    >>> least_cost_items(votes, distance_cost(3)).rows()
    [(1, '2', 0.2, 0.8, 5)]
    """
    posterior = consensus.posterior.dense()
    code, expected = least_cost(posterior, cost)
    code = np.where(consensus.known >= 0, consensus.known, code)
    names = pl.Series("label", consensus.ratings.label_names, dtype=pl.String)
    return pl.DataFrame(
        {
            "item": consensus.ratings.items,
            "label": names.gather(code),
            "posterior": posterior[np.arange(len(code)), code],
            "expected_cost": np.where(consensus.known >= 0, 0.0, expected),
            "n": np.diff(consensus.ratings.item_start),
        }
    )
