"""Dawid-Skene with a prior in every M-step, fitted by one fused pass over the labels per iteration.

Sources: Dawid & Skene (1979), Applied Statistics 28:20-28; Kim & Ghahramani (2012), AISTATS, for the priors;
Carpenter (2008) and Paun et al. (2018), TACL 6:571-585, for pooling the raters.
"""

from dataclasses import dataclass, replace

import numba as nb
import numpy as np
import numpy.typing as npt

from smo.measure.aggregation.priors import (
    TablePrior,
    Tables,
    log_prior,
    maximise,
    one_coin_table,
    pooled_tables,
    start_tables,
)
from smo.measure.ratings import Ratings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

#: Pseudo-items in each class of the class prior: one keeps an unused class possible.
CLASS_PRIOR_ITEMS = 1.0
#: Items that the whole's class prior weighs in a slice's.
SLICE_PRIOR_ITEMS = 20.0
MAX_PASSES = 100
#: Stop when a pass raises the log posterior by less than this per label: decisions no longer move.
TOLERANCE_PER_LABEL = 1e-6
#: A rater's table grows with the square of the number of labels; above this, one number per rater is all data carry.
MOST_LABELS = 32
#: The kernel is compiled once per width, so that the compiler unrolls the classes; narrower problems are padded.
WIDTHS = (2, 4, 8, 16, 32)
#: Chances are multiplied, not their logs added: after so many labels the largest is brought back to 1 when small.
LABELS_BETWEEN_LOOKS = 8


@dataclass(frozen=True, slots=True)
class Fit:
    """What EM found: posteriors (items x labels), tables (raters x true x given), class prior, and its objective.

    `prior` has one row per slice; `counts` are the expected votes behind the tables (raters x true x given).
    """

    posterior: Floats
    tables: Floats
    prior: Floats
    objective: tuple[float, ...]
    counts: Floats


@dataclass(frozen=True, slots=True)
class Slices:
    """The slice (policy x language) of each item; `size` of them. Without slices `of_item` is empty and size 1."""

    of_item: Ints
    size: int = 1


