"""How often each rater is right: against gold or the others, shrunk, and who cannot be told apart.

Sources: shrinkage: Efron & Morris (1975), JASA 70:311-319, in its beta-binomial form. Groups: Scott & Knott (1974),
Biometrics 30:507-512. People are listed by name, never by value.
"""

import numba as nb
import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import optimize, special, stats

from smo.measure.intervals import wilson
from smo.measure.people.separation import separate
from smo.measure.ratings import Ratings
from smo.measure.truth import UNKNOWN, Truth, truth_codes

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Below this many checked answers a rater is not put in a group: nothing could be told apart.
LEAST_TO_GROUP = 20
#: With fewer raters than this their spread is not estimable; the pool then weighs as `FEW_STRENGTH` answers.
LEAST_RATERS_TO_FIT = 5
FEW_STRENGTH = 10.0
STRENGTH_BOUNDS = (2.0, 2000.0)
TIED = -3  # the others' votes are tied: no reference for this rating


def shrink(
    correct: Floats, n: Floats, *, mean: float, strength: float, confidence: float = 0.90
) -> tuple[Floats, Floats, Floats]:
    """Posterior mean and interval of accuracy under a Beta prior that weighs `strength` answers.

    >>> correct, n = np.array([36.0, 40.0, 360.0]), np.array([40.0, 40.0, 400.0])
    >>> shrink(correct, n, mean=0.95, strength=210)[0].round(3).tolist()
    [0.942, 0.958, 0.917]
    """
    alpha, beta = correct + mean * strength, n - correct + (1 - mean) * strength
    low, high = (np.asarray(stats.beta.ppf(end, alpha, beta)) for end in (0.5 - confidence / 2, 0.5 + confidence / 2))
    return alpha / (alpha + beta), low, high


def pool(correct: Ints | Floats, n: Ints | Floats) -> tuple[float, float]:
    """Mean accuracy of the pool and how many answers it weighs: maximum likelihood of the beta-binomial.

    >>> mean, strength = pool(np.full(30, 95), np.full(30, 100))
    >>> round(mean, 2), strength > 1000
    (0.95, True)
    """
    seen = n > 0
    correct, n = correct[seen], n[seen]
    mean = float((correct.sum() + 0.5) / (n.sum() + 1.0))
    if n.size < LEAST_RATERS_TO_FIT:
        return mean, FEW_STRENGTH

    def surprise(point: Floats) -> float:
        centre, strength = special.expit(point[0]), np.exp(point[1])
        a, b = centre * strength, (1 - centre) * strength
        return -float((special.betaln(correct + a, n - correct + b) - special.betaln(a, b)).sum())

    low, high = np.log(STRENGTH_BOUNDS)
    found = optimize.minimize(
        surprise, x0=(special.logit(mean), np.log(20.0)), bounds=((-7.0, 7.0), (low, high)), method="L-BFGS-B"
    )
    return float(special.expit(found.x[0])), float(np.exp(found.x[1]))


def rater_accuracy(ratings: Ratings, truth: Truth | None, *, basis: str, leave_out_own: bool = True) -> pl.DataFrame:
    """`rater, n, correct, accuracy, low, high, shrunk, shrunk_low, shrunk_high, group`, in the order of raters.

    Accuracy is a share with its 90 % Wilson interval; `shrunk` draws it to the pool of raters; raters of one `group`
    (0 is the lowest) cannot be separated at 5 % over all comparisons, null below 20 checked answers. Basis "gold":
    `truth` (`item, label`) is the reference. Basis "consensus" with `leave_out_own`: each answer is compared with the
    plurality of the *others* on its item (ties are left out), on the items of `truth` where it is given. Anonymous
    ratings give an empty frame. Shapes: one row per named rater; null where nothing was checked. Units: shares.
    Errors: ValueError for a truth without the columns item and label.
    Source: Efron & Morris (1975), JASA 70:311-319; groups: Scott & Knott (1974), Biometrics 30:507-512.

    >>> frame = pl.DataFrame({"item": [1, 1, 2, 2], "rater": list("abab"), "label": list("xxxy")})
    >>> ratings = Ratings.from_frame(frame, item="item", rater="rater", label="label")
    >>> rater_accuracy(ratings, {1: "x", 2: "x"}, basis="gold").select("rater", "n", "correct").rows()
    [('a', 2, 2), ('b', 2, 1)]
    """
    if ratings.raters is None:
        nobody = np.zeros(0, np.int64)
        return _table(pl.Series("rater", [], dtype=pl.String), correct=nobody, n=nobody)
    reference = rating_references(ratings, truth, leave_out_own=leave_out_own and basis == "consensus")
    counted = (reference != UNKNOWN) & (reference != TIED) & (ratings.rater >= 0)
    rater, right = ratings.rater[counted], (reference == ratings.label)[counted]
    n = np.bincount(rater, minlength=ratings.n_raters)
    correct = np.bincount(rater[right], minlength=ratings.n_raters)
    return _table(ratings.raters, correct=correct, n=n)


