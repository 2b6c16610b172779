"""Models against people: how often a model decides as the reference does, always with intervals.

Sources: Wilson (1927) for shares; DeLong et al. (1988) for the area; Kumar, Liang & Ma (2019), NeurIPS, for the
debiased calibration error. The basis is "model_vs_human": people's label is the reference, not the truth.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

from smo.measure.classifiers.roc import auc
from smo.measure.estimate import Estimate, not_measured
from smo.measure.intervals import proportion
from smo.measure.truth import Truth, truth_frame

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

BASIS = "model_vs_human"
#: Equal-count bins of the calibration error; fewer where a bin would hold less than 20 items.
BINS = 15
LEAST_PER_BIN = 20


@dataclass(frozen=True, slots=True)
class ModelScores:
    """One model's figures on the items that have both a prediction and a reference."""

    model: str
    n: int
    positive: str | None
    threshold: float
    metrics: Mapping[str, Estimate]
    warnings: tuple[str, ...] = ()


def model_scores(
    predictions: pl.DataFrame, truth: Truth, *, positive: str | None, threshold: float = 0.5
) -> tuple[ModelScores, ...]:
    """Figures of every model in `predictions` (`item, model, score?, value?`) against `truth` (`item, label`).

    By model name. A `value` is the model's decision; where it is missing, a `score` of at least `threshold` means
    `positive`. Metrics: "accuracy" (all labels where values are given), "precision", "recall",
    "false_positive_rate", "f1", "auc", "calibration_error" (mean gap of score and share, debiased), "mean_score_gap".
    One that lacks its class, its scores or `positive` is an Estimate without value that says why.

    >>> predictions = pl.DataFrame({"item": [1, 2, 3, 4], "model": ["m"] * 4, "score": [0.9, 0.8, 0.3, 0.1]})
    >>> found = model_scores(predictions, {1: "bad", 2: "ok", 3: "ok", 4: "ok"}, positive="bad")[0]
    >>> found.metrics["precision"].value, found.metrics["recall"].value
    (0.5, 1.0)
    """
    frame = _joined(predictions, truth)
    models = frame["model"].unique().sort().to_list()
    return tuple(
        _scores(str(name), frame.filter(pl.col("model") == name), positive=positive, threshold=threshold)
        for name in models
    )


def _joined(predictions: pl.DataFrame, truth: Truth) -> pl.DataFrame:
    """One row per model and item with a reference: `model, item, score, value, label`."""
    if missing := {"item"} - set(predictions.columns):
        raise ValueError(f"predictions need the column {missing.pop()}")
    absent = {"model": pl.String, "score": pl.Float64, "value": pl.String}
    empty = [pl.lit(None, dtype).alias(name) for name, dtype in absent.items() if name not in predictions.columns]
    reference = truth_frame(truth).with_columns(pl.col("item").cast(pl.String), pl.col("label").cast(pl.String))
    return (
        predictions.with_columns(empty)
        .select(
            pl.col("model").cast(pl.String).fill_null("model"),
            pl.col("item").cast(pl.String),
            pl.col("score").cast(pl.Float64, strict=False),
            pl.col("value").cast(pl.String),
        )
        .filter(pl.col("score").is_not_null() | pl.col("value").is_not_null())
        .unique(["model", "item"], keep="first", maintain_order=True)
        .join(reference, on="item", how="inner", maintain_order="left")
    )


def _scores(model: str, rows: pl.DataFrame, *, positive: str | None, threshold: float) -> ModelScores:
    has_value = rows["value"].is_not_null().to_numpy()
    exact = rows["value"].eq_missing(rows["label"]).to_numpy()
    if positive is None:
        metrics = {"accuracy": _share(exact[has_value], "no model gives a value and no positive label is named")}
        return ModelScores(model, rows.height, None, threshold, metrics)
    scores = rows["score"].fill_nan(None)
    is_positive = (rows["label"] == positive).to_numpy()
    above = (scores.fill_null(-np.inf) >= threshold).to_numpy()
    says = np.where(has_value, rows["value"].eq_missing(pl.Series([positive])).to_numpy(), above)
    right = np.where(has_value, exact, says == is_positive)
    metrics = _decisions(says, is_positive, right=right)
    scored = scores.is_not_null().to_numpy()
    values = scores.drop_nulls().to_numpy()
    metrics |= _ranking(values, is_positive[scored])
    return ModelScores(model, rows.height, positive, threshold, metrics, _warnings(metrics, is_positive, says=says))


