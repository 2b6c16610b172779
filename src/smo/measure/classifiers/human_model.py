"""Does a model agree with people as well as people agree with each other? Both on the same items.

Source: Cohen's chance correction with pooled margins (Scott 1955, Public Opinion Quarterly 19:321-325) for both, so
that the two numbers compare; people's own agreement is the ceiling that a model can be asked to reach.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

from smo.measure.estimate import Estimate, not_measured
from smo.measure.ratings import Ratings
from smo.measure.truth import label_codes
from smo.measure.votes import Pairs, pairs

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class HumanModel:
    """Agreement on the `n` items that two people and the model have judged: raw, and corrected for chance.

    `gap` is model with people less people with people, on the same items: above 0 the model agrees more than they do.
    """

    model: str
    n: int
    human_human: Estimate
    human_model: Estimate
    human_human_corrected: Estimate
    human_model_corrected: Estimate
    gap: Estimate


def human_model_agreement(
    ratings: Ratings, predictions: pl.DataFrame, *, positive: str | None = None, threshold: float = 0.5
) -> tuple[HumanModel, ...]:
    """People with people and people with each model, by model name.

    `predictions`: `item, model?, value?, score?`. With `positive` all labels are compared as "positive or not", and a
    missing `value` is read from the score: positive from `threshold` on. Only items with two or more ratings and a
    prediction count. Per item: the share of pairs of people that agree, and the share of people that agree with the
    model; then the mean over items with its 90 % interval. Estimates without value where there is no such item, or
    chance alone gives full agreement.

    >>> frame = pl.DataFrame({"item": [1, 1, 2, 2], "rater": list("abab"), "label": list("xxxy")})
    >>> ratings = Ratings.from_frame(frame, item="item", rater="rater", label="label")
    >>> found = human_model_agreement(ratings, pl.DataFrame({"item": [1, 2], "value": ["x", "y"]}))[0]
    >>> found.human_human.value, found.human_model.value
    (0.5, 0.75)
    """
    if positive is not None:
        ratings = _binary(ratings, positive)
    frame = _decisions(predictions, positive, threshold=threshold)
    models = frame["model"].unique().sort().to_list()
    return tuple(_compare(ratings, frame.filter(pl.col("model") == name), model=name) for name in models)


def _binary(ratings: Ratings, positive: str) -> Ratings:
    """The same ratings as positive ("1") or not ("0")."""
    is_positive = label_codes(pl.Series([positive]), ratings.labels)[0]
    return replace(ratings, labels=("0", "1"), label=(ratings.label == is_positive).astype(np.int32))


def _decisions(predictions: pl.DataFrame, positive: str | None, *, threshold: float) -> pl.DataFrame:
    """`item, model, value`: what each model decides; "0" or "1" with a positive label."""
    empty = {"model": pl.String, "score": pl.Float64, "value": pl.String}
    added = [pl.lit(None, dtype).alias(name) for name, dtype in empty.items() if name not in predictions.columns]
    value = pl.col("value").cast(pl.String)
    if positive is not None:
        decided = value.eq(positive).fill_null(pl.col("score").cast(pl.Float64, strict=False) >= threshold)
        value = pl.when(decided.is_not_null()).then(pl.when(decided).then(pl.lit("1")).otherwise(pl.lit("0")))
    chosen = predictions.with_columns(added).select(
        pl.col("item").cast(pl.String), pl.col("model").cast(pl.String).fill_null("model"), value.alias("value")
    )
    return chosen.drop_nulls("value").unique(["item", "model"], keep="first", maintain_order=True)


def _compare(ratings: Ratings, decisions: pl.DataFrame, *, model: str) -> HumanModel:
    items = pl.DataFrame({"item": ratings.items.cast(pl.String)})
    values = items.join(decisions, on="item", how="left", maintain_order="left")["value"]
    usable = values.is_not_null().to_numpy() & (np.diff(ratings.item_start) >= 2)
    if not usable.any():
        nothing = not_measured("overlap", "no item has two ratings and a prediction")
        against = not_measured("model_vs_human", "no item has two ratings and a prediction")
        return HumanModel(model, 0, nothing, against, nothing, against, against)
    chosen = ratings.select(usable)
    codes = label_codes(values.filter(pl.Series(usable)), ratings.labels).astype(np.int64)
    return _agreements(model, pairs(replace(chosen, weight=None)), codes=codes, n_labels=len(ratings.labels))


def _agreements(model: str, votes: Pairs, *, codes: Ints, n_labels: int) -> HumanModel:
    n, starts = codes.size, votes.start[:-1]
    raters = np.add.reduceat(votes.votes, starts)
    share = votes.votes / raters[votes.item]
    people = np.bincount(votes.code, weights=share, minlength=n_labels) / n
    machine = np.bincount(codes[codes >= 0], minlength=n_labels) / n
    among = np.add.reduceat(votes.votes * (votes.votes - 1.0), starts) / (raters * (raters - 1.0))
    with_model = np.add.reduceat(np.where(votes.code == codes[votes.item], share, 0.0), starts)
    by_people = np.add.reduceat(share * people[votes.code], starts)
    by_model = np.add.reduceat(share * machine[votes.code], starts)
    people_at_model = np.where(codes >= 0, people[np.maximum(codes, 0)], 0.0)
    return HumanModel(
        model=model,
        n=n,
        human_human=mean_over_items(among, "overlap"),
        human_model=mean_over_items(with_model, "model_vs_human"),
        human_human_corrected=_corrected(among, 2.0 * by_people, chance=float((people**2).sum()), basis="overlap"),
        human_model_corrected=_corrected(
            with_model, by_model + people_at_model, chance=float((people * machine).sum()), basis="model_vs_human"
        ),
        gap=mean_over_items(with_model - among, "model_vs_human", least=-1.0),
    )


def mean_over_items(values: Floats, basis: str, *, least: float = 0.0) -> Estimate:
    """Mean over items with its normal 90 % interval, cut at `least` and 1; all of that for one item.

    >>> mean_over_items(np.array([0.0, 1.0, 1.0, 1.0]), "overlap").value
    0.75
    """
    n, value = values.size, float(values.mean())
    reach = float(stats.norm.ppf(0.95) * values.std(ddof=1) / np.sqrt(n)) if n > 1 else 1.0 - least
    return Estimate(value, max(least, value - reach), min(1.0, value + reach), n, basis, "normal over items")


def _corrected(agreement: Floats, slope: Floats, *, chance: float, basis: str) -> Estimate:
    """(A - E) / (1 - E) with its linearised interval; `slope` is each item's part in twice the chance term."""
    n = agreement.size
    if chance >= 1.0 - 1e-12 or n < 2:
        return not_measured(basis, "chance alone gives full agreement" if n > 1 else "one item only", n=n)
    mean = float(agreement.mean())
    value = (mean - chance) / (1.0 - chance)
    pull = (agreement - mean) / (1.0 - chance) - (1.0 - mean) * (slope - slope.mean()) / (1.0 - chance) ** 2
    reach = float(stats.norm.ppf(0.95) * pull.std(ddof=1) / np.sqrt(n))
    return Estimate(value, value - reach, min(1.0, value + reach), n, basis, "linearised over items")
