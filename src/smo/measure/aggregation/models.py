"""One fit of one model: what each does with ratings, gold and what is assumed of the raters; and when it collapsed."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from smo.measure.aggregation import dawid_skene, ebcc, one_coin
from smo.measure.aggregation.dawid_skene import WHOLE, Slices
from smo.measure.aggregation.posterior import Dense, Posterior, Sparse
from smo.measure.aggregation.priors import SCALES, TablePrior, history_counts, one_coin_table, ordinal_table
from smo.measure.ratings import Ratings
from smo.measure.truth import Truth, item_truth
from smo.measure.votes import dense_votes, pairs

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

#: On all eight public sets every unanimous item keeps its label; a fit that keeps fewer has collapsed onto one label.
KEPT_UNANIMOUS = 0.8
LEAST_UNANIMOUS = 20
#: What is used when a fit collapsed: ever fewer numbers per rater.
FALLBACK = {
    "ebcc": ("ebcc", "ds_map", "tied", "majority"),
    "ds_map": ("ds_map", "tied", "majority"),
    "tied": ("tied", "majority"),
    "one_coin": ("one_coin", "majority"),
    "majority": ("majority",),
}


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What is assumed of labels and raters before the votes are seen.

    `scale`: "nominal", or "ordinal" when labels stand in order and errors go to near ones. `history`: frame `rater,
    label` (the true one)`, given, votes` (`priors.decayed_history`). `slices`: mapping or frame `item, label` that
    says to which policy x language an item belongs; raters are drawn to their slice, slices to the whole.
    `model_raters`: names of raters that are models; they vote with tables of their own, pooled among themselves.
    """

    scale: str = "nominal"
    history: pl.DataFrame | None = None
    slices: Truth | None = None
    model_raters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """The ratings and what the models need of the assumptions, in codes.

    `unit` int32[N] is who is drawn to a prior: the rater, or the rater in one slice; `rater_of_unit` leads back.
    """

    ratings: Ratings
    unit: Ints
    rater_of_unit: Ints
    prior: TablePrior | None
    slices: Slices


@dataclass(frozen=True, slots=True)
class Fitted:
    """What one model found; `tables` float64[raters, K, K] where it has any."""

    model: str
    posterior: Posterior
    tables: Floats | None = None
    objective: tuple[float, ...] = ()
    warnings: tuple[str, ...] = ()


def case_of(ratings: Ratings, assume: Assumptions) -> Case:
    """The ratings (all raters named, labels complete) under these assumptions.

    Errors: ValueError for an unknown scale, a model rater that gave no rating, or a bad history.
    """
    if assume.scale not in SCALES:
        raise ValueError(f"no scale {assume.scale!r}; there are {', '.join(SCALES)}")
    names = [] if ratings.raters is None else [str(name) for name in ratings.raters.to_list()]
    if absent := set(assume.model_raters) - set(names):
        raise ValueError(f"no rating by the model raters {', '.join(sorted(absent))}")
    whole = np.arange(ratings.n_raters, dtype=np.int32)
    is_plain = assume.scale == "nominal" and assume.history is None and assume.slices is None
    if (is_plain and not assume.model_raters) or len(ratings.labels) > dawid_skene.MOST_LABELS:
        return Case(ratings, ratings.rater, whole, None, WHOLE)
    slices = _slices(ratings, assume.slices)
    unit, rater_of_unit, slice_of_unit = _units(ratings, slices)
    is_model = np.isin(np.array(names, dtype=object), list(assume.model_raters))
    base = _base_table(ratings, is_model, scale=assume.scale)
    groups, group = np.unique(slice_of_unit * 2 + is_model[rater_of_unit], return_inverse=True)
    past = None
    if assume.history is not None:
        past = _past(ratings, assume.history, rater_of_unit=rater_of_unit, unit=unit)
    mean = np.broadcast_to(base, (groups.size, *base.shape))
    return Case(ratings, unit, rater_of_unit, TablePrior(np.array(mean), group.astype(np.int32), past), slices)


