"""The share of a whole from a sample drawn with known weights: Hajek's ratio with a linearised, finite interval."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from smo.measure.estimate import Estimate, not_measured
from smo.measure.estimation.complex_share import fay_feuer, share_ends, within_the_possible
from smo.measure.intervals import clopper_pearson, proportion

Floats = npt.NDArray[np.float64]
EQUAL = 1e-6  # weights that differ by less, of their mean, are the same


@dataclass(frozen=True, slots=True)
class Strata:
    """What was drawn, stratum by stratum. Shapes: float64[H] each.

    `n` cases were seen, `successes` of them true; `weight` is the sum of their weights (how many cases of the whole
    they stand for), `weighted` the sum of the weights of the true ones. Within a stratum all weights are the same.
    """

    n: Floats
    successes: Floats
    weight: Floats
    weighted: Floats

    @classmethod
    def of(cls, n: npt.ArrayLike, *, successes: npt.ArrayLike, size: npt.ArrayLike) -> "Strata":
        """Strata of known sizes.

        >>> Strata.of([10, 10], successes=[1, 2], size=[100, 50]).weighted.tolist()
        [10.0, 10.0]
        """
        counted, found, sizes = (np.asarray(one, np.float64) for one in (n, successes, size))
        return cls(counted, found, sizes, sizes * found / counted)


def weighted_share(strata: Strata, *, basis: str, confidence: float = 0.90) -> Estimate:
    """The share of the whole: sum of weights of the true cases / sum of all weights.

    Units: a share, 0 to 1. `n_effective` is p(1-p)/v, `n_kish` is (sum w)^2 / sum w^2. Equal weights: Wilson's
    interval. Unequal: the interval of the logit with the linearised variance, in which each stratum counts for what of
    it was not seen (finite population); with fewer than 10 effective cases on a side the exact one of Fay and Feuer
    (`complex_share.share_ends`). None or all true: the exact interval at the size that the largest weight leaves. A
    stratum of one case is joined with the others of one for the variance.
    Source: Hajek 1971; Cochran 1977, "Sampling techniques", chapter 5; Korn and Graubard 1998 for the logit.

    >>> four = Strata.of([150] * 4, successes=[2, 6, 15, 36], size=[60_000, 30_000, 8_000, 2_000])
    >>> found = weighted_share(four, basis="probability_audit")
    >>> round(found.value, 4), round(found.n_kish), round(found.n_effective)
    (0.0328, 328, 537)
    """
    n, total = int(strata.n.sum()), float(strata.weight.sum())
    if n == 0 or total <= 0:
        return not_measured(basis, "no audit was filed")
    successes = round(float(strata.successes.sum()))
    if _are_equal(strata) and 0 < successes < n:
        return proportion(successes, n, basis=basis, confidence=confidence)
    kish = total**2 / float((strata.weight**2 / np.maximum(strata.n, 1)).sum())
    if successes in {0, n}:
        size = total / float((strata.weight / np.maximum(strata.n, 1)).max())
        return _of_none_or_all(n, successes, kish=kish, size=size, basis=basis, confidence=confidence)
    value = float(strata.weighted.sum()) / total
    variance = linearised_variance(strata)
    if variance <= 0:
        low, high, method = _without_spread(strata, value, confidence=confidence)
    else:
        largest = float((strata.weight / np.maximum(strata.n, 1)).max()) / total
        low, high, method = share_ends(value, variance, n=kish, largest=largest, confidence=confidence)
    if (strata.weight >= strata.n).all():  # weights that count units of the whole; others are only relative
        low, high = within_the_possible((low, high), seen_cases=successes, seen_others=n - successes, size=total)
    effective = value * (1 - value) / variance if variance > 0 else None
    return Estimate(
        value, min(low, value), max(high, value), n, basis, method,
        n_effective=effective, n_kish=kish, confidence=confidence, successes=successes,
    )  # fmt: skip


def linearised_variance(strata: Strata) -> float:
    """The variance of the ratio, by strata, with finite population correction.

    >>> four = Strata.of([150] * 4, successes=[2, 6, 15, 36], size=[60_000, 30_000, 8_000, 2_000])
    >>> round(linearised_variance(four) ** 0.5, 5)
    0.00768
    """
    joined = _joined_singles(strata)
    share = float(strata.weighted.sum() / strata.weight.sum())
    part = joined.weight / strata.weight.sum()
    within = joined.successes / joined.n
    unseen = np.maximum(0.0, 1 - joined.n / np.maximum(joined.weight, joined.n))
    lone = joined.n < 2  # the only single one: its own spread is not known, so the whole's stands for it
    spread = np.where(lone, share * (1 - share), within * (1 - within) / np.maximum(joined.n - 1, 1))
    return float((part**2 * unseen * spread).sum())


def _joined_singles(strata: Strata) -> Strata:
    single = strata.n < 2
    if single.sum() < 2:
        return strata
    columns = (strata.n, strata.successes, strata.weight, strata.weighted)
    return Strata(*(np.append(one[~single], one[single].sum()) for one in columns))


def _are_equal(strata: Strata) -> bool:
    each = (strata.weight / np.maximum(strata.n, 1))[strata.n > 0]
    return bool(each.max() - each.min() <= EQUAL * each.mean())


def _of_none_or_all(n: int, successes: int, *, kish: float, size: float, basis: str, confidence: float) -> Estimate:
    found = size if successes else 0.0
    low, high = clopper_pearson(found, size, confidence=confidence)
    value = 1.0 if successes else 0.0
    return Estimate(
        value, float(low), float(high), n, basis, "clopper_pearson",
        n_kish=kish, confidence=confidence, successes=successes,
    )  # fmt: skip


def _without_spread(strata: Strata, value: float, *, confidence: float) -> tuple[float, float, str]:
    """No stratum shows a spread: all of the whole was seen, or each stratum was of one kind as far as it was seen."""
    if (strata.weight <= strata.n * (1 + EQUAL)).all():
        return value, value, "census"
    largest = float((strata.weight / np.maximum(strata.n, 1)).max() / strata.weight.sum())
    low, high = fay_feuer(value, value * (1 - value) * largest, largest=largest, confidence=confidence)
    return low, high, "fay_feuer"
