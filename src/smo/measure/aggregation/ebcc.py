"""EBCC: classes have subtypes, so that raters may err together on the items of a subtype; variational Bayes.

Source: Li, Rubinstein & Cohn (2019), ICML, PMLR 97:3886-3895, with the priors of its experiments; the classes' prior
is the votes' own, as in the authors' empirical variant, and the starts lie around DS-MAP instead of around majority.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, gammaln

from smo.measure.aggregation import dawid_skene
from smo.measure.aggregation.dawid_skene import WHOLE, sweep
from smo.measure.ratings import Ratings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

SUBTYPES = 10
#: Dirichlet priors of the paper: subtypes (in all), a right vote, a wrong vote.
SUBTYPE_PRIOR, RIGHT_PRIOR, WRONG_PRIOR = 0.1, 4.0, 1.0
#: The bound has many maxima: the fit is run from several starts, and their posteriors are averaged.
STARTS = 5
MAX_PASSES = 300
TOLERANCE_PER_LABEL = 1e-6
#: How far the starts lie apart, in standard deviations of the log chance of a vote.
SPREAD_OF_STARTS = 1.0


@dataclass(frozen=True, slots=True)
class EbccFit:
    """Posterior (items x labels, mean over the starts), raters' tables (subtypes summed), the bound of the best start.

    `counts` are expected votes (raters x true x given), `bounds` the last bound of every start.
    """

    posterior: Floats
    tables: Floats
    objective: tuple[float, ...]
    counts: Floats
    bounds: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _State:
    """Dirichlet parameters: subtypes of each class (K, M), classes (K), votes (raters x given, K x M columns)."""

    subtypes: Floats
    classes: Floats
    votes: Floats


@dataclass(frozen=True, slots=True)
class _Case:
    """What does not change: the ratings, gold, and the prior in the shape of a state."""

    ratings: Ratings
    known: Ints
    prior: _State


def fit(ratings: Ratings, known: Ints, *, subtypes: int = SUBTYPES, starts: int = STARTS, seed: int = 0) -> EbccFit:
    """Coordinate ascent on the evidence bound from `starts` random starts; the posteriors are averaged.

    Shapes: `known` int32[I], a gold code or -1. The draws of the starts come from `seed`, label and rater by rater,
    so the order of rows cannot matter; other names may give another of the bound's maxima.
    Errors: ValueError for less than one subtype or start.

    >>> import polars as pl
    >>> frame = pl.DataFrame({"item": [1, 1, 1, 2, 2], "rater": list("abcab"), "label": list("xxxyy")})
    >>> ratings = Ratings.from_frame(frame, item="item", rater="rater", label="label")
    >>> fit(ratings, np.full(2, -1, np.int32), starts=2).posterior.argmax(axis=1).tolist()
    [0, 1]
    """
    if subtypes < 1 or starts < 1:
        raise ValueError(f"EBCC needs at least one subtype and one start, not {subtypes} and {starts}")
    rng = np.random.default_rng(seed)
    case = _Case(ratings, known, _prior(ratings, subtypes))
    near = dawid_skene.fit(ratings, known)
    found = [_climb(case, _first(case.prior, near, rng=rng)) for _ in range(starts)]
    best = max(found, key=lambda one: one[2][-1])
    posterior = np.mean([one[0] for one in found], axis=0)
    posterior /= posterior.sum(axis=1, keepdims=True)
    counts = np.mean([one[1] for one in found], axis=0)
    prior = _vote_prior(len(ratings.labels))
    tables = counts + prior
    tables /= tables.sum(axis=2, keepdims=True)
    return EbccFit(posterior, tables, best[2], counts, tuple(one[2][-1] for one in found))


def _vote_prior(n_labels: int) -> Floats:
    return np.asarray(np.eye(n_labels) * (RIGHT_PRIOR - WRONG_PRIOR) + WRONG_PRIOR)


def _prior(ratings: Ratings, subtypes: int) -> _State:
    """The prior; its votes as the kernel has them: raters x given by row, true x subtype by column."""
    n_labels = len(ratings.labels)
    rows = np.repeat(_vote_prior(n_labels).T, subtypes, axis=1)
    given = np.bincount(ratings.label, minlength=n_labels) + 1.0
    return _State(
        np.full((n_labels, subtypes), SUBTYPE_PRIOR / subtypes),
        given / given.sum() * ratings.n_items,
        np.tile(rows, (ratings.n_raters, 1)),
    )


def _first(prior: _State, near: dawid_skene.Fit, *, rng: np.random.Generator) -> _State:
    """The votes as DS-MAP has them, split among the subtypes and shaken, so that the subtypes part."""
    n_labels, subtypes = prior.subtypes.shape
    rows = np.repeat(near.counts.transpose(0, 2, 1).reshape(-1, n_labels), subtypes, axis=1) / subtypes
    items = near.posterior.sum(axis=0)
    votes = (prior.votes + rows) * np.exp(SPREAD_OF_STARTS * rng.standard_normal(rows.shape))
    return _State(prior.subtypes + items[:, None] / subtypes, prior.classes + items, votes)


def _climb(case: _Case, state: _State) -> tuple[Floats, Floats, tuple[float, ...]]:
    n_labels, subtypes = state.subtypes.shape
    bounds: list[float] = []
    nothing = np.empty((0, n_labels))
    for turn in range(MAX_PASSES):
        value, rows, totals = _expect(case, state, posterior=nothing)
        if turn:  # the first state is a random start, not the best one for given items
            bounds.append(value - _divergence(state, case.prior))
        if len(bounds) > 1 and bounds[-1] - bounds[-2] < TOLERANCE_PER_LABEL * case.ratings.n_ratings:
            break
        items = totals.reshape(n_labels, subtypes)
        prior = case.prior
        state = _State(prior.subtypes + items, prior.classes + items.sum(axis=1), prior.votes + rows)
    posterior = np.empty((case.ratings.n_items, n_labels))
    _, rows, _ = _expect(case, state, posterior=posterior)
    counts = rows.reshape(-1, n_labels, n_labels, subtypes).sum(axis=3).transpose(0, 2, 1)
    return posterior, counts, tuple(bounds)


def _expect(case: _Case, state: _State, *, posterior: Floats) -> tuple[float, Floats, Floats]:
    """One pass under the expected logs: log of the sum over columns, expected votes, expected items per column."""
    ratings, n_labels = case.ratings, len(state.classes)
    table = np.exp(_mean_log_votes(state.votes, n_labels))
    prior = np.exp(_mean_log(state.classes)[:, None] + _mean_log(state.subtypes)).reshape(1, -1)
    rows, totals = np.zeros_like(table), np.zeros_like(prior)
    arrays = (ratings.item_start, ratings.rater, ratings.label, case.known, WHOLE.of_item)
    value = sweep(np.empty(prior.shape[1]), *arrays, prior, table, rows, totals, posterior)
    return float(value), rows, totals[0]


def _mean_log(shape: Floats) -> Floats:
    return np.asarray(digamma(shape) - digamma(shape.sum(axis=-1, keepdims=True)))


def _by_given(rows: Floats, n_labels: int) -> Floats:
    """Raters x columns x given, so that each Dirichlet lies along the last axis."""
    return rows.reshape(-1, n_labels, rows.shape[1]).transpose(0, 2, 1)


def _mean_log_votes(rows: Floats, n_labels: int) -> Floats:
    return _mean_log(_by_given(rows, n_labels)).transpose(0, 2, 1).reshape(rows.shape)


def _divergence(state: _State, prior: _State) -> float:
    """KL of the Dirichlets from their priors: what the bound loses to them."""
    n_labels = len(state.classes)
    votes = _by_given(state.votes, n_labels), _by_given(prior.votes, n_labels)
    pairs = ((state.subtypes, prior.subtypes), (state.classes, prior.classes), votes)
    return float(sum(_dirichlet_kl(mine, before) for mine, before in pairs))


def _dirichlet_kl(mine: Floats, prior: Floats) -> float:
    weight = (_log_beta(prior) - _log_beta(mine)).sum()
    return float(weight + ((mine - prior) * _mean_log(mine)).sum())


def _log_beta(shape: Floats) -> Floats:
    return np.asarray(gammaln(shape).sum(axis=-1) - gammaln(shape.sum(axis=-1)))
