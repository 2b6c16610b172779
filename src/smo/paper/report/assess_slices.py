"""The same figures for each value of each column, and which value stands apart from the others."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from smo.measure.estimate import Estimate
from smo.measure.intervals import proportion
from smo.measure.ratings import Ratings
from smo.measure.state import judge
from smo.paper import figures
from smo.paper.report.assess_agreement import agreement, is_skewed
from smo.paper.report.assess_confusion import pairs
from smo.paper.report.languages import name_of
from smo.paper.report.model import Slice
from smo.paper.report.options import Options
from smo.paper.report.slicing import Cut
from smo.paper.report.task_data import TaskData

MINIMUM_KEYS = 20
Z = 1.6448536269514722  # the 90 % two-sided interval
LEAST_GAP = 0.05  # smaller gaps may be certain, but nobody should act on them
CHANCE = 0.05  # of calling any value of a column apart when none is (Holm 1979)


@dataclass(frozen=True, slots=True)
class Gap:
    """How far one value's alpha lies from that of all the others together."""

    value: float
    low: float
    high: float
    p_value: float


def _spread(estimate: Estimate) -> float | None:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return None
    return (estimate.high - estimate.low) / (2 * Z) or None


def gap(one: Estimate, others: Sequence[Estimate]) -> Gap | None:
    """The difference to the mean of the others, weighted by items; None where either is not measured."""
    known = [(e.value, _spread(e), e.n) for e in others if e.value is not None and _spread(e) is not None and e.n]
    spread = _spread(one)
    if one.value is None or spread is None or not known:
        return None
    n = sum(size for _, _, size in known)
    mean = sum(value * size for value, _, size in known) / n
    error = math.sqrt(spread**2 + sum((s or 0.0) ** 2 * size**2 for _, s, size in known) / n**2)
    difference = one.value - mean
    return Gap(difference, difference - Z * error, difference + Z * error, math.erfc(abs(difference) / error / 2**0.5))


def holm(p_values: Sequence[float], chance: float = CHANCE) -> list[bool]:
    """Which of several tests hold together at this chance of any false one (Holm 1979).

    >>> holm([0.001, 0.04, 0.02])
    [True, True, True]
    >>> holm([0.001, 0.04, 0.03])
    [True, False, False]
    """
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    held = [False] * len(p_values)
    for step, place in enumerate(order):
        if p_values[place] > chance / (len(p_values) - step):
            break
        held[place] = True
    return held


def remark(found: Gap) -> str:
    """The gap in words: "below the others by 0.36 (0.34–0.38)"."""
    ends = sorted((abs(found.low), abs(found.high)))
    size = Estimate(abs(found.value), ends[0], ends[1], 0, "overlap", "difference of alphas")
    side = "below" if found.value < 0 else "above"
    return f"{side} the others by {figures.coefficient(size)} ({figures.interval_coefficient(size)})"


def _with_notes(parts: Sequence[Slice]) -> list[Slice]:
    """Each slice with its remark, where it stands apart after allowing for the number of slices."""
    alphas = [part.agreement.coefficients["krippendorff_alpha"] for part in parts]
    usable = [alpha for alpha in alphas if not is_skewed(alpha)]
    if 2 * len(usable) <= len(alphas):  # a column whose values each have one label: alpha compares nothing here
        return list(parts)
    gaps = [None if is_skewed(one) else gap(one, [alpha for alpha in usable if alpha is not one]) for one in alphas]
    held = iter(holm([found.p_value for found in gaps if found is not None]))
    apart = [found is not None and next(held) and abs(found.value) >= LEAST_GAP for found in gaps]
    return [
        replace(part, note=remark(found)) if found is not None and is_apart else part
        for part, found, is_apart in zip(parts, gaps, apart, strict=True)
    ]


def hits(items: pl.DataFrame, gold: pl.DataFrame | None) -> pl.Series | None:
    """Per item: is the decided label the key? Null without a key or without a decision."""
    if gold is None:
        return None
    keys = gold.rename({"label": "key"}).unique("item", keep="first")
    joined = items.join(keys, on="item", how="left", maintain_order="left")
    same = pl.col("label") == pl.col("key").cast(pl.String)
    return joined.select(pl.when("decided").then(same).alias("hit")).get_column("hit")


def accuracy(right: pl.Series | None, mask: pl.Series | None = None) -> Estimate | None:
    """The share of keyed and decided items whose label is the key."""
    if right is None:
        return None
    known = (right if mask is None else right.filter(mask)).drop_nulls()
    return proportion(int(known.sum()), len(known), basis="gold") if len(known) else None


def _slice(
    cut: Cut, value: str, *, mask: pl.Series, data: TaskData, right: pl.Series | None, options: Options
) -> Slice:
    part = data.ratings.select(mask.to_numpy())
    accurate = accuracy(right, mask)
    return Slice(
        column=cut.column,
        value=value,
        n_items=part.n_items,
        n_ratings=part.n_ratings,
        n_raters=_raters_in(part),
        agreement=agreement(part, data.level, target=options.agreement_target, by_label=False),
        accuracy=accurate,
        accuracy_state=judge(accurate, target=options.accuracy_target, minimum_n=MINIMUM_KEYS),
        title=name_of(cut.column, value),
        confusion=next(iter(pairs(part, data, at_most=1)), None),
    )


def _raters_in(part: Ratings) -> int:
    return 0 if part.raters is None else int(np.unique(part.rater).size)


def slices(data: TaskData, cut_by: Sequence[Cut], *, right: pl.Series | None, options: Options) -> tuple[Slice, ...]:
    """Every value of every column, in the order of columns and size."""
    found: list[Slice] = []
    for cut in cut_by:
        parts = [_slice(cut, value, mask=mask, data=data, right=right, options=options) for value, mask in cut.groups()]
        found.extend(_with_notes(parts))
    return tuple(found)
