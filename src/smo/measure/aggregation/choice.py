"""What gold says about the models: chances for gold items from fits that did not know them, and the model they prefer.

Sources: Stone (1974), JRSS B 36:111-147, for cross-validation; the paired comparison is a one-sided t test.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from smo.measure.aggregation import dawid_skene
from smo.measure.aggregation.calibration import Calibration, calibrated, fit_calibration
from smo.measure.aggregation.models import Case, fitted, vote_chances

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

FOLDS = 5
#: Below this many gold items nothing is calibrated or chosen: the usual is nearer to the truth than such a fit.
LEAST_GOLD = 20
#: The model that stands unless gold speaks against it.
DEFAULT = "ds_map"
#: A rival must be better by so many standard errors of the paired difference of log losses. Models with fewer numbers
#: than the default are safe to take; EBCC has ten times as many, and with 100 gold items looks better too often.
SWITCH_FROM = {"tied": 1.0, "one_coin": 1.0, "majority": 1.0, "ebcc": 2.5}
#: EBCC costs a thousand passes; above this many labels it is not tried.
MOST_LABELS_FOR_EBCC = 200_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """One model on the gold items: its log losses (nats, calibrated, held out), their mean, and its calibration."""

    model: str
    losses: Floats
    calibration: Calibration

    @property
    def loss(self) -> float:
        """Mean log loss in nats."""
        return float(self.losses.mean())


def held_out(model: str, case: Case, *, known: Ints, folds: int = FOLDS) -> Floats:
    """Chances of every gold item's labels by a fit that knew the gold of the other folds only.

    Shapes: `known` int32[I], a gold code or -1 -> float64[I, K], rows of items without gold are even.
    The folds are dealt out in the order of the items. Errors: ValueError for less than two folds.
    """
    if folds < 2:
        raise ValueError(f"cross-fitting needs at least two folds, not {folds}")
    n_labels = max(1, len(case.ratings.labels))
    chances = np.full((len(known), n_labels), 1.0 / n_labels)
    gold = np.flatnonzero(known >= 0)
    if model == "majority":
        chances[gold] = vote_chances(case.ratings)[gold]
        return chances
    for fold in range(min(folds, gold.size)):
        out = gold[fold::folds]
        rest = known.copy()
        rest[out] = -1
        found = fitted(model, case, known=rest)
        dense = vote_chances(case.ratings) if found.model == "majority" else found.posterior.dense()
        chances[out] = dense[out]
    return chances


def judged(model: str, case: Case, *, known: Ints) -> Verdict:
    """A model's calibration and its calibrated log loss on each gold item, held out."""
    gold = known >= 0
    n_labels = np.diff(case.ratings.item_start)
    chances = held_out(model, case, known=known)
    slices = None if case.slices.size == 1 else case.slices.of_item
    calibration = fit_calibration(chances, known, n_labels=n_labels, slices=slices)
    soft = calibrated(chances, calibration, n_labels=n_labels, slices=slices)[gold]
    return Verdict(model, -np.log(np.maximum(soft[np.arange(len(soft)), known[gold]], 1e-300)), calibration)


def chosen(case: Case, known: Ints) -> tuple[Verdict, tuple[Verdict, ...]]:
    """The model that gold prefers, and all verdicts; the default stands where no rival is clearly better.

    A rival wins when the mean paired difference of log losses is `SWITCH_FROM` standard errors above 0; of several
    the one with the most standard errors.
    Errors: ValueError where no item has gold.
    """
    if not (known >= 0).any():
        raise ValueError("a choice by gold needs gold")
    is_small = case.ratings.n_ratings <= MOST_LABELS_FOR_EBCC
    rivals = [rival for rival in SWITCH_FROM if rival != "ebcc" or is_small]
    if len(case.ratings.labels) > dawid_skene.MOST_LABELS:
        rivals = []
    verdicts = tuple(judged(model, case, known=known) for model in (DEFAULT, *rivals))
    best, most = verdicts[0], 0.0
    for rival in verdicts[1:]:
        gain = verdicts[0].losses - rival.losses
        error = float(gain.std(ddof=1)) / np.sqrt(gain.size) if gain.size > 1 else np.inf
        clear = float(gain.mean()) / error if error > 0 else 0.0
        if clear > max(most, SWITCH_FROM[rival.model]):
            best, most = rival, clear
    return best, verdicts
