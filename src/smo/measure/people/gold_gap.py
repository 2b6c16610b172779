"""The gap between hidden gold and blind audits: is the gold recognised, too easy, or a fair picture of the work?"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import stats

from smo.measure.estimate import Estimate, not_measured
from smo.measure.intervals import newcombe
from smo.measure.multiplicity import holm


@dataclass(frozen=True, slots=True)
class GoldGap:
    """`gap` (gold less blind, in shares), its p-value, and whether to ask: gold recognised, or gold too easy?"""

    gap: Estimate
    p_value: float | None
    is_asked: bool


def gold_gap(
    gold: tuple[int, int], blind: tuple[int, int], *, confidence: float = 0.90, level: float = 0.05
) -> GoldGap:
    """Share right on gold less share right in blind audits, Newcombe's interval, Fisher's exact two-sided p-value.

    Shapes: (right, n) of each. Units: a difference of shares. `is_asked` where gold is better and p < level: a
    question to the gold set, not an accusation of the person. Not measured where one of them has no case. Errors:
    ValueError for right outside 0 to n. Source: Newcombe 1998, Statistics in Medicine 17:873-890; Fisher 1935.

    >>> found = gold_gap((297, 300), (182, 200), confidence=0.95)
    >>> [round(100 * end, 1) for end in (found.gap.value, found.gap.low, found.gap.high)], f"{found.p_value:.1e}"
    ([8.0, 4.3, 12.8], '1.5e-05')
    """
    for right, n in (gold, blind):
        if not 0 <= right <= n:
            raise ValueError(f"right answers lie between 0 and n, not {right} of {n}")
    (k1, n1), (k2, n2) = gold, blind
    if not n1 or not n2:
        return GoldGap(not_measured("gold", "no gold, or no blind audit", n=n1 + n2), None, False)
    low, high = newcombe(k1, n1, k2=k2, n2=n2, confidence=confidence)
    value = k1 / n1 - k2 / n2
    gap = Estimate(value, float(low), float(high), n1 + n2, "gold", "newcombe", confidence=confidence)
    p = float(stats.fisher_exact(np.array([[k1, n1 - k1], [k2, n2 - k2]])).pvalue)
    return GoldGap(gap, p, value > 0 and p < level)


def gold_gaps(people: pl.DataFrame, *, confidence: float = 0.90, level: float = 0.05) -> pl.DataFrame:
    """`rater, value, low, high, n, p_value, adjusted, is_asked` of many people, Holm over all of them, by name.

    Shapes: `people` has `rater, gold_right, gold_n, blind_right, blind_n`. Null where a person lacks one of both.
    Errors: as `gold_gap`. Source: as `gold_gap`, and Holm 1979.

    >>> rows = {"rater": ["a", "b"], "gold_right": [297, 90], "gold_n": [300, 100], "blind_right": [182, 178]}
    >>> gold_gaps(pl.DataFrame(rows | {"blind_n": [200, 200]})).select("rater", "is_asked").rows()
    [('a', True), ('b', False)]
    """
    columns = ("rater", "gold_right", "gold_n", "blind_right", "blind_n")
    ordered = people.select(columns).sort("rater")
    found = [gold_gap((a, b), (c, d), confidence=confidence, level=level) for _, a, b, c, d in ordered.iter_rows()]
    verdicts = holm([float("nan") if one.p_value is None else one.p_value for one in found], level=level)
    table = {
        "value": [one.gap.value for one in found],
        "low": [one.gap.low for one in found],
        "high": [one.gap.high for one in found],
    }
    return ordered.select("rater").with_columns(
        *(pl.Series(name, column, dtype=pl.Float64) for name, column in table.items()),
        pl.Series("n", [one.gap.n for one in found], dtype=pl.Int64),
        pl.Series("p_value", [one.p_value for one in found], dtype=pl.Float64),
        pl.Series("adjusted", verdicts.adjusted).fill_nan(None),
        pl.Series("is_asked", verdicts.is_rejected & np.array([(one.gap.value or 0.0) > 0 for one in found], np.bool_)),
    )
