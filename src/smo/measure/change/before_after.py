"""Did it work? The change of a share from before to after, and the same against a control that saw no action."""

import math
from dataclasses import dataclass

from scipy import special

from smo.measure.estimate import Estimate, not_measured
from smo.measure.intervals import newcombe

RISE, FALL, NOT_SHOWN, NOT_MEASURED = "rise", "fall", "not_yet_demonstrated", "not_measured"
LEAST_FOR_NORMAL = 5.0


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """Events among n cases before and after a date; fractions are allowed where the cases carry weights."""

    events_before: float
    n_before: float
    events_after: float
    n_after: float

    def __post_init__(self) -> None:
        for events, n in ((self.events_before, self.n_before), (self.events_after, self.n_after)):
            if not (math.isfinite(events) and math.isfinite(n) and 0 <= events <= n):
                raise ValueError(f"events lie between 0 and n, not {events} of {n}")

    @property
    def is_empty(self) -> bool:
        """Whether one of the two times has no case."""
        return self.n_before == 0 or self.n_after == 0


@dataclass(frozen=True, slots=True)
class Effect:
    """`change` (after less before, negative = fewer), its state, and how many cases in each cell would show it."""

    change: Estimate
    state: str
    n_needed: int | None


def before_after(
    counts: BeforeAfter, *, basis: str, confidence: float = 0.90, power: float = 0.80, design_effect: float = 1.0
) -> Effect:
    """Share after less share before, Newcombe's interval; it says what changed, never why.

    Units: a difference of shares, -1 to 1. `design_effect` divides all counts where cases of one person are alike.
    `n_needed`: cases before and after, each, for the interval to leave out 0 with this power if the change is as seen.
    Errors: ValueError for a design effect < 1 or a confidence or power not between 0 and 1.
    Source: Newcombe 1998, Statistics in Medicine 17:873-890, method 10.

    >>> effect = before_after(BeforeAfter(24, 400, 10, 400), basis="gold", confidence=0.95)
    >>> [round(100 * end, 2) for end in (effect.change.value, effect.change.low, effect.change.high)], effect.state
    ([-3.5, -6.5, -0.69], 'fall')
    """
    _check(design_effect, power)
    if counts.is_empty:
        return Effect(not_measured(basis, "no case before, or none after"), NOT_MEASURED, None)
    value, low, high = _difference(counts, confidence, design_effect=design_effect)
    n = int(counts.n_before + counts.n_after)
    change = Estimate(value, low, high, n, basis, "newcombe", n_effective=n / design_effect, confidence=confidence)
    return Effect(change, _state(change), _needed(change, [counts], power=power, design_effect=design_effect))


def difference_in_differences(
    treated: BeforeAfter,
    control: BeforeAfter,
    *,
    basis: str,
    confidence: float = 0.90,
    power: float = 0.80,
    design_effect: float = 1.0,
) -> Effect:
    """The change of the treated less the change of the control: what is left once the common trend is taken off.

    Units: as `before_after`. Errors: as there. The interval is the normal one; where a cell has fewer than 5 events or
    non-events, the two Newcombe intervals are joined by square-and-add. It rests on both groups moving alike without
    the action; the regression to the mean of a group chosen for being bad is not taken off. `n_needed`: cases in each
    of the four cells. Source: Zou and Donner 2008, Statistics in Medicine 27:1693-1702.

    >>> treated, control = BeforeAfter(24, 400, 10, 400), BeforeAfter(20, 400, 19, 400)
    >>> effect = difference_in_differences(treated, control, basis="gold", confidence=0.95)
    >>> [round(100 * end, 2) for end in (effect.change.value, effect.change.low, effect.change.high)]
    [-3.25, -7.33, 0.83]
    >>> effect.state, effect.n_needed
    ('not_yet_demonstrated', 1290)
    """
    _check(design_effect, power)
    if treated.is_empty or control.is_empty:
        return Effect(not_measured(basis, "a group has no case before, or none after"), NOT_MEASURED, None)
    first, low1, high1 = _difference(treated, confidence, design_effect=design_effect)
    second, low2, high2 = _difference(control, confidence, design_effect=design_effect)
    value = first - second
    low, high = value - math.hypot(first - low1, high2 - second), value + math.hypot(high1 - first, second - low2)
    method = "newcombe, joined"
    if min(_scarcest(treated), _scarcest(control)) / design_effect >= LEAST_FOR_NORMAL:
        reach = float(special.ndtri(0.5 + confidence / 2)) * math.sqrt(
            design_effect * (_variance(treated) + _variance(control))
        )
        low, high, method = max(-2.0, value - reach), min(2.0, value + reach), "normal"
    n = int(treated.n_before + treated.n_after + control.n_before + control.n_after)
    change = Estimate(value, low, high, n, basis, method, n / design_effect, confidence=confidence)
    needed = _needed(change, [treated, control], power=power, design_effect=design_effect)
    return Effect(change, _state(change), needed)


def _check(design_effect: float, power: float) -> None:
    if not (math.isfinite(design_effect) and design_effect >= 1):
        raise ValueError(f"a design effect is at least 1, not {design_effect}")
    if not 0 < power < 1:
        raise ValueError(f"a power lies between 0 and 1, not {power}")


def _difference(counts: BeforeAfter, confidence: float, *, design_effect: float) -> tuple[float, float, float]:
    k1, n1 = counts.events_after / design_effect, counts.n_after / design_effect
    k2, n2 = counts.events_before / design_effect, counts.n_before / design_effect
    low, high = newcombe(k1, n1, k2=k2, n2=n2, confidence=confidence)
    return k1 / n1 - k2 / n2, float(low), float(high)


def _scarcest(counts: BeforeAfter) -> float:
    """The fewest events or non-events of the two times."""
    before, after = counts.events_before, counts.events_after
    return min(before, counts.n_before - before, after, counts.n_after - after)


def _variance(counts: BeforeAfter) -> float:
    shares = (
        (counts.events_before / counts.n_before, counts.n_before),
        (counts.events_after / counts.n_after, counts.n_after),
    )
    return sum(p * (1 - p) / n for p, n in shares)


def _state(change: Estimate) -> str:
    assert change.low is not None
    assert change.high is not None
    if change.high < 0:
        return FALL
    return RISE if change.low > 0 else NOT_SHOWN


def _needed(change: Estimate, groups: list[BeforeAfter], *, power: float, design_effect: float) -> int | None:
    """(z + z_power)^2 sum p (1-p) / change^2 per cell, at the shares seen; None where nothing changed."""
    assert change.value is not None
    shares = [g.events_before / g.n_before for g in groups] + [g.events_after / g.n_after for g in groups]
    variance = sum(p * (1 - p) for p in shares)
    if math.isclose(change.value, 0, abs_tol=1e-9) or variance == 0:
        return None
    z = float(special.ndtri(0.5 + change.confidence / 2) + special.ndtri(power))
    return math.ceil(design_effect * z * z * variance / change.value**2)
