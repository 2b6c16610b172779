"""What gold says of the items that stop: how often they are right, so that the stated chance holds and the line too.

Items stop because their chance looks high, and so do the gold items whose labels made it look so. Therefore each fold
of gold is judged by a calibration that did not see it (cross-fitting, Stone 1974, JRSS B 36:111-147), and how often its
stopping items are right is drawn to what was stated, as a Beta prior of `PRIOR_ITEMS` items does.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from smo.measure.aggregation.calibration import calibrated, fit_calibration
from smo.measure.overlap.asks import Rule
from smo.measure.overlap.value import Bools, Codes, Floats

FOLDS = 5
#: Stopping gold items that the stated chance weighs: between data sets it is off by about 4 to 5 points, and
#: .95 * .05 / 20 is the square of that.
PRIOR_ITEMS = 20.0
#: A line that gold misses by more than this is not promised: nothing stops.
SLACK = 0.02
#: Shares are kept this far from 0 and 1 on the log-odds scale.
LEAST_CHANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Promise:
    """Of `n_gold` gold items that would stop, `n_right` were right; `stated` was their mean chance, held out.

    `confirmed` is the share right, drawn to `stated`. Without a stopping gold item both are nan.
    """

    n_gold: int
    n_right: int
    stated: float
    confirmed: float


#: What is known without gold.
UNCHECKED = Promise(0, 0, float("nan"), float("nan"))


def promise(posterior: Floats, known: Codes, *, n_labels: npt.NDArray[np.int64], rule: Rule) -> Promise:
    """(right + 20 stated) / (stopping + 20) over gold items, each judged by the calibration of the other folds.

    Shapes: `posterior` float64[I, K]; `known` int[I], the gold code or -1; `n_labels` int[I]. The posterior must come
    from a fit that did not know the gold. Errors: those of `fit_calibration`.
    Source: Stone (1974), JRSS B 36:111-147.

    >>> chances, n = np.array([[0.97, 0.03]] * 40), np.full(40, 1)
    >>> known = np.array([0, 0, 0, 0, 0, 0, 0, 1] * 5, np.int32)
    >>> found = promise(chances, known, n_labels=n, rule=Rule(0.9))
    >>> found.n_gold >= found.n_right
    True
    """
    gold = np.flatnonzero(known >= 0)
    stated, stopping, right = 0.0, 0, 0
    for fold in range(min(FOLDS, gold.size)):
        out = gold[fold::FOLDS]
        rest = np.array(known)
        rest[out] = -1
        found = fit_calibration(posterior, rest, n_labels=n_labels, by_label=True)
        chances = calibrated(posterior[out], found, n_labels=n_labels[out])
        top = chances.max(axis=1)
        stops = (top >= rule.confidence) & (n_labels[out] >= rule.least_labels)
        stated += float(top[stops].sum())
        stopping += int(stops.sum())
        right += int((chances.argmax(axis=1) == known[out])[stops].sum())
    if not stopping:
        return UNCHECKED
    mean = stated / stopping
    return Promise(stopping, right, mean, (right + PRIOR_ITEMS * mean) / (stopping + PRIOR_ITEMS))


def kept(chance: Floats, stops: Bools, *, given: Promise, rule: Rule) -> tuple[Floats, Bools, tuple[str, ...]]:
    """The chances stated, which items stop, and warnings, once gold has spoken.

    The chances of the items that stop are moved by one logit, so that they say what gold confirmed. Where that is
    below the line it is said; where it is `SLACK` below, nothing stops. Shapes: float64[I], bool[I].

    >>> said, stop, warnings = kept(np.array([0.96]), np.array([True]), given=Promise(30, 24, 0.96, 0.86), rule=Rule())
    >>> said.round(2).tolist(), stop.tolist(), warnings
    ([0.86], [False], ('of 30 gold items that would stop 24 were right: 0.95 cannot be promised, nothing stops',))
    """
    if not given.n_gold:
        said = ("no gold item would stop: the stated chance is unchecked",) if stops.any() else ()
        return chance, stops, said
    confirmed, stated = special.logit(np.clip([given.confirmed, given.stated], LEAST_CHANCE, 1.0 - LEAST_CHANCE))
    moved = np.where(stops, special.expit(special.logit(chance) + confirmed - stated), chance)
    if given.confirmed >= rule.confidence:
        return moved, stops, ()
    seen = f"of {given.n_gold} gold items that would stop {given.n_right} were right: {rule.confidence:g}"
    if given.confirmed >= rule.confidence - SLACK:
        return moved, stops, (f"{seen} is not confirmed, {given.confirmed:.3f} is",)
    return moved, np.zeros_like(stops), (f"{seen} cannot be promised, nothing stops",)
