"""Whose work to look at first, and for which reason: evidence about one person's answers, never a ranking of people.

A reason is listed only where chance is an unlikely explanation; a small n stays silent. What follows is a look at the
answers together with the person: first the guideline, the tool and the gold key, then the person.
"""

import numpy as np
import polars as pl
from scipy import special, stats

from smo.measure.people.skill import LEAST_TO_GROUP, pool
from smo.measure.ratings import Ratings

#: List a person only when the reason is this probable.
SURE_FROM = 0.9
#: A rater is said to give one answer when it takes at least this share of their answers.
ONE_ANSWER_FROM = 0.95
SCHEMA = {
    "rater": pl.String,
    "code": pl.String,
    "value": pl.Float64,
    "reference": pl.Float64,
    "n": pl.Int64,
    "probability": pl.Float64,
}


def attention(
    accuracy: pl.DataFrame,
    *,
    target: float | None = None,
    ratings: Ratings | None = None,
    speed: pl.DataFrame | None = None,
    intra: pl.DataFrame | None = None,
    least: int = LEAST_TO_GROUP,
) -> pl.DataFrame:
    """`rater, code, value, reference, n, probability`, by rater, then code.

    `accuracy` is what `rater_accuracy` gives, `speed` what `speeders` gives, `intra` a frame `rater, n, agreement,
    low, high`. Codes: "below_target" (P(true accuracy < target) > 0.9 in the shrunk posterior; value and reference are
    accuracies), "below_others" (the group is separated from, and lower than, that of most raters; reference is that
    group's accuracy), "one_answer" (one label makes up >= 95 % of the answers, by far more than its base rate, the
    reference, explains), "fast" (value is the pace ratio, 1 is usual), "changes_own_answers" (the interval of the
    agreement with oneself lies below everybody's). Below `least` answers nobody is listed.

    >>> people = {"rater": list("abcde"), "n": [100] * 5, "correct": [97, 96, 98, 97, 70], "group": [1, 1, 1, 1, 0]}
    >>> attention(pl.DataFrame(people), target=0.9).select("rater", "code").rows()
    [('e', 'below_others'), ('e', 'below_target')]
    """
    found = [_below_others(accuracy, least)]
    if target is not None:
        found.append(_below_target(accuracy, target, least=least))
    if ratings is not None and ratings.raters is not None:
        found.append(_one_answer(ratings, ratings.raters, least=least))
    if speed is not None:
        found.append(_fast(speed, least))
    if intra is not None:
        found.append(_changes(intra, least))
    return pl.concat(found).sort("rater", "code")


def _listed(frame: pl.DataFrame, code: str) -> pl.DataFrame:
    """Rows in the form of the answer; `frame` has rater, value, reference, n, probability."""
    return frame.with_columns(pl.lit(code).alias("code")).select(
        pl.col(name).cast(kind) for name, kind in SCHEMA.items()
    )


def _below_target(accuracy: pl.DataFrame, target: float, *, least: int) -> pl.DataFrame:
    correct, n = accuracy["correct"].to_numpy(), accuracy["n"].to_numpy()
    mean, strength = pool(correct, n)
    alpha, beta = correct + mean * strength, n - correct + (1.0 - mean) * strength
    chance = pl.Series("probability", special.betainc(alpha, beta, target))
    value = pl.Series("value", alpha / (alpha + beta))
    rows = accuracy.with_columns(chance, value, pl.lit(target).alias("reference"))
    return _listed(rows.filter((pl.col("n") >= least) & (pl.col("probability") > SURE_FROM)), "below_target")


def _below_others(accuracy: pl.DataFrame, least: int) -> pl.DataFrame:
    """Raters of a group that is separated from, and lower than, the group of most raters."""
    grouped = accuracy.filter((pl.col("n") >= least) & pl.col("group").is_not_null())
    sizes = grouped.group_by("group").agg(pl.len(), pl.col("correct").sum(), pl.col("n").sum())
    usual = sizes.sort("len", "group", descending=[True, True]).head(1)
    if not usual.height:
        return pl.DataFrame(schema=SCHEMA)
    reference = usual["correct"][0] / usual["n"][0]
    below = grouped.filter(pl.col("group") < usual["group"][0])
    right, wrong = below["correct"].to_numpy(), (below["n"] - below["correct"]).to_numpy()
    chance = special.betainc(right + 0.5, wrong + 0.5, reference)
    value = (pl.col("correct") / pl.col("n")).alias("value")
    rows = below.with_columns(value, pl.lit(reference).alias("reference"), pl.Series("probability", chance))
    return _listed(rows.filter(pl.col("probability") > SURE_FROM), "below_others")


def _one_answer(ratings: Ratings, names: pl.Series, *, least: int) -> pl.DataFrame:
    """Raters whose commonest label is far commoner than with everybody, after allowing for the number of raters."""
    base = np.bincount(ratings.label, minlength=len(ratings.labels)) / max(1, ratings.n_ratings)
    given = pl.DataFrame({"rater": ratings.rater, "label": ratings.label}).filter(pl.col("rater") >= 0)
    counts = given.group_by("rater", "label").agg(pl.len().cast(pl.Int64).alias("k"))
    most = (
        counts.with_columns(pl.col("k").sum().over("rater").alias("n"))
        .sort("rater", "k", "label", descending=[False, True, False])
        .unique("rater", keep="first", maintain_order=True)
        .filter((pl.col("n") >= least) & (pl.col("k") >= ONE_ANSWER_FROM * pl.col("n")))
    )
    share = base[most["label"].to_numpy()]
    p = np.minimum(1.0, stats.binom.sf(most["k"].to_numpy() - 1, most["n"].to_numpy(), share) * ratings.n_raters)
    rows = most.with_columns(
        names.gather(most["rater"]).alias("rater"),
        (pl.col("k") / pl.col("n")).alias("value"),
        pl.Series("reference", share),
        pl.Series("probability", 1.0 - p),
    )
    return _listed(rows.filter(pl.col("probability") > SURE_FROM), "one_answer")


def _fast(speed: pl.DataFrame, least: int) -> pl.DataFrame:
    rows = speed.filter(pl.col("flagged") & (pl.col("n") >= least))
    return _listed(rows.with_columns(value="ratio", reference=pl.lit(1.0), probability=pl.lit(0.95)), "fast")


def _changes(intra: pl.DataFrame, least: int) -> pl.DataFrame:
    overall = float((intra["agreement"] * intra["n"]).sum()) / max(1, int(intra["n"].sum()))
    rows = intra.filter((pl.col("n") >= least) & (pl.col("high") < overall))
    rows = rows.with_columns(value="agreement", reference=pl.lit(overall), probability=pl.lit(0.95))
    return _listed(rows, "changes_own_answers")
