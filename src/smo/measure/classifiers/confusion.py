"""Which labels are mixed up, and more often than their base rates alone would bring.

Sources: quasi-independence off the diagonal: Goodman (1968), JASA 63:1091-1131; false discovery rate: Benjamini &
Hochberg (1995), JRSS B 57:289-300.
"""

import numba as nb
import numpy as np
import polars as pl
from scipy import stats

from smo.measure.intervals import wilson
from smo.measure.ratings import Ratings
from smo.measure.truth import Truth, rating_items, truth_codes

#: Up to this many labels a table of all pairs fits the memory; free texts go through a join.
MOST_DENSE = 1000


def confusion_pairs(ratings: Ratings, truth: Truth | None = None) -> pl.DataFrame:
    """`label_a, label_b, n, share, low, high, expected, excess, p_adjusted`, most excess first.

    With `truth` (`item, label`): `label_a` is true and `label_b` was given; `n` counts answers, `share` is their part
    of all answers on items where `label_a` is true. Without: both labels were given for one item; `n` counts items,
    `share` is their part of the items with more than one label. `expected` is the n that the base rates of the two
    labels would bring if the same number of confusions fell at random, `excess` is n - expected, `p_adjusted` the
    one-sided binomial p of so many, adjusted by Benjamini-Hochberg over all pairs that occur. 90 % Wilson intervals.

    >>> frame = pl.DataFrame({"item": [1, 1, 2, 2, 3, 3], "label": ["x", "y", "x", "x", "y", "y"]})
    >>> confusion_pairs(Ratings.from_frame(frame, item="item", rater=None, label="label")).rows()[0][:4]
    ('x', 'y', 1, 1.0)
    """
    cells = _within_items(ratings) if truth is None else _against_truth(ratings, truth)
    if not cells.height:
        return _named(cells.with_columns(low=pl.lit(0.0), high=pl.lit(0.0), p_adjusted=pl.lit(0.0)), ratings)
    low, high = wilson(cells["n"].to_numpy(), cells["base"].to_numpy())
    total = int(cells["n"].sum())
    chance = np.minimum(1.0, cells["expected"].to_numpy() / total)
    p = stats.binom.sf(cells["n"].to_numpy() - 1, total, chance)
    adjusted = stats.false_discovery_control(np.clip(p, 0.0, 1.0))
    columns = [pl.Series("low", low), pl.Series("high", high), pl.Series("p_adjusted", adjusted)]
    return _named(cells.with_columns(columns), ratings)


def _named(cells: pl.DataFrame, ratings: Ratings) -> pl.DataFrame:
    names = pl.Series("name", ratings.label_names, dtype=pl.String)
    return (
        cells.with_columns(
            names.gather(cells["a"]).alias("label_a"),
            names.gather(cells["b"]).alias("label_b"),
            (pl.col("n") / pl.col("base")).alias("share"),
            (pl.col("n") - pl.col("expected")).alias("excess"),
        )
        .sort("excess", "n", "a", "b", descending=[True, True, False, False])
        .select("label_a", "label_b", "n", "share", "low", "high", "expected", "excess", "p_adjusted")
    )


def _cells(a: pl.Series, b: pl.Series) -> pl.DataFrame:
    frame = pl.DataFrame({"a": a.cast(pl.Int64), "b": b.cast(pl.Int64)})
    return frame.group_by("a", "b").agg(pl.len().cast(pl.Int64).alias("n")).sort("a", "b")


def _against_truth(ratings: Ratings, truth: Truth) -> pl.DataFrame:
    """Cells of true and given label off the diagonal, with expected n; `base` is the n of answers on that truth."""
    size = max(1, len(ratings.labels))
    true = np.repeat(truth_codes(ratings, truth), np.diff(ratings.item_start))
    known = true >= 0
    true, given = true[known].astype(np.int64), ratings.label[known]
    n_true, n_given = np.bincount(true, minlength=size), np.bincount(given, minlength=size)
    wrong = true != given
    cells = _cells(pl.Series(true[wrong]), pl.Series(given[wrong]))
    a, b = cells["a"].to_numpy(), cells["b"].to_numpy()
    places = float(n_true.sum()) * float(n_given.sum()) - float((n_true.astype(np.float64) * n_given).sum())
    expected = wrong.sum() * n_true[a].astype(np.float64) * n_given[b] / max(places, 1.0)
    return cells.with_columns(pl.Series("expected", expected), pl.Series("base", n_true[a].astype(np.int64)))


def _within_items(ratings: Ratings) -> pl.DataFrame:
    """Unordered cells of labels that share an item, an item once per cell; `base` is the n of items in dispute."""
    cells, disputed = _dense_pairs(ratings) if len(ratings.labels) <= MOST_DENSE else _sparse_pairs(ratings)
    rate = np.bincount(ratings.label, minlength=max(1, len(ratings.labels))) / max(1, ratings.n_ratings)
    a, b = cells["a"].to_numpy(), cells["b"].to_numpy()
    places = (1.0 - float((rate**2).sum())) / 2.0
    expected = cells["n"].sum() * rate[a] * rate[b] / max(places, 1e-300)
    return cells.with_columns(pl.Series("expected", expected), pl.lit(disputed, pl.Int64).alias("base"))


def _dense_pairs(ratings: Ratings) -> tuple[pl.DataFrame, int]:
    together, disputed = _together(ratings.item_start, ratings.label, len(ratings.labels))
    a, b = np.nonzero(together)
    return pl.DataFrame({"a": a, "b": b, "n": together[a, b]}), int(disputed)


def _sparse_pairs(ratings: Ratings) -> tuple[pl.DataFrame, int]:
    given = pl.DataFrame({"item": rating_items(ratings), "code": ratings.label.astype(np.int64)}).unique()
    disputed = given.filter(pl.len().over("item") > 1)
    pairs = disputed.join(disputed, on="item", suffix="_b").filter(pl.col("code") < pl.col("code_b"))
    return _cells(pairs["code"], pairs["code_b"]), disputed["item"].n_unique()


@nb.njit(cache=True, nogil=True)
def _together(item_start, label, n_labels):  # type: ignore[no-untyped-def]  # pragma: no cover
    """How many items carry both labels (first < second), and how many carry more than one."""
    counts = np.zeros((n_labels, n_labels), np.int64)
    seen = np.full(n_labels, -1, np.int64)
    own = np.empty(n_labels, np.int64)
    disputed = 0
    for item in range(item_start.shape[0] - 1):
        size = 0
        for position in range(item_start[item], item_start[item + 1]):
            code = label[position]
            if seen[code] == item:
                continue
            seen[code] = item
            for other in range(size):
                counts[min(code, own[other]), max(code, own[other])] += 1
            own[size] = code
            size += 1
        disputed += 1 if size > 1 else 0
    return counts, disputed
