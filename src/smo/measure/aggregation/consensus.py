"""What the votes decide: a posterior over labels per item, and who gave the votes that it rests on.

Sources: Dawid & Skene (1979), Applied Statistics 28:20-28; Whitehill et al. (2009) for the one-coin rater;
Zheng et al. (2017), PVLDB 10:541-552, for the comparison. Which model does how well on public sets: MEASURE.md.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from smo.measure.aggregation import choice, dawid_skene, ebcc
from smo.measure.aggregation.calibration import Calibration, calibrated
from smo.measure.aggregation.models import Assumptions, Case, case_of, fitted
from smo.measure.aggregation.posterior import Dense, Posterior
from smo.measure.aggregation.skill_errors import skills
from smo.measure.estimate import Estimate
from smo.measure.intervals import proportion
from smo.measure.ratings import Ratings
from smo.measure.truth import FOREIGN, Truth, item_truth, label_codes, rating_items, truth_frame
from smo.measure.votes import count_at

#: A posterior decides from here on. Posteriors are overconfident, because errors of raters on hard items go together:
#: on the eight public sets the answers between .95 and .99 are right in 83 %, below .95 in 66 % - little better than
#: a coin. Calibration on gold replaces this constant where there is gold.
DECIDED_FROM = 0.95
#: Among hundreds of labels (sets, free texts) three votes of twenty can stand alone: half of the votes must say it.
LEAST_SHARE_OF_MANY = 0.5
MODELS = ("majority", "one_coin", "tied", "ds_map", "ebcc", "auto")
NOTHING_ASSUMED = Assumptions()


class AnonymousRatings(ValueError):
    """Rater skill was asked of ratings that do not say who gave them."""


@dataclass(frozen=True, slots=True)
class Consensus:
    """The joint answer of the raters; `model` is the one used, `asked` the one wished for.

    Shapes: `known` int32[I], the code of an item that gold or adjudication settled, else -1; `tables` float64[R, K, K],
    true label by row, None where the model has none; `posterior` gives one row per item; `objective` the value after
    each pass. Units: posteriors are chances, `gold_losses` nats. Errors: none here; `aggregate` makes and checks it.

    >>> frame = pl.DataFrame({"item": [1, 1, 1], "rater": list("abc"), "label": list("xxy")})
    >>> found = aggregate(Ratings.from_frame(frame, item="item", rater="rater", label="label"), "majority")
    >>> found.model, found.known.tolist(), found.posteriors().columns
    ('majority', [-1], ['item', 'x', 'y'])
    """

    ratings: Ratings
    labels: tuple[str | float, ...]
    model: str
    asked: str
    posterior: Posterior
    known: npt.NDArray[np.int32]
    tables: npt.NDArray[np.float64] | None = None
    objective: tuple[float, ...] = ()
    warnings: tuple[str, ...] = ()
    calibration: Calibration | None = None
    gold_losses: tuple[tuple[str, float], ...] = ()
    model_raters: tuple[str, ...] = ()

    def items(self, decided_from: float = DECIDED_FROM) -> pl.DataFrame:
        """`item, label, posterior, decided, n`: the best label; among equals the first in label order, undecided.

        Decided is what stands alone with a posterior of at least `decided_from` (of a majority: what stands alone),
        and what gold or adjudication settled; all else is for adjudication. Posteriors are calibrated where
        `calibration` is not None, else the model's own, which are overconfident.
        """
        best, mass, is_single = self.posterior.best()
        n = np.diff(self.ratings.item_start)
        certain = is_single if self.model == "majority" else is_single & (mass >= decided_from)
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
        """`rater, n, skill, low, high, se, is_model`: expected share of answers equal to the consensus, 90 % interval.

        It holds the rater's own votes and serves to explain the consensus; to judge people use `rater_accuracy`.
        The error is Louis's (`skill_errors.skills`): doubt about the truth makes it wider than that of so many answers.
        """
        if self.ratings.raters is None:
            return _no_raters()
        right = self.posterior.at(rating_items(self.ratings), self.ratings.label)
        size, is_chance = self.ratings.n_raters, self.model != "majority"
        found = skills(np.clip(right, 0.0, 1.0), self.ratings.rater, n_raters=size, is_model=is_chance)
        return pl.DataFrame(
            {
                "rater": self.ratings.raters,
                "n": found.n,
                "skill": found.skill,
                "low": found.low,
                "high": found.high,
                "se": found.se,
                "is_model": self.ratings.raters.cast(pl.String).is_in(list(self.model_raters)),
            }
        ).with_columns(pl.col("skill").fill_nan(None))


def aggregate(
    ratings: Ratings,
    model: str = "ds_map",
    *,
    gold: Truth | None = None,
    adjudicated: Truth | None = None,
    assume: Assumptions = NOTHING_ASSUMED,
) -> Consensus:
    """Join the ratings of each item into one answer.

    `model`: "majority" (vote shares), "one_coin" (one skill per rater), "tied" (one skill per rater and true label),
    "ds_map" (a full table per rater with a prior in every M-step), "ebcc" (the same with subtypes of the labels, on
    whose items raters err together) or "auto": "ds_map", unless gold says that another one is clearly better.
    `gold`, a mapping or a frame `item, label`, is clamped: these items are certain and teach the model; from
    `choice.LEAST_GOLD` items on, the posteriors of all others are calibrated on it by fits that did not know it (five
    more fits). `adjudicated` is clamped too, but calibrates nothing: hard items are not a sample of all. `warnings`
    say when another model was used than `asked`: "one_coin" above `dawid_skene.MOST_LABELS` labels, a simpler one
    when the fit collapsed, that is, when it turns around what everyone agrees on. Answers without a rater among named
    ones share one skill.
    Shapes: I items of `ratings`, in their order. Units: posteriors are chances, 0 to 1.
    Errors: `AnonymousRatings` where skill is asked of ratings without any rater; ValueError for an unknown model or
    weighted ratings, or assumptions that do not fit.
    Source: Dawid & Skene (1979), Applied Statistics 28:20-28; for "ebcc" Li, Rubinstein & Cohn (2019), ICML.

    >>> import polars as pl
    >>> frame = pl.DataFrame({"item": [1, 1, 1, 2, 2], "rater": list("abcab"), "label": list("xxyyx")})
    >>> aggregate(Ratings.from_frame(frame, item="item", rater="rater", label="label"), "majority").items().rows()[1]
    (2, 'x', 0.5, False, 2)
    """
    if model not in MODELS:
        raise ValueError(f"no consensus model {model!r}; there are {', '.join(MODELS)}")
    decisions, truth = item_truth(ratings, adjudicated), item_truth(ratings, gold)
    ratings, known, settled = _with_gold_labels(ratings, truth, decisions=decisions)
    if model == "majority":
        plain = fitted(model, case_of(ratings, NOTHING_ASSUMED), known=settled)
        return Consensus(ratings, ratings.labels, model, model, plain.posterior, settled)
    _demand_raters(ratings, model)
    people, warnings = _with_unnamed(ratings)
    warnings += _unmatched(gold, truth) + _repeated(ratings)
    case = case_of(people, assume)
    verdict, verdicts = _judged(model, case, known=known)
    name = verdict.model if verdict is not None else choice.DEFAULT if model == "auto" else model
    found = fitted(name, case, known=settled)
    posterior, calibration = found.posterior, None
    if verdict is not None and found.model != "majority" and isinstance(posterior, Dense):
        calibration = verdict.calibration
        posterior = Dense(_calibrated(posterior.mass, case, settled=settled, calibration=calibration))
    return Consensus(
        ratings,
        ratings.labels,
        found.model,
        model,
        posterior,
        settled,
        tables=found.tables,
        objective=found.objective,
        warnings=warnings + found.warnings,
        calibration=calibration,
        gold_losses=tuple((one.model, one.loss) for one in verdicts),
        model_raters=assume.model_raters,
    )


def consensus_accuracy(consensus: Consensus, truth: Truth, *, basis: str = "gold") -> Estimate:
    """Share of items whose best label is the true one; a tie of t labels counts 1/t when the truth is among them.

    Units: a share; `n` counts the items with a truth, others are left out. 90 % Wilson interval on the (possibly
    fractional) count. Errors: ValueError for an unknown basis, or a truth without item and label; without any truth it
    is not measured. Source: definition; the interval is that of `proportion`.

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
    small = Ratings.from_frame(frame.filter(pl.col("label") < 2), item="item", rater="rater", label="label")
    ebcc.fit(small, np.full(small.n_items, -1, np.int32), starts=1)


