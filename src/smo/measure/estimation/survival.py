"""How long it takes, when some have not arrived yet: Kaplan and Meier's curve and its median with an interval."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from smo.measure.estimate import Estimate, not_measured

Floats = npt.NDArray[np.float64]
NOT_REACHED = "not reached: too few have arrived"
NO_HIGH_END = "the upper end is not reached: too few have arrived"


@dataclass(frozen=True, slots=True)
class Curve:
    """The share not yet arrived after each time of an arrival. Shapes: float64[T] each, times ascending.

    `at_risk` were still waiting just before, `arrived` did at that time; `low` and `high` are the pointwise ends.
    """

    time: Floats
    at_risk: Floats
    arrived: Floats
    share: Floats
    low: Floats
    high: Floats


def kaplan_meier(
    time: npt.ArrayLike, has_arrived: npt.ArrayLike, *, weight: npt.ArrayLike | None = None, confidence: float = 0.90
) -> Curve:
    """Product over times of (1 - arrived / at risk); a case still open counts as waiting until its time.

    Shapes: time float64[n] >= 0, has_arrived bool[n], weight float64[n] > 0 as counts of equal cases (so histograms
    add up). Pointwise ends: Greenwood's variance on the log(-log) scale. At equal times arrivals come first.
    Errors: ValueError for lengths that differ, a time that is negative or no number, or a weight not above 0.
    Source: Kaplan and Meier 1958; Greenwood 1926; Kalbfleisch and Prentice 1980 for the scale.

    >>> kaplan_meier([1, 2, 2, 3], [True, True, False, True]).share.tolist()
    [0.75, 0.5, 0.0]
    """
    times, arrived = np.asarray(time, np.float64), np.asarray(has_arrived, bool)
    weights = np.ones_like(times) if weight is None else np.asarray(weight, np.float64)
    if times.shape != arrived.shape or times.shape != weights.shape:
        raise ValueError("times, arrivals and weights have one length")
    if not (np.isfinite(times) & (times >= 0)).all() or not (np.isfinite(weights) & (weights > 0)).all():
        raise ValueError("a time is a finite number of at least 0, a weight one above 0")
    distinct, place = np.unique(times, return_inverse=True)
    events = np.bincount(place, weights * arrived, len(distinct)).astype(np.float64)
    leaving = np.bincount(place, weights, len(distinct)).astype(np.float64)
    at_risk = leaving[::-1].cumsum()[::-1]
    keep = events > 0
    distinct, events, at_risk = distinct[keep], events[keep], at_risk[keep]
    share = np.cumprod(1 - events / at_risk)
    low, high = _pointwise(share, events=events, at_risk=at_risk, confidence=confidence)
    return Curve(distinct, at_risk, events, share, low, high)


def median_time(
    time: npt.ArrayLike,
    has_arrived: npt.ArrayLike,
    *,
    basis: str,
    weight: npt.ArrayLike | None = None,
    share: float = 0.5,
    confidence: float = 0.90,
) -> Estimate:
    """The first time by which `share` of all have arrived, those still open included.

    Units: those of time. The interval holds the times whose curve the sample does not reject (Brookmeyer and Crowley
    1982, on the log(-log) scale). Not measured where the curve never falls so far; the high end is None, with a
    warning, where its upper bound never does.
    Errors: as `kaplan_meier`, and ValueError for a share or a confidence not between 0 and 1.
    Source: Kaplan and Meier 1958, JASA 53:457-481; Brookmeyer and Crowley 1982, Biometrics 38:29-41.

    >>> days, done = [12, 15, 15, 18, 22, 25, 30, 20, 28, 30], [True] * 7 + [False] * 3
    >>> found = median_time(days, done, basis="system_log")
    >>> found.value, found.low, found.high
    (22.0, 15.0, 30.0)
    """
    if not 0 < share < 1:
        raise ValueError(f"a share lies between 0 and 1, not {share}")
    curve = kaplan_meier(time, has_arrived, weight=weight, confidence=confidence)
    n = round(float(np.sum(np.ones(np.shape(time)) if weight is None else np.asarray(weight, np.float64))))
    value = _first(curve.time, curve.share, level=1 - share)
    if value is None:
        return not_measured(basis, "no case" if n == 0 else NOT_REACHED, n=n)
    low, high = _first(curve.time, curve.low, level=1 - share), _first(curve.time, curve.high, level=1 - share)
    warnings = () if high is not None else (NO_HIGH_END,)
    return Estimate(value, low, high, n, basis, "kaplan_meier", confidence=confidence, warnings=warnings)


def _first(times: Floats, curve: Floats, *, level: float) -> float | None:
    below = curve <= level + 1e-12  # a product of fractions may miss the level by a rounding rest
    return float(times[below.argmax()]) if below.any() else None


def _pointwise(share: Floats, *, events: Floats, at_risk: Floats, confidence: float) -> tuple[Floats, Floats]:
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence is between 0 and 1, not {confidence}")
    z = float(special.ndtri(0.5 + confidence / 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(events / (at_risk * (at_risk - events)))
        spread = z * np.sqrt(greenwood) / np.log(share)  # below 0: the log of a share is
        low, high = share ** np.exp(-spread), share ** np.exp(spread)
    is_inner = (share > 0) & (share < 1)
    return np.where(is_inner, low, share), np.where(is_inner, high, share)