WHOLE = Slices(np.zeros(0, np.int32))


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _restored(share, size):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Bring tiny chances back to a largest of 1; the log of what was divided out."""
    top = 0.0
    for k in range(size):
        top = max(top, share[k])
    if top > 1e-100:
        return 0.0
    for k in range(size):
        share[k] /= top
    return np.log(top)


@nb.njit(cache=True, nogil=True, error_model="numpy")
def sweep(  # type: ignore[no-untyped-def]  # noqa: C901, PLR0912, PLR0913, PLR0917 - one loop nest, one thought
    width, item_start, rater, label, known, slice_of, prior, table, rows, totals, posterior
):  # pragma: no cover
    """One E- and M-step: adds to rows[rater * labels + given, column] and fills posterior unless it is empty.

    A column is a label or, with more columns than labels, a subtype of one: labels x groups, label by label.
    """
    size = len(width)
    n_labels = posterior.shape[1]
    groups = max(1, size // n_labels) if prior.shape[1] > n_labels else 1
    per_rater = np.uint64(n_labels)
    share = np.empty(size)
    objective, product = 0.0, 1.0
    for item in range(item_start.shape[0] - 1):
        first, last = np.uint64(item_start[item]), np.uint64(item_start[item + 1])
        part = slice_of[item] if slice_of.shape[0] > 0 else 0
        for k in range(size):
            share[k] = prior[part, k]
        if known[item] >= 0:
            for k in range(size):
                if k // groups != known[item]:
                    share[k] = 0.0
        for start in range(first, last, np.uint64(LABELS_BETWEEN_LOOKS)):
            if start > first:
                objective += _restored(share, size)
            for position in range(start, min(last, start + np.uint64(LABELS_BETWEEN_LOOKS))):
                row = np.uint64(rater[position]) * per_rater + np.uint64(label[position])
                for k in range(size):
                    share[k] *= table[row, k]
        total = share.sum()
        product *= total  # one logarithm for many items: it costs as much as the rest of an item
        if product < 1e-100:
            objective += np.log(product)
            product = 1.0
        total = 1.0 / total
        for k in range(size):
            share[k] *= total
            totals[part, k] += share[k]
        if posterior.shape[0] > 0:
            posterior[item, :] = 0.0
            for k in range(n_labels * groups):
                posterior[item, k // groups] += share[k]
        for position in range(first, last):
            row = np.uint64(rater[position]) * per_rater + np.uint64(label[position])
            for k in range(size):
                rows[row, k] += share[k]
    return objective + np.log(product)


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


def usual_prior(ratings: Ratings) -> TablePrior:
    """Every rater is drawn to the one-coin table of the pooled accuracy.

    >>> import polars as pl
    >>> frame = pl.DataFrame({"item": [1, 1, 1, 1], "rater": list("abcd"), "label": list("xxxy")})
    >>> usual_prior(Ratings.from_frame(frame, item="item", rater="rater", label="label")).mean.round(2).tolist()
    [[[0.58, 0.42], [0.42, 0.58]]]
    """
    mean = one_coin_table(pooled_accuracy(ratings), max(1, len(ratings.labels)))
    return TablePrior(mean[None], np.zeros(ratings.n_raters, np.int32))


def fit(
    ratings: Ratings,
    known: Ints,
    *,
    prior: TablePrior | None = None,
    slices: Slices = WHOLE,
    max_passes: int = MAX_PASSES,
) -> Fit:
    """Run EM until the log posterior stops rising.

    `known[item]` is the code of a gold label, or -1. `ratings` must name its raters and have at most `MOST_LABELS`
    labels. The start is the prior's table for everyone, so the order of rows cannot matter. With several groups of
    raters the pooled table of each is learned from the first pass, then held.

    >>> import polars as pl
    >>> frame = pl.DataFrame({"item": [1, 1, 2, 2], "rater": list("abab"), "label": list("xxyy")})
    >>> ratings = Ratings.from_frame(frame, item="item", rater="rater", label="label")
    >>> fit(ratings, np.full(2, -1, np.int32)).posterior.argmax(axis=1).tolist()
    [0, 1]
    """
    n_labels = len(ratings.labels)
    prior = usual_prior(ratings) if prior is None else prior
    given = np.bincount(ratings.label, minlength=n_labels).astype(np.float64)
    classes = np.tile(class_prior(given[None], whole=None), (slices.size, 1))
    now = start_tables(prior)
    prior, whole = _learned(ratings, known, prior=prior, now=now, classes=classes, slices=slices)
    now = start_tables(prior)
    objective: list[float] = []
    nothing = np.empty((0, n_labels))
    for _ in range(max_passes):
        value, counts, totals = step(
            ratings, known, tables=now.tables, classes=classes, slices=slices, posterior=nothing
        )
        objective.append(value + log_prior(now, prior) + log_class_prior(classes, whole))
        if len(objective) > 1 and objective[-1] - objective[-2] < TOLERANCE_PER_LABEL * ratings.n_ratings:
            break
        now, classes = maximise(counts, prior, level=now.level), class_prior(totals, whole=whole)
    posterior = np.empty((ratings.n_items, n_labels))
    _, counts, _ = step(ratings, known, tables=now.tables, classes=classes, slices=slices, posterior=posterior)
    return Fit(posterior, now.tables, classes, tuple(objective), counts)


def step(
    ratings: Ratings, known: Ints, *, tables: Floats, classes: Floats, slices: Slices, posterior: Floats
) -> tuple[float, Floats, Floats]:
    """One pass: log likelihood, expected votes (raters x true x given) and expected items per slice and class.

    Shapes: `tables` float64[U, K, K], `classes` float64[S, K]; `posterior` float64[I, K] is filled, or has no row.

    >>> import polars as pl
    >>> frame = pl.DataFrame({"item": [1], "rater": ["a"], "label": ["x"]})
    >>> ratings = Ratings.from_frame(frame, item="item", rater="rater", label="label")
    >>> step(ratings, np.full(1, -1, np.int32), tables=np.ones((1, 1, 1)), classes=np.ones((1, 1)), slices=WHOLE,
    ...      posterior=np.empty((0, 1)))[1].tolist()
    [[[1.0]]]
    """
    n_labels = len(ratings.labels)
    width = next(size for size in WIDTHS if size >= n_labels)
    padded = np.zeros((len(tables) * n_labels, width))
    padded[:, :n_labels] = tables.transpose(0, 2, 1).reshape(-1, n_labels)
    prior = np.zeros((len(classes), width))
    prior[:, :n_labels] = classes
    rows, totals = np.zeros_like(padded), np.zeros_like(prior)
    arrays = (ratings.item_start, ratings.rater, ratings.label, known, slices.of_item)
    value = sweep((0,) * width, *arrays, prior, padded, rows, totals, posterior)
    counts = rows[:, :n_labels].reshape(-1, n_labels, n_labels).transpose(0, 2, 1)
    return float(value), counts, totals[:, :n_labels]


def _learned(
    ratings: Ratings, known: Ints, *, prior: TablePrior, now: Tables, classes: Floats, slices: Slices
) -> tuple[TablePrior, Floats | None]:
    """Pooled tables of the groups and the class prior of the whole, from the first pass; nothing where all is one."""
    if len(prior.mean) == 1 and slices.size == 1:
        return prior, None
    nothing = np.empty((0, len(ratings.labels)))
    _, counts, totals = step(ratings, known, tables=now.tables, classes=classes, slices=slices, posterior=nothing)
    means = pooled_tables(counts, prior.group, base=prior.mean.mean(axis=0), n_groups=len(prior.mean))
    return replace(prior, mean=means), class_prior(totals.sum(axis=0, keepdims=True), whole=None)


def class_prior(totals: Floats, *, whole: Floats | None) -> Floats:
    """Shares of the classes in each slice: expected items plus one each, or plus those of the whole's shares.

    Shapes: `totals` float64[S, K], `whole` float64[1, K] or None -> float64[S, K].

    >>> class_prior(np.array([[8.0, 0.0]]), whole=None).tolist()
    [[0.9, 0.1]]
    """
    pulled = totals + (CLASS_PRIOR_ITEMS if whole is None else SLICE_PRIOR_ITEMS * whole)
    return np.asarray(pulled / pulled.sum(axis=1, keepdims=True))


def log_class_prior(classes: Floats, whole: Floats | None) -> float:
    strength = CLASS_PRIOR_ITEMS if whole is None else SLICE_PRIOR_ITEMS * whole
    return float((strength * np.log(classes)).sum())