def _demand_raters(ratings: Ratings, model: str) -> None:
    if not ratings.n_ratings:
        raise AnonymousRatings(f"there are no ratings: nobody's errors can be learned by {model}")
    if ratings.raters is None:
        raise AnonymousRatings(f"{model} learns how each rater errs, but ratings lack rater ids; use majority")
    if ratings.weight is not None:
        raise ValueError(f"{model} does not take weighted ratings; use majority")


def _judged(
    model: str, case: Case, *, known: npt.NDArray[np.int32]
) -> tuple[choice.Verdict | None, tuple[choice.Verdict, ...]]:
    """What gold says of the model asked for, or of all when the choice is free; nothing below enough gold."""
    if (known >= 0).sum() < choice.LEAST_GOLD:
        return None, ()
    if model == "auto":
        return choice.chosen(case, known)
    verdict = choice.judged(model, case, known=known)
    return verdict, (verdict,)


def _calibrated(
    mass: npt.NDArray[np.float64], case: Case, *, settled: npt.NDArray[np.int32], calibration: Calibration
) -> npt.NDArray[np.float64]:
    slices = None if case.slices.size == 1 else case.slices.of_item
    soft = calibrated(mass, calibration, n_labels=np.diff(case.ratings.item_start), slices=slices)
    return np.where((settled >= 0)[:, None], mass, soft)


