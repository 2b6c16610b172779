"""Intervals that may be looked at after every audit: their coverage holds for all looks together.

With replacement: the beta-binomial mixture (Robbins 1970; Howard, Ramdas, McAuliffe, Sekhon 2021). Without: the
prior-posterior ratio (Waudby-Smith and Ramdas 2020, "Confidence sequences for sampling without replacement").
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import special

from smo.measure.estimate import Estimate, not_measured
from smo.measure.intervals import Ends, Numbers

Floats = npt.NDArray[np.float64]
JEFFREYS = (0.5, 0.5)
HALVINGS = 60  # a share is then known to 1e-18
REST = 1e-7  # what log-gamma of large numbers may be off; added to the threshold, so the interval is never too short


def mixture_sequence(
    k: Numbers, n: Numbers, *, confidence: float = 0.90, prior: tuple[float, float] = JEFFREYS
) -> Ends:
    """The shares that the mixture has not rejected after n of a stream with k true cases.

    Shapes: k, n whole numbers or arrays (a path, or many) -> low, high, each valid at every n at once. A share p stays
    while B(a+k, b+n-k) / B(a, b) < p^k (1-p)^(n-k) / (1 - confidence). `prior` (a, b) moves where the interval is
    shortest (a/(a+b) the share that is expected, a+b small); it holds for any prior fixed beforehand.
    Errors: ValueError for k outside 0 to n, or a prior that is not above 0. Source: see the module.

    >>> [round(float(end), 3) for end in mixture_sequence(50, 1000)]
    [0.03, 0.077]
    """
    found, seen, level = _checked(k, n, prior=prior, confidence=confidence)
    marginal = special.betaln(prior[0] + found, prior[1] + seen - found) - special.betaln(*prior)

    def holds(share: Floats) -> npt.NDArray[np.bool_]:
        likelihood = special.xlogy(found, share) + special.xlog1py(seen - found, -share)
        return np.asarray(marginal - likelihood <= level)

    mode = found / np.maximum(seen, 1)
    low, high = _bisected(mode, np.zeros_like(mode), holds=holds), _bisected(mode, np.ones_like(mode), holds=holds)
    return np.where(found == 0, 0.0, low), np.where(found == seen, 1.0, high)


def finite_sequence(
    k: Numbers, n: Numbers, *, population: int, confidence: float = 0.90, prior: tuple[float, float] = JEFFREYS
) -> Ends:
    """The shares of a finite whole not rejected after n draws without replacement with k true cases.

    Shapes: as `mixture_sequence`; width 0 once n is the population. A number K of cases stays while the prior
    probability of K is less than 1 / (1 - confidence) times its posterior one, under a beta-binomial prior.
    Errors: as there, and ValueError for n above the population. Source: see the module, theorem 2.1.

    >>> [float(end) for end in finite_sequence(50, 1000, population=2000)]
    [0.0355, 0.0695]
    """
    found, seen, level = _checked(k, n, prior=prior, confidence=confidence)
    if (seen > population).any():
        raise ValueError("draws without replacement are not more than the population")
    marginal = special.betaln(prior[0] + found, prior[1] + seen - found) - special.betaln(*prior)
    every = special.gammaln(population + 1) - special.gammaln(population - seen + 1)

    def holds(cases: Floats) -> npt.NDArray[np.bool_]:
        true = special.gammaln(cases + 1) - special.gammaln(cases - found + 1)
        rest = population - cases
        false = special.gammaln(rest + 1) - special.gammaln(rest - seen + found + 1)
        return np.asarray(marginal - (true + false - every) <= level)

    least, most = found, population - seen + found
    mode = np.clip(np.floor(found * (population + 1) / np.maximum(seen, 1)), least, most)
    low = -_last_whole(-mode, -least, holds=lambda cases: holds(-cases))
    high = _last_whole(mode, most, holds=holds)
    return low / population, high / population


def always_valid_share(
    k: int, n: int, *, basis: str, population: int | None = None, confidence: float = 0.90
) -> Estimate:
    """k of n so far, with an interval that stays true however often it is read and whenever one stops.

    Units: a share. With `population` the draws are without replacement from that many. It is wider than Wilson's;
    use that one for a sample whose size was fixed beforehand. Errors: ValueError as the two sequences, and for an
    unknown basis. Source: Howard, Ramdas, McAuliffe, Sekhon 2021, Annals of Statistics 49:1055-1080; with `population`
    Waudby-Smith and Ramdas 2020, NeurIPS 33.

    >>> found = always_valid_share(3, 200, basis="probability_audit")
    >>> found.value, round(found.low, 4), round(found.high, 4)
    (0.015, 0.0011, 0.0609)
    """
    if n == 0:
        return not_measured(basis, "nothing to measure: n is 0")
    if population is None:
        low, high = mixture_sequence(k, n, confidence=confidence)
        method = "mixture_sequence"
    else:
        low, high = finite_sequence(k, n, population=population, confidence=confidence)
        method = "finite_sequence"
    return Estimate(k / n, float(low), float(high), n, basis, method, confidence=confidence, successes=k)


def _checked(k: Numbers, n: Numbers, *, prior: tuple[float, float], confidence: float) -> tuple[Floats, Floats, float]:
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence is between 0 and 1, not {confidence}")
    if not (prior[0] > 0 and prior[1] > 0):
        raise ValueError("both numbers of a beta prior are above 0")
    found, seen = np.broadcast_arrays(np.asarray(k, np.float64), np.asarray(n, np.float64))
    if not ((found >= 0) & (found <= seen) & (found == np.rint(found)) & (seen == np.rint(seen))).all():
        raise ValueError("cases and draws are whole numbers, cases between 0 and n")
    return found, seen, -np.log1p(-confidence) + REST


def _bisected(inside: Floats, outside: Floats, *, holds: Callable[[Floats], npt.NDArray[np.bool_]]) -> Floats:
    """The border between a share that holds and one that may not, from its outer side."""
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        is_held = holds(middle)
        inside, outside = np.where(is_held, middle, inside), np.where(is_held, outside, middle)
    return outside


def _last_whole(least: Floats, most: Floats, *, holds: Callable[[Floats], npt.NDArray[np.bool_]]) -> Floats:
    """The largest whole number from `least` (which holds) to `most` that still holds."""
    low, high = np.array(least), np.array(most)
    while (low < high).any():
        middle = np.ceil((low + high) / 2)
        is_held = holds(middle)
        low, high = np.where(is_held, middle, low), np.where(is_held, high, middle - 1)
    return low
