"""Risk-based sampling: the chance of a unit follows its risk, with a floor, so that every unit stays estimable."""

import math

import numpy as np

from smo.measure.sample import Ask, Frame, RiskRule, Sample
from smo.measure.sample.choice import finished, order_of, random_start, refuse_empty, whole_record
from smo.measure.sample.frame import Numbers
from smo.measure.sample.record import by_risk
from smo.measure.sample.siphash import random_numbers

NAME = "risk_based"
TITLE = "Risk-based"
NEEDS = frozenset({"risk"})
_HALVINGS = 70  # of the ratio: from 1e30 to a rounding rest
_LARGEST = 1e300


def draw(frame: Frame, ask: Ask) -> Sample:
    """A sample of fixed size with probabilities min(1, max(floor, c * risk)): systematic in a random order.

    Shapes: `frame.risk` is 0 or more; the floor is `ask.floor` * n / N, and c makes the probabilities add up to n. They
    are exact, not approximations; joint ones are not known in closed form, so intervals use Hartley and Rao's or
    Hajek's approximation. Units without any risk have the floor, which rises where those with one do not fill the
    sample. Errors: ValueError for an empty frame or one without risks.
    Source: Hartley and Rao 1962 (systematic with unequal probabilities in a random order).

    >>> from uuid import UUID
    >>> from smo.measure.sample import probability_of
    >>> frame = Frame.of_uuids([UUID(int=n) for n in range(100)], risk=[9.0] * 10 + [0.0] * 90)
    >>> sample = draw(frame, Ask(size=10, seed=7))
    >>> sample.record.risk.floor, [round(probability_of(sample.record, risk=risk), 3) for risk in (0, 9)], len(sample)
    (0.01, [0.01, 0.91], 10)
    """
    refuse_empty(frame)
    if frame.risk is None:
        raise ValueError("a risk-based draw needs the risk of each unit")
    size = min(ask.size, len(frame))
    rule = _rule(frame.risk, size=size, floor=ask.floor * size / len(frame))
    chances = by_risk(rule, frame.risk)
    order = order_of(random_numbers(frame.ids, seed=ask.seed), frame.ids)
    ends = np.cumsum(chances[order])
    ends *= size / ends[-1]  # a rounding rest; the last end is the size itself
    ends[-1] = size
    steps = np.searchsorted(ends, random_start(ask.seed) + np.arange(size), side="right")
    rows = order[np.minimum(steps, len(order) - 1)]
    record = whole_record(frame, design=NAME, seed=ask.seed, drawn=size, risk=rule)
    return finished(frame, rows, probability=chances[rows], record=record)


def _rule(risk: Numbers, *, size: int, floor: float) -> RiskRule:
    """The scale at which the probabilities add up to the size; exact, as between two kinks the sum is a line.

    Where even every unit with a risk does not fill the sample, those are certain and the floor rises for the others.
    """
    positive = np.sort(risk[risk > 0])
    zeros = len(risk) - len(positive)
    high = min(2 / float(positive[0]), _LARGEST / float(positive[-1])) if len(positive) else 0.0
    if zeros * floor + len(positive) <= size:
        return RiskRule(high, (size - len(positive)) / zeros if zeros else 1.0)
    sums = np.concatenate([[0.0], np.cumsum(positive)])
    low = floor / float(positive[-1])  # here every unit still has the floor
    for _ in range(_HALVINGS):
        scale = math.sqrt(low) * math.sqrt(high)
        under, certain = np.searchsorted(positive, [floor / scale, 1 / scale])
        found = (zeros + under) * floor + scale * (sums[certain] - sums[under]) + len(positive) - certain
        low, high = (scale, high) if found < size else (low, scale)
    under, certain = np.searchsorted(positive, [floor / high, 1 / high])
    between = sums[certain] - sums[under]
    rest = size - (zeros + under) * floor - (len(positive) - certain)
    return RiskRule(float(rest / between) if between > 0 else high, floor)
