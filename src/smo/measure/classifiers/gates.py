"""Release gates: is the bar proven in every slice? Passed, not proven, or failed, and how many cases would prove it.

A gate that asks for every slice is an intersection-union test (Berger 1982, Technometrics 24:295-300): when every
bound holds at 5 %, all of them are proven at 5 % together. Where not all hold, Holm (1979, Scandinavian Journal of
Statistics 6:65-70) says which do. Bounds: Clopper & Pearson (1934), Biometrika 26:404-413; paired: Tango (1998),
Statistics in Medicine 17:891-908.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import special, stats

from smo.measure.classifiers.comparison import paired_difference, tango_z
from smo.measure.intervals import clopper_pearson
from smo.measure.multiplicity import holm

Floats = npt.NDArray[np.float64]
METRICS = ("accuracy", "recall", "precision", "false_positive_rate")
LARGEST_SEARCH = 1_000_000


class Verdict(StrEnum):
    """What a gate says; "not proven" is no pass and no fail: there are too few cases."""

    PASSED = "passed"
    NOT_PROVEN = "not_proven"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Gate:
    """The verdict over all slices and each slice's own.

    `slices`: `slice, n, value, low, high, p_value, verdict, n_needed` and what `counts` had. `worst` is the slice
    whose bound is on the bad side of all others; `worst_bound` holds for the worst slice, whichever it truly is.
    """

    verdict: Verdict
    bar: float
    slices: pl.DataFrame
    worst: str | None
    worst_bound: float | None
    warnings: tuple[str, ...] = ()


def gate(
    counts: pl.DataFrame, bar: float, *, is_ceiling: bool = False, alpha: float = 0.05, power: float = 0.80
) -> Gate:
    """Is the share at least `bar` in every slice (with `is_ceiling`: at most), one-sided at 1 - alpha?

    Shapes: `counts` has `slice, successes, n`, one row per slice; for weighted data give value x n_effective and
    n_effective (Korn-Graubard). `low` and `high` are one-sided Clopper-Pearson bounds. A slice is passed when its
    bound reaches the bar, failed when the other bound misses it, else not proven; with several slices both claims are
    Holm-adjusted unless all pass at once. `n_needed`: cases that would prove the bar with chance `power` if the share
    seen is the true one, null where it does not lie beyond the bar. A slice without cases is not proven.
    Units: shares. Errors: ValueError for a missing column or count, no slice, slices named twice, successes outside
    0-n, or a bar not in 0-1. Source: Clopper & Pearson (1934), Biometrika 26:404-413; all slices at once: Berger
    (1982), Technometrics 24:295-300; else Holm (1979), Scandinavian Journal of Statistics 6:65-70.

    >>> market = pl.DataFrame({"slice": ["X"], "successes": [72], "n": [80]})
    >>> found = gate(market, 0.85)
    >>> found.verdict, round(found.worst_bound, 3)
    (<Verdict.NOT_PROVEN: 'not_proven'>, 0.827)
    >>> gate(market.with_columns(successes=74), 0.85).verdict
    <Verdict.PASSED: 'passed'>
    """
    _check_slices(counts, ("slice", "successes", "n"))
    _check_alpha(alpha)
    if not 0.0 < bar < 1.0:
        raise ValueError(f"a bar lies between 0 and 1, not {bar}")
    k, n = counts["successes"].cast(pl.Float64).to_numpy(), counts["n"].cast(pl.Float64).to_numpy()
    if not ((k >= 0) & (k <= n + 1e-9)).all():
        raise ValueError("successes are between 0 and n, in every slice")
    low, high = clopper_pearson(k, n, confidence=1.0 - 2.0 * alpha)
    above, below = _tail(k, n, bar=bar), _tail(n - k, n, bar=1.0 - bar)
    better, worse = (below, above) if is_ceiling else (above, below)
    verdicts = _verdicts(np.where(n > 0, better, np.nan), np.where(n > 0, worse, np.nan), alpha=alpha)
    value = np.divide(k, n, out=np.full(k.shape, np.nan), where=n > 0)
    needed = [
        size_to_pass(bar, share=float(p), is_ceiling=is_ceiling, alpha=alpha, power=power)
        if verdict != "passed"
        else None
        for p, verdict in zip(value, verdicts, strict=True)
    ]
    columns = {"value": value, "low": low, "high": high, "p_value": np.where(n > 0, better, np.nan)}
    return _gate(counts, bar, columns=columns, verdicts=verdicts, needed=needed, is_ceiling=is_ceiling)


def non_inferiority_gate(pairs: pl.DataFrame, margin: float, *, alpha: float = 0.05) -> Gate:
    """Is the new model at most `margin` worse than the old one in every slice, one-sided at 1 - alpha?

    Shapes: `pairs` has `slice, only_new, only_old, n`: cases where one alone is right, and all cases judged by both.
    `value` is new less old, `low` and `high` its one-sided Tango bounds; the bar is -margin. Verdicts as in `gate`;
    `n_needed` is null. Units: shares. Errors: ValueError as in `gate`, and for a margin outside 0-1.
    Source: Tango (1998), Statistics in Medicine 17:891-908; over slices as `gate`.

    >>> pairs = pl.DataFrame({"slice": ["X"], "only_new": [62], "only_old": [38], "n": [2000]})
    >>> non_inferiority_gate(pairs, 0.01).verdict
    <Verdict.PASSED: 'passed'>
    """
    _check_slices(pairs, ("slice", "only_new", "only_old", "n"))
    _check_alpha(alpha)
    if not 0.0 <= margin < 1.0:
        raise ValueError(f"a margin lies between 0 and 1, not {margin}")
    rows = pairs.select("only_new", "only_old", "n").rows()
    z = np.array([tango_z(b, c, n=n, difference=-margin) if n else math.nan for b, c, n in rows])
    verdicts = _verdicts(special.ndtr(-z), special.ndtr(z), alpha=alpha)
    found = [paired_difference(b, c, n=n, confidence=1.0 - 2.0 * alpha) for b, c, n in rows]
    ends = [[math.nan if end is None else end for end in (one.value, one.low, one.high)] for one in found]
    value, low, high = (np.array([end[at] for end in ends]) for at in range(3))
    columns = {"value": value, "low": low, "high": high, "p_value": special.ndtr(-z)}
    return _gate(pairs, -margin, columns=columns, verdicts=verdicts, needed=[None] * len(rows), is_ceiling=False)


def gate_counts(decisions: pl.DataFrame, metric: str, *, by: str) -> pl.DataFrame:
    """`slice, successes, n, n_excluded` for `gate`, from decisions with a reference that nobody was led to.

    Shapes: `decisions` has `says` and `is_positive` (True/False: the model, the reference), the column `by`, and
    `prelabel_shown`. A reference given with the model's label in view, or where that is not known, follows the model:
    it is left out and counted in `n_excluded`. Metrics: "recall", "precision", "false_positive_rate", "accuracy".
    Errors: ValueError for an unknown metric or a missing column, `prelabel_shown` included.

    >>> rows = {"says": [True, True], "is_positive": [True, True], "market": ["X"] * 2, "prelabel_shown": [False, True]}
    >>> gate_counts(pl.DataFrame(rows), "recall", by="market").rows()
    [('X', 1, 1, 1)]
    """
    if metric not in METRICS:
        raise ValueError(f"no gate on {metric!r}; one of {', '.join(METRICS)}")
    if missing := {"says", "is_positive", "prelabel_shown", by} - set(decisions.columns):
        raise ValueError(f"a gate needs the columns {', '.join(sorted(missing))}")
    says, truth = pl.col("says").cast(pl.Boolean), pl.col("is_positive").cast(pl.Boolean)
    counted, success = {
        "accuracy": (pl.lit(value=True), says == truth),
        "recall": (truth, says),
        "precision": (says, truth),
        "false_positive_rate": (~truth, says),
    }[metric]
    blind = ~pl.col("prelabel_shown").cast(pl.Boolean).fill_null(value=True) & says.is_not_null() & truth.is_not_null()
    return (
        decisions.group_by(pl.col(by).cast(pl.String).alias("slice"))
        .agg(
            (blind & counted & success).sum().cast(pl.Int64).alias("successes"),
            (blind & counted).sum().cast(pl.Int64).alias("n"),
            (~blind).sum().cast(pl.Int64).alias("n_excluded"),
        )
        .sort("slice")
    )


def size_to_pass(
    bar: float, *, share: float, is_ceiling: bool = False, alpha: float = 0.05, power: float = 0.80
) -> int | None:
    """The fewest cases with which `gate` is passed with chance `power`, from there on always, if `share` is true.

    Exact binomial. None where the share does not lie beyond the bar (no number proves it) or above 1,000,000 cases.
    Units: shares.

    >>> size_to_pass(0.85, share=0.90)
    304
    """
    if is_ceiling:
        return size_to_pass(1.0 - bar, share=1.0 - share, alpha=alpha, power=power)
    if math.isnan(share) or share <= bar:
        return None
    spread = special.ndtri(1 - alpha) * math.sqrt(bar * (1 - bar)) + special.ndtri(power) * math.sqrt(
        share * (1 - share)
    )
    about = (spread / (share - bar)) ** 2
    if about > LARGEST_SEARCH:
        return None
    # The power rises like a saw; its last tooth below the asked one lies about root n from the normal answer.
    reach = 40.0 + 3.0 * math.sqrt(about / (bar * (1.0 - bar)))
    first, last = max(1, math.floor(about - reach)), math.ceil(about + reach)
    while (found := _last_short(bar, share, sizes=(first, last), risks=(alpha, power))) in (first - 1, last):
        if found == first - 1 and first == 1:
            break
        first, last = (
            (max(1, first - 4 * (last - first)), first) if found == first - 1 else (last, last + 4 * (last - first))
        )
    return found + 1


def _last_short(bar: float, share: float, *, sizes: tuple[int, int], risks: tuple[float, float]) -> int:
    """The largest of these sizes that has not the asked power; one below the first where all have it."""
    n = np.arange(sizes[0], sizes[1] + 1)
    least = stats.binom.isf(risks[0], n, bar) + 1  # the fewest successes that prove the bar
    short = np.flatnonzero(special.bdtrc(least - 1, n, share) < risks[1])
    return int(n[short[-1]]) if short.size else sizes[0] - 1


def _tail(k: Floats, n: Floats, *, bar: float) -> Floats:
    """P(X >= k) for X binomial (n, bar), continued to fractions; the p-value of "the share is at most the bar"."""
    inside = special.betainc(np.maximum(k, 1e-300), np.maximum(n - k, 0.0) + 1.0, bar)
    return np.where(k <= 0, 1.0, inside)


def _verdicts(better: Floats, worse: Floats, *, alpha: float) -> list[str]:
    """Per slice, from the p-values of "not better than the bar" and "not worse"; nan where nothing was seen."""
    if bool((better <= alpha).all()):  # nan is not below alpha
        return [Verdict.PASSED.value] * better.size
    passed, failed = holm(better, level=alpha).is_rejected, holm(worse, level=alpha).is_rejected
    names = np.where(failed, Verdict.FAILED.value, np.where(passed, Verdict.PASSED.value, Verdict.NOT_PROVEN.value))
    return [str(name) for name in names]


def _gate(
    counts: pl.DataFrame,
    bar: float,
    *,
    columns: dict[str, Floats],
    verdicts: list[str],
    needed: list[int | None],
    is_ceiling: bool,
) -> Gate:
    figures = [pl.Series(name, values).fill_nan(None) for name, values in columns.items()]
    named = [pl.Series("verdict", verdicts, dtype=pl.String), pl.Series("n_needed", needed, dtype=pl.Int64)]
    slices = counts.with_columns(*figures, *named)
    overall = Verdict.PASSED if set(verdicts) == {"passed"} else Verdict.NOT_PROVEN
    overall = Verdict.FAILED if "failed" in verdicts else overall
    bounds = columns["high"] if is_ceiling else columns["low"]
    at = int(np.nanargmax(bounds) if is_ceiling else np.nanargmin(bounds)) if not np.isnan(bounds).all() else None
    warnings = [f"{counts['n_excluded'].sum()} decisions with a shown pre-label left out"] if _has_led(counts) else []
    empty = counts.filter(pl.col("n") == 0)["slice"].cast(pl.String).to_list()
    warnings += [f"no case in {name}" for name in empty]
    worst = None if at is None else str(counts["slice"][at])
    return Gate(overall, bar, slices, worst, None if at is None else float(bounds[at]), tuple(warnings))


def _has_led(counts: pl.DataFrame) -> bool:
    return "n_excluded" in counts.columns and int(counts["n_excluded"].sum()) > 0


def _check_alpha(alpha: float) -> None:
    if not 0.0 < alpha < 0.5:
        raise ValueError(f"alpha, the chance of a wrong pass, lies between 0 and 0.5, not {alpha}")


def _check_slices(counts: pl.DataFrame, columns: tuple[str, ...]) -> None:
    if missing := set(columns) - set(counts.columns):
        raise ValueError(f"a gate needs the columns {', '.join(sorted(missing))}")
    if not counts.height:
        raise ValueError("a gate over no slice proves nothing")
    if counts["slice"].n_unique() != counts.height:
        raise ValueError("each slice has one row")
    if counts.select(pl.any_horizontal(pl.col(columns).is_null().any())).item():
        raise ValueError("a gate takes no empty counts")
