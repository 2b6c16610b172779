"""Families of KPIs: which sums each needs, and how the sums become an estimate.

Sums add up: those of any days, slices and shards. Agreement does not; it is made anew for what is asked.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from smo.measure.durations import BASE, SHORTEST_SECONDS, Lengths, lengths
from smo.measure.estimate import Estimate, not_measured
from smo.measure.estimation.weighted import Strata, weighted_share
from smo.measure.intervals import proportion

Column = Callable[[Any], Any]  # from a table to one of its columns, or to an expression over them
Sums = Mapping[str, npt.NDArray[np.float64]]
NOTHING = "nothing happened that counts"
SECONDS_AN_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Family:
    """One way from facts to a number.

    `sums` are expressions over the facts, of which `value` is the KPI's; each is added up. `cells` are further columns
    whose groups stay apart until the estimate. `estimate` takes the sums of all cells of one group, the basis and the
    method. `is_additive` is false where no sums exist.
    """

    name: str
    sums: Mapping[str, Column]
    estimate: Callable[..., Estimate]
    cells: Mapping[str, Column]
    is_additive: bool = True


def _counted(sums: Sums) -> int:
    return int(sums["n"].sum())


def _share(sums: Sums, *, basis: str, method: str) -> Estimate:
    n, successes = _counted(sums), float(sums["successes"].sum())
    if n == 0:
        return not_measured(basis, NOTHING)
    if method == "census":
        value = successes / n
        return Estimate(value, value, value, n, basis, method, successes=int(successes))
    return proportion(successes, n, basis=basis, method=method)


def _weighted(sums: Sums, *, basis: str, method: str) -> Estimate:
    del method
    return weighted_share(Strata(sums["n"], sums["successes"], sums["weight"], sums["weighted"]), basis=basis)


def _per_hour(sums: Sums, *, basis: str, method: str) -> Estimate:
    n, seconds = _counted(sums), float(sums["total"].sum())
    if n == 0 or seconds <= 0:
        return not_measured(basis, NOTHING)
    rate = SECONDS_AN_HOUR * n / seconds
    return Estimate(rate, rate, rate, n, basis, method)


def _median(sums: Sums, *, basis: str, method: str) -> Estimate:
    found = lengths_of(sums)
    if found is None:
        return not_measured(basis, NOTHING)
    return Estimate(found.median, found.median, found.median, found.n, basis, method)


def lengths_of(sums: Sums) -> Lengths | None:
    """Median, mean and the rest from the sums of a family of durations."""
    if not len(sums["n"]):
        return None
    return lengths(
        sums["bin"], counts=sums["n"], total=float(sums["total"].sum()), total_log=float(sums["total_log"].sum())
    )


def naive_share(sums: Sums) -> float | None:
    """The share without weights: what a weighted one is set against."""
    n = _counted(sums)
    return float(sums["successes"].sum()) / n if n else None


def _not_from_sums(sums: Sums, *, basis: str, method: str) -> Estimate:
    raise NotImplementedError(f"{method} on {basis} is not made from sums but from facts: {len(sums)} sums given")


_ONE: Column = lambda t: 1  # noqa: E731
_VALUE: Column = lambda t: t.value.cast("int64")  # noqa: E731

SHARE = Family("share", {"n": _ONE, "successes": _VALUE}, _share, {})
WEIGHTED_SHARE = Family(
    "weighted_share",
    {
        "n": _ONE,
        "successes": _VALUE,
        "weight": lambda t: t.weight,
        "weighted": lambda t: t.weight * t.value.cast("int64"),
    },
    _weighted,
    {"draw": lambda t: t.draw, "stratum": lambda t: t.stratum},
)
PER_HOUR = Family("per_hour", {"n": _ONE, "total": lambda t: t.value}, _per_hour, {})
DURATION = Family(
    "duration",
    {
        "n": _ONE,
        "total": lambda t: t.value,
        "total_log": lambda t: t.value.clip(lower=SHORTEST_SECONDS).ln(),
    },
    _median,
    {"bin": lambda t: (t.value.clip(lower=SHORTEST_SECONDS).ln() / np.log(BASE)).floor().cast("int64")},
)
AGREEMENT = Family("agreement", {}, _not_from_sums, {}, is_additive=False)
LIVE = Family("live", {}, _not_from_sums, {}, is_additive=False)
