"""The votes of each item: pairs of item and label that occur, vote shares, and votes for people to read."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from smo.measure.ratings import Ratings
from smo.measure.truth import rating_items

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of item and label that occur, by item, then label; `of_rating` leads from a rating to its pair."""

    start: Ints
    item: Ints
    code: Ints
    votes: Floats
    of_rating: Ints


def pairs(ratings: Ratings, known: npt.NDArray[np.int32] | None = None) -> Pairs:
    """Pairs of item and label with their (weighted) votes; a gold label that nobody gave has a pair without votes.

    >>> frame = pl.DataFrame({"item": [1, 1, 2], "label": list("xyy")})
    >>> pairs(Ratings.from_frame(frame, item="item", rater=None, label="label")).code.tolist()
    [0, 1, 1]
    """
    width = max(1, len(ratings.labels))
    given = rating_items(ratings) * width + ratings.label
    gold = np.flatnonzero(known >= 0) if known is not None else np.zeros(0, np.int64)
    extra = gold * width + (known[gold] if known is not None else gold)
    keys, of_pair = np.unique(np.concatenate([given, extra]), return_inverse=True)
    of_rating = of_pair[: given.size]
    votes = np.bincount(of_rating, weights=ratings.weight, minlength=keys.size).astype(np.float64)
    start = np.searchsorted(keys, np.arange(ratings.n_items + 1, dtype=np.int64) * width)
    return Pairs(start, keys // width, keys % width, votes, of_rating)


def dense_votes(ratings: Ratings) -> Floats:
    """Items x labels (weighted) votes; for few labels only.

    >>> frame = pl.DataFrame({"item": [1, 1, 2], "label": list("xyy")})
    >>> dense_votes(Ratings.from_frame(frame, item="item", rater=None, label="label")).tolist()
    [[1.0, 1.0], [0.0, 1.0]]
    """
    width = max(1, len(ratings.labels))
    keys = rating_items(ratings) * width + ratings.label
    size = ratings.n_items * width
    return np.bincount(keys, weights=ratings.weight, minlength=size).astype(np.float64).reshape(-1, width)


def count_at(ratings: Ratings, items: npt.NDArray[np.integer], *, codes: npt.NDArray[np.integer]) -> Ints:
    """How many ratings of each item (by position) carry the label next to it; 0 for a label that does not exist.

    >>> frame = pl.DataFrame({"item": [1, 1, 2], "label": list("yyx")})
    >>> ratings = Ratings.from_frame(frame, item="item", rater=None, label="label")
    >>> count_at(ratings, np.array([0, 1]), codes=np.array([1, -2])).tolist()
    [2, 0]
    """
    order, given = _expanded(ratings, items)
    return np.bincount(order[given == codes[order]], minlength=items.size)


def _expanded(ratings: Ratings, items: npt.NDArray[np.integer]) -> tuple[Ints, npt.NDArray[np.int32]]:
    """For each rating of the items at these positions: its place in `items`, and its label."""
    sizes = np.diff(ratings.item_start)[items]
    order = np.repeat(np.arange(items.size, dtype=np.int64), sizes)
    offset = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return order, ratings.label[np.repeat(ratings.item_start[items], sizes) + offset]


def votes_of(ratings: Ratings, items: npt.NDArray[np.integer]) -> pl.Series:
    """Votes of the items at these positions: a list of `{label, n}` each, most votes first, then label order.

    >>> frame = pl.DataFrame({"item": [1, 1, 1], "label": list("yyx")})
    >>> votes_of(Ratings.from_frame(frame, item="item", rater=None, label="label"), np.array([0])).to_list()
    [[{'label': 'y', 'n': 2}, {'label': 'x', 'n': 1}]]
    """
    order, code = _expanded(ratings, items)
    names = pl.Series("label", ratings.label_names, dtype=pl.String)
    counted = (
        pl.DataFrame({"order": order, "code": code})
        .group_by("order", "code")
        .agg(pl.len().cast(pl.Int64).alias("n"))
        .sort("order", "n", "code", descending=[False, True, False])
    )
    counted = counted.with_columns(names.gather(counted["code"]).alias("label"))
    listed = counted.group_by("order", maintain_order=True).agg(pl.struct("label", "n").alias("votes")).sort("order")
    return listed["votes"]
