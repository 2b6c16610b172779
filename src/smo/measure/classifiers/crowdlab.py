"""People and a model asked together which label is right: a weighted vote, and how good each given label is.

Source: Goh, Tkachenko & Mueller (2022), CROWDLAB: Supervised learning to infer consensus labels and quality scores for
data with multiple annotators, NeurIPS Workshop on Human in the Loop Learning. Own, for long tables: the work is that
of the ratings, not of a table of all items by all raters.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from smo.measure.ratings import Ratings
from smo.measure.truth import rating_items
from smo.measure.votes import dense_votes

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: No weight and no error is taken to be exactly 0.
LEAST = 1e-6
MOST_LABELS = 1000
ROUNDED = 1e-3  # chances written with a few digits, or of 32 bits, sum to 1 up to this


@dataclass(frozen=True, slots=True)
class Crowdlab:
    """The joint answer of people and model.

    Shapes: `posterior` float64[items, labels], in the order of the ratings; `rater_weight` float64[raters] (of people
    without a name: the mean); `model_weight` counts as so many raters of weight 1. `quality` is the posterior of the
    best label of each item, `given_quality` float64[ratings] that of the label that each rating gave.
    """

    ratings: Ratings
    posterior: Floats
    quality: Floats
    given_quality: Floats
    rater_weight: Floats
    model_weight: float
    warnings: tuple[str, ...] = ()

    def items(self) -> pl.DataFrame:
        """`item, label, posterior, n`: the best label of each item."""
        names = pl.Series("label", self.ratings.label_names, dtype=pl.String)
        best = self.posterior.argmax(axis=1) if self.posterior.size else np.zeros(0, np.int64)
        n = np.diff(self.ratings.item_start)
        columns = {"item": self.ratings.items, "label": names.gather(best), "posterior": self.quality, "n": n}
        return pl.DataFrame(columns)

    def raters(self) -> pl.DataFrame:
        """`rater, n, weight, quality`: the mean quality of the labels that each named rater gave."""
        if self.ratings.raters is None:
            return pl.DataFrame(schema={"rater": pl.String, "n": pl.Int64, "weight": pl.Float64, "quality": pl.Float64})
        named, size = self.ratings.rater >= 0, self.ratings.n_raters
        n = np.bincount(self.ratings.rater[named], minlength=size)
        total = np.bincount(self.ratings.rater[named], weights=self.given_quality[named], minlength=size)
        columns = {
            "rater": self.ratings.raters,
            "n": n,
            "weight": self.rater_weight,
            "quality": total / np.maximum(n, 1),
        }
        return pl.DataFrame(columns)


def model_chances(ratings: Ratings, predictions: pl.DataFrame) -> Floats:
    """The chances a model gives to each label of each item, in the order of the ratings; nan where it gives none.

    Shapes: `predictions` has `item` and one column of chances per label -> float64[items, labels]. A label without a
    column has chance 0; rows are scaled to sum 1. Errors: ValueError for no column of a label, a negative chance, an
    infinite one, or an item twice.

    >>> frame = pl.DataFrame({"item": [1, 2], "label": ["x", "y"]})
    >>> ratings = Ratings.from_frame(frame, item="item", rater=None, label="label")
    >>> model_chances(ratings, pl.DataFrame({"item": [2], "x": [0.25], "y": [0.75]})).tolist()
    [[nan, nan], [0.25, 0.75]]
    """
    names = [name for name in ratings.label_names if name in predictions.columns]
    if "item" not in predictions.columns or not names:
        raise ValueError("predictions need the column item and a column of chances for each label")
    if predictions["item"].n_unique() != predictions.height:
        raise ValueError("predictions have one row per item")
    items = pl.DataFrame({"item": ratings.items})
    asked = predictions.select(pl.col("item").cast(ratings.items.dtype, strict=False), *names)
    joined = items.join(asked, on="item", how="left", maintain_order="left")
    empty = [pl.lit(0.0).alias(name) for name in ratings.label_names if name not in names]
    columns = joined.with_columns(empty).select(pl.col(name).cast(pl.Float64) for name in ratings.label_names)
    chances = columns.to_numpy()
    has_any = ~np.isnan(chances).any(axis=1)
    seen = chances[has_any]
    if not ((seen >= 0.0) & np.isfinite(seen)).all() or not (seen.sum(axis=1) > 0).all():
        raise ValueError("a model's chances are finite numbers of at least 0, with one above 0 in each row")
    found = np.full(chances.shape, np.nan)
    found[has_any] = seen / seen.sum(axis=1, keepdims=True)
    return found


def check_chances(chances: Floats) -> None:
    """Refuse rows that are not chances. Shapes: float64[items, labels]; rows of nan say nothing and pass.

    Errors: ValueError for a chance outside 0 to 1, or a row that does not sum to 1.

    >>> check_chances(np.array([[0.25, 0.75], [np.nan, np.nan]]))
    """
    seen = chances[~np.isnan(chances).all(axis=1)]
    if not ((seen >= 0).all() and (np.abs(seen.sum(axis=1) - 1.0) < ROUNDED).all()):
        raise ValueError("each row of chances sums to 1, or is nan where the model is silent: see `model_chances`")


def crowdlab(ratings: Ratings, chances: Floats) -> Crowdlab:
    """Posterior of each label: model_weight x chances + sum over raters of weight x (P where given, else the rest).

    P is how often a rater gives the best label; a rater's weight is 1 - (1 - agreement with other raters) / E, the
    model's 1 - (its error) / E times the root of the raters per item, where E is the error of always saying the most
    frequent label. Fitted on items with two ratings or more, first to the majority (among equal votes the model
    decides), then once more to the best labels found.
    Shapes: `chances` float64[items, labels] (`model_chances`), nan rows where the model is silent.
    Errors: ValueError for chances of another shape, more than 1,000 labels, or one label only (nothing can be wrong).
    Source: Goh, Tkachenko & Mueller (2022), NeurIPS Workshop on Human in the Loop Learning.

    >>> frame = pl.DataFrame({"item": [1, 1, 2, 2, 3], "rater": list("ababa"), "label": list("xxyyx")})
    >>> ratings = Ratings.from_frame(frame, item="item", rater="rater", label="label")
    >>> found = crowdlab(ratings, np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]]))
    >>> found.items()["label"].to_list()
    ['x', 'y', 'x']
    """
    k = len(ratings.labels)
    chances = np.asarray(chances, np.float64)
    if chances.shape != (ratings.n_items, k):
        raise ValueError(f"chances have the shape items x labels, {ratings.n_items} x {k}, not {chances.shape}")
    check_chances(chances)
    if not 2 <= k <= MOST_LABELS:
        raise ValueError(f"crowdlab takes 2 to {MOST_LABELS} labels, not {k}")
    item, votes = rating_items(ratings), dense_votes(ratings)
    if not (np.diff(ratings.item_start) > 1).any():
        return _alone(ratings, chances, votes=votes, item=item)
    agreement = _agreement_with_others(ratings, item)
    first, _, _ = _weighed(ratings, chances, votes=votes, best=_majority(votes, chances), agreement=agreement)
    posterior, model_weight, rater_weight = _weighed(
        ratings, chances, votes=votes, best=first.argmax(axis=1), agreement=agreement
    )
    silent = int(np.isnan(chances).any(axis=1).sum())
    warnings = (f"{silent} items have no prediction: people alone decide",) if silent else ()
    quality, given = posterior.max(axis=1), posterior[item, ratings.label]
    return Crowdlab(ratings, posterior, quality, given, rater_weight[: ratings.n_raters], model_weight, warnings)


def _weighed(
    ratings: Ratings, chances: Floats, *, votes: Floats, best: Ints, agreement: Floats
) -> tuple[Floats, float, Floats]:
    """Posterior, weight of the model and of each rater, when `best` is taken for the right labels."""
    k, n = votes.shape[1], np.diff(ratings.item_start)
    doubly, speaks = n > 1, ~np.isnan(chances).any(axis=1)
    share = float((votes[np.arange(n.size), best] / votes.sum(axis=1))[doubly].mean())
    floor = max(float((best[doubly] != np.bincount(best[doubly], minlength=k).argmax()).mean()), LEAST)
    rater_weight = np.maximum(1.0 - (1.0 - agreement) / floor, LEAST)
    judged = doubly & speaks
    error = float((chances[judged].argmax(axis=1) != best[judged]).mean()) if judged.any() else 1.0
    model_weight = max(1.0 - error / floor, LEAST) * float(np.sqrt(n.mean()))
    cell = rating_items(ratings) * k + ratings.label
    said = np.bincount(cell, weights=rater_weight[ratings.rater], minlength=n.size * k).reshape(-1, k)
    total = said.sum(axis=1, keepdims=True)
    model = np.where(speaks, model_weight, 0.0)[:, None]
    rest = (1.0 - share) / (k - 1)
    mass = model * np.nan_to_num(chances) + said * (share - rest) + total * rest
    return mass / (model + total), model_weight, rater_weight


def _majority(votes: Floats, chances: Floats) -> Ints:
    """The label with most votes; among equals the model's, then the more frequent, then the first."""
    frequency = votes.sum(axis=0) / max(float(votes.sum()), 1.0)
    tied = votes >= votes.max(axis=1, keepdims=True)
    best: Ints = np.where(tied, 2.0 + np.nan_to_num(chances) + 1e-9 * frequency, 0.0).argmax(axis=1)
    return best


