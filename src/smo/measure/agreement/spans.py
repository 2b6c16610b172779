"""Do people mark the same characters? Offsets are Unicode code points, ends exclusive.

Sources: pairwise F1 where there are no negative units: Hripcsak & Rothschild (2005), JAMIA 12:296-298;
alpha over characters: Krippendorff (2013), Content Analysis, chapter 12.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

from smo.measure.agreement.span_pairs import Marks, compare, marks
from smo.measure.estimate import Estimate, not_measured
from smo.measure.intervals import wilson

Floats = npt.NDArray[np.float64]

BASIS = "overlap"


@dataclass(frozen=True, slots=True)
class SpanAgreement:
    """Agreement on characters, over items with at least two judgements; every n counts items."""

    character_f1: Estimate  # pairs where both marked nothing count as 1
    character_f1_marked: Estimate  # only pairs where at least one marked something
    exact_match: Estimate  # share of pairs that marked exactly the same characters
    both_empty: Estimate  # share of pairs where both marked nothing
    character_alpha: Estimate
    per_type: Mapping[str, Estimate]  # character_f1_marked of the spans of one type
    n_spans: int
    n_judgements: int


def span_agreement(
    spans: pl.DataFrame, judgements: pl.DataFrame, *, texts: pl.DataFrame | None = None
) -> SpanAgreement:
    """Compare all pairs of judgements of an item, then average over items.

    Shapes: `spans`: `item, rater, start, end, type?`; `judgements`: `item, rater` of everyone who looked, also those
    who marked nothing (a rater with spans but without a judgement is added); `texts`: `item, text`, for alpha, which
    needs the unmarked characters. Overlapping spans of one judgement are joined. Faulty spans (end <= start,
    negative) are ignored here and named by `span_problems`. Intervals: 90 %, items are the sample.
    Errors: polars' ColumnNotFoundError for a missing column; what cannot be measured is said in the estimates.
    Source: Hripcsak & Rothschild (2005), JAMIA 12:296-298; alpha: Krippendorff (2013), Content Analysis, chapter 12.

    >>> spans = pl.DataFrame({"item": [1, 1], "rater": ["a", "b"], "start": [0, 2], "end": [4, 4], "type": ["x", "x"]})
    >>> found = span_agreement(spans, pl.DataFrame({"item": [1, 1], "rater": ["a", "b"]}))
    >>> round(found.character_f1.value, 3), found.exact_match.value
    (0.667, 0.0)
    """
    spans = _sound(spans)
    whole = marks(spans, judgements)
    pairs = compare(whole)
    types = spans["type"].drop_nulls().unique().sort().to_list() if "type" in spans.columns else []
    return SpanAgreement(
        character_f1=_item_mean(pairs.f1, pairs.pairs),
        character_f1_marked=_item_mean(pairs.f1 - pairs.empty, pairs.pairs - pairs.empty),
        exact_match=_item_mean(pairs.exact, pairs.pairs, is_share=True),
        both_empty=_item_mean(pairs.empty, pairs.pairs, is_share=True),
        character_alpha=_alpha(whole, texts),
        per_type={str(name): _of_type(spans.filter(pl.col("type") == name), whole) for name in types},
        n_spans=spans.height,
        n_judgements=whole.first.size - 1,
    )


def span_problems(spans: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """Spans that cannot be right: `item, rater, start, end, length, problem`, in the order of `spans`.

    Problems: "no_text" (item without text), "not_a_number", "negative_start", "empty_or_reversed" (end <= start),
    "outside_text" (end beyond the last code point; `length` counts code points).

    >>> spans = pl.DataFrame({"item": [1, 1], "rater": ["a", "b"], "start": [0, 3], "end": [2, 9]})
    >>> span_problems(spans, pl.DataFrame({"item": [1], "text": ["caf\\u00e9"]})).rows()
    [(1, 'b', 3, 9, 4, 'outside_text')]
    """
    length = _lengths(texts).rename({"item": "key"})
    number = pl.col("start", "end").cast(pl.Int64, strict=False)
    joined = spans.with_columns(pl.col("item").cast(pl.String).alias("key"), number).join(
        length, on="key", how="left", maintain_order="left"
    )
    problem = (
        pl.when(pl.col("start").is_null() | pl.col("end").is_null())
        .then(pl.lit("not_a_number"))
        .when(pl.col("length").is_null())
        .then(pl.lit("no_text"))
        .when(pl.col("start") < 0)
        .then(pl.lit("negative_start"))
        .when(pl.col("end") <= pl.col("start"))
        .then(pl.lit("empty_or_reversed"))
        .when(pl.col("end") > pl.col("length"))
        .then(pl.lit("outside_text"))
    )
    marked = joined.with_columns(problem.alias("problem")).filter(pl.col("problem").is_not_null())
    return marked.select("item", "rater", "start", "end", "length", "problem")


def span_answers(spans: pl.DataFrame, judgements: pl.DataFrame) -> pl.DataFrame:
    """Each judgement's spans as one label, `start:end` joined by `|`: what alpha with level "spans" compares.

    Shapes: as of `span_agreement` -> item, rater, label; a judgement that marked nothing has the label "".

    >>> spans = pl.DataFrame({"item": [1, 1], "rater": ["a", "a"], "start": [8, 0], "end": [9, 4]})
    >>> span_answers(spans, pl.DataFrame({"item": [1, 1], "rater": ["a", "b"]})).rows()
    [(1, 'a', '0:4|8:9'), (1, 'b', '')]
    """
    looked = pl.concat([judgements.select("item", "rater"), spans.select("item", "rater")]).unique()
    part = pl.format("{}:{}", "start", "end").alias("label")
    marked = _sound(spans).unique(["item", "rater", "start", "end"]).sort("start", "end")
    joined = marked.group_by("item", "rater", maintain_order=True).agg(part.str.join("|"))
    found = looked.join(joined, on=["item", "rater"], how="left")
    return found.with_columns(pl.col("label").fill_null("")).sort("item", "rater")


def _sound(spans: pl.DataFrame) -> pl.DataFrame:
    number = pl.col("start", "end").cast(pl.Int64, strict=False)
    return spans.with_columns(number).filter((pl.col("start") >= 0) & (pl.col("end") > pl.col("start")))


def _lengths(texts: pl.DataFrame) -> pl.DataFrame:
    """`item` as text and the number of code points of its text."""
    length = pl.col("text").str.len_chars().cast(pl.Int64).alias("length")
    return texts.select(pl.col("item").cast(pl.String), length).unique("item", keep="first")


def _item_mean(total: Floats, pairs: Floats, *, is_share: bool = False) -> Estimate:
    """Mean over items of an item's mean over its pairs; the items are the sample."""
    has_pairs = pairs > 0
    n = int(has_pairs.sum())
    if n == 0:
        return not_measured(BASIS, "no item has two judgements to compare")
    means = total[has_pairs] / pairs[has_pairs]
    value = float(means.mean())
    if n == 1 or value in (0.0, 1.0):
        low, high = (float(end) for end in wilson(value * n, n))
        return Estimate(value, low, high, n, BASIS, "wilson over items")
    reach = float(stats.norm.ppf(0.95) * means.std(ddof=1) / np.sqrt(n))
    method = "share of pairs, " if is_share else ""
    return Estimate(value, max(0.0, value - reach), min(1.0, value + reach), n, BASIS, method + "normal over items")


