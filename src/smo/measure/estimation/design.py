"""What a drawn sample says about its whole, whatever its design: totals, ratios and shares from sums that add up."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import special

from smo.measure.estimate import Estimate, not_measured
from smo.measure.estimation.complex_share import share_ends, within_the_possible

Floats = npt.NDArray[np.float64]

# Of each stratum; they add over rows that share no primary unit. `unseen` is the sum over primary units of the chance
# not to have been drawn, and the columns after it are moments of the units' weighted totals under that chance.
DESIGN_SUMS: Final = (
    "units", "cases", "successes", "weight", "squared_weight", "y", "x",
    "unseen", "unseen_y", "unseen_x", "unseen_yy", "unseen_yx", "unseen_xx",
)  # fmt: skip
REST = 1e-12  # a variance below this part of its terms is a rounding rest
NOTHING = "nothing was drawn"


@dataclass(frozen=True, slots=True)
class Drawn:
    """The rows of a sample. Shapes: arrays of one length; None means "not given".

    `weight` is how many cases of the whole a row stands for. `x` is the denominator of a ratio (1 for a mean or a
    share). `stratum` and `cluster` are names or codes; a cluster belongs to one stratum. `unit_probability` is the
    chance with which the row's primary unit (its cluster, or the row itself) was drawn; without it the whole is taken
    to be endless, which is safe. `Drawn.of` fills both from inclusion probabilities.
    Errors: ValueError for unequal lengths, a value or weight that is no finite number, a weight of 0 or less, a
    probability outside (0, 1].
    """

    y: Floats
    weight: Floats
    x: Floats | None = None
    stratum: npt.NDArray[np.generic] | None = None
    cluster: npt.NDArray[np.generic] | None = None
    unit_probability: Floats | None = None

    def __post_init__(self) -> None:
        beside = (self.weight, self.x, self.stratum, self.cluster, self.unit_probability)
        if any(one is not None and len(one) != len(self.y) for one in beside):
            raise ValueError("the columns of a sample have one length")
        if not np.isfinite(self.y).all() or not (self.x is None or np.isfinite(self.x).all()):
            raise ValueError("a value of a sample is a finite number")
        if not (np.isfinite(self.weight) & (self.weight > 0)).all():
            raise ValueError("a weight is a finite number above 0")
        if any(one is not None and one.dtype == object and None in one for one in (self.stratum, self.cluster)):
            raise ValueError("each row of a sample names its stratum and its cluster, where there are any")
        _check_probability(self.unit_probability)

    @classmethod
    def of(
        cls,
        y: npt.ArrayLike,
        probability: npt.ArrayLike,
        *,
        x: npt.ArrayLike | None = None,
        stratum: npt.ArrayLike | None = None,
        cluster: npt.ArrayLike | None = None,
    ) -> "Drawn":
        """Rows with their inclusion probabilities; of whole clusters, the probability is that of the cluster.

        >>> Drawn.of([1, 0], [0.1, 0.5]).weight.tolist()
        [10.0, 2.0]
        """
        values = np.asarray(y, np.float64)
        chance = np.broadcast_to(np.asarray(probability, np.float64), values.shape)
        _check_probability(chance)
        return cls(
            values,
            1.0 / chance,
            None if x is None else np.asarray(x, np.float64),
            None if stratum is None else np.asarray(stratum),
            None if cluster is None else np.asarray(cluster),
            chance,
        )


def design_sums(drawn: Drawn, domain: npt.ArrayLike | None = None) -> pl.DataFrame:
    """`stratum` and the columns of `DESIGN_SUMS`, a row per stratum; with `domain` (a name per row) also per domain.

    Sums of disjoint parts add up (`pl.concat(...).group_by("stratum").sum()`), as long as no cluster is cut in two.
    A domain's rows keep the units of the whole stratum, as its size is random (Cochran 1977, section 5A.14).
    Shapes: `domain` a name per row of the sample -> stratum, and float64 sums; no row for an empty sample. Errors:
    polars' ShapeError for a domain of another length; `Drawn` has refused broken rows before.
    Source: Särndal, Swensson & Wretman 1992, Model Assisted Survey Sampling, section 5.5 (linearised totals).

    >>> drawn = Drawn.of([1, 0, 0, 1], [0.5, 0.5, 0.25, 0.25], stratum=["a", "a", "b", "b"])
    >>> design_sums(drawn).select("stratum", "units", "weight", "y").rows()
    [('a', 2.0, 4.0, 2.0), ('b', 2.0, 8.0, 4.0)]
    """
    keys = ["stratum"] if domain is None else ["domain", "stratum"]
    rows = _rows(drawn, domain)
    units = rows.group_by(*keys, "cluster").agg(
        pl.len().cast(pl.Float64).alias("cases"),
        pl.col("y").sum().alias("successes"),
        pl.col("weight").sum(),
        (pl.col("weight") ** 2).sum().alias("squared_weight"),
        (pl.col("weight") * pl.col("y")).sum().alias("u"),
        (pl.col("weight") * pl.col("x")).sum().alias("t"),
        pl.col("unseen").first(),
    )
    u, t, c = pl.col("u"), pl.col("t"), pl.col("unseen")
    found = units.group_by(keys, maintain_order=False).agg(
        pl.len().cast(pl.Float64).alias("units"),
        pl.col("cases", "successes", "weight", "squared_weight").sum(),
        u.sum().alias("y"), t.sum().alias("x"), c.sum().alias("unseen_sum"),
        (c * u).sum().alias("unseen_y"), (c * t).sum().alias("unseen_x"), (c * u * u).sum().alias("unseen_yy"),
        (c * u * t).sum().alias("unseen_yx"), (c * t * t).sum().alias("unseen_xx"),
    ).rename({"unseen_sum": "unseen"})  # fmt: skip
    if domain is not None:
        found = _of_whole_strata(found, rows)
    return found.select(*keys, *DESIGN_SUMS).sort(keys)


def total(sums: pl.DataFrame, *, basis: str, confidence: float = 0.90, is_fixed_size: bool = True) -> Estimate:
    """The Horvitz-Thompson total: the sum of y / inclusion probability.

    Units: those of y, summed over the whole. `is_fixed_size` is false where each unit was drawn by its own coin
    (Poisson sampling), so that the sample's size is random too. Interval: t with units less strata as degrees.
    Errors: ValueError for an unknown basis. Source: Horvitz and Thompson 1952; variance: Hajek 1964 (exact for
    stratified simple random samples).

    >>> drawn = Drawn.of([3, 1, 2, 2], 0.1)
    >>> total(design_sums(drawn), basis="probability_audit").value
    80.0
    """
    n = int(sums["cases"].sum()) if sums.height else 0
    if n == 0:
        return not_measured(basis, NOTHING)
    value = float(sums["y"].sum())
    variance, degrees = _variance(sums, ratio=0.0, scale=1.0, is_fixed_size=is_fixed_size)
    if degrees < 1 and variance is None:
        return Estimate(value, None, None, n, basis, "horvitz_thompson", confidence=confidence, warnings=(LONE,))
    half = _quantile(degrees, confidence) * float(variance or 0.0) ** 0.5
    return Estimate(
        value, value - half, value + half, n, basis, "horvitz_thompson", n_kish=_kish(sums), confidence=confidence
    )


def ratio(sums: pl.DataFrame, *, basis: str, confidence: float = 0.90, is_fixed_size: bool = True) -> Estimate:
    """The ratio sum of w y / sum of w x, with linearised variance; x = 1 makes it Hajek's mean.

    Units: those of y by x. Interval: t. Not measured when the weighted x is 0. Errors: ValueError for an unknown
    basis. Source: Hajek 1971; Woodruff 1971 for the linearisation.

    >>> drawn = Drawn.of([3, 1, 2, 2], 0.1, x=[1, 1, 2, 1])
    >>> ratio(design_sums(drawn), basis="probability_audit").value
    1.6
    """
    n = int(sums["cases"].sum()) if sums.height else 0
    below = float(sums["x"].sum()) if n else 0.0
    if n == 0 or below == 0:
        return not_measured(basis, NOTHING, n=n)
    value = float(sums["y"].sum()) / below
    variance, degrees = _variance(sums, ratio=value, scale=below, is_fixed_size=is_fixed_size)
    if variance is None:
        return Estimate(value, None, None, n, basis, "hajek", confidence=confidence, warnings=(LONE,))
    half = _quantile(degrees, confidence) * variance**0.5
    return Estimate(value, value - half, value + half, n, basis, "hajek", n_kish=_kish(sums), confidence=confidence)


def share(sums: pl.DataFrame, *, basis: str, confidence: float = 0.90, is_fixed_size: bool = True) -> Estimate:
    """The share of a whole (or of a domain) whose y is 1, with an interval that also holds for few cases.

    Units: a share; y is 0 or 1 and x is 1 in the rows. The rule of `complex_share.share_ends` chooses the logit or,
    for few cases, the exact interval of Fay and Feuer; the method says which. `n_effective` is p(1-p)/v, `n_kish` is
    (sum w)^2 / sum w^2. A whole seen to the last unit has width 0.
    Errors: ValueError for an unknown basis or values outside 0 to 1.

    >>> drawn = Drawn.of([1] * 30 + [0] * 70, 0.01)
    >>> found = share(design_sums(drawn), basis="probability_audit")
    >>> round(found.value, 2), round(found.low, 3), round(found.high, 3), found.method
    (0.3, 0.23, 0.381, 'hajek_logit')
    """
    n = int(sums["cases"].sum()) if sums.height else 0
    weight = float(sums["x"].sum()) if n else 0.0
    if n == 0 or weight <= 0:
        return not_measured(basis, NOTHING)
    successes, value = float(sums["successes"].sum()), min(1.0, float(sums["y"].sum()) / weight)
    if not 0 <= successes <= n or value < 0:
        raise ValueError("a share is made of values 0 and 1")
    variance, degrees = _variance(sums, ratio=value, scale=weight, is_fixed_size=is_fixed_size)
    units = float(sums["units"].sum())
    is_census = float(sums["unseen"].sum()) <= REST * units
    kish = _kish(sums)
    largest = _largest(sums)
    if is_census:
        return Estimate(value, value, value, n, basis, "census", n_kish=kish, confidence=confidence)
    low, high, method = share_ends(
        value, variance or 0.0, n=kish, largest=largest, degrees=degrees if variance else np.inf, confidence=confidence
    )
    if is_fixed_size and _counts_the_whole(sums):
        low, high = within_the_possible((low, high), seen_cases=successes, seen_others=n - successes, size=weight)
    low, high = min(low, value), max(high, value)
    effective = value * (1 - value) / variance if variance else None
    return Estimate(
        value, low, high, n, basis, method, n_effective=effective, n_kish=kish, confidence=confidence,
        warnings=(LONE,) if variance is None else (), successes=round(successes),
    )  # fmt: skip


LONE = "one primary unit alone: its spread cannot be known"


def _check_probability(chance: Floats | None) -> None:
    if chance is None:
        return
    if not (np.isfinite(chance) & (chance > 0)).all():
        raise ValueError("an inclusion probability of 0 belongs to no drawn case: probabilities are above 0")
    if (chance > 1).any():
        raise ValueError("an inclusion probability is at most 1")


def _rows(drawn: Drawn, domain: npt.ArrayLike | None) -> pl.DataFrame:
    n = len(drawn.y)
    return pl.DataFrame(
        {
            "y": drawn.y,
            "x": np.ones(n) if drawn.x is None else drawn.x,
            "weight": drawn.weight,
            "unseen": np.ones(n) if drawn.unit_probability is None else 1.0 - drawn.unit_probability,
            "stratum": np.zeros(n, np.int64) if drawn.stratum is None else drawn.stratum,
            "cluster": np.arange(n) if drawn.cluster is None else drawn.cluster,
            "domain": np.zeros(n, np.int64) if domain is None else np.asarray(domain),
        }
    )


def _of_whole_strata(found: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """A unit without a case of the domain still was drawn: it counts as a unit whose totals are 0."""
    drawn_units = rows.group_by("stratum", "cluster").agg(pl.col("unseen").first())
    whole = drawn_units.group_by("stratum").agg(pl.len().cast(pl.Float64).alias("units"), pl.col("unseen").sum())
    return found.drop("units", "unseen").join(whole, on="stratum")


def _variance(sums: pl.DataFrame, *, ratio: float, scale: float, is_fixed_size: bool) -> tuple[float | None, float]:
    """The variance of sum(u - ratio t) / scale over strata, and its degrees of freedom; None where nobody can know.

    Each stratum: m / (m - 1) [sum c z^2 - (sum c z)^2 / sum c] with c the chance not to be drawn (Hajek 1964). Strata
    of one unit are joined; a last lone one is set against the mean of all.
    """
    column = {name: sums[name].to_numpy().astype(np.float64) for name in DESIGN_SUMS}
    units, unseen = column["units"], column["unseen"]
    lone = units == 1
    if units.sum() < 2:
        return (0.0 if unseen.sum() <= REST else None), 0.0
    first = column["unseen_y"] - ratio * column["unseen_x"]
    second = column["unseen_yy"] - 2 * ratio * column["unseen_yx"] + ratio**2 * column["unseen_xx"]
    terms = column["unseen_yy"] + ratio**2 * column["unseen_xx"]
    if not is_fixed_size:
        return float(_tidy(second, terms).sum()) / scale**2, float(units.sum() - 1)
    columns = [units, unseen, first, second, terms]
    if lone.sum() > 1:
        columns = [np.append(one[~lone], one[lone].sum()) for one in columns]
    units, unseen, first, second, terms = columns
    mean = first.sum() / unseen.sum() if unseen.sum() > 0 else 0.0
    inner = np.divide(first**2, unseen, out=np.zeros_like(first), where=unseen > 0)
    spread = np.where(units > 1, second - inner, second - 2 * mean * first + mean**2 * unseen)
    each = _tidy(spread, terms) * units / np.maximum(units - 1, 1)
    return float(each.sum()) / scale**2, float(max(units.sum() - len(units), 1))


def _tidy(spread: Floats, terms: Floats) -> Floats:
    return np.where(spread <= REST * terms, 0.0, spread)


def _counts_the_whole(sums: pl.DataFrame) -> bool:
    """Whether the weights add up to the size of the whole: rows alone, drawn in strata of equal chances.

    Clusters, domains and unequal chances only estimate it.
    """
    is_known = (sums["unseen"] < sums["units"]) & (sums["units"] == sums["cases"]) & (sums["weight"] >= sums["cases"])
    is_equal = (sums["squared_weight"] * sums["cases"] / sums["weight"] ** 2 - 1).abs() < REST
    return bool((is_known & is_equal).all())


def _largest(sums: pl.DataFrame) -> float:
    """The largest part of the whole that one primary unit stands for, by the size-weighted mean of each stratum.

    Exact where the units of a stratum weigh the same; sums that add up know no maximum.
    """
    mean = sums.filter(pl.col("unseen_x") > 0).select(pl.col("unseen_xx") / pl.col("unseen_x")).to_series()
    return min(1.0, float(mean.max() or 0.0) / float(sums["x"].sum()))  # type: ignore[arg-type]


def _kish(sums: pl.DataFrame) -> float:
    return float(sums["weight"].sum()) ** 2 / float(sums["squared_weight"].sum())


def _quantile(degrees: float, confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence is between 0 and 1, not {confidence}")
    tail = 0.5 + confidence / 2
    return float(special.stdtrit(degrees, tail)) if degrees >= 1 else float(special.ndtri(tail))
