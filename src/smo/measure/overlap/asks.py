"""Per item: is the answer sure enough, should a person decide it, or is one more label to be asked, and of whom?"""

from dataclasses import dataclass

import numba as nb
import numpy as np
import numpy.typing as npt
import polars as pl

from smo.measure.aggregation.calibration import Calibration, calibrated
from smo.measure.overlap.value import (
    Bools,
    Codes,
    Eligible,
    Floats,
    Places,
    checked,
    expected_gain_of_several,
    expected_information,
)

STOP, ASK, ADJUDICATE = 0, 1, 2
ACTIONS = ("stop", "ask", "adjudicate")
NOBODY = -1
#: Values nearer than this share are a tie, which the smaller load decides.
TIE = 1e-9


@dataclass(frozen=True, slots=True)
class Rule:
    """When to stop, and what a label may cost.

    `confidence` is the calibrated chance of the best label from which an item stops; no item stops before
    `least_labels` or gets more than `most_labels` (None: as many as there are raters). With `error_cost`, the cost of
    a wrong decision in units of `label_cost`'s money, an item also goes to adjudication when no plan of up to
    `look_ahead` labels gains as much as it costs.
    Errors: ValueError for a confidence outside (0, 1], impossible numbers of labels, or negative costs.

    >>> Rule(confidence=0.9).most_labels is None
    True
    """

    confidence: float = 0.95
    least_labels: int = 1
    most_labels: int | None = None
    label_cost: float = 1.0
    error_cost: float | None = None
    look_ahead: int = 3

    def __post_init__(self) -> None:
        if not 0.0 < self.confidence <= 1.0:
            raise ValueError(f"confidence must be above 0 and at most 1, not {self.confidence}")
        if self.least_labels < 1 or self.look_ahead < 1:
            raise ValueError("least_labels and look_ahead must be at least 1")
        if self.most_labels is not None and self.most_labels < self.least_labels:
            raise ValueError(f"most_labels {self.most_labels} is below least_labels {self.least_labels}")
        if not (0.0 <= self.label_cost < np.inf and (self.error_cost is None or 0.0 <= self.error_cost < np.inf)):
            raise ValueError("costs must be numbers of at least 0")


@dataclass(frozen=True, slots=True)
class Asks:
    """What to do with each item, by position.

    Shapes: `action` int8[I] (`STOP`, `ASK`, `ADJUDICATE`), `best` int32[I] the best label, `chance` float64[I] its
    calibrated chance, `place` int64[I] the pair in `eligible` to ask (-1 = none), `rater` int32[I] (-1 = none),
    `value` float64[I] the expected information of that label in nats (0 where nothing is asked).
    """

    action: npt.NDArray[np.int8]
    best: Codes
    chance: Floats
    place: Places
    rater: Codes
    value: Floats


def next_asks(
    posterior: Floats,
    tables: Floats,
    *,
    eligible: Eligible,
    rule: Rule,
    n_labels: npt.NDArray[np.integer],
    calibration: Calibration | None = None,
) -> Asks:
    """Stop, ask or adjudicate each item; ask the rater with most expected information x availability.

    Shapes: `posterior` float64[I, K] and `tables` float64[R, K, K] as a fit gives them; `n_labels` int[I] labels so
    far. Of raters who tell as much the one with the least load is asked, then the first. `calibration` from
    `aggregation.calibration` makes the rule's confidence true; None takes the posterior at its word. An item that is
    not sure goes to adjudication when it has `most_labels`, when nobody is open, or when no label is worth its cost.
    Items are judged one by one: give new loads and call again per batch.
    Errors: ValueError for other shapes, or an availability or load that is negative or nan.
    Source: MacKay (1992), Neural Computation 4:590-604, for the choice by information; what a label is worth: Kamar,
    Hacker & Horvitz (2012), AAMAS.

    >>> able = np.array([[[0.8, 0.2], [0.2, 0.8]], [[0.9, 0.1], [0.1, 0.9]]])
    >>> who = Eligible(np.array([0, 2, 4, 4]), np.array([0, 1, 0, 1], np.int32))
    >>> chances = np.array([[0.97, 0.03], [0.6, 0.4], [0.3, 0.7]])
    >>> found = next_asks(chances, able, eligible=who, rule=Rule(0.95), n_labels=np.array([2, 1, 2]))
    >>> [ACTIONS[code] for code in found.action], found.rater.tolist()
    (['stop', 'ask', 'adjudicate'], [-1, 1, -1])
    """
    chances, errors = checked(posterior, tables, eligible=eligible)
    n = np.asarray(n_labels)
    if n.shape != (eligible.n_items,) or (n < 0).any():
        raise ValueError("n_labels needs a number of at least 0 for each item")
    if calibration is not None:
        chances = calibrated(chances, calibration, n_labels=n)
    best = chances.argmax(axis=1).astype(np.int32)
    chance = np.asarray(chances.max(axis=1), np.float64)
    place, value = _best_pair(chances, errors, eligible=eligible)
    is_sure = (chance >= rule.confidence) & (n >= rule.least_labels)
    may_ask = (place >= 0) & (n < (np.inf if rule.most_labels is None else rule.most_labels))
    may_ask &= ~is_sure
    may_ask[may_ask] = _pays(chances, errors, eligible=eligible, rule=rule, asked=may_ask) | (
        n[may_ask] < rule.least_labels
    )
    action = np.where(is_sure, STOP, np.where(may_ask, ASK, ADJUDICATE)).astype(np.int8)
    place = np.where(may_ask, place, NOBODY)
    who = np.append(eligible.rater, np.int32(NOBODY))[place].astype(np.int32)  # place -1 reads the last: nobody
    return Asks(action, best, chance, place, who, np.where(may_ask, value, 0.0))