def _of_type(spans: pl.DataFrame, whole: Marks) -> Estimate:
    pairs = compare(marks(spans, whole.judgements))
    return _item_mean(pairs.f1 - pairs.empty, pairs.pairs - pairs.empty)


def _alpha(whole: Marks, texts: pl.DataFrame | None) -> Estimate:
    """Nominal alpha of "marked or not" with characters as units; interval by the items, linearised."""
    if texts is None:
        return not_measured(BASIS, "the texts are needed to count unmarked characters")
    order = whole.items.to_frame("item").join(_lengths(texts), on="item", how="left", maintain_order="left")
    chars = order["length"].fill_null(0).cast(pl.Float64).to_numpy()
    pairs = compare(whole)
    raters = np.diff(whole.item_start).astype(np.float64)
    usable = (raters >= 2) & (chars > 0)
    if not usable.any():
        return not_measured(BASIS, "no text has two judgements")
    marked, values = np.minimum(pairs.marked, raters * chars)[usable], (raters * chars)[usable]
    differing = 2.0 * pairs.differing[usable] / (raters[usable] - 1.0)
    return _alpha_of(differing, marked=marked, values=values)


def _alpha_of(differing: Floats, *, marked: Floats, values: Floats) -> Estimate:
    total, ones, n = values.sum(), marked.sum(), values.size
    expected = 2.0 * ones * (total - ones) / (total - 1.0)
    if expected <= 0.0:
        return not_measured(BASIS, "nobody marked anything, or everybody everything", n=n)
    value = 1.0 - differing.sum() / expected
    slope = 2.0 * ((total - 2.0 * ones) * marked + ones * values) / (total - 1.0)
    pull = -(differing - (1.0 - value) * slope) / expected
    pull = pull - pull.mean()
    reach = float(stats.norm.ppf(0.95) * np.sqrt((pull**2).sum() * n / max(1, n - 1)))
    ends = float(value - reach), min(1.0, float(value + reach))
    return Estimate(float(value), *ends, n, BASIS, "linearised over items")
