"""How many cases a share needs for an interval of a given half-width; with finite population and clusters."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from scipy import special

from smo.measure.intervals import clopper_pearson, wilson

METHODS = ("wald", "wilson", "exact")
LARGEST = 1_000_000_000


def design_effect(per_cluster: float, correlation: float) -> float:
    """By how much clusters inflate a variance: 1 + (m - 1) rho, for m cases of each person, day or item.

    Units: a factor. Errors: ValueError unless m >= 1 and 0 <= rho <= 1. Source: Kish 1965, 5.4.

    >>> round(design_effect(40, 0.02), 2)
    1.78
    """
    if not (1 <= per_cluster < math.inf and 0 <= correlation <= 1):
        raise ValueError("a cluster has one case or more, and its correlation lies between 0 and 1")
    return 1 + (per_cluster - 1) * correlation


def with_finite_population(n: float, population: int | None, *, effect: float = 1.0) -> int:
    """The size that does the work of n independent cases: times the design effect, less for a finite population.

    Units: cases; never more than the population. n' = n f / (1 + (n f - 1) / N).
    Errors: ValueError for a size, population or effect that is not positive. Source: Cochran 1977, (4.2).

    >>> with_finite_population(1824.7, None), with_finite_population(1824.7, 5000, effect=1.78)
    (1825, 1970)
    """
    if not (0 < n < math.inf and 0 < effect < math.inf) or (population is not None and population < 1):
        raise ValueError("a size, a population and a design effect are above 0")
    needed = n * effect
    if population is not None:
        needed = min(needed / (1 + (needed - 1) / population), population)
    return max(math.ceil(needed - 1e-9), 1)


def size_for_half_width(
    share: float,
    half_width: float,
    *,
    confidence: float = 0.95,
    method: str = "wald",
    population: int | None = None,
    effect: float = 1.0,
) -> int:
    """How many cases leave a share known to +- half_width, when it turns out as expected.

    Units: shares. `wald` is the textbook z^2 p (1 - p) / h^2; `wilson` and `exact` (Clopper-Pearson) are the smallest
    size from which on half the interval's length, at exactly the expected share, is at most half_width. Near 0 and 1
    wald asks for too few. Errors: ValueError for an unknown method, a half-width that is not between 0 and 1/2, an
    expected share outside 0 to 1 (wald: at 0 or 1 its answer would be nothing), or a size above a thousand million.
    Source: Cochran 1977, ch. 4; Wilson 1927; Clopper and Pearson 1934.

    >>> [size_for_half_width(0.95, half) for half in (0.01, 0.02, 0.03, 0.05)]
    [1825, 457, 203, 73]
    >>> size_for_half_width(0.95, 0.02, method="wilson"), size_for_half_width(0.95, 0.02, method="exact")
    (469, 508)
    """
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r}; one of {', '.join(METHODS)}")
    if not (0 <= share <= 1 and 0 < half_width < 0.5):
        raise ValueError("an expected share lies between 0 and 1, a half-width above 0 and below 1/2")
    if method == "wald" and share in (0, 1):
        raise ValueError(f"with an expected share of {share:g} the wald interval has no length: take wilson or exact")
    wald = (z_two_sided(confidence) / half_width) ** 2 * share * (1 - share)
    if wald > LARGEST:
        raise ValueError(f"it would take more than {LARGEST:,} cases")
    needed = wald if method == "wald" else _searched(share, half_width, confidence=confidence, method=method)
    return with_finite_population(needed, population, effect=effect)


def half_width_of(
    n: int,
    share: float,
    *,
    confidence: float = 0.95,
    method: str = "wilson",
    population: int | None = None,
    effect: float = 1.0,
) -> float:
    """The half-width that n cases leave, when the share turns out as expected: the size question turned around.

    Units: a share. n is first turned into the independent cases that it is worth. Errors: ValueError as
    `size_for_half_width`, or for n below 1 or above the population.

    >>> round(half_width_of(457, 0.95, method="wald"), 4)
    0.02
    """
    if n < 1 or (population is not None and n > population):
        raise ValueError("a sample has at least one case and no more than its population")
    if method not in METHODS or not 0 <= share <= 1 or not 0 < effect < math.inf:
        raise ValueError(f"a method is one of {', '.join(METHODS)}, a share lies between 0 and 1, an effect above 0")
    if population is not None and n == population:
        return 0.0
    worth = n / effect
    if population is not None:  # the inverse of the correction above
        worth = (n - n / population) / (1 - n / population) / effect
    if method == "wald":
        return z_two_sided(confidence) * math.sqrt(share * (1 - share) / worth)
    return float(_half_widths(np.array([worth]), share, confidence=confidence, method=method)[0])


def sizes_per_cell(
    cells: Mapping[str, float] | Sequence[str],
    half_width: float,
    *,
    share: float = 0.95,
    confidence: float = 0.95,
    populations: Mapping[str, int] | None = None,
    effect: float = 1.0,
) -> pl.DataFrame:
    """How many cases each cell of a table needs when each is to be known to +- half_width (Wilson).

    Shapes: `cells` are names, or names with their expected shares; the answer has a row for each: cell, share, n.
    Errors: ValueError as `size_for_half_width`.

    >>> sizes_per_cell({"DE": 0.95, "FR": 0.90}, 0.03)["n"].to_list()
    [215, 388]
    """
    expected = dict(cells) if isinstance(cells, Mapping) else dict.fromkeys(cells, share)
    sizes = {
        name: size_for_half_width(
            value,
            half_width,
            confidence=confidence,
            method="wilson",
            population=(populations or {}).get(name),
            effect=effect,
        )
        for name, value in expected.items()
    }
    return pl.DataFrame(
        {"cell": list(sizes), "share": list(expected.values()), "n": list(sizes.values())},
        schema={"cell": pl.String, "share": pl.Float64, "n": pl.Int64},
    )


def z_two_sided(confidence: float) -> float:
    """The normal quantile of a two-sided confidence. Errors: ValueError unless it lies between 0 and 1.

    >>> round(z_two_sided(0.95), 3)
    1.96
    """
    if not 0 < confidence < 1:
        raise ValueError("a confidence lies between 0 and 1")
    return float(special.ndtri(0.5 + confidence / 2))


def _half_widths(n: np.ndarray[tuple[int], np.dtype[np.float64]], share: float, *, confidence: float, method: str):  # type: ignore[no-untyped-def]
    ends = {"wilson": wilson, "exact": clopper_pearson}[method]
    low, high = ends(share * n, n, confidence=confidence)
    return (high - low) / 2


def _searched(share: float, half_width: float, *, confidence: float, method: str) -> int:
    """At exactly the expected share the interval shrinks with n, so halving finds the smallest."""
    low, high = 1, 2
    while _half_widths(np.array([float(high)]), share, confidence=confidence, method=method)[0] > half_width:
        low, high = high, 2 * high
    while low < high:
        middle = (low + high) // 2
        found = _half_widths(np.array([float(middle)]), share, confidence=confidence, method=method)[0]
        low, high = (low, middle) if found <= half_width else (middle + 1, high)
    return low
