"""Counts of events per exposure, and how many times more of them there are here than there."""

import math

import numpy as np
import numpy.typing as npt

from smo.measure.estimate import Estimate, not_measured
from smo.measure.intervals import Ends, Numbers, clopper_pearson, poisson_exact


def rate(events: int, exposure: float, *, basis: str, confidence: float = 0.90) -> Estimate:
    """Events per unit of exposure (hours, views, decisions), exact under Poisson; not measured without exposure.

    Units: 1 / exposure. With the expected number of events as exposure it is observed / expected.
    Errors: ValueError for a negative or infinite exposure, negative events or an unknown basis. Source: Garwood 1936.

    >>> found = rate(28, 32, basis="gold", confidence=0.95)
    >>> [round(end, 3) for end in (found.value, found.low, found.high)]
    [0.875, 0.581, 1.265]
    """
    if not 0 <= exposure < math.inf or events < 0:
        raise ValueError("events and exposure are finite numbers of at least 0")
    if exposure == 0:
        if events:
            raise ValueError("events without exposure")
        return not_measured(basis, "no exposure")
    low, high = poisson_exact(events, exposure, confidence=confidence)
    return Estimate(
        events / exposure, float(low), float(high), events, basis, "poisson_exact", confidence=confidence,
        successes=events,
    )  # fmt: skip


def poisson_ratio(
    events: Numbers, exposure: Numbers, *, events2: Numbers, exposure2: Numbers, confidence: float = 0.90
) -> Ends:
    """The exact interval for the ratio of two rates, (events / exposure) / (events2 / exposure2).

    Shapes: numbers or arrays. Given the sum of the events, the first is binomial: its exact interval, mapped to the
    ratio; 0 and infinity where nothing can be said. Errors: ValueError for negative events or an exposure of 0 or
    less. Source: Przyborowski and Wilenski 1940; Clopper and Pearson 1934.

    >>> [round(float(end), 3) for end in poisson_ratio(20, 100.0, events2=10, exposure2=100.0, confidence=0.95)]
    [0.894, 4.785]
    """
    k1, k2 = np.asarray(events, np.float64), np.asarray(events2, np.float64)
    e1, e2 = np.asarray(exposure, np.float64), np.asarray(exposure2, np.float64)
    if not ((k1 >= 0).all() and (k2 >= 0).all() and (e1 > 0).all() and (e2 > 0).all()):
        raise ValueError("events are at least 0 and an exposure is above 0")
    low, high = clopper_pearson(k1, k1 + k2, confidence=confidence)
    return _odds(low) * e2 / e1, _odds(high) * e2 / e1


def rate_ratio(
    first: tuple[int, float], second: tuple[int, float], *, basis: str, confidence: float = 0.90
) -> Estimate:
    """How many times the first rate is the second; each is (events, exposure).

    Units: a ratio. `n` counts the events of both. The high end is None, with a warning, where the second has no
    event. Errors: ValueError as `poisson_ratio`. Source: as there.

    >>> rate_ratio((20, 100.0), (10, 100.0), basis="gold").value
    2.0
    """
    (k1, e1), (k2, e2) = first, second
    low, high = poisson_ratio(k1, e1, events2=k2, exposure2=e2, confidence=confidence)
    n, method = k1 + k2, "poisson_ratio_exact"
    if n == 0:
        return not_measured(basis, "no event in either")
    if k2 == 0:
        unbounded = ("no event in the second: the ratio has no upper end",)
        return Estimate(None, float(low), None, n, basis, method, confidence=confidence, warnings=unbounded)
    return Estimate((k1 / e1) / (k2 / e2), float(low), float(high), n, basis, method, confidence=confidence)


def _odds(share: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.divide(share, 1 - share, out=np.full_like(share, np.inf), where=share < 1)