def _agreement_with_others(ratings: Ratings, item: Ints) -> Floats:
    """How often the others say what a rater says, per named rater; last, so also at -1, without a name."""
    size, k = ratings.n_raters, len(ratings.labels)
    rater = np.where(ratings.rater < 0, size, ratings.rater)
    cell = item * k + ratings.label
    met = np.bincount(rater, weights=np.diff(ratings.item_start)[item] - 1, minlength=size + 1)
    same = np.bincount(rater, weights=np.bincount(cell)[cell] - 1, minlength=size + 1)
    agreement = np.divide(same, met, out=np.full(size + 1, np.nan), where=met > 0)
    return np.asarray(np.where(np.isnan(agreement), np.nanmean(agreement), agreement), np.float64)


def _alone(ratings: Ratings, chances: Floats, *, votes: Floats, item: Ints) -> Crowdlab:
    """No item has two ratings: nothing says how far people can be trusted, so the model and one vote count alike."""
    share = votes / np.maximum(votes.sum(axis=1, keepdims=True), 1e-300)
    posterior = np.where(np.isnan(chances), share, (share + np.nan_to_num(chances)) / 2.0)
    quality = posterior.max(axis=1, initial=0.0)
    warning = "no item has two ratings: people's skill is not known, one vote and the model count alike"
    weight = np.ones(ratings.n_raters)
    return Crowdlab(ratings, posterior, quality, posterior[item, ratings.label], weight, 1.0, (warning,))
