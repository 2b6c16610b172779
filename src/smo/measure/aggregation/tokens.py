"""Which characters of a text the raters mark together: each rater's misses and false marks are learned, per type.

Only units that somebody marked teach: what nobody would ever mark is most of a text, and with it every rater looks
almost never wrong, so that one mark alone would win (measured on toxic_spans: F1 .47 in place of .52).

All characters between two neighbouring ends of spans have the same votes, so they are one unit: a text with ten spans
has at most twenty-one units, however long it is. Offsets are Unicode code points, ends exclusive.
"""

from dataclasses import dataclass

import numba as nb
import numpy as np
import numpy.typing as npt
import polars as pl

from smo.measure.agreement.span_pairs import Marks, marks
from smo.measure.codes import encode

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Neighbouring characters are marked together: five of them, a short word, are one observation of a rater.
CHARACTERS_PER_WORD = 5.0
#: Words that the pool of raters weighs in a rater's rates, and a usual rater's in the pool's.
PRIOR_WORDS = 10.0
USUAL_SENSITIVITY = 0.8
USUAL_SPECIFICITY = 0.8
MAX_PASSES = 200
TOLERANCE = 1e-5
#: The type of spans without one.
ANY_TYPE = ""


@dataclass(frozen=True, slots=True)
class JointSpans:
    """The marks of all raters as one.

    `spans`: item, type, start, end, posterior (mean over its characters), weakest (of its characters), n (raters who
    looked). `units`: item, type, start, end, posterior, votes, n: every unit that somebody marked. `raters`: rater,
    type, n (texts), sensitivity, specificity (among characters that anybody marked). Without types, type is "".
    """

    spans: pl.DataFrame
    units: pl.DataFrame
    raters: pl.DataFrame
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Units:
    """Units by item, their length in words, and who marked which: votes[vote_start[i] + judgement * units + unit]."""

    start: Ints
    low: Ints
    high: Ints
    vote_start: Ints
    votes: npt.NDArray[np.int8]
    n_votes: Ints


def aggregate_spans(
    spans: pl.DataFrame,
    judgements: pl.DataFrame,
    *,
    texts: pl.DataFrame | None = None,
    at_least: float = 0.5,
) -> JointSpans:
    """EM over units of characters: P(marked | votes) ~ share of marked text x product of the raters' rates.

    Shapes: `spans` item, rater, start, end, type?; `judgements` item, rater of everyone who looked, also without a
    span; `texts` item, text: spans are cut at its end. `at_least`: from which chance a character is in a joint span.
    Units: chances; code points. Empty, reversed or negative spans are left out and counted in the warnings.
    Errors: ValueError when a column or a rater is missing, or `at_least` is outside (0, 1).
    Source: Dawid & Skene (1979) per unit; Nguyen et al. (2017), ACL, for sequences.

    >>> spans = pl.DataFrame({"item": [1, 1, 1], "rater": ["a", "b", "c"], "start": [0, 0, 4], "end": [4, 6, 6]})
    >>> found = aggregate_spans(spans, spans.select("item", "rater"))
    >>> found.spans.select("start", "end").rows()
    [(0, 6)]
    """
    if not 0.0 < at_least < 1.0:
        raise ValueError(f"at_least must be above 0 and below 1, not {at_least}")
    sound, warnings = _sound(spans, judgements, texts=texts)
    types = sound["type"].unique().sort().to_list()
    everyone = pl.concat([judgements.select(_ids()), sound.select("item", "rater")]).unique(maintain_order=True)
    joined = [_of_type(sound.filter(pl.col("type") == name), everyone, at_least=at_least, name=name) for name in types]
    if not joined:
        joined = [_of_type(sound, everyone, at_least=at_least, name=ANY_TYPE)]
    found, units, raters = (pl.concat(parts) for parts in zip(*joined, strict=True))
    return JointSpans(found, units, raters, warnings)


def _ids() -> tuple[pl.Expr, pl.Expr]:
    return pl.col("item").cast(pl.String), pl.col("rater").cast(pl.String)