def _with_gold_labels(
    ratings: Ratings, truth: pl.Series, *, decisions: pl.Series
) -> tuple[Ratings, npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Ratings whose label list holds gold labels that no rater gave, the gold code per item, and the settled code."""
    settled = decisions if truth.is_null().all() else truth.cast(pl.String).fill_null(decisions.cast(pl.String))
    ratings, codes = _with_labels_of(ratings, settled)
    known = np.where(truth.is_null().to_numpy(), -1, codes).astype(np.int32)
    return ratings, known, codes


def _with_labels_of(ratings: Ratings, truth: pl.Series) -> tuple[Ratings, npt.NDArray[np.int32]]:
    codes = label_codes(truth, ratings.labels)
    foreign = truth.filter(pl.Series(codes == FOREIGN)).unique().sort()
    if not len(foreign):
        return ratings, codes
    numeric = bool(ratings.labels) and not isinstance(ratings.labels[0], str)
    extra = foreign.cast(pl.String)
    if numeric:
        extra = foreign.cast(pl.String).cast(pl.Float64, strict=False)
        if extra.null_count() or not extra.is_finite().all():
            raise ValueError("the ratings are numbers: gold and adjudications must be finite numbers too")
    ratings = replace(ratings, labels=(*ratings.labels, *extra.to_list()))
    return ratings, np.maximum(label_codes(truth, ratings.labels), -1).astype(np.int32)


def _unmatched(gold: Truth | None, truth: pl.Series) -> tuple[str, ...]:
    if gold is None or not truth.is_null().all() or not len(truth_frame(gold)):
        return ()
    return ("no gold item is among the items rated: gold taught nothing",)


def _repeated(ratings: Ratings) -> tuple[str, ...]:
    """One person's answers to one item stand side by side."""
    is_again = (ratings.rater[1:] == ratings.rater[:-1]) & (ratings.rater[1:] >= 0)
    is_again[ratings.item_start[1:-1] - 1] = False
    again = int(is_again.sum())
    return (f"{again} answers repeat an item that the same rater answered, and count as further votes",) * (again > 0)


def _with_unnamed(ratings: Ratings) -> tuple[Ratings, tuple[str, ...]]:
    """The same ratings with one more rater, without a name, who gave all the answers that have none."""
    unnamed = ratings.rater < 0
    if ratings.raters is None or not unnamed.any():
        return ratings, ()
    rater = np.where(unnamed, ratings.n_raters, ratings.rater).astype(np.int32)
    warning = f"{int(unnamed.sum())} answers without a rater share one skill"
    return replace(ratings, raters=ratings.raters.extend_constant(None, 1), rater=rater), (warning,)


def _names(ratings: Ratings) -> pl.Series:
    return pl.Series("label", ratings.label_names, dtype=pl.String)


def _no_raters() -> pl.DataFrame:
    return pl.DataFrame(
        schema={
            "rater": pl.String,
            "n": pl.Int64,
            **dict.fromkeys(("skill", "low", "high", "se"), pl.Float64),
            "is_model": pl.Boolean,
        }
    )