def _share(hits: Bools, reason: str) -> Estimate:
    return proportion(int(hits.sum()), hits.size, basis=BASIS) if hits.size else not_measured(BASIS, reason)


def _decisions(says: Bools, is_positive: Bools, *, right: Bools) -> dict[str, Estimate]:
    return {
        "accuracy": _share(right, "no item has a prediction and a reference"),
        "precision": _share(is_positive[says], "the model never says positive"),
        "recall": _share(says[is_positive], "no item is positive"),
        "false_positive_rate": _share(says[~is_positive], "no item is negative"),
        "f1": _f1(says, is_positive),
    }


def _f1(says: Bools, is_positive: Bools) -> Estimate:
    """F1 = 2J / (1 + J) of the overlap J = both / either, which is a share: its Wilson ends are carried over."""
    overlap = _share((says & is_positive)[says | is_positive], "nothing is positive")
    if overlap.value is None or overlap.low is None or overlap.high is None:
        return overlap
    ends = [2.0 * share / (1.0 + share) for share in (overlap.value, overlap.low, overlap.high)]
    return Estimate(ends[0], ends[1], ends[2], overlap.n, BASIS, "wilson of the overlap")


def _ranking(scores: Floats, is_positive: Bools) -> dict[str, Estimate]:
    if not scores.size:
        reason = "the model gives no score"
        return {name: not_measured(BASIS, reason) for name in ("auc", "calibration_error", "mean_score_gap")}
    if is_positive.all() or not is_positive.any():
        area = not_measured(BASIS, "the reference has one class only", n=scores.size)
    else:
        area = Estimate(*auc(scores, is_positive), scores.size, BASIS, "delong, logit")
    return {"auc": area, **_calibration(scores, is_positive)}


def _calibration(scores: Floats, is_positive: Bools) -> dict[str, Estimate]:
    """Calibration of scores that are chances; None for scores outside 0-1."""
    n = scores.size
    if scores.min() < 0.0 or scores.max() > 1.0:
        reason = "scores outside 0-1 are no chances"
        return {name: not_measured(BASIS, reason, n=n) for name in ("calibration_error", "mean_score_gap")}
    gap = scores - is_positive
    reach = float(stats.norm.ppf(0.95) * gap.std(ddof=1) / np.sqrt(n)) if n > 1 else 1.0
    mean = float(gap.mean())
    straight = Estimate(mean, mean - reach, mean + reach, n, BASIS, "normal")
    return {"calibration_error": _calibration_error(scores, is_positive), "mean_score_gap": straight}


def _calibration_error(scores: Floats, is_positive: Bools) -> Estimate:
    """Root mean square gap over equal-count bins, less what chance alone gives; interval by the bins' spread."""
    n = scores.size
    bins = min(BINS, n // LEAST_PER_BIN)
    if bins < 2:
        return not_measured(BASIS, f"fewer than {2 * LEAST_PER_BIN} scored items", n=n)
    parts = np.array_split(np.argsort(scores, kind="stable"), bins)
    gap = np.array([scores[part].mean() - is_positive[part].mean() for part in parts])
    share = np.array([is_positive[part].mean() for part in parts])
    size = np.array([part.size for part in parts])
    noise = share * (1.0 - share) / (size - 1)
    square = float(((gap**2 - noise) * size).sum() / n)
    spread = np.sqrt(((2.0 * noise**2 + 4.0 * noise * np.maximum(gap**2 - noise, 0.0)) * size**2).sum()) / n
    reach = float(stats.norm.ppf(0.95) * spread)
    value, low, high = (float(np.sqrt(max(0.0, part))) for part in (square, square - reach, square + reach))
    return Estimate(value, low, high, n, BASIS, f"debiased rms gap, {bins} equal-count bins")


def _warnings(metrics: Mapping[str, Estimate], is_positive: Bools, *, says: Bools) -> tuple[str, ...]:
    found = []
    area = metrics["auc"]
    if area.high is not None and area.high < 0.5:
        found.append("score_runs_against_labels")
    if is_positive.size and (is_positive.all() or not is_positive.any()):
        found.append("one_class_only")
    if says.size and (says.all() or not says.any()):
        found.append("model_says_one_thing")
    return tuple(found)
