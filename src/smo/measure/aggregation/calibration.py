"""Posteriors that mean what they say: a temperature learned from gold, that grows with the labels of an item.

Raters err together on hard items, so each further label says less than the model believes. With an error correlation
rho inside an item, n labels are worth n / (1 + (n - 1) rho) (the design effect of Kish 1965, Survey Sampling), and the
log posterior is divided by that factor. Source of the temperature: Guo, Pleiss, Sun & Weinberger (2017), ICML.

Asked for, a shift per label is learned too (a label that raters give too readily means less than another), and a lapse,
the share of items on which no number of agreeing labels helps. Source of the shifts: Alexandari, Kundaje & Shrikumar
(2020), ICML, "bias-corrected temperature scaling".
"""

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from scipy import optimize

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.integer]
Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

#: Prior of the error correlation: on the eight public sets rho is .17 to .67, their geometric mean is .31.
USUAL_RHO = 0.3
#: Spread of logit rho between data sets, and of the log of the further factor that holds for all n.
SPREAD_OF_LOGIT_RHO = 1.0
SPREAD_OF_LOG_SCALE = 0.3
#: With shifts and a lapse the scale may go further: on the eight public sets the log scale is -.7 to 1.1, the shifts
#: are 0 to 1.2 (one label of one set 2.7), and the lapse is 0 to .08.
SPREAD_OF_FREE_LOG_SCALE = 0.6
SPREAD_OF_SHIFT = 0.5
USUAL_LAPSE = 0.05
SPREAD_OF_LOGIT_LAPSE = 0.7
#: Spread of the log scale between slices (policy x language) of one data set.
SPREAD_OF_SLICES = 0.3
#: Chances below this are read as this: an exact 0 would make one wrong key weigh without end.
LEAST_CHANCE = 1e-300


@dataclass(frozen=True, slots=True)
class Calibration:
    """Temperature of an item with n labels in slice s: exp(log_scale[s]) * (1 + (n - 1) * rho).

    Shapes: `log_scale_of_slice` float64[S], `gold_of_slice` int64[S]; a slice without gold, or no slice at all, has
    `log_scale`. `shift_of_label` float64[K] is added to the cooled log chances (none learned: empty); with chance
    `lapse` the labels say nothing and all answers are alike. `n_gold` items were used; `loss_raw` and `loss` are their
    mean log losses before and after, in nats.
    """

    rho: float = USUAL_RHO
    log_scale: float = 0.0
    n_gold: int = 0
    loss_raw: float | None = None
    loss: float | None = None
    log_scale_of_slice: Floats = field(default_factory=lambda: np.zeros(0))
    gold_of_slice: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    shift_of_label: Floats = field(default_factory=lambda: np.zeros(0))
    lapse: float = 0.0


@dataclass(frozen=True, slots=True)
class _Gold:
    """The log chances of the items whose label is known, the known label, labels per item, slice (-1 = none)."""

    log_chance: Floats
    code: npt.NDArray[np.int64]
    n_labels: Floats
    slices: npt.NDArray[np.int64]


def fit_calibration(
    posterior: Floats,
    known: Integers,
    *,
    n_labels: Integers | None = None,
    slices: Integers | None = None,
    by_label: bool = False,
) -> Calibration:
    """Temperature by penalised likelihood on gold: drawn to `USUAL_RHO` where gold is small, slices to the whole.

    Shapes: `posterior` float64[I, K], rows sum to 1; `known` int[I], the gold code or -1; `n_labels` int[I], labels
    per item (without it every item counts as one with two); `slices` int[I] from 0, -1 = no slice. With `by_label` a
    shift per label and a lapse are learned as well; the best label may then change.
    The posterior of a gold item must come from a fit that did not know its label (`choice.held_out`), else the
    calibration believes the model.
    Errors: ValueError for other shapes, chances that are nan or do not sum to 1, or a code beyond K.
    Source: Guo, Pleiss, Sun & Weinberger (2017), ICML, the temperature; Kish (1965), Survey Sampling, its growth.

    >>> chances = np.array([[0.99, 0.01]] * 10)
    >>> found = fit_calibration(chances, np.array([0] * 7 + [1] * 3), n_labels=np.full(10, 20))
    >>> bool(0.6 < calibrated(chances, found, n_labels=np.full(10, 20))[0, 0] < 0.9)
    True
    """
    gold = _gold(posterior, known, n_labels=n_labels, slices=slices)
    if not gold.code.size:
        return Calibration()
    whole = _fit_by_label(gold) if by_label else _fit_whole(gold)
    per_slice, counts = _per_slice(gold, whole)
    raw = _losses(gold, np.ones(gold.code.size), whole=Calibration()).mean()
    full = replace(
        whole, n_gold=gold.code.size, loss_raw=float(raw), log_scale_of_slice=per_slice, gold_of_slice=counts
    )
    loss = _losses(gold, temperatures(full, n_labels=gold.n_labels, slices=gold.slices), whole=full).mean()
    return replace(full, loss=float(loss))


