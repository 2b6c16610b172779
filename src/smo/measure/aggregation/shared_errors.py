"""Pairs of raters who agree on wrong answers more often than their own errors explain: copying, or a guideline's gap.

Source: the dependence of copiers as in Dong, Berti-Equille & Srivastava (2009), PVLDB 2:550-561; here against each
rater's own table, with a Poisson tail and Benjamini-Hochberg over all pairs.
"""

import numba as nb
import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import gammainc

from smo.measure.aggregation.consensus import Consensus, aggregate
from smo.measure.multiplicity import benjamini_hochberg
from smo.measure.ratings import Ratings

Floats = npt.NDArray[np.float64]

#: Counts of pairs are kept in a square; of more raters, those with the most answers are compared.
MOST_RATERS = 1500
#: Pairs with fewer shared items are not tested: nothing could be found, and each test costs the others.
LEAST_SHARED = 10
SCHEMA = {
    "rater": pl.String,
    "other": pl.String,
    "shared": pl.Int64,
    "wrong_together": pl.Float64,
    "expected": pl.Float64,
    "ratio": pl.Float64,
    "p_value": pl.Float64,
    "p_adjusted": pl.Float64,
}


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _together(item_start, place, label, known, prior, tables, found):  # type: ignore[no-untyped-def]  # noqa: C901, PLR0912, PLR0913, PLR0917
    """Adds shared items, wrong answers in common and expected ones per pair, the pair's own votes left out.

    place[position] is the rater's row in `found` (a <= b), or -1; found is float64[3, R, R].
    """  # pragma: no cover
    n_labels = prior.shape[0]
    score = np.empty(n_labels)
    share = np.empty(n_labels)
    for item in range(item_start.shape[0] - 1):
        first, last = item_start[item], item_start[item + 1]
        for k in range(n_labels):
            score[k] = np.log(prior[k])
        for position in range(first, last):
            for k in range(n_labels):
                score[k] += np.log(tables[place[position], k, label[position]])
        for one in range(first, last):
            for two in range(one + 1, last):
                a, b = min(place[one], place[two]), max(place[one], place[two])
                if a == b:
                    continue
                top = -np.inf
                for k in range(n_labels):
                    share[k] = score[k] - np.log(tables[place[one], k, label[one]] * tables[place[two], k, label[two]])
                    top = max(top, share[k])
                total = 0.0
                for k in range(n_labels):
                    share[k] = np.exp(share[k] - top)
                    total += share[k]
                if known[item] >= 0:
                    total = 1.0
                    for k in range(n_labels):
                        share[k] = 1.0 if k == known[item] else 0.0
                found[0, a, b] += 1.0
                for given in range(n_labels):
                    both = 0.0
                    for k in range(n_labels):
                        both += share[k] / total * tables[a, k, given] * tables[b, k, given]
                    found[2, a, b] += both * (1.0 - share[given] / total)
                if label[one] == label[two]:
                    found[1, a, b] += 1.0 - share[label[one]] / total
    return found


def shared_errors(consensus: Consensus, *, at_most: int = 20, level: float = 0.05) -> pl.DataFrame:
    """`rater, other, shared, wrong_together, expected, ratio, p_value, p_adjusted`, the least probable pairs first.

    `wrong_together` is the sum over shared items of the chance that the answer both gave is wrong, by the votes of the
    others alone (gold where there is gold); `expected` is what it would be on these items if they erred apart, each by
    their own table. Pairs with `p_adjusted` (Benjamini-Hochberg over all tested pairs) of at most `level` are listed.
    Units: `shared`, `wrong_together` and `expected` count items, `ratio` is seen over expected.
    A find says that two people share errors, not why: a rule that both read alike looks like copying. People who
    are wrong together on most of what they label teach the tables that it is their habit: gold shows them.
    Errors: ValueError where the consensus has no table per rater (majority, one_coin).
    Source: after the dependence of copiers of Dong, Berti-Equille & Srivastava (2009), PVLDB 2:550-561.

    >>> frame = pl.DataFrame({"item": [1, 1, 2, 2], "rater": list("abab"), "label": list("xxyy")})
    >>> shared_errors(aggregate(Ratings.from_frame(frame, item="item", rater="rater", label="label"))).height
    0
    """
    ratings, tables = consensus.ratings, consensus.tables
    if tables is None or ratings.raters is None:
        raise ValueError(f"{consensus.model} has no table per rater: shared errors need tied, ds_map or ebcc")
    n_answers = np.bincount(ratings.rater[ratings.rater >= 0], minlength=ratings.n_raters)
    people = np.sort(np.argsort(-n_answers)[:MOST_RATERS])
    place = np.full(len(tables) + 1, -1, np.int64)
    place[people] = np.arange(people.size)
    row = place[ratings.rater]
    keep = row >= 0
    starts = np.concatenate(([0], np.cumsum(keep, dtype=np.int64)))[ratings.item_start]
    prior = consensus.posterior.dense().mean(axis=0)
    empty = np.zeros((3, people.size, people.size))
    prior = np.maximum(prior, 1e-12)
    chosen = np.ascontiguousarray(tables[people])
    shared, wrong, expected = _together(starts, row[keep], ratings.label[keep], consensus.known, prior, chosen, empty)
    names = ratings.raters.cast(pl.String).gather(people)
    return _listed(names, shared, wrong=wrong, expected=expected).filter(pl.col("p_adjusted") <= level).head(at_most)


def warm_shared_errors(ratings: Ratings) -> None:
    """Compile the kernel once on ratings with named raters.

    >>> frame = pl.DataFrame({"item": [1, 1], "rater": list("ab"), "label": list("xx")})
    >>> warm_shared_errors(Ratings.from_frame(frame, item="item", rater="rater", label="label"))
    """
    shared_errors(aggregate(ratings))


def _listed(names: pl.Series, shared: Floats, *, wrong: Floats, expected: Floats) -> pl.DataFrame:
    one, two = np.nonzero(shared >= LEAST_SHARED)
    if not one.size:
        return pl.DataFrame(schema=SCHEMA)
    seen, usual = wrong[one, two], np.maximum(expected[one, two], 1e-9)
    p_value = np.where(seen > 0, gammainc(np.maximum(seen, 1e-9), usual), 1.0)
    frame = {
        "rater": names.gather(one),
        "other": names.gather(two),
        "shared": shared[one, two].astype(np.int64),
        "wrong_together": seen,
        "expected": usual,
        "ratio": seen / usual,
        "p_value": p_value,
        "p_adjusted": benjamini_hochberg(p_value).adjusted,
    }
    return pl.DataFrame(frame).sort(
        "p_value", "wrong_together", "rater", "other", descending=[False, True, False, False]
    )
