"""Labels to look at again, the dearest doubt first, from any posterior or a model; and how good such a queue is.

Sources: confident learning: Northcutt, Jiang & Chuang (2021), JAIR 70:1373-1411, by the library cleanlab; ranking by
expected cost: Elkan (2001), IJCAI. A queue is judged by audits of it, never by its own probabilities.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from smo.measure.classifiers.crowdlab import check_chances
from smo.measure.classifiers.linearised import share_ends
from smo.measure.ratings import Ratings
from smo.measure.truth import Truth, item_truth, label_codes

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def suspects(
    ratings: Ratings,
    posterior: Floats,
    *,
    given: Truth,
    cost: Floats | None = None,
    at_most: int = 500,
) -> pl.DataFrame:
    """`item, given, suggested, probability, expected_cost, n`: the given labels that cost most to leave as they are.

    Shapes: `posterior` float64[items, labels] of any model that is fair to the given label (a consensus without it, a
    model out of sample, crowdlab); `given` item -> label. `cost[t, g]` is what it costs to leave g where t is true
    (labels in the order of `ratings.labels`; 1 for each error without it). `probability` is that of the given label
    being wrong, `expected_cost` the sum of posterior x cost, and only items whose best label is another are listed.
    Errors: ValueError for another shape, negative or infinite costs, or a cost of the right label other than 0.
    Source: Elkan (2001), The Foundations of Cost-Sensitive Learning, IJCAI, for the expected cost.

    >>> frame = pl.DataFrame({"item": [1, 2], "label": ["x", "y"]})
    >>> ratings = Ratings.from_frame(frame, item="item", rater=None, label="label")
    >>> suspects(ratings, np.array([[0.1, 0.9], [0.4, 0.6]]), given={1: "x", 2: "y"}).rows()
    [(1, 'x', 'y', 0.9, 0.9, 1)]
    """
    k = len(ratings.labels)
    mass = np.asarray(posterior, np.float64)
    if mass.shape != (ratings.n_items, k):
        raise ValueError(f"a posterior has the shape items x labels, {ratings.n_items} x {k}, not {mass.shape}")
    check_chances(mass)
    costs = _costs(cost, k)
    codes = label_codes(item_truth(ratings, given), ratings.labels).astype(np.int64)
    best = mass.argmax(axis=1) if mass.size else np.zeros(0, np.int64)
    doubted = np.flatnonzero((codes >= 0) & (codes != best) & ~np.isnan(mass).any(axis=1))
    return _queue(ratings, doubted, mass=mass, codes=codes, costs=costs, at_most=at_most)


def confident_learning(
    ratings: Ratings,
    chances: Floats,
    *,
    given: Truth,
    cost: Floats | None = None,
    at_most: int = 500,
    filter_by: str = "prune_by_noise_rate",
) -> pl.DataFrame:
    """The same queue from a model's chances alone, for the labels that confident learning calls wrong.

    Shapes: `chances` float64[items, labels], out of sample (a model that has learned a label defends it), nan rows
    where the model is silent. Confident learning compares each chance with the mean chance of its own class, so a
    model that is timid about a rare class still finds its errors. `filter_by` as in cleanlab's `find_label_issues`.
    Errors: as `suspects`; ValueError for fewer than two labels.

    >>> frame = pl.DataFrame({"item": range(6), "label": list("xxxyyx")})
    >>> ratings = Ratings.from_frame(frame, item="item", rater=None, label="label")
    >>> chances = np.array([[0.9, 0.1], [0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.2, 0.8], [0.1, 0.9]])
    >>> confident_learning(ratings, chances, given=dict(zip(range(6), "xxxyyx")))["item"].to_list()
    [5]
    """
    # takes two seconds to open, and one act needs it
    from cleanlab.filter import find_label_issues  # type: ignore[import-untyped]  # noqa: PLC0415

    k = len(ratings.labels)
    mass = np.asarray(chances, np.float64)
    if mass.shape != (ratings.n_items, k) or k < 2:
        raise ValueError(f"chances have the shape items x labels, {ratings.n_items} x {k}, with two labels or more")
    codes = label_codes(item_truth(ratings, given), ratings.labels).astype(np.int64)
    usable = np.flatnonzero((codes >= 0) & ~np.isnan(mass).any(axis=1))
    costs = _costs(cost, k)
    present = np.unique(codes[usable])
    if present.size < 2:  # one class only: there is nothing to be confident about
        return _queue(ratings, usable[:0], mass=mass, codes=codes, costs=costs, at_most=at_most)
    # Classes that nobody gave have no mean chance; the others keep their order.
    found = find_label_issues(
        np.searchsorted(present, codes[usable]), _scaled(mass[usable][:, present]), filter_by=filter_by, n_jobs=1
    )
    issues = usable[np.asarray(found, np.bool_)]
    return _queue(ratings, issues, mass=mass, codes=codes, costs=costs, at_most=at_most)


def precision_at(audits: pl.DataFrame, depths: Sequence[int], *, confidence: float = 0.90) -> pl.DataFrame:
    """How many of the first k labels of a queue are wrong, from audits of some of them: `k, value, low, high, n`.

    Shapes: `audits` has `rank` (1 is the first of the queue), `is_error` (True/False), and `weight`, 1 / chance of
    being audited, unless all ranks had the same chance. Value null where none of the first k was audited. Interval:
    Wilson at the effective n, finite population k: a queue audited in full has no width.
    Errors: ValueError for a rank below 1 or twice, a weight below 1 or no finite number, a depth below 1.

    >>> audits = pl.DataFrame({"rank": [1, 2, 3, 4], "is_error": [True, True, False, True]})
    >>> precision_at(audits, [2, 4]).rows()
    [(2, 1.0, 1.0, 1.0, 2), (4, 0.75, 0.75, 0.75, 4)]
    """
    if missing := {"rank", "is_error"} - set(audits.columns):
        raise ValueError(f"audits need the columns {', '.join(sorted(missing))}")
    rank, wrong = audits["rank"].cast(pl.Int64).to_numpy(), audits["is_error"].cast(pl.Float64).to_numpy()
    is_equal = "weight" not in audits.columns
    weight = np.ones(rank.size) if is_equal else audits["weight"].cast(pl.Float64).to_numpy()
    if (rank < 1).any() or np.unique(rank).size != rank.size or any(depth < 1 for depth in depths):
        raise ValueError("ranks count from 1, each once, and a depth is at least 1")
    if not ((weight >= 1.0) & np.isfinite(weight)).all() or np.isnan(wrong).any():
        raise ValueError("a weight is 1 / the chance of an audit, and each audit says whether there was an error")
    rows = [_precision(rank <= k, wrong, weight=weight, k=k, confidence=confidence) for k in depths]
    kinds = {"k": pl.Int64, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n": pl.Int64}
    return pl.DataFrame(rows, schema=kinds, orient="row")


def _precision(
    within: npt.NDArray[np.bool_], wrong: Floats, *, weight: Floats, k: int, confidence: float
) -> tuple[int, float | None, float | None, float | None, int]:
    w, e = weight[within], wrong[within]
    n = int(w.size)
    if not n:
        return k, None, None, None, 0
    p = float((w * e).sum() / w.sum())
    residual = w * (e - p) / w.sum()
    left = max(0.0, 1.0 - n / k)
    variance = left * n / max(n - 1, 1) * float((residual**2).sum())
    kish = w.sum() ** 2 / (w**2).sum()
    among = kish / left if left > 0 else np.inf
    if left == 0.0:
        return k, p, p, p, n
    low, high, _ = share_ends(p, variance, n=among, confidence=confidence)
    return k, p, float(low), float(high), n


def _queue(ratings: Ratings, at: Ints, *, mass: Floats, codes: Ints, costs: Floats, at_most: int) -> pl.DataFrame:
    names = pl.Series("label", ratings.label_names, dtype=pl.String)
    here, given = mass[at], codes[at]
    others = here.copy()
    others[np.arange(at.size), given] = -1.0
    frame = pl.DataFrame(
        {
            "position": at.astype(np.int64),
            "given": names.gather(given),
            "suggested": names.gather(others.argmax(axis=1) if at.size else given),
            "probability": 1.0 - here[np.arange(at.size), given],
            "expected_cost": (here * costs[:, given].T).sum(axis=1),
            "n": np.diff(ratings.item_start)[at].astype(np.int64),
        }
    )
    top = frame.sort("expected_cost", "probability", "position", descending=[True, True, False]).head(at_most)
    item = ratings.items.gather(top["position"]).alias("item")
    return top.with_columns(item).select("item", "given", "suggested", "probability", "expected_cost", "n")


def _costs(cost: Floats | None, k: int) -> Floats:
    if cost is None:
        return 1.0 - np.eye(k)
    costs = np.asarray(cost, np.float64)
    if costs.shape != (k, k) or not ((costs >= 0.0) & np.isfinite(costs)).all() or np.diag(costs).any():
        raise ValueError(f"costs are {k} x {k} finite numbers of at least 0, and 0 where the label is right")
    return costs


def _scaled(chances: Floats) -> Floats:
    return np.asarray(chances / np.maximum(chances.sum(axis=1, keepdims=True), 1e-300), np.float64)