def fitted(model: str, case: Case, *, known: Ints) -> Fitted:
    """The model's fit, or that of the next simpler one where it collapsed; `warnings` say so.

    Errors: KeyError for a model without a fallback list.
    """
    warnings: tuple[str, ...] = ()
    steps = FALLBACK[model]
    if len(case.ratings.labels) > dawid_skene.MOST_LABELS and model not in {"one_coin", "majority"}:
        k = len(case.ratings.labels)
        warnings = (f"{k} labels are too many for a table per rater: one skill per rater was used",)
        steps = FALLBACK["one_coin"]
    for step in steps:
        found = _fit(step, case, known=known)
        if step == "majority" or not (against := _overturned(case.ratings, known, posterior=found.posterior)):
            break
        warnings += (f"{step} turns most items around that everyone called {against!r}: it was not used",)
    return replace(found, warnings=warnings)


def vote_chances(ratings: Ratings) -> Floats:
    """Chances of the labels when every vote is as good: softmax of votes x log(a (K - 1) / (1 - a)), a pooled accuracy.

    The best labels are the majority's; unlike shares, the chances can be calibrated. Shapes: -> float64[I, K].

    >>> frame = pl.DataFrame({"item": [1, 1, 1], "label": list("xxy")})
    >>> vote_chances(Ratings.from_frame(frame, item="item", rater=None, label="label")).round(2).tolist()
    [[0.53, 0.47]]
    """
    n_labels = max(2, len(ratings.labels))
    right = float(np.clip(dawid_skene.pooled_accuracy(ratings), 1.0 / n_labels + 1e-6, 1.0 - 1e-6))
    score = dense_votes(ratings) * np.log(right * (n_labels - 1) / (1.0 - right))
    chance = np.exp(score - score.max(axis=1, keepdims=True, initial=0.0))
    return np.asarray(chance / chance.sum(axis=1, keepdims=True))


def _fit(model: str, case: Case, *, known: Ints) -> Fitted:
    ratings = case.ratings
    if model == "majority":
        return Fitted(model, _shares(ratings, known))
    if model == "one_coin":
        coin = one_coin.fit(ratings, known)
        few = len(ratings.labels) <= dawid_skene.MOST_LABELS
        return Fitted(model, Dense(coin.posterior.dense()) if few else coin.posterior, objective=coin.objective)
    if model == "ebcc":
        mixed = ebcc.fit(ratings, known)
        return Fitted(model, Dense(mixed.posterior), mixed.tables, mixed.objective)
    prior = dawid_skene.usual_prior(ratings) if case.prior is None else case.prior
    prior = replace(prior, is_tied=model == "tied")
    units = ratings
    if case.prior is not None:
        units = replace(ratings, rater=case.unit, raters=pl.Series("unit", case.rater_of_unit))
    found = dawid_skene.fit(units, known, prior=prior, slices=case.slices)
    return Fitted(model, Dense(found.posterior), _per_rater(found, case), found.objective)


def _per_rater(found: dawid_skene.Fit, case: Case) -> Floats:
    """Tables of the raters: those of their slices, weighted by the expected votes there."""
    if case.prior is None:
        return found.tables
    weight = found.counts.sum(axis=2) + 1e-9
    sums = np.zeros((case.ratings.n_raters, *found.tables.shape[1:]))
    np.add.at(sums, case.rater_of_unit, found.tables * weight[:, :, None])
    return np.asarray(sums / sums.sum(axis=2, keepdims=True))


def _slices(ratings: Ratings, slices: Truth | None) -> Slices:
    """Codes of the items' slices; items without one share a slice of their own."""
    if slices is None:
        return WHOLE
    names = item_truth(ratings, slices).cast(pl.String)
    codes = names.rank("dense").cast(pl.Int64).fill_null(0).to_numpy()
    found, places = np.unique(codes, return_inverse=True)
    return Slices(places.astype(np.int32), max(1, found.size))


