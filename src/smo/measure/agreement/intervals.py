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


def below_one(
    value: float, variance: float, *, rests_on: Evidence, chance: float, method: str, warnings: tuple[str, ...] = ()
) -> Estimate:
    """The estimate of a coefficient that is at most 1: Student's interval on Fisher's z scale.

    Units: `chance` is the disagreement expected by chance. The scale keeps the interval within -1 and 1 and skewed as
    such coefficients are. Where nothing varies, the low end is what one dissenting rating would cost on as many items
    as could hide (none of n seen: up to 1 - 0.05^(1/n)).
    """
    items = rests_on.items
    dissent = 2 * items / rests_on.ratings / chance
    low, high = interval_ends(value, variance, items=items, dissent=dissent)
    return Estimate(
        value, low, high, items, BASIS, method,
        n_kish=rests_on.n_kish, confidence=CONFIDENCE, warnings=(*warnings, *few_items(items)),
    )  # fmt: skip


def few_items(items: int) -> tuple[str, ...]:
    """A warning when hardly any item has two ratings."""
    return (f"only {items} items have two or more ratings",) if items < FEW_ITEMS else ()


def share(value: float, variance: float, *, n: int, ratings: float, successes: int | None = None) -> Estimate:
    """The estimate of a share: Wilson's interval with the effective n that the items' variance allows.

    Units: `ratings` is how many ratings the share rests on, and the most that its effective n can be; where nothing
    varies the effective n is `n`.
    """
    spread = value * (1 - value)
    known = variance > 0 and spread > 0
    effective = min(ratings, spread / variance) if known else min(ratings, float(n))
    low, high = wilson(value * effective, effective, confidence=CONFIDENCE)
    return Estimate(
        value, float(low), float(high), n, BASIS, "wilson_items",
        n_effective=effective, confidence=CONFIDENCE, successes=successes,
    )  # fmt: skip


def kish(state: Patterns) -> float | None:
    """Kish's effective n, or None without weights."""
    if not state.is_weighted:
        return None
    return float(state.weight.sum() ** 2 / state.weight_squared.sum())


def skew_warning(totals: Floats, labels: tuple[str | float, ...]) -> tuple[str, ...]:
    """A warning when one label holds nearly all ratings. Shapes: float64[K] ratings per label."""
    top = float(totals.max() / totals.sum())
    if top <= SKEWED:
        return ()
    return (f"{top:.1%} of the ratings are {labels[int(totals.argmax())]!s}: chance-corrected agreement misleads here",)


def interval_ends(value: float, variance: float, *, items: int, dissent: float) -> tuple[float | None, float | None]:
    """The ends of the interval of a coefficient that is at most 1; none from one item.

    Units: `dissent` is what the value loses when one rating of each item dissents.
    """
    if items < 2:
        return None, None
    if abs(value) >= 1 or variance <= 0:
        hidden = 1 - ((1 - CONFIDENCE) / 2) ** (1 / items)
        return min(value, max(-1.0, value - hidden * dissent)), min(1.0, value + hidden * dissent)
    width = float(stats.t.ppf(0.5 + CONFIDENCE / 2, items - 1)) * math.sqrt(variance) / (1 - value * value)
    centre = math.atanh(value)
    return math.tanh(centre - width), math.tanh(centre + width)
