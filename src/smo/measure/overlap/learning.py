"""Learn the raters from the labels bought so far, round after round, starting where the last round stopped.

The model is Dawid & Skene (1979), Applied Statistics 28:20-28, with a Dirichlet prior on every row. Two things differ
from the fit over a full table of labels, because here most items have one or two labels. The class prior is the share
of each label among the answers and is not refitted: with few labels a refitted one runs to one class and takes the
purchases with it. And the prior table is weaker than the observed agreement, since one label agrees with itself.
"""

from dataclasses import dataclass

import numba as nb
import numpy as np
import numpy.typing as npt

from smo.measure.ratings import Ratings

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

#: Votes that the prior weighs in each row of a rater's table, and how often the prior's rater is right: below the
#: agreement one sees, so that a rater has to earn trust. 4 to 8 votes and .65 to .7 do alike on the public sets.
PRIOR_VOTES = 5.0
PRIOR_ACCURACY = 0.7
#: Errors that everybody's habit weighs in a rater's, and pseudo-errors per cell that keep everybody's habit even.
PRIOR_ERRORS = 5.0
EVEN_ERRORS = 30.0
PASSES = 4
LAST_PASSES = 20


@dataclass(frozen=True, slots=True)
class Learned:
    """What the bought labels say: `posterior` float64[I, K], `tables` float64[R, true, given], `prior` float64[K]."""

    posterior: Floats
    tables: Floats
    prior: Floats


def learn(ratings: Ratings, bought: Bools, *, start: Learned | None = None, passes: int = PASSES) -> Learned:
    """Expectation-maximisation over the bought labels; `start` = what the round before learned.

    Shapes: `bought` bool[N]. Items without a bought label keep the class prior. Units: `passes` counts EM passes.
    Errors: ValueError for another length, ratings without rater ids, or weighted ratings.

    >>> import polars as pl
    >>> frame = pl.DataFrame({"item": [1, 1, 1, 2, 2], "rater": list("abcab"), "label": list("xxyyy")})
    >>> ratings = Ratings.from_frame(frame, item="item", rater="rater", label="label")
    >>> learn(ratings, np.ones(5, bool)).posterior.argmax(axis=1).tolist()
    [0, 1]
    """
    bought = _checked(ratings, bought)
    n_labels = len(ratings.labels)
    tables = np.repeat(prior_table(n_labels)[None], ratings.n_raters, axis=0) if start is None else start.tables
    given = np.bincount(ratings.label[bought], minlength=n_labels) + 1.0
    prior = given / given.sum()
    posterior = np.empty((ratings.n_items, n_labels))
    for _ in range(passes):
        counts = _step(ratings, bought, tables=tables, prior=prior, posterior=posterior)
        tables = drawn(counts)
    return Learned(posterior, tables, prior)


def prior_table(n_labels: int) -> Floats:
    """The table of a rater of whom nothing is known. Shapes: float64[K, K], rows sum to 1.

    >>> prior_table(2).round(2).tolist()
    [[0.7, 0.3], [0.3, 0.7]]
    """
    if n_labels == 1:
        return np.ones((1, 1))
    table = np.full((n_labels, n_labels), (1.0 - PRIOR_ACCURACY) / (n_labels - 1))
    np.fill_diagonal(table, PRIOR_ACCURACY)
    return table


def drawn(counts: Floats) -> Floats:
    """Rows of tables, drawn to what is known before, in two steps.

    The chance to be right, per true label, is drawn to `PRIOR_ACCURACY` by `PRIOR_VOTES`; how a rater's errors spread
    over the other labels is drawn to how everybody's do by `PRIOR_ERRORS`, and everybody's to evenly by `EVEN_ERRORS`.
    Shapes: expected counts float64[R, true, given] -> float64[R, true, given], rows sum to 1.

    >>> drawn(np.array([[[7.0, 3.0], [0.0, 0.0]]])).round(2).tolist()
    [[[0.7, 0.3], [0.3, 0.7]]]
    """
    n_labels = counts.shape[1]
    if n_labels == 1:
        return np.ones_like(counts)
    same = np.eye(n_labels)
    pulled = counts + PRIOR_VOTES * prior_table(n_labels)
    right = (np.einsum("rkk->rk", pulled) / pulled.sum(axis=2))[:, :, None]
    everybody = (counts.sum(axis=0) + EVEN_ERRORS) * (1.0 - same)
    everybody /= everybody.sum(axis=1, keepdims=True)
    errors = counts * (1.0 - same) + PRIOR_ERRORS * everybody
    errors /= errors.sum(axis=2, keepdims=True)
    return np.asarray(right * same + (1.0 - right) * errors)


def _checked(ratings: Ratings, bought: Bools) -> Bools:
    mask = np.asarray(bought, np.bool_)
    if mask.shape != (ratings.n_ratings,):
        raise ValueError(f"{mask.size} marks for {ratings.n_ratings} ratings")
    if ratings.raters is None or (ratings.rater < 0).any():
        raise ValueError("whom to ask next needs rater ids: some ratings have none")
    if ratings.weight is not None:
        raise ValueError("labels are bought one by one: weighted ratings cannot be replayed")
    return mask


def _step(ratings: Ratings, bought: Bools, *, tables: Floats, prior: Floats, posterior: Floats) -> Floats:
    """One pass: fills the posterior, returns expected counts (raters x true x given)."""
    rows = np.ascontiguousarray(np.log(tables).transpose(0, 2, 1))
    counts = np.zeros_like(rows)
    _pass(ratings.item_start, ratings.rater, ratings.label, bought, np.log(prior), rows, counts, posterior)
    return np.asarray(counts.transpose(0, 2, 1))


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _pass(  # type: ignore[no-untyped-def]  # noqa: PLR0913, PLR0917 - one loop nest, one thought
    start, rater, label, bought, log_prior, rows, counts, posterior
):  # pragma: no cover
    share = np.empty(log_prior.shape[0])
    for item in range(start.shape[0] - 1):
        share[:] = log_prior
        for place in range(start[item], start[item + 1]):
            if bought[place]:
                share += rows[rater[place], label[place]]
        share -= share.max()
        for true in range(share.shape[0]):
            share[true] = np.exp(share[true])
        share /= share.sum()
        posterior[item] = share
        for place in range(start[item], start[item + 1]):
            if bought[place]:
                counts[rater[place], label[place]] += share
