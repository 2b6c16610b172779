"""One skill per rater: EM over the pairs of item and label that occur, so that hundreds of labels cost nothing.

A rater is right with one chance and otherwise picks another label; Beta prior in every M-step.
Source: the one-parameter model of Dawid & Skene (1979) as in Karger, Oh & Shah (2014), Operations Research 62:1-24.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from smo.measure.aggregation.dawid_skene import (
    CLASS_PRIOR_ITEMS,
    MAX_PASSES,
    MOST_LABELS,
    TOLERANCE_PER_LABEL,
    pooled_accuracy,
)
from smo.measure.aggregation.posterior import Floats, Sparse
from smo.measure.ratings import Ratings
from smo.measure.votes import Pairs, pairs

#: Votes that the pooled accuracy weighs in a rater's skill; about as much as one page of work.
PRIOR_VOTES = 4.0


@dataclass(frozen=True, slots=True)
class CoinFit:
    """Posterior over the given labels, skill per rater, and the objective of every pass."""

    posterior: Sparse
    skill: Floats
    objective: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Votes:
    """What EM reads: the ratings, their pairs of item and label, and gold."""

    ratings: Ratings
    seen: Pairs
    known: npt.NDArray[np.int32]
    alternatives: float  # labels that a wrong answer spreads over
    may_be_unseen: bool  # whether the true label may be one that nobody gave to the item


@dataclass(frozen=True, slots=True)
class _Expected:
    """One E-step: log likelihood, mass per given pair, and the prior's factor for labels that nobody gave."""

    value: float
    mass: Floats
    rest: Floats


def fit(ratings: Ratings, known: npt.NDArray[np.int32], *, max_passes: int = MAX_PASSES) -> CoinFit:
    """Run EM until the log posterior stops rising. `known[item]` is the code of a gold label, or -1.

    >>> import polars as pl
    >>> frame = pl.DataFrame({"item": [1, 1, 1, 2, 2], "rater": list("abcab"), "label": list("xxyyy")})
    >>> found = fit(Ratings.from_frame(frame, item="item", rater="rater", label="label"), np.full(2, -1, np.int32))
    >>> bool(found.skill[0] > found.skill[2]), found.posterior.best()[0].tolist()
    (True, [0, 1])
    """
    seen, pooled = pairs(ratings, known), pooled_accuracy(ratings)
    votes = _Votes(ratings, seen, known, _alternatives(ratings, seen), len(ratings.labels) <= MOST_LABELS)
    skill = np.full(ratings.n_raters, pooled)
    prior = _pull(np.bincount(ratings.label, minlength=len(ratings.labels)))
    objective: list[float] = []
    for _ in range(max_passes):
        now = _expect(votes, skill, prior=prior)
        habit = PRIOR_VOTES * float((pooled * np.log(skill) + (1 - pooled) * np.log1p(-skill)).sum())
        objective.append(now.value + habit + CLASS_PRIOR_ITEMS * float(np.log(prior).sum()))
        if len(objective) > 1 and objective[-1] - objective[-2] < TOLERANCE_PER_LABEL * ratings.n_ratings:
            break
        skill = _skill(ratings, now.mass[votes.seen.of_rating], pooled=pooled)
        given = np.bincount(votes.seen.code, weights=now.mass, minlength=prior.size)
        prior = _pull(
            given
            + now.rest.sum() * prior
            - np.bincount(votes.seen.code, weights=now.rest[votes.seen.item], minlength=prior.size) * prior
        )
    return CoinFit(Sparse(votes.seen.start, votes.seen.code, now.mass, now.rest, prior), skill, tuple(objective))


def _alternatives(ratings: Ratings, seen: Pairs) -> float:
    """How many labels a wrong answer spreads over: all others, or with many labels those that an item attracts.

    Errors go to the few labels that are near for the item; spread over hundreds, one vote more would look certain.
    """
    others = float(max(1, len(ratings.labels) - 1))
    if len(ratings.labels) <= MOST_LABELS:
        return others
    sizes = np.diff(ratings.item_start)
    attracted = float(np.average(np.diff(seen.start), weights=sizes)) - 1.0
    return min(others, max(1.0, attracted))


def _pull(totals: npt.NDArray[np.float64] | npt.NDArray[np.int64]) -> Floats:
    pulled = totals + CLASS_PRIOR_ITEMS
    return np.asarray(pulled / pulled.sum())


def _skill(ratings: Ratings, right: Floats, *, pooled: float) -> Floats:
    n = np.bincount(ratings.rater, minlength=ratings.n_raters)
    correct = np.bincount(ratings.rater, weights=right, minlength=ratings.n_raters)
    return np.asarray((correct + PRIOR_VOTES * pooled) / (n + PRIOR_VOTES))


def _expect(votes: _Votes, skill: Floats, *, prior: Floats) -> _Expected:
    """Scores are relative to "every vote is wrong", so a label without votes scores its prior alone."""
    ratings, seen, known = votes.ratings, votes.seen, votes.known
    wrong = np.log1p(-skill) - np.log(votes.alternatives)
    gain = np.bincount(seen.of_rating, weights=(np.log(skill) - wrong)[ratings.rater], minlength=seen.code.size)
    base = np.add.reduceat(wrong[ratings.rater], ratings.item_start[:-1])
    score = gain + np.log(prior)[seen.code]
    starts = seen.start[:-1]
    unseen = np.maximum(0.0, 1.0 - np.add.reduceat(prior[seen.code], starts)) * votes.may_be_unseen
    top = np.maximum.reduceat(score, starts)
    top = np.maximum(top, 0.0) if votes.may_be_unseen else top
    weight = np.exp(score - top[seen.item])
    total = np.add.reduceat(weight, starts) + unseen * np.exp(-top)
    likelihood = base + top + np.log(total)
    hit = seen.code == known[seen.item]
    likelihood[seen.item[hit]] = score[hit] + base[seen.item[hit]]
    mass = np.where(known[seen.item] >= 0, hit, weight / total[seen.item])
    return _Expected(
        float(likelihood.sum()),
        mass,
        np.where(known >= 0, 0.0, votes.may_be_unseen * np.exp(-np.maximum(top, 0.0)) / total),
    )
