"""Replay past labels as if each had to be bought: how accurate would the answers have been with fewer?

Only raters with a recorded label for an item may be asked for it, and only bought labels are looked at.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from smo.measure.aggregation.calibration import Calibration, fit_calibration
from smo.measure.overlap.asks import ACTIONS, ADJUDICATE, ASK, STOP, Asks, Rule, next_asks
from smo.measure.overlap.learning import LAST_PASSES, Learned, learn
from smo.measure.overlap.promise import UNCHECKED, Promise, kept, promise
from smo.measure.overlap.value import Bools, Codes, Eligible, Floats, expected_gain
from smo.measure.ratings import Ratings
from smo.measure.truth import Truth, truth_codes

#: Of all items, this share gets a label per round before the raters are learned again.
SHARE_PER_ROUND = 0.02
#: Without gold the posterior's temperature, that only shifts purchases towards open items, is this.
CAUTION = Calibration(rho=0.0, log_scale=float(np.log(1.4)))
ROUNDS_PER_CALIBRATION = 5
#: The first label of an item goes to a rater with chance ~ (items this rater may label)^this: somebody whom one will
#: meet again teaches more. 0 would be even.
PULL_OF_WORKLOAD = 0.5


@dataclass(frozen=True, slots=True)
class Replay:
    """One run over recorded labels.

    Shapes: `best` int32[S, I], the best label of each item after each of S rounds; `spent` int64[S] labels bought by
    then; `bought` bool[N] which recorded labels; `n_labels` int64[I]; `posterior` float64[I, K] as learned and
    `chance` float64[I] the calibrated chance of the final answer; `action` int8[I] the last word of the rule (`ASK`
    where the budget ended first); `is_gold` bool[I] items that taught the calibration.
    `promise` is what gold confirms of the items that stop; `warnings` say where the rule's line
    could not be kept.
    """

    ratings: Ratings
    rule: Rule
    best: Codes
    spent: npt.NDArray[np.int64]
    bought: Bools
    n_labels: npt.NDArray[np.int64]
    posterior: Floats
    chance: Floats
    action: npt.NDArray[np.int8]
    is_gold: Bools
    calibration: Calibration | None
    promise: Promise = UNCHECKED
    warnings: tuple[str, ...] = ()

    def items(self) -> pl.DataFrame:
        """`item, label, chance, n, action`: the final answer of every item."""
        names = pl.Series("label", self.ratings.label_names, dtype=pl.String)
        return pl.DataFrame(
            {
                "item": self.ratings.items,
                "label": names.gather(self.best[-1]),
                "chance": self.chance,
                "n": self.n_labels,
                "action": pl.Series(ACTIONS).gather(self.action),
            }
        )


@dataclass(frozen=True, slots=True)
class _Now:
    """What is known after a round."""

    bought: Bools
    learned: Learned
    calibration: Calibration | None
    round: int


def replay(ratings: Ratings, rule: Rule, *, seed: int, gold: Truth | None = None, most_share: float = 1.0) -> Replay:
    """Buy recorded labels by `rule` until every item stops or `most_share` of all labels is spent.

    Each item first gets one label of a rater drawn by `seed`, sooner of one with much other work. Then, round after
    round, the raters are learned from all bought labels, and the items where one label more tells most get it. `gold`
    only calibrates the rule's confidence: gold items are bought and answered like all others, never clamped. Without
    gold the confidence is the model's own and too high.
    Units: `most_share` is a share of the recorded labels, at least one label per item.
    Errors: ValueError without ratings or rater ids, for weights, or a share outside (0, 1] or below one per item.
    Source: own; each round asks by `next_asks`.

    >>> frame = pl.DataFrame({"item": [1, 1, 1, 2, 2, 2], "rater": list("abcabc"), "label": list("xxxyyx")})
    >>> ratings = Ratings.from_frame(frame, item="item", rater="rater", label="label")
    >>> replay(ratings, Rule(0.99), seed=1).items()["label"].to_list()
    ['x', 'y']
    """
    budget = _budget(ratings, most_share)
    known = np.maximum(truth_codes(ratings, gold), -1)
    rng = np.random.default_rng(seed)
    workload = np.bincount(ratings.rater[ratings.rater >= 0], minlength=max(1, ratings.n_raters))
    order = rng.exponential(size=ratings.n_ratings) / np.maximum(workload[ratings.rater], 1) ** PULL_OF_WORKLOAD
    per_round = max(1, round(SHARE_PER_ROUND * ratings.n_items))
    bought = _first_labels(ratings, order)
    now = _Now(bought, learn(ratings, bought), None, 0)
    best, spent = [], []
    while True:
        now = _calibrate(ratings, known=known, now=now)
        asks = _asks(ratings, rule, now=now)
        best.append(now.learned.posterior.argmax(axis=1).astype(np.int32))
        spent.append(int(now.bought.sum()))
        pairs = _purchase(asks, min(per_round, budget - spent[-1]))
        if not pairs.size:
            return _finished(ratings, rule, now=now, known=known, best=best, spent=spent)
        bought = now.bought.copy()
        bought[pairs] = True
        now = replace(now, bought=bought, learned=learn(ratings, bought, start=now.learned), round=now.round + 1)


def _budget(ratings: Ratings, most_share: float) -> int:
    if not ratings.n_items:
        raise ValueError("there are no ratings to replay")
    if not 0.0 < most_share <= 1.0:
        raise ValueError(f"most_share must be above 0 and at most 1, not {most_share}")
    budget = int(most_share * ratings.n_ratings)
    if budget < ratings.n_items:
        raise ValueError(f"{budget} labels cannot give each of {ratings.n_items} items one")
    return budget


def _first_labels(ratings: Ratings, order: Floats) -> Bools:
    """The rating of each item that comes first in a random order."""
    first = np.minimum.reduceat(order, ratings.item_start[:-1])
    return np.asarray(order == np.repeat(first, np.diff(ratings.item_start)))


def _counts(ratings: Ratings, bought: Bools) -> npt.NDArray[np.int64]:
    return np.add.reduceat(bought, ratings.item_start[:-1], dtype=np.int64)


def _calibrate(ratings: Ratings, *, known: Codes, now: _Now) -> _Now:
    if not (known >= 0).any() or now.round % ROUNDS_PER_CALIBRATION:
        return now
    n, posterior = _counts(ratings, now.bought), now.learned.posterior
    return replace(now, calibration=fit_calibration(posterior, known, n_labels=n, by_label=True))


def _asks(ratings: Ratings, rule: Rule, *, now: _Now) -> Asks:
    load = np.bincount(ratings.rater[now.bought], minlength=ratings.n_raters).astype(np.float64)
    return next_asks(
        now.learned.posterior,
        now.learned.tables,
        eligible=Eligible(ratings.item_start, ratings.rater, ~now.bought, load=load),
        rule=rule,
        n_labels=_counts(ratings, now.bought),
        calibration=now.calibration or CAUTION,
    )


def _purchase(asks: Asks, most: int) -> npt.NDArray[np.int64]:
    """The pairs to buy: of the items that ask, those where the label tells most."""
    asking = np.flatnonzero(asks.action == ASK)
    chosen = asking[np.argsort(-asks.value[asking], kind="stable")[: max(0, most)]]
    return asks.place[chosen]


def _finished(ratings: Ratings, rule: Rule, *, now: _Now, known: Codes, best: list[Codes], spent: list[int]) -> Replay:
    last = replace(now, learned=learn(ratings, now.bought, start=now.learned, passes=LAST_PASSES))
    last = _calibrate(ratings, known=known, now=replace(last, round=0))
    asks = _asks(ratings, rule, now=last)
    best[-1] = asks.best
    n = _counts(ratings, now.bought)
    has_gold = bool((known >= 0).any())
    given = promise(last.learned.posterior, known, n_labels=n, rule=rule) if has_gold else UNCHECKED
    chance, stops, warnings = kept(asks.chance, asks.action == STOP, given=given, rule=rule)
    action = np.where((asks.action == STOP) & ~stops, ADJUDICATE, asks.action).astype(np.int8)
    return Replay(
        ratings,
        rule,
        np.stack(best),
        np.asarray(spent, np.int64),
        now.bought,
        n,
        last.learned.posterior,
        chance,
        action,
        known >= 0,
        last.calibration,
        given,
        warnings,
    )


def warm_overlap() -> None:
    """Compile the kernels of this room on two items.

    >>> warm_overlap()
    """
    frame = pl.DataFrame({"item": [1, 1, 2, 2], "rater": list("abab"), "label": list("xyyy")})
    ratings = Ratings.from_frame(frame, item="item", rater="rater", label="label")
    run = replay(ratings, Rule(1.0, error_cost=10.0), seed=1)
    who = Eligible(ratings.item_start, ratings.rater)
    expected_gain(run.posterior, learn(ratings, run.bought).tables, eligible=who)
