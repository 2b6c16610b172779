"""Which items a person should decide, the ones first where the decision changes most."""

import numpy as np
import polars as pl

from smo.measure.aggregation.consensus import Consensus
from smo.measure.aggregation.posterior import TIE
from smo.measure.ratings import Ratings
from smo.measure.votes import votes_of

#: In this order: what the votes cannot decide, then what one vote more would turn.
REASONS = ("tie", "weak_posterior", "one_vote")


def adjudication_queue(ratings: Ratings, consensus: Consensus, *, at_most: int = 1000) -> pl.DataFrame:
    """`item, reason, label, posterior, expected_error, n, votes, rank`, the first `at_most` items.

    Reasons: "tie" (several labels have most votes, or the same posterior), "weak_posterior" (below
    `consensus.DECIDED_FROM`, or of hundreds of labels none has half of the votes), and after these "one_vote": a
    majority that one vote more would have tied. Within a reason the largest `expected_error` (1 - posterior, the
    chance that a decision now is wrong) comes first, then most votes spent, then item order. `votes` lists
    `{label, n}`; items that gold has settled are left out.

    >>> from smo.measure.aggregation.consensus import aggregate
    >>> frame = pl.DataFrame({"item": [1, 1, 2, 2], "label": list("xyxx")})
    >>> ratings = Ratings.from_frame(frame, item="item", rater=None, label="label")
    >>> adjudication_queue(ratings, aggregate(ratings, "majority")).select("item", "reason", "rank").rows()
    [(1, 'tie', 1)]
    """
    top = _candidates(consensus).head(at_most)
    votes = votes_of(ratings, top["position"].to_numpy())
    return top.with_columns(
        ratings.items.gather(top["position"]).alias("item"),
        pl.Series("reason", REASONS, dtype=pl.String).gather(top["reason"]).alias("reason"),
        votes,
        pl.int_range(1, top.height + 1, eager=True).alias("rank"),
    ).select("item", "reason", "label", "posterior", "expected_error", "n", "votes", "rank")


def _candidates(consensus: Consensus) -> pl.DataFrame:
    items = consensus.items()
    is_single = consensus.posterior.best()[2]
    is_free = consensus.known < 0
    reason = np.full(items.height, -1, np.int64)
    if consensus.model == "majority":
        reason[_turns_by_one(consensus, items)] = 2
    reason[~items["decided"].to_numpy()] = 1
    reason[~is_single] = 0
    return (
        items.with_row_index("position")
        .with_columns(pl.Series("reason", reason), (1.0 - pl.col("posterior")).alias("expected_error"))
        .filter(pl.Series((reason >= 0) & is_free))
        .sort("reason", "expected_error", "n", "position", descending=[False, True, True, False])
    )


def _turns_by_one(consensus: Consensus, items: pl.DataFrame) -> np.ndarray:
    """Disputed items whose first label is at most one vote ahead of the second."""
    second = consensus.posterior.second()
    turns: np.ndarray = (second > 0) & ((items["posterior"].to_numpy() - second) * items["n"].to_numpy() <= 1 + TIE)
    return turns
