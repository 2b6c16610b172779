"""Means of bounded numbers (points, severities, posteriors) that may be looked at after every case: by betting.

Source: Waudby-Smith and Ramdas 2024, "Estimating means of bounded random variables by betting", JRSS B 86: the hedged
capital of section 4.4, and its form for sampling without replacement.
"""

from dataclasses import dataclass

import numba as nb
import numpy as np
import numpy.typing as npt

from smo.measure.estimate import Estimate, not_measured

Floats = npt.NDArray[np.float64]
GRID = 2000  # steps of the mean; an end is at most one step too far out
MOST_BET = 0.5  # no bet may lose more than half of the capital at once
METHOD = "betting_sequence"


@dataclass(frozen=True, slots=True)
class Path:
    """The interval after each case. Shapes: float64[n] each."""

    low: Floats
    high: Floats


def betting_path(
    values: npt.ArrayLike, *, bounds: tuple[float, float] = (0.0, 1.0), population: int | None = None,
    confidence: float = 0.90,
) -> Path:  # fmt: skip
    """Low and high after each value, all of them true together with `confidence`, in the order given.

    A mean m stays until somebody who bets that the values lie above it, or one who bets below, has multiplied his
    capital by 2 / (1 - confidence); the bets know only what came before. Ends never move outwards again.
    Shapes: values float64[n] in random order (the order of drawing) within `bounds`; `population` is the size of a
    finite whole drawn without replacement. Units: those of the values.
    Errors: ValueError for values outside the bounds or that are no numbers, bounds without a range, or more values than
    the population. Source: see the module.

    >>> path = betting_path(np.tile([0.0, 0.0, 0.0, 1.0], 100))
    >>> [round(float(ends[-1]), 2) for ends in (path.low, path.high)]
    [0.17, 0.32]
    """
    given = np.asarray(values, np.float64)
    low, high = bounds
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence is between 0 and 1, not {confidence}")
    if not low < high or not np.isfinite([low, high]).all():
        raise ValueError("the low bound is below the high one, and both are finite")
    if given.ndim != 1 or not ((given >= low) & (given <= high)).all():
        raise ValueError("values are numbers within their bounds")
    if population is not None and len(given) > population:
        raise ValueError("draws without replacement are not more than the population")
    scaled = (given - low) / (high - low)
    ends = _walk(scaled, population or 0, np.log(2 / (1 - confidence)), GRID, MOST_BET)
    if population is not None:  # what is left lies within the bounds
        sums = scaled.cumsum()
        rest = population - np.arange(1, len(given) + 1)
        ends = np.stack([np.maximum(ends[0], sums / population), np.minimum(ends[1], (sums + rest) / population)])
    return Path(low + (high - low) * ends[0], low + (high - low) * ends[1])


def always_valid_mean(
    values: npt.ArrayLike, *, basis: str, bounds: tuple[float, float] = (0.0, 1.0), population: int | None = None,
    confidence: float = 0.90,
) -> Estimate:  # fmt: skip
    """The mean so far with the last interval of `betting_path`; for yes and no use `sequences.always_valid_share`.

    Units: those of the values. Errors: as `betting_path`. Source: see the module.

    >>> found = always_valid_mean(np.tile([0.0, 5.0, 10.0, 10.0], 50), basis="gold", bounds=(0.0, 10.0))
    >>> found.value, round(found.low, 1), round(found.high, 1)
    (6.25, 5.3, 7.1)
    """
    given = np.asarray(values, np.float64)
    path = betting_path(given, bounds=bounds, population=population, confidence=confidence)
    if not len(given):
        return not_measured(basis, "nothing to measure: n is 0")
    mean, low, high = float(given.mean()), float(path.low[-1]), float(path.high[-1])
    return Estimate(mean, min(low, mean), max(high, mean), len(given), basis, METHOD, confidence=confidence)


def warm_betting() -> None:
    """Compile the kernel.

    >>> warm_betting()
    """
    betting_path([0.0, 1.0])


@nb.njit(cache=True, nogil=True)
def _walk(values, population, threshold, grid, most_bet):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Ends after each value; `up` and `down` are log capitals at each mean of the grid, which are monotone in it."""
    n = values.shape[0]
    ends = np.empty((2, n))
    up, down = np.zeros(grid + 1), np.zeros(grid + 1)
    first, last = 0, grid  # the grid points from first to last still stand
    total, squares, mean = 0.5, 0.25, 0.5
    drawn = 0.0
    for i in range(n):
        x = values[i]
        bet = np.sqrt(2 * threshold / (squares * np.log(i + 2)))
        for j in range(first, last + 1):
            m = j / grid
            if population > 0:  # the mean of what is left, if m is the mean of all
                m = (population * m - drawn) / (population - i)
            if m < -1e-9:
                up[j] = np.inf
                continue
            if m > 1 + 1e-9:
                down[j] = np.inf
                continue
            m = min(max(m, 0.0), 1.0)
            up[j] += np.log1p(min(bet, most_bet / max(m, 1e-300)) * (x - m))
            down[j] += np.log1p(-min(bet, most_bet / max(1 - m, 1e-300)) * (x - m))
        drawn += x
        total += x
        mean = total / (i + 2)
        squares += (x - mean) ** 2
        while first < last and up[first + 1] >= threshold:
            first += 1
        while last > first and down[last - 1] >= threshold:
            last -= 1
        ends[0, i], ends[1, i] = first / grid, last / grid
    return ends
