"""What counts of stable weeks look like: binomial, or beta-binomial where weeks differ by more than chance."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, special, stats

Floats = npt.NDArray[np.float64]

LEAST_TO_FIT = 8  # with fewer periods their spread beyond chance is not estimable
NO_SPREAD = 1e-6  # an overdispersion below this is none
RARE = 1e-13  # counts less probable than this are left out of a calculation


@dataclass(frozen=True, slots=True)
class Baseline:
    """A stable state: the rate of events, and the correlation of two cases of one period (0 = binomial)."""

    rate: float
    overdispersion: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.rate < 1:
            raise ValueError(f"a baseline rate lies between 0 and 1, not {self.rate}")
        if not 0 <= self.overdispersion < 1:
            raise ValueError(f"an overdispersion is at least 0 and below 1, not {self.overdispersion}")


def check_counts(events: npt.ArrayLike, n: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Both as float64[periods], n repeated where it is one number.

    Errors: ValueError for a nan, a negative n, or events outside 0 to n.

    >>> check_counts([1, 2], 10)[1].tolist()
    [10.0, 10.0]
    """
    k, size = np.broadcast_arrays(np.asarray(events, np.float64), np.asarray(n, np.float64))
    if not (np.isfinite(k).all() and np.isfinite(size).all()):
        raise ValueError("events and n are finite numbers; a period without cases has n = 0")
    if (size < 0).any() or (k < 0).any() or (k > size).any():
        raise ValueError("events lie between 0 and n, and n is at least 0")
    if k.ndim > 1:
        raise ValueError("events and n have one number per period")
    return np.atleast_1d(k), np.atleast_1d(size)


def log_chance(events: npt.ArrayLike, n: npt.ArrayLike, *, baseline: Baseline) -> Floats:
    """Log probability of so many events among n: binomial, or beta-binomial with a = rate (1 - r) / r.

    Shapes: events and n broadcast. Source: Skellam 1948, Journal of the Royal Statistical Society B 10:257-261.

    >>> np.exp(log_chance([0, 1, 2], 2, baseline=Baseline(0.5))).round(2).tolist()
    [0.25, 0.5, 0.25]
    """
    k, size = np.asarray(events, np.float64), np.asarray(n, np.float64)
    rate, spread = baseline.rate, baseline.overdispersion
    choose = -special.betaln(size - k + 1, k + 1) - np.log1p(size)
    if spread < NO_SPREAD:
        return np.asarray(choose + special.xlogy(k, rate) + special.xlog1py(size - k, -rate))
    a, b = rate * (1 - spread) / spread, (1 - rate) * (1 - spread) / spread
    return np.asarray(choose + special.betaln(k + a, size - k + b) - special.betaln(a, b))


def likely_counts(n: int, baseline: Baseline) -> tuple[Floats, Floats]:
    """Every count among n that can be expected to occur, and its probability, adding to 1.

    >>> likely_counts(2, Baseline(0.5))[1].round(2).tolist()
    [0.25, 0.5, 0.25]
    """
    if n < 1:
        raise ValueError(f"a period has at least one case, not {n}")
    counts = np.arange(n + 1, dtype=np.float64)
    chance = np.exp(log_chance(counts, n, baseline=baseline))
    seen = chance > RARE
    return counts[seen], chance[seen] / chance[seen].sum()


def fit_baseline(events: npt.ArrayLike, n: npt.ArrayLike) -> Baseline:
    """Rate and overdispersion of past periods that are held to be stable: maximum likelihood of the beta-binomial.

    Shapes: events, n (periods,). Below 8 periods with cases the overdispersion is 0, for it could not be told. A rate
    of exactly 0 or 1 is drawn in by half a case. Errors: as `check_counts`; ValueError without any case.
    Source: Griffiths 1973, Biometrics 29:637-648.

    >>> fit_baseline([20, 22, 19, 21], 400)
    Baseline(rate=0.05125, overdispersion=0.0)
    """
    k, size = check_counts(events, n)
    k, size = k[size > 0], size[size > 0]
    if not size.size:
        raise ValueError("no period has a case: there is no baseline")
    total, whole = float(k.sum()), float(size.sum())
    rate = total / whole if 0 < total < whole else (total + 0.5) / (whole + 1)
    if size.size < LEAST_TO_FIT or size.max() < 2:
        return Baseline(rate)

    def surprise(point: Floats) -> float:
        at = Baseline(float(special.expit(point[0])), float(special.expit(point[1])))
        return -float(log_chance(k, size, baseline=at).sum())

    bounds = ((special.logit(rate) - 5, special.logit(rate) + 5), (-13.0, 3.0))
    start = (special.logit(rate), special.logit(0.01))
    found = optimize.minimize(surprise, x0=start, bounds=bounds, method="L-BFGS-B")
    spread = float(special.expit(found.x[1]))
    plain = -float(log_chance(k, size, baseline=Baseline(rate)).sum())
    if spread < 10 * NO_SPREAD or found.fun >= plain:
        return Baseline(rate)
    return Baseline(float(special.expit(found.x[0])), spread)


def residuals(events: npt.ArrayLike, n: npt.ArrayLike, *, baseline: Baseline) -> Floats:
    """How many standard deviations a period lies off the baseline: (k - n p) / sqrt(n p (1-p) (1 + (n-1) r)).

    Shapes: (periods,) -> (periods,); nan where n = 0. Comparable over unequal n. Errors: as `check_counts`.
    Source: the Pearson residual; McCullagh and Nelder 1989, section 2.4.

    >>> residuals([29], 400, baseline=Baseline(0.05)).round(2).tolist()
    [2.06]
    """
    k, size = check_counts(events, n)
    rate, spread = baseline.rate, baseline.overdispersion
    deviation = np.sqrt(size * rate * (1 - rate) * (1 + np.maximum(size - 1, 0) * spread))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(size > 0, (k - size * rate) / deviation, np.nan)


def normal_scores(events: npt.ArrayLike, n: npt.ArrayLike, *, baseline: Baseline) -> Floats:
    """The same as a normal deviate with the right tail: Phi^-1(P(K < k) + P(K = k) / 2), for rare events and small n.

    Shapes: (periods,) -> (periods,); nan where n = 0. Errors: as `check_counts`; ValueError for broken counts.
    Source: Dunn and Smyth 1996, Journal of Computational and Graphical Statistics 5:236-244, at the middle.

    >>> normal_scores([29], 400, baseline=Baseline(0.05)).round(2).tolist()
    [1.96]
    """
    k, size = check_counts(events, n)
    if (k != np.floor(k)).any() or (size != np.floor(size)).any():
        raise ValueError("normal scores need whole counts; weighted sums have residuals")
    rate, spread = baseline.rate, baseline.overdispersion
    if spread < NO_SPREAD:
        below, above = stats.binom.cdf(k - 1, size, rate), stats.binom.sf(k, size, rate)
    else:
        a, b = rate * (1 - spread) / spread, (1 - rate) * (1 - spread) / spread
        below, above = stats.betabinom.cdf(k - 1, size, a, b), stats.betabinom.sf(k, size, a, b)
    middle = np.exp(log_chance(k, size, baseline=baseline)) / 2
    low, high = special.ndtri(below + middle), -special.ndtri(above + middle)
    return np.where(size > 0, np.where(below < 0.5, low, high), np.nan)
