"""What a correct decision costs: accuracy against labels spent, along a replay."""

import numpy as np
import polars as pl

from smo.measure.intervals import wilson
from smo.measure.overlap.replay import Replay
from smo.measure.truth import Truth, truth_codes


def spending_curve(run: Replay, truth: Truth, *, label_cost: float = 1.0, confidence: float = 0.90) -> pl.DataFrame:
    """`spent, labels_per_item, share, n, accuracy, low, high, cost_per_correct`, one row per round of the replay.

    `accuracy` is the share of judged items (with truth, apart from the gold that calibrated) whose best label was
    right by then, with Wilson's interval; `cost_per_correct` = spent x label_cost / (accuracy x items), infinite where
    nothing is right. `truth` is gold, or the consensus of all labels where there is none.
    Units: labels, shares, money of `label_cost`. Errors: ValueError without a judged item, or for a negative cost.
    Source: Wilson 1927; the ratio of cost to correct decisions as in Sheng, Provost & Ipeirotis (2008), KDD.

    >>> from smo.measure.overlap.asks import Rule
    >>> from smo.measure.overlap.replay import replay
    >>> from smo.measure.ratings import Ratings
    >>> frame = pl.DataFrame({"item": [1, 1, 2, 2], "rater": list("abab"), "label": list("xxyy")})
    >>> ratings = Ratings.from_frame(frame, item="item", rater="rater", label="label")
    >>> curve = spending_curve(replay(ratings, Rule(0.5), seed=1), {1: "x", 2: "y"}, label_cost=0.1)
    >>> curve.select("spent", "accuracy", "cost_per_correct").rows()
    [(2, 1.0, 0.1)]
    """
    if not 0.0 <= label_cost < np.inf:
        raise ValueError(f"label_cost must be a number of at least 0, not {label_cost}")
    codes = truth_codes(run.ratings, truth)
    judged = (codes != -1) & ~run.is_gold
    n = int(judged.sum())
    if not n:
        raise ValueError("no item has a truth apart from the gold that calibrated the rule")
    hits = (run.best[:, judged] == codes[judged]).sum(axis=1)
    low, high = wilson(hits, np.full(hits.shape, n), confidence=confidence)
    right = hits / n * run.ratings.n_items
    cost = np.divide(run.spent * label_cost, right, out=np.full(right.shape, np.inf), where=right > 0)
    return pl.DataFrame(
        {
            "spent": run.spent,
            "labels_per_item": run.spent / run.ratings.n_items,
            "share": run.spent / run.ratings.n_ratings,
            "n": [n] * hits.size,
            "accuracy": hits / n,
            "low": low,
            "high": high,
            "cost_per_correct": cost,
        }
    )