def calibrated(
    posterior: Floats, calibration: Calibration, *, n_labels: Integers | None = None, slices: Integers | None = None
) -> Floats:
    """(1 - lapse) softmax(log posterior / temperature + shift) + lapse / K: a chance that holds.

    Without shifts the best label stays. Shapes: as in `fit_calibration`; give the same columns as there. ->
    float64[I, K].
    Errors: ValueError for other shapes, or chances that are nan or do not sum to 1. Source: as `fit_calibration`.

    >>> calibrated(np.array([[0.9, 0.1], [0.5, 0.5]]), Calibration(rho=1.0)).round(2).tolist()
    [[0.75, 0.25], [0.5, 0.5]]
    """
    rows = _checked(posterior)
    n = _labels_per_item(n_labels, len(rows))
    places = np.full(len(rows), -1, np.int64) if slices is None else np.asarray(slices, np.int64)
    cooler = temperatures(calibration, n_labels=n, slices=places)
    return _softened(np.log(np.maximum(rows, LEAST_CHANCE)), cooler, whole=calibration)


def temperatures(calibration: Calibration, *, n_labels: Floats | Integers, slices: Integers | None = None) -> Floats:
    """exp(log scale of its slice) * (1 + (n - 1) rho) for each item: by how much its log chances are divided.

    Shapes: int[I] labels per item, int[I] slices -> float64[I].
    Errors: ValueError for a negative number of labels.

    >>> temperatures(Calibration(rho=0.5), n_labels=np.array([1, 3])).tolist()
    [1.0, 2.0]
    """
    n = np.asarray(n_labels, np.float64)
    if (n < 0).any():
        raise ValueError("an item cannot have a negative number of labels")
    scale = np.full(n.shape, calibration.log_scale)
    known = calibration.log_scale_of_slice
    if slices is not None and known.size:
        place = np.asarray(slices, np.int64)
        scale = np.where((place >= 0) & (place < known.size), known[np.clip(place, 0, known.size - 1)], scale)
    return np.asarray(np.exp(scale) * (1.0 + np.maximum(n - 1.0, 0.0) * calibration.rho))


def _checked(posterior: Floats) -> Floats:
    rows = np.asarray(posterior, np.float64)
    if rows.ndim != 2:
        raise ValueError(f"a posterior has a row per item and a column per label, not {rows.ndim} dimensions")
    if not np.isfinite(rows).all() or (rows < 0).any() or (np.abs(rows.sum(axis=1) - 1.0) > 1e-6).any():
        raise ValueError("each row of a posterior must hold chances that sum to 1")
    return rows


def _labels_per_item(n_labels: Integers | None, n_items: int) -> Floats:
    n = np.full(n_items, 2.0) if n_labels is None else np.asarray(n_labels, np.float64)
    if n.shape != (n_items,):
        raise ValueError(f"{n.size} numbers of labels for {n_items} items")
    return n


def _gold(posterior: Floats, known: Integers, *, n_labels: Integers | None, slices: Integers | None) -> _Gold:
    rows, codes = _checked(posterior), np.asarray(known, np.int64)
    if codes.shape != (len(rows),):
        raise ValueError(f"{codes.size} known labels for {len(rows)} items")
    if codes.size and codes.max() >= rows.shape[1]:
        raise ValueError(f"known label {codes.max()} is beyond the {rows.shape[1]} columns of the posterior")
    places = np.full(len(rows), -1, np.int64) if slices is None else np.asarray(slices, np.int64)
    if places.shape != codes.shape:
        raise ValueError(f"{places.size} slices for {len(rows)} items")
    at = np.flatnonzero(codes >= 0)
    chance = np.log(np.maximum(rows[at], LEAST_CHANCE))
    return _Gold(chance, codes[at], _labels_per_item(n_labels, len(rows))[at], places[at])


