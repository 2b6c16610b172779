"""Systematic sampling: every so-manieth unit of an order, from a random start: spread evenly over time and strata."""

import numpy as np

from smo.measure.sample import Ask, Frame, Sample
from smo.measure.sample.choice import finished, order_of, random_start, refuse_empty, short_codes, whole_record
from smo.measure.sample.siphash import random_numbers

NAME = "systematic"
TITLE = "Systematic"
NEEDS: frozenset[str] = frozenset()
_FINE = 1 << 53


def draw(frame: Frame, ask: Ask) -> Sample:
    """Every N/n-th unit in order of stratum, `at` (time, say) and permanent random number, from a random start.

    Shapes: the interval N/n need not be whole; the inclusion probability of every unit is n / N to the last digit.
    Which units come together is fixed by the order, so a variance formula for simple random samples is an
    approximation here: too wide where neighbours are alike, too narrow where the order has a period of N/n.
    Errors: ValueError for an empty frame. Source: Cochran 1977, ch. 8; Särndal, Swensson, Wretman 1992, 3.4.

    >>> from uuid import UUID
    >>> frame = Frame.of_uuids([UUID(int=n) for n in range(12)], at=range(12))
    >>> sorted(unit.id.int for unit in draw(frame, Ask(size=3, seed=1)).chosen)
    [3, 7, 11]
    """
    refuse_empty(frame)
    many, size = len(frame), min(ask.size, len(frame))
    order = order_of(random_numbers(frame.ids, seed=ask.seed), frame.ids)
    if frame.at is not None:
        order = order[np.argsort(frame.at[order], kind="stable")]
    if len(frame.names) > 1:
        order = order[np.argsort(short_codes(frame)[order], kind="stable")]
    start = int(random_start(ask.seed) * _FINE)  # whole numbers: no unit is lost or doubled by rounding
    steps = [(start + step * _FINE) * many // (size * _FINE) for step in range(size)]
    record = whole_record(frame, design=NAME, seed=ask.seed, drawn=size)
    return finished(frame, order[steps], probability=np.full(size, size / many), record=record)