def _units(ratings: Ratings, slices: Slices) -> tuple[Ints, Ints, npt.NDArray[np.int64]]:
    if slices.size == 1:
        return ratings.rater, np.arange(ratings.n_raters, dtype=np.int32), np.zeros(ratings.n_raters, np.int64)
    pair = ratings.rater.astype(np.int64) * slices.size + slices.of_item[ratings.item_index()]
    found, unit = np.unique(pair, return_inverse=True)
    return unit.astype(np.int32), (found // slices.size).astype(np.int32), found % slices.size


def _base_table(ratings: Ratings, is_model: npt.NDArray[np.bool_], *, scale: str) -> Floats:
    """The table that everyone is drawn to before the first pass; its accuracy is the people's where there are any."""
    by_people = ~is_model[ratings.rater]
    people = ratings
    if is_model.any() and by_people.any():
        starts = np.concatenate(([0], np.cumsum(by_people)))[ratings.item_start].astype(np.int64)
        people = replace(ratings, item_start=starts, rater=ratings.rater[by_people], label=ratings.label[by_people])
    right = dawid_skene.pooled_accuracy(people)
    table = ordinal_table if scale == "ordinal" else one_coin_table
    return table(right, max(1, len(ratings.labels)))


def _past(ratings: Ratings, history: pl.DataFrame, *, rater_of_unit: Ints, unit: Ints) -> Floats:
    """The history of each rater, shared among the rater's slices as the votes are."""
    names = pl.Series([], dtype=pl.String) if ratings.raters is None else ratings.raters
    counts = history_counts(history, names, labels=ratings.label_names)
    votes = np.bincount(unit, minlength=rater_of_unit.size)
    share = votes / np.bincount(rater_of_unit, weights=votes, minlength=ratings.n_raters)[rater_of_unit]
    return np.asarray(counts[rater_of_unit] * share[:, None, None])


def _shares(ratings: Ratings, known: Ints) -> Posterior:
    """Vote shares as a posterior; gold is certain."""
    prior = np.zeros(len(ratings.labels))
    if len(ratings.labels) <= dawid_skene.MOST_LABELS:
        votes = dense_votes(ratings)
        votes /= np.maximum(votes.sum(axis=1, keepdims=True), 1e-300)
        gold = np.flatnonzero(known >= 0)
        votes[gold] = 0.0
        votes[gold, known[gold]] = 1.0
        return Dense(votes)
    seen = pairs(ratings, known)
    totals = np.bincount(seen.item, weights=seen.votes, minlength=ratings.n_items)
    share = seen.votes / totals[seen.item]
    mass = np.where(known[seen.item] >= 0, seen.code == known[seen.item], share)
    return Sparse(seen.start, seen.code, mass, np.zeros(ratings.n_items), prior)


def _overturned(ratings: Ratings, known: Ints, *, posterior: Posterior) -> str:
    """A label whose unanimous items the fit mostly calls something else, "" where there is none.

    With few answers per rater and low agreement, tables can explain everything by the raters' habits and one true
    label for all items. The votes then no longer decide anything, so such a fit is not shown.
    """
    starts = ratings.item_start[:-1]
    first = np.minimum.reduceat(ratings.label, starts) if starts.size else ratings.label
    last = np.maximum.reduceat(ratings.label, starts) if starts.size else ratings.label
    unanimous = (first == last) & (np.diff(ratings.item_start) >= 2) & (known < 0)
    kept = posterior.best()[0][unanimous] == first[unanimous]
    n = np.bincount(first[unanimous], minlength=len(ratings.labels))
    share = np.bincount(first[unanimous], weights=kept, minlength=len(ratings.labels)) / np.maximum(n, 1)
    lost = np.flatnonzero((n >= LEAST_UNANIMOUS) & (share < KEPT_UNANIMOUS))
    return ratings.label_names[lost[share[lost].argmin()]] if lost.size else ""
