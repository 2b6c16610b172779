"""What the votes decide: a posterior over labels per item, and who gave the votes that it rests on.

Sources: Dawid & Skene (1979), Applied Statistics 28:20-28; Whitehill et al. (2009) for the one-coin rater;
Zheng et al. (2017), PVLDB 10:541-552, for the comparison. Which model does how well on public sets: MEASURE.md.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

from smo.measure.aggregation import dawid_skene, one_coin
from smo.measure.aggregation.posterior import Dense, Posterior, Sparse
from smo.measure.estimate import Estimate
from smo.measure.intervals import proportion
from smo.measure.ratings import Ratings
from smo.measure.truth import FOREIGN, Truth, item_truth, label_codes, rating_items
from smo.measure.votes import count_at, dense_votes, pairs

#: A posterior decides from here on. Posteriors are overconfident, because errors of raters on hard items go together:
#: on the eight public sets the answers between .95 and .99 are right in 81 %, below .95 in 62 % - little better than
#: a coin. Calibration on gold replaces this constant where there is gold.
DECIDED_FROM = 0.95
#: On all eight public sets every unanimous item keeps its label; a fit that keeps fewer has collapsed onto one label.
KEPT_UNANIMOUS = 0.8
LEAST_UNANIMOUS = 20
#: What is used when a fit collapsed: ever fewer numbers per rater.
FALLBACK = ("ds_map", "tied", "majority")
#: Among hundreds of labels (sets, free texts) three votes of twenty can stand alone: half of the votes must say it.
LEAST_SHARE_OF_MANY = 0.5
MODELS = ("majority", "one_coin", "tied", "ds_map")


class AnonymousRatings(ValueError):
    """Rater skill was asked of ratings that do not say who gave them."""


@dataclass(frozen=True, slots=True)
class Consensus:
    """The joint answer of the raters; `model` is the one used, `asked` the one wished for."""

    ratings: Ratings
    labels: tuple[str | float, ...]
    model: str
    asked: str
    posterior: Posterior
    known: npt.NDArray[np.int32]
    tables: npt.NDArray[np.float64] | None = None
    objective: tuple[float, ...] = ()
    warnings: tuple[str, ...] = ()

    def items(self) -> pl.DataFrame:
        """`item, label, posterior, decided, n`: the best label; among equals the first in label order, undecided."""
        best, mass, is_single = self.posterior.best()
        n = np.diff(self.ratings.item_start)
        certain = is_single if self.model == "majority" else is_single & (mass >= DECIDED_FROM)
        if len(self.labels) > dawid_skene.MOST_LABELS:
            certain &= count_at(self.ratings, np.arange(best.size), codes=best) >= LEAST_SHARE_OF_MANY * n
        return pl.DataFrame(
            {
                "item": self.ratings.items,
                "label": _names(self.ratings).gather(best),
                "posterior": mass,
                "decided": certain | (self.known >= 0),
                "n": n,
            }
        )

    def posteriors(self) -> pl.DataFrame:
        """`item` and one Float64 column per label. ValueError above 1,000 labels: use `long_posteriors`."""
        if len(self.labels) > 1000:
            raise ValueError(f"{len(self.labels)} labels are too many for a column each; use long_posteriors()")
        dense = self.posterior.dense()
        columns = {name: dense[:, code] for code, name in enumerate(self.ratings.label_names)}
        return pl.DataFrame({"item": self.ratings.items, **columns})

    def long_posteriors(self, at_least: float = 1e-4) -> pl.DataFrame:
        """`item, label, posterior`, one row per item and label with at least that posterior, in item order."""
        item, code, mass = self.posterior.long(at_least)
        label = _names(self.ratings).gather(code)
        return pl.DataFrame({"item": self.ratings.items.gather(item), "label": label, "posterior": mass})

    def raters(self) -> pl.DataFrame:
        """`rater, n, skill, low, high`: expected share of answers equal to the consensus, 90 % interval.

        It holds the rater's own votes and serves to explain the consensus; to judge people use `rater_accuracy`.
        """
        if self.ratings.raters is None:
            return _no_raters()
        right = self.posterior.at(rating_items(self.ratings), self.ratings.label)
        rater, size = self.ratings.rater, self.ratings.n_raters
        named = rater >= 0
        n = np.bincount(rater[named], minlength=size)
        expected = np.bincount(rater[named], weights=right[named], minlength=size)
        shape = (expected + 0.5, n - expected + 0.5)
        return pl.DataFrame(
            {
                "rater": self.ratings.raters,
                "n": n.astype(np.int64),
                "skill": np.divide(expected, n, out=np.full(size, np.nan), where=n > 0),
                "low": stats.beta.ppf(0.05, *shape),
                "high": stats.beta.ppf(0.95, *shape),
            }
        ).with_columns(pl.col("skill").fill_nan(None))


def aggregate(ratings: Ratings, model: str = "ds_map", *, gold: Truth | None = None) -> Consensus:
    """Join the ratings of each item into one answer.

    `model`: "majority" (vote shares), "one_coin" (one skill per rater), "tied" (one skill per rater and true label)
    or "ds_map" (a full table per rater with a Dirichlet prior). `gold`, a mapping or a frame `item, label`, is
    clamped: these items are certain and teach the model. `warnings` say when another model was used than `asked`:
    "one_coin" above `dawid_skene.MOST_LABELS` labels, "tied" or "majority" when the fit collapsed, that is, when it
    turns around what everyone agrees on. Answers without a rater among named ones share one skill. Raises
    `AnonymousRatings` where skill is asked of ratings without any rater, and `ValueError` for an unknown model or
    weighted ratings.

    >>> import polars as pl
    >>> frame = pl.DataFrame({"item": [1, 1, 1, 2, 2], "rater": list("abcab"), "label": list("xxyyx")})
    >>> aggregate(Ratings.from_frame(frame, item="item", rater="rater", label="label"), "majority").items().rows()[1]
    (2, 'x', 0.5, False, 2)
    """
    if model not in MODELS:
        raise ValueError(f"no consensus model {model!r}; there are {', '.join(MODELS)}")
    truth = item_truth(ratings, gold)
    ratings, known = _with_gold_labels(ratings, truth)
    if model == "majority":
        return _fit(model, ratings, known=known)
    _demand_raters(ratings, model)
    people, warnings = _with_unnamed(ratings)
    steps = FALLBACK[FALLBACK.index(model) :] if model != "one_coin" else ("one_coin", "majority")
    if model != "one_coin" and len(ratings.labels) > dawid_skene.MOST_LABELS:
        warnings += (f"{len(ratings.labels)} labels are too many for a table per rater: one skill per rater was used",)
        steps = ("one_coin", "majority")
    for step in steps:
        found = _fit(step, people, known=known)
        if step == "majority" or not (against := _overturned(ratings, known, posterior=found.posterior)):
            break
        warnings += (f"{step} turns most items around that everyone called {against!r}: it was not used",)
    return replace(found, ratings=ratings, asked=model, warnings=warnings)


def consensus_accuracy(consensus: Consensus, truth: Truth, *, basis: str = "gold") -> Estimate:
    """Share of items whose best label is the true one; a tie of t labels counts 1/t when the truth is among them.

    Items without truth are left out. 90 % Wilson interval on the (possibly fractional) count.

    >>> frame = pl.DataFrame({"item": [1, 1, 2, 2], "label": list("xyxx")})
    >>> ratings = Ratings.from_frame(frame, item="item", rater=None, label="label")
    >>> consensus_accuracy(aggregate(ratings, "majority"), {1: "x", 2: "x"}).value
    0.75
    """
    ratings = consensus.ratings
    codes = label_codes(item_truth(ratings, truth), consensus.labels)
    has_truth = np.flatnonzero(codes != -1)
    right = consensus.posterior.wins(has_truth, codes[has_truth])
    return proportion(float(right.sum()), has_truth.size, basis=basis)


def warm_consensus() -> None:
    """Compile the kernels of every width once, so that the first report does not wait for it."""
    for n_labels in dawid_skene.WIDTHS:
        labels = [*range(n_labels)] * 2
        frame = pl.DataFrame({"item": [0, 0] * n_labels, "rater": [0, 1] * n_labels, "label": labels})
        ratings = Ratings.from_frame(frame, item="item", rater="rater", label="label")
        aggregate(ratings, "ds_map")
    aggregate(ratings, "one_coin")


def _demand_raters(ratings: Ratings, model: str) -> None:
    if ratings.raters is None:
        raise AnonymousRatings(f"{model} learns how each rater errs, but ratings lack rater ids; use majority")
    if ratings.weight is not None:
        raise ValueError(f"{model} does not take weighted ratings; use majority")


def _with_gold_labels(ratings: Ratings, truth: pl.Series) -> tuple[Ratings, npt.NDArray[np.int32]]:
    """Ratings whose label list holds gold labels that no rater gave, and the gold code per item."""
    codes = label_codes(truth, ratings.labels)
    foreign = truth.filter(pl.Series(codes == FOREIGN)).unique().sort()
    if not len(foreign):
        return ratings, codes
    numeric = bool(ratings.labels) and not isinstance(ratings.labels[0], str)
    extra = foreign.cast(pl.String).cast(pl.Float64, strict=False).drop_nulls() if numeric else foreign.cast(pl.String)
    ratings = replace(ratings, labels=(*ratings.labels, *extra.to_list()))
    return ratings, np.maximum(label_codes(truth, ratings.labels), -1).astype(np.int32)


def _shares(ratings: Ratings, known: npt.NDArray[np.int32]) -> Posterior:
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


def _with_unnamed(ratings: Ratings) -> tuple[Ratings, tuple[str, ...]]:
    """The same ratings with one more rater, without a name, who gave all the answers that have none."""
    unnamed = ratings.rater < 0
    if ratings.raters is None or not unnamed.any():
        return ratings, ()
    rater = np.where(unnamed, ratings.n_raters, ratings.rater).astype(np.int32)
    warning = f"{int(unnamed.sum())} answers without a rater share one skill"
    return replace(ratings, raters=ratings.raters.extend_constant(None, 1), rater=rater), (warning,)


def _fit(model: str, ratings: Ratings, *, known: npt.NDArray[np.int32]) -> Consensus:
    if model == "majority":
        return Consensus(ratings, ratings.labels, model, model, _shares(ratings, known), known)
    if model == "one_coin":
        coin = one_coin.fit(ratings, known)
        few = len(ratings.labels) <= dawid_skene.MOST_LABELS
        chances = Dense(coin.posterior.dense()) if few else coin.posterior
        return Consensus(ratings, ratings.labels, model, model, chances, known, objective=coin.objective)
    found = dawid_skene.fit(ratings, known, projection=dawid_skene.full if model == "ds_map" else dawid_skene.tied)
    posterior = Dense(found.posterior)
    return Consensus(ratings, ratings.labels, model, model, posterior, known, found.tables, found.objective)


def _overturned(ratings: Ratings, known: npt.NDArray[np.int32], *, posterior: Posterior) -> str:
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


def _names(ratings: Ratings) -> pl.Series:
    return pl.Series("label", ratings.label_names, dtype=pl.String)


def _no_raters() -> pl.DataFrame:
    return pl.DataFrame(
        schema={"rater": pl.String, "n": pl.Int64, "skill": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    )