def asks_frame(asks: Asks, *, items: pl.Series, raters: pl.Series, labels: tuple[str, ...]) -> pl.DataFrame:
    """`item, action, rater, label, chance, value`, one row per item, with names in place of codes.

    Shapes: `items` [I], `raters` [R], `labels` [K] in the order of the codes. Units: `value` in nats.
    Errors: ValueError when the numbers of items differ.

    >>> asks = Asks(*(np.array([x]) for x in (1, 0, 0.6, 0, 0, 0.2)))
    >>> asks_frame(asks, items=pl.Series(["i"]), raters=pl.Series(["ann"]), labels=("x", "y")).rows()
    [('i', 'ask', 'ann', 'x', 0.6, 0.2)]
    """
    if len(items) != len(asks.action):
        raise ValueError(f"{len(items)} items for {len(asks.action)} asks")
    rater = pl.Series(asks.rater)
    return pl.DataFrame(
        {
            "item": items,
            "action": pl.Series(ACTIONS).gather(asks.action),
            "rater": raters.gather(rater.set(rater < 0, None)),
            "label": pl.Series(labels, dtype=pl.String).gather(asks.best),
            "chance": asks.chance,
            "value": asks.value,
        }
    )


def _best_pair(chances: Floats, tables: Floats, *, eligible: Eligible) -> tuple[Places, Floats]:
    worth = expected_information(chances, tables, eligible=eligible)
    raters = np.asarray(eligible.rater)
    if eligible.availability is not None:
        share = _per_rater(eligible.availability, len(tables), name="availability")[raters]
        worth = np.where((share > 0) & (worth >= 0), worth * share, -1.0)
    waiting = np.zeros(len(tables)) if eligible.load is None else _per_rater(eligible.load, len(tables), name="load")
    place, value = _pick(np.asarray(eligible.start, np.int64), raters, worth, waiting)
    return place, value


def _per_rater(values: Floats, n_raters: int, *, name: str) -> Floats:
    numbers = np.asarray(values, np.float64)
    if numbers.shape != (n_raters,) or not np.isfinite(numbers).all() or (numbers < 0).any():
        raise ValueError(f"{name} needs a number of at least 0 for each of {n_raters} raters")
    return numbers


def _pays(chances: Floats, tables: Floats, *, eligible: Eligible, rule: Rule, asked: Bools) -> Bools:
    """Whether some plan of up to `look_ahead` labels gains more than it costs, for the asked items."""
    if rule.error_cost is None:
        return np.ones(int(asked.sum()), np.bool_)
    pays = np.zeros(len(chances), np.bool_)
    for labels in range(1, rule.look_ahead + 1):
        gain = expected_gain_of_several(chances, tables, eligible=eligible, labels=labels)
        pays |= gain * rule.error_cost > labels * rule.label_cost
    return pays[asked]


@nb.njit(cache=True, nogil=True)
def _pick(start, rater, worth, load):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The open pair of each item with the largest worth; among equals the least load, then the first."""
    place = np.full(start.shape[0] - 1, -1, np.int64)
    value = np.zeros(start.shape[0] - 1)
    for item in range(place.shape[0]):
        for at in range(start[item], start[item + 1]):
            if worth[at] < 0.0:
                continue
            now = place[item]
            if now >= 0:
                margin = TIE * max(worth[now], 1e-300)
                is_equal = abs(worth[at] - worth[now]) <= margin
                is_busier = load[rater[at]] >= load[rater[now]]
                if is_busier if is_equal else worth[at] < worth[now]:
                    continue
            place[item], value[item] = at, worth[at]
    return place, value
