"""Intervals of agreement coefficients, with items as the units that vary."""

import math
from dataclasses import dataclass

from scipy import stats

from smo.measure.agreement.coincidence import Patterns
from smo.measure.estimate import Estimate
from smo.measure.intervals import wilson
from smo.measure.ratings import Floats

FEW_ITEMS = 20
SKEWED = 0.95  # prevalence above which chance-corrected coefficients stop meaning what they seem to
HIGH, LOW = 0.8, 0.4  # pairs that agree, and the coefficient below which that is a paradox
CONFIDENCE = 0.90
BASIS = "overlap"


def item_variance(state: Patterns, influence: Floats) -> float:
    """The variance of a statistic from what each item moves it (infinitesimal jackknife).

    Shapes: float64[P], the derivative of the statistic with respect to the weight of an item of each pattern.
    Source: Efron 1982, "The jackknife, the bootstrap and other resampling plans", chapter 6.
    """
    moved = float(state.weight @ influence)
    return variance_of_sums(int(state.items.sum()), total=moved, squares=float(state.weight_squared @ influence**2))


def variance_of_sums(items: int, *, total: float, squares: float) -> float:
    """The same from the sum and the sum of squares of what each item moves the statistic; nan below two items."""
    if items < 2:
        return math.nan
    return max(0.0, items / (items - 1) * (squares - total * total / items))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an interval over items rests on: items with two ratings, their ratings, Kish's n when weighted."""

    items: int
    ratings: int
    n_kish: float | None


def evidence(pairs: Patterns) -> Evidence:
    """The evidence of pairable patterns."""
    return Evidence(int(pairs.items.sum()), int(pairs.items @ pairs.size), kish(pairs))


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient that is at most 1, with its variance and the disagreement that chance alone would give."""

    value: float
    variance: float
    rests_on: Evidence
    chance: float
    method: str
    warnings: tuple[str, ...] = ()


def below_one(found: Coefficient, *, confidence: float = CONFIDENCE) -> Estimate:
    """The estimate of a coefficient that is at most 1: Student's interval on Fisher's z scale.

    The scale keeps the interval within -1 and 1 and skewed as such coefficients are. Where nothing varies, the low end
    is what one dissenting rating would cost on as many items as could hide (none of n seen: up to 1 - 0.05^(1/n)).
    """
    items = found.rests_on.items
    dissent = 2 * items / found.rests_on.ratings / found.chance
    low, high = interval_ends(found.value, found.variance, items=items, dissent=dissent, confidence=confidence)
    return Estimate(
        found.value, low, high, items, BASIS, found.method,
        n_kish=found.rests_on.n_kish, confidence=confidence, warnings=(*found.warnings, *few_items(items)),
    )  # fmt: skip


def estimate_of(found: Coefficient | Estimate, confidence: float) -> Estimate:
    """The estimate of a coefficient, or what stands for one that is not defined."""
    return found if isinstance(found, Estimate) else below_one(found, confidence=confidence)


def few_items(items: int) -> tuple[str, ...]:
    """A warning when hardly any item has two ratings."""
    return (f"only {items} items have two or more ratings",) if items < FEW_ITEMS else ()


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its variance: `n` items, and the `ratings` it rests on, the most that its effective n can be."""

    value: float
    variance: float
    n: int
    ratings: float
    successes: int | None = None


def share(found: Share, *, confidence: float = CONFIDENCE) -> Estimate:
    """The estimate of a share: Wilson's interval with the effective n that the items' variance allows.

    Where nothing varies the effective n is `n`.
    """
    spread = found.value * (1 - found.value)
    known = found.variance > 0 and spread > 0
    effective = min(found.ratings, spread / found.variance) if known else min(found.ratings, float(found.n))
    low, high = wilson(found.value * effective, effective, confidence=confidence)
    return Estimate(
        found.value, float(low), float(high), found.n, BASIS, "wilson_items",
        n_effective=effective, confidence=confidence, successes=found.successes,
    )  # fmt: skip


def kish(state: Patterns) -> float | None:
    """Kish's effective n, or None without weights."""
    if not state.is_weighted or not state.weight.any():
        return None
    return float(state.weight.sum() ** 2 / state.weight_squared.sum())


def skew_warning(totals: Floats, labels: tuple[str | float, ...]) -> tuple[str, ...]:
    """A warning when one label holds nearly all ratings. Shapes: float64[K] ratings per label."""
    top = float(totals.max() / totals.sum())
    if top <= SKEWED:
        return ()
    return (f"{top:.1%} of the ratings are {labels[int(totals.argmax())]!s}: chance-corrected agreement misleads here",)


def paradox_warning(observed: float, value: float) -> tuple[str, ...]:
    """A warning when most pairs agree and the coefficient is low all the same (Feinstein and Cicchetti 1990)."""
    if observed < HIGH or value >= LOW:
        return ()
    return (
        f"{observed:.0%} of the pairs agree, but only {value:.2f} beyond chance, since labels are uneven: "
        "read prevalence and specific agreement beside it",
    )


def interval_ends(
    value: float, variance: float, *, items: int, dissent: float, confidence: float = CONFIDENCE
) -> tuple[float | None, float | None]:
    """The ends of the interval of a coefficient that is at most 1; none from one item.

    Units: `dissent` is what the value loses when one rating of each item dissents. Errors: ValueError for a confidence
    that is not between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence is between 0 and 1, not {confidence}")
    if items < 2:
        return None, None
    if abs(value) >= 1 or variance <= 0:
        hidden = 1 - ((1 - confidence) / 2) ** (1 / items)
        return min(value, max(-1.0, value - hidden * dissent)), min(1.0, value + hidden * dissent)
    width = float(stats.t.ppf(0.5 + confidence / 2, items - 1)) * math.sqrt(variance) / (1 - value * value)
    centre = math.atanh(value)
    return math.tanh(centre - width), math.tanh(centre + width)