def rating_references(ratings: Ratings, truth: Truth | None, *, leave_out_own: bool) -> npt.NDArray[np.int32]:
    """What each rating is compared with (int32[ratings]): a label code, -1 none, -2 a foreign label, -3 a tie."""
    codes = truth_codes(ratings, truth)
    per_rating = np.repeat(codes, np.diff(ratings.item_start))
    if not leave_out_own:
        return per_rating
    others: npt.NDArray[np.int32] = _others(ratings.item_start, ratings.label, max(1, len(ratings.labels)))
    if truth is None:
        return others
    return np.where(per_rating == UNKNOWN, UNKNOWN, others).astype(np.int32)


def _table(raters: pl.Series, *, correct: Ints, n: Ints) -> pl.DataFrame:
    mean, strength = pool(correct, n)
    shrunk, shrunk_low, shrunk_high = shrink(
        correct.astype(np.float64), n.astype(np.float64), mean=mean, strength=strength
    )
    low, high = wilson(correct, np.maximum(n, 1))
    group = separate(correct, n, least=LEAST_TO_GROUP)
    frame = pl.DataFrame(
        {
            "rater": raters,
            "n": n.astype(np.int64),
            "correct": correct.astype(np.int64),
            "accuracy": correct / np.maximum(n, 1),
            "low": low,
            "high": high,
            "shrunk": shrunk,
            "shrunk_low": shrunk_low,
            "shrunk_high": shrunk_high,
            "group": pl.Series(group, dtype=pl.Int64),
        }
    )
    measured = pl.col("n") > 0
    return frame.with_columns(
        pl.when(measured).then(pl.col("accuracy", "low", "high", "shrunk", "shrunk_low", "shrunk_high")),
        pl.when(pl.col("group") >= 0).then(pl.col("group")),
    )


@nb.njit(cache=True, nogil=True)
def _others(item_start, label, n_labels):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Plurality of the other ratings of the item: best and second best count decide without a loop per rating."""
    reference = np.empty(label.shape[0], np.int32)
    votes = np.zeros(n_labels, np.int64)
    for item in range(item_start.shape[0] - 1):
        first, last = item_start[item], item_start[item + 1]
        for position in range(first, last):
            votes[label[position]] += 1
        best, second, third = _three_best(votes, label, first, last)
        for position in range(first, last):
            reference[position] = _plurality_without(votes, label[position], best, second, third)
        for position in range(first, last):
            votes[label[position]] = 0
    return reference


@nb.njit(cache=True, nogil=True)
def _three_best(votes, label, first, last):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The three labels of an item with most votes (-1 where there are fewer)."""
    best, second, third = -1, -1, -1
    for position in range(first, last):
        code = label[position]
        if code in (best, second, third):
            continue
        if best < 0 or votes[code] > votes[best]:
            best, second, third = code, best, second
        elif second < 0 or votes[code] > votes[second]:
            second, third = code, second
        elif third < 0 or votes[code] > votes[third]:
            third = code
    return best, second, third


@nb.njit(cache=True, nogil=True)
def _plurality_without(votes, own, best, second, third):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Label with most votes when one vote for `own` is taken away: -1 none left, -3 a tie."""
    top, top_votes, is_tied = -1, 0, False
    for code in (best, second, third):
        if code < 0:
            continue
        count = votes[code] - (1 if code == own else 0)
        if count > top_votes:
            top, top_votes, is_tied = code, count, False
        elif count == top_votes and count > 0:
            is_tied = True
    if is_tied:
        return -3
    return top