def _sound(
    spans: pl.DataFrame, judgements: pl.DataFrame, *, texts: pl.DataFrame | None
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    for frame, needed in ((spans, ("item", "rater", "start", "end")), (judgements, ("item", "rater"))):
        if absent := [name for name in needed if name not in frame.columns]:
            raise ValueError(f"no column {', '.join(absent)}; there are {', '.join(frame.columns)}")
        if frame["rater"].null_count() or frame["item"].null_count():
            raise ValueError("joint spans need the item and the rater of every row")
    number = pl.col("start", "end").cast(pl.Int64, strict=False)
    kind = pl.col("type").cast(pl.String).fill_null(ANY_TYPE) if "type" in spans.columns else pl.lit(ANY_TYPE)
    rows = spans.select(*_ids(), number, kind.alias("type"))
    if texts is not None:
        rows = rows.join(_lengths(texts), on="item", how="left", maintain_order="left").with_columns(
            pl.min_horizontal("end", "length")
        )
    kept = rows.filter((pl.col("start") >= 0) & (pl.col("end") > pl.col("start")))
    lost = rows.height - kept.height
    return kept, (f"{lost} spans are empty, reversed, negative or beyond their text",) if lost else ()


def _lengths(texts: pl.DataFrame) -> pl.DataFrame:
    length = pl.col("text").str.len_chars().cast(pl.Int64).alias("length")
    return texts.select(pl.col("item").cast(pl.String), length).unique("item", keep="first")


def _of_type(
    spans: pl.DataFrame, everyone: pl.DataFrame, *, at_least: float, name: str
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    laid = marks(spans, everyone)
    units = _units(laid)
    raters, who = encode(laid.judgements["rater"])
    sensitivity, specificity, posterior = _fit(units, laid, who=who, n_raters=len(raters))
    table = _unit_table(laid, units, posterior=posterior, name=name)
    n = np.bincount(who, minlength=len(raters))
    rates = {"sensitivity": sensitivity, "specificity": specificity}
    people = pl.DataFrame({"rater": raters, "type": [name] * len(raters), "n": n, **rates})
    return _spans(table, at_least), table.filter(pl.col("votes") > 0), people


def _units(laid: Marks) -> _Units:
    """Cut every text at all ends of its spans."""
    item_of = np.repeat(np.arange(len(laid.items)), np.diff(laid.item_start))
    span_item = np.repeat(item_of, np.diff(laid.first))
    item = np.concatenate([span_item, span_item])
    cut = np.concatenate([laid.start, laid.end])
    order = np.lexsort((cut, item))
    item, cut = item[order], cut[order]
    is_unit = (item[1:] == item[:-1]) & (cut[1:] > cut[:-1])
    low, high = cut[:-1][is_unit], cut[1:][is_unit]
    per_item = np.bincount(item[:-1][is_unit], minlength=len(laid.items))
    start = np.concatenate([[0], np.cumsum(per_item)]).astype(np.int64)
    sizes = per_item * np.diff(laid.item_start)
    vote_start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    votes = np.zeros(int(vote_start[-1]), np.int8)
    _vote(laid.item_start, laid.first, laid.start, laid.end, start, low, vote_start, votes)
    n_votes = np.zeros(low.size, np.int64)
    _count(laid.item_start, start, vote_start, votes, n_votes)
    return _Units(start, low, high, vote_start, votes, n_votes)


def _fit(units: _Units, laid: Marks, *, who: npt.NDArray[np.int32], n_raters: int) -> tuple[Floats, Floats, Floats]:
    words = np.where(units.n_votes > 0, (units.high - units.low) / CHARACTERS_PER_WORD, 0.0)
    sensitivity = np.full(n_raters, USUAL_SENSITIVITY)
    specificity = np.full(n_raters, USUAL_SPECIFICITY)
    posterior = np.zeros(words.size)
    share = 0.5
    for _ in range(MAX_PASSES):
        before = posterior.copy()
        rates = np.log([sensitivity, 1 - sensitivity, 1 - specificity, specificity])
        sums = np.zeros((n_raters, 4))
        odds = float(np.log(share / (1.0 - share)))
        _sweep(laid.item_start, who, units.start, words, units.vote_start, units.votes, odds, rates, posterior, sums)
        if np.abs(posterior - before).max(initial=0.0) < TOLERANCE:
            break
        sensitivity = _rates(sums[:, 0], sums[:, 0] + sums[:, 1], usual=USUAL_SENSITIVITY)
        specificity = _rates(sums[:, 3], sums[:, 2] + sums[:, 3], usual=USUAL_SPECIFICITY)
        share = float((words @ posterior + PRIOR_WORDS / 2) / (words.sum() + PRIOR_WORDS))
    return sensitivity, specificity, posterior


def _rates(right: Floats, of: Floats, *, usual: float) -> Floats:
    """A rater's rate drawn to the pool's, and the pool's to a usual rater's."""
    pool = (right.sum() + PRIOR_WORDS * usual) / (of.sum() + PRIOR_WORDS)
    return np.asarray(np.clip((right + PRIOR_WORDS * pool) / (of + PRIOR_WORDS), 1e-6, 1.0 - 1e-6))


def _unit_table(laid: Marks, units: _Units, *, posterior: Floats, name: str) -> pl.DataFrame:
    item = np.repeat(np.arange(len(laid.items)), np.diff(units.start))
    columns = {"start": units.low, "end": units.high, "posterior": posterior, "votes": units.n_votes}
    table = pl.DataFrame({"item": laid.items.gather(item), **columns, "n": np.diff(laid.item_start)[item]})
    return table.select("item", pl.lit(name).alias("type"), "start", "end", "posterior", "votes", "n")


def _spans(table: pl.DataFrame, at_least: float) -> pl.DataFrame:
    """Units next to each other that are sure enough become one span."""
    chosen = table.filter(pl.col("posterior") >= at_least)
    is_new = ((pl.col("item") != pl.col("item").shift(1)) | (pl.col("start") != pl.col("end").shift(1))).fill_null(
        value=True
    )
    length = pl.col("end") - pl.col("start")
    return (
        chosen.with_columns(is_new.cum_sum().alias("run"))
        .group_by("run", maintain_order=True)
        .agg(
            pl.col("item", "type").first(),
            pl.col("start").first(),
            pl.col("end").last(),
            ((pl.col("posterior") * length).sum() / length.sum()).alias("posterior"),
            pl.col("posterior").min().alias("weakest"),
            pl.col("n").first(),
        )
        .drop("run")
    )


@nb.njit(cache=True, nogil=True)
def _vote(  # type: ignore[no-untyped-def]  # noqa: PLR0913, PLR0917 - one loop nest, one thought
    item_start, first, span_start, span_end, unit_start, low, vote_start, votes
):  # pragma: no cover
    for item in range(unit_start.shape[0] - 1):
        size = unit_start[item + 1] - unit_start[item]
        for judgement in range(item_start[item], item_start[item + 1]):
            place = vote_start[item] + (judgement - item_start[item]) * size
            span = first[judgement]
            for unit in range(size):
                at = low[unit_start[item] + unit]
                while span < first[judgement + 1] and span_end[span] <= at:
                    span += 1
                if span < first[judgement + 1] and span_start[span] <= at:
                    votes[place + unit] = 1


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _sweep(  # type: ignore[no-untyped-def]  # noqa: PLR0913, PLR0917 - one loop nest, one thought
    item_start, who, unit_start, words, vote_start, votes, odds, rates, posterior, sums
):  # pragma: no cover
    for item in range(unit_start.shape[0] - 1):
        size = unit_start[item + 1] - unit_start[item]
        for unit in range(size):
            score = odds
            for judgement in range(item_start[item], item_start[item + 1]):
                vote = 1 - votes[vote_start[item] + (judgement - item_start[item]) * size + unit]
                score += rates[vote, who[judgement]] - rates[2 + vote, who[judgement]]
            chance = 1.0 / (1.0 + np.exp(-score))
            posterior[unit_start[item] + unit] = chance
            weight = words[unit_start[item] + unit]
            for judgement in range(item_start[item], item_start[item + 1]):
                vote = 1 - votes[vote_start[item] + (judgement - item_start[item]) * size + unit]
                sums[who[judgement], vote] += weight * chance
                sums[who[judgement], 2 + vote] += weight * (1.0 - chance)


@nb.njit(cache=True, nogil=True)
def _count(item_start, unit_start, vote_start, votes, counts):  # type: ignore[no-untyped-def]  # pragma: no cover
    for item in range(unit_start.shape[0] - 1):
        size = unit_start[item + 1] - unit_start[item]
        for judgement in range(item_start[item + 1] - item_start[item]):
            for unit in range(size):
                counts[unit_start[item] + unit] += votes[vote_start[item] + judgement * size + unit]


def warm_tokens() -> None:
    """Compile the kernels of this file on one text.

    >>> warm_tokens()
    """
    spans = pl.DataFrame({"item": [1], "rater": ["a"], "start": [0], "end": [2]})
    aggregate_spans(spans, spans.select("item", "rater"))