def _softened(log_chance: Floats, temperature: Floats, *, whole: Calibration) -> Floats:
    score = log_chance / temperature[:, None]
    if whole.shift_of_label.size:
        score += whole.shift_of_label
    score -= score.max(axis=1, keepdims=True, initial=-np.inf)
    share = np.exp(score)
    share /= share.sum(axis=1, keepdims=True)
    return np.asarray((1.0 - whole.lapse) * share + whole.lapse / max(1, share.shape[1]))


def _losses(gold: _Gold, temperature: Floats, *, whole: Calibration) -> Floats:
    share = _softened(gold.log_chance, temperature, whole=whole)
    return np.asarray(-np.log(np.maximum(share[np.arange(gold.code.size), gold.code], LEAST_CHANCE)))


def _fit_whole(gold: _Gold) -> Calibration:
    usual = _logit(USUAL_RHO)

    def loss(at: Vector) -> float:
        logit_rho, log_scale = float(at[0]), float(at[1])
        trial = Calibration(_expit(logit_rho), log_scale)
        far = ((logit_rho - usual) / SPREAD_OF_LOGIT_RHO) ** 2 + (log_scale / SPREAD_OF_LOG_SCALE) ** 2
        return float(_losses(gold, temperatures(trial, n_labels=gold.n_labels), whole=trial).sum() + far / 2)

    found = optimize.minimize(loss, np.array([usual, 0.0]), method="Nelder-Mead").x
    return Calibration(_expit(float(found[0])), float(found[1]))


def _fit_by_label(gold: _Gold) -> Calibration:
    usual = np.zeros(3 + gold.log_chance.shape[1])
    usual[0], usual[2] = _logit(USUAL_RHO), _logit(USUAL_LAPSE)
    spread = np.full(usual.shape, SPREAD_OF_SHIFT)
    spread[:3] = SPREAD_OF_LOGIT_RHO, SPREAD_OF_FREE_LOG_SCALE, SPREAD_OF_LOGIT_LAPSE

    def trial(at: Vector) -> Calibration:
        return Calibration(_expit(float(at[0])), float(at[1]), shift_of_label=at[3:], lapse=_expit(float(at[2])))

    def loss(step: Vector) -> float:
        now = trial(usual + step * spread)
        return float(_losses(gold, temperatures(now, n_labels=gold.n_labels), whole=now).sum() + (step**2).sum() / 2)

    # Steps within 6 spreads: no gold can be so strong, and the exponentials stay finite.
    found = optimize.minimize(loss, np.zeros(usual.shape), method="L-BFGS-B", bounds=[(-6.0, 6.0)] * usual.size).x
    return trial(usual + found * spread)


def _per_slice(gold: _Gold, whole: Calibration) -> tuple[Floats, npt.NDArray[np.int64]]:
    size = int(gold.slices.max(initial=-1)) + 1
    found = np.full(size, whole.log_scale)
    counts = np.bincount(gold.slices[gold.slices >= 0], minlength=size).astype(np.int64)
    order = np.argsort(gold.slices, kind="stable")
    ends = np.searchsorted(gold.slices[order], np.arange(size + 1))
    for place in np.flatnonzero(counts):
        rows = order[ends[place] : ends[place + 1]]
        own = _Gold(gold.log_chance[rows], gold.code[rows], gold.n_labels[rows], gold.slices[rows])
        found[place] = _scale_of(own, whole)
    return found, counts


def _scale_of(gold: _Gold, whole: Calibration) -> float:
    """The slice's log scale, drawn to the whole's: 1-dimensional, so a bounded search finds it."""
    base, log_scale = temperatures(Calibration(whole.rho), n_labels=gold.n_labels), whole.log_scale

    def loss(at: float) -> float:
        far = ((at - log_scale) / SPREAD_OF_SLICES) ** 2 / 2
        return float(_losses(gold, base * np.exp(at), whole=whole).sum() + far)

    bounds = (log_scale - 6 * SPREAD_OF_SLICES, log_scale + 6 * SPREAD_OF_SLICES)
    return float(optimize.minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-6}).x)


def _logit(share: float) -> float:
    return float(np.log(share / (1.0 - share)))


def _expit(score: float) -> float:
    return float(1.0 / (1.0 + np.exp(-score)))
