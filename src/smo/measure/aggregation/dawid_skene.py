"""Dawid-Skene with a Dirichlet prior in every M-step, fitted by one fused pass over the labels per iteration.

Sources: Dawid & Skene (1979), Applied Statistics 28:20-28; Kim & Ghahramani (2012), AISTATS, for the priors;
Carpenter (2008) and Paun et al. (2018), TACL 6:571-585, for pooling the raters.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numba as nb
import numpy as np
import numpy.typing as npt

from smo.measure.ratings import Ratings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

#: How many votes the pooled start weighs in each row of each rater's table. On the eight public sets every strength
#: from 2 to 6 stays within half a point of the best on average; three keeps rare labels of small crowds apart.
PRIOR_VOTES = 3.0
#: Pseudo-items in each class of the class prior: one keeps an unused class possible.
CLASS_PRIOR_ITEMS = 1.0
MAX_PASSES = 100
#: Stop when a pass raises the log posterior by less than this per label: decisions no longer move.
TOLERANCE_PER_LABEL = 1e-6
#: A rater's table grows with the square of the number of labels; above this, one number per rater is all data carry.
MOST_LABELS = 32
#: The kernel is compiled once per width, so that the compiler unrolls the classes; narrower problems are padded.
WIDTHS = (2, 4, 8, 16, 32)

Projection = Callable[[Floats, Floats], Floats]


@dataclass(frozen=True, slots=True)
class Fit:
    """What EM found: posteriors (items x labels), tables (raters x true x given), class prior, and its objective."""

    posterior: Floats
    tables: Floats
    prior: Floats
    objective: tuple[float, ...]


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _settle(share, known, size):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Turn log scores into a posterior in place; gold is certain. Log likelihood = first + log(second) returned."""
    if known >= 0:
        score = share[known]
        for k in range(size):
            share[k] = 0.0
        share[known] = 1.0
        return score, 1.0
    top = share[0]
    for k in range(1, size):
        top = max(top, share[k])
    total = 0.0
    for k in range(size):
        share[k] = 1.0 if share[k] == top else np.exp(share[k] - top)
        total += share[k]
    for k in range(size):
        share[k] /= total
    return top, total


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _pass(  # type: ignore[no-untyped-def]  # noqa: C901, PLR0912, PLR0913, PLR0917 - one loop nest, one thought
    width, item_start, rater, label, known, log_prior, log_rows, rows, posterior
):  # pragma: no cover
    """One E- and M-step: adds to rows[rater * labels + given, true] and fills posterior unless it is empty."""
    size = len(width)
    n_labels = posterior.shape[1]
    keep = posterior.shape[0] > 0
    totals = np.zeros(size)
    share = np.empty(size)
    objective, product = 0.0, 1.0
    for item in range(item_start.shape[0] - 1):
        first, last = item_start[item], item_start[item + 1]
        for k in range(size):
            share[k] = log_prior[k]
        for position in range(first, last):
            row = rater[position] * n_labels + label[position]
            for k in range(size):
                share[k] += log_rows[row, k]
        top, total = _settle(share, known[item], size)
        objective += top
        product *= total  # one logarithm for many items: it costs as much as the rest of an item
        if product > 1e200:
            objective += np.log(product)
            product = 1.0
        for k in range(size):
            totals[k] += share[k]
        if keep:
            posterior[item, :] = share[:n_labels]
        for position in range(first, last):
            row = rater[position] * n_labels + label[position]
            for k in range(size):
                rows[row, k] += share[k]
    return objective + np.log(product), totals


@nb.njit(cache=True, nogil=True)
def _votes_on_its_side(item_start, label, n_labels):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Sum over ratings of the share of its item's ratings that carry the same label."""
    votes = np.zeros(n_labels, np.int64)
    total = 0.0
    for item in range(item_start.shape[0] - 1):
        first, last = item_start[item], item_start[item + 1]
        for position in range(first, last):
            votes[label[position]] += 1
        same = 0
        for position in range(first, last):
            same += votes[label[position]]
        for position in range(first, last):
            votes[label[position]] = 0
        total += same / max(1, last - first)
    return total


def pooled_accuracy(ratings: Ratings) -> float:
    """Share of the votes of its item that a vote has on its side, itself included, kept away from 0 and 1.

    >>> import polars as pl
    >>> frame = pl.DataFrame({"item": [1, 1, 1, 1], "label": list("xxxy")})
    >>> round(pooled_accuracy(Ratings.from_frame(frame, item="item", rater=None, label="label")), 3)
    0.583
    """
    n_labels = max(2, len(ratings.labels))
    same = _votes_on_its_side(ratings.item_start, ratings.label, n_labels)
    return float((same + 1.0) / (ratings.n_ratings + n_labels))


