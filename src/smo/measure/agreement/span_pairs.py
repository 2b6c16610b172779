"""Compare the marked characters of every two judgements of an item, without a loop in Python."""

from dataclasses import dataclass

import numba as nb
import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Marks:
    """Judgements by item, each with its joined, sorted intervals `start:end` at `first[j]:first[j + 1]`."""

    items: pl.Series
    judgements: pl.DataFrame
    item_start: Ints
    first: Ints
    start: Ints
    end: Ints


@dataclass(frozen=True, slots=True)
class Pairs:
    """Sums per item over pairs of judgements; `marked` sums characters over judgements."""

    pairs: Floats
    f1: Floats
    exact: Floats
    empty: Floats
    differing: Floats
    marked: Floats


def marks(spans: pl.DataFrame, judgements: pl.DataFrame) -> Marks:
    """Lay out spans (`item, rater, start, end`) by judgement (`item, rater`); ids are compared as text.

    Judgements without rater ids count one by one, but cannot be joined with spans.
    """
    ids = (pl.col("item").cast(pl.String), pl.col("rater").cast(pl.String))
    everyone = pl.concat([judgements.select(ids), spans.select(ids)])
    everyone = everyone.unique(maintain_order=True).sort("item", "rater", maintain_order=True)
    everyone = everyone.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("judgement"))
    joined = _joined_intervals(spans.select(*ids, "start", "end").join(everyone, on=["item", "rater"]))
    counts = np.bincount(joined["judgement"].to_numpy(), minlength=everyone.height)
    per_item = everyone.group_by("item", maintain_order=True).len()
    return Marks(
        items=per_item["item"],
        judgements=everyone.select("item", "rater"),
        item_start=_offsets(per_item["len"].to_numpy()),
        first=_offsets(counts),
        start=joined["start"].to_numpy().astype(np.int64),
        end=joined["end"].to_numpy().astype(np.int64),
    )


def _offsets(sizes: npt.NDArray[np.integer]) -> Ints:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _joined_intervals(spans: pl.DataFrame) -> pl.DataFrame:
    """Overlapping or touching intervals of one judgement become one."""
    reach = pl.col("end").cum_max().shift(1).over("judgement")
    ordered = spans.sort("judgement", "start", "end")
    runs = ordered.with_columns((reach.is_null() | (pl.col("start") > reach)).cum_sum().alias("run"))
    joined = runs.group_by("run", maintain_order=True).agg(
        pl.col("judgement").first(), pl.col("start").first(), pl.col("end").max()
    )
    return joined.sort("run").select("judgement", "start", "end")


def compare(laid: Marks) -> Pairs:
    """Sums over the pairs of judgements of each item: pairs, F1, exact matches, both empty, differing characters.

    >>> spans = pl.DataFrame({"item": ["i", "i"], "rater": ["a", "b"], "start": [0, 2], "end": [4, 6]})
    >>> found = compare(marks(spans, spans.select("item", "rater")))
    >>> found.f1.tolist(), found.differing.tolist()
    ([0.5], [4.0])
    """
    sums = _compare(laid.item_start, laid.first, laid.start, laid.end)
    return Pairs(*(sums[:, column] for column in range(6)))


@nb.njit(cache=True, nogil=True)
def _compare(item_start, first, start, end):  # type: ignore[no-untyped-def]  # pragma: no cover
    sums = np.zeros((item_start.shape[0] - 1, 6))
    size = np.zeros(first.shape[0] - 1)
    for judgement in range(size.shape[0]):
        for span in range(first[judgement], first[judgement + 1]):
            size[judgement] += end[span] - start[span]
    for item in range(sums.shape[0]):
        for one in range(item_start[item], item_start[item + 1]):
            sums[item, 5] += size[one]
            for other in range(one + 1, item_start[item + 1]):
                both = _overlap(first[one], first[one + 1], first[other], first[other + 1], start, end)
                total = size[one] + size[other]
                sums[item, 0] += 1.0
                sums[item, 1] += 1.0 if total == 0.0 else 2.0 * both / total
                sums[item, 2] += 1.0 if total == 2.0 * both else 0.0
                sums[item, 3] += 1.0 if total == 0.0 else 0.0
                sums[item, 4] += total - 2.0 * both
    return sums


@nb.njit(cache=True, nogil=True)
def _overlap(one, one_last, other, other_last, start, end):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Characters in both lists of sorted, disjoint intervals."""
    both = 0.0
    while one < one_last and other < other_last:
        both += max(0, min(end[one], end[other]) - max(start[one], start[other]))
        if end[one] <= end[other]:
            one += 1
        else:
            other += 1
    return both