def one_coin_table(right: float, n_labels: int) -> Floats:
    """The table of a rater who is right with one chance, and otherwise picks any other label.

    Shapes: -> float64[labels, labels], true label by row, given label by column; rows sum to 1.

    >>> one_coin_table(0.8, 3).round(1).tolist()
    [[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]]
    """
    table = np.full((n_labels, n_labels), (1.0 - right) / max(1, n_labels - 1))
    np.fill_diagonal(table, right)
    return table


def full(counts: Floats, pooled: Floats) -> Floats:
    """M-step of DS-MAP: every cell of every rater's table, drawn to the pooled table.

    Shapes: `counts` float64[raters, true, given], `pooled` float64[true, given] -> like `counts`, rows sum to 1.

    >>> full(np.array([[[7.0, 0.0], [0.0, 0.0]]]), one_coin_table(0.8, 2)).round(2).tolist()
    [[[0.94, 0.06], [0.2, 0.8]]]
    """
    pulled = counts + PRIOR_VOTES * pooled
    return np.asarray(pulled / pulled.sum(axis=2, keepdims=True))


def tied(counts: Floats, pooled: Floats) -> Floats:
    """M-step with tied errors: a chance to be right for each true label, the rest spread evenly.

    Shapes: as in `full`.

    >>> tied(np.array([[[7.0, 2.0, 0.0]] * 3]), one_coin_table(0.8, 3))[0, 0].round(3).tolist()
    [0.783, 0.108, 0.108]
    """
    n_labels = counts.shape[1]
    diagonal = np.einsum("rkk->rk", full(counts, pooled))
    tables = np.repeat(((1.0 - diagonal) / max(1, n_labels - 1))[:, :, None], n_labels, axis=2)
    cells = np.arange(n_labels)
    tables[:, cells, cells] = diagonal
    return tables


def fit(ratings: Ratings, known: Ints, *, projection: Projection = full, max_passes: int = MAX_PASSES) -> Fit:
    """Run EM until the log posterior stops rising.

    `known[item]` is the code of a gold label, or -1. `ratings` must name its raters and have at most `MOST_LABELS`
    labels. The start is the pooled one-coin table for everyone, so the order of rows cannot matter.

    >>> import polars as pl
    >>> frame = pl.DataFrame({"item": [1, 1, 2, 2], "rater": list("abab"), "label": list("xxyy")})
    >>> ratings = Ratings.from_frame(frame, item="item", rater="rater", label="label")
    >>> fit(ratings, np.full(2, -1, np.int32)).posterior.argmax(axis=1).tolist()
    [0, 1]
    """
    n_labels = len(ratings.labels)
    pooled = one_coin_table(pooled_accuracy(ratings), n_labels)
    tables = np.broadcast_to(pooled, (ratings.n_raters, n_labels, n_labels))
    prior = _class_prior(np.bincount(ratings.label, minlength=n_labels).astype(np.float64))
    objective: list[float] = []
    nothing = np.empty((0, n_labels))
    for _ in range(max_passes):
        value, counts, totals = _step(ratings, known, tables=tables, prior=prior, posterior=nothing)
        objective.append(value + _log_prior(tables, prior, pooled=pooled))
        if len(objective) > 1 and objective[-1] - objective[-2] < TOLERANCE_PER_LABEL * ratings.n_ratings:
            break
        tables, prior = projection(counts, pooled), _class_prior(totals)
    posterior = np.empty((ratings.n_items, n_labels))
    _step(ratings, known, tables=tables, prior=prior, posterior=posterior)
    return Fit(posterior, np.asarray(tables), prior, tuple(objective))


def _class_prior(totals: Floats) -> Floats:
    pulled = totals + CLASS_PRIOR_ITEMS
    return np.asarray(pulled / pulled.sum())


def _log_prior(tables: Floats, prior: Floats, *, pooled: Floats) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):
        cells = np.where(pooled > 0, pooled * np.log(tables), 0.0)
    return float(PRIOR_VOTES * cells.sum() + CLASS_PRIOR_ITEMS * np.log(prior).sum())


def _step(
    ratings: Ratings, known: Ints, *, tables: Floats, prior: Floats, posterior: Floats
) -> tuple[float, Floats, Floats]:
    """One pass: log likelihood, expected counts (raters x true x given) and expected items per class."""
    n_labels = len(ratings.labels)
    width = next(size for size in WIDTHS if size >= n_labels)
    log_rows = np.zeros((ratings.n_raters * n_labels, width))
    log_rows[:, :n_labels] = np.log(tables).transpose(0, 2, 1).reshape(-1, n_labels)
    log_prior = np.full(width, -np.inf)
    log_prior[:n_labels] = np.log(prior)
    rows = np.zeros_like(log_rows)
    value, totals = _pass(
        (0,) * width, ratings.item_start, ratings.rater, ratings.label, known, log_prior, log_rows, rows, posterior
    )
    counts = rows[:, :n_labels].reshape(-1, n_labels, n_labels).transpose(0, 2, 1)
    return float(value), counts, totals[:n_labels]
