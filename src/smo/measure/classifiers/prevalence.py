"""What a sample says about another world: precision where violations are rarer, and how rare they have become.

Sources: Bayes' rule; interval of a ratio from those of its parts: Zou & Donner (2008), Statistics in Medicine
27:1693-1702; change of prior by EM: Saerens, Latinne & Decaestecker (2002), Neural Computation 14:21-41.
"""

import math

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import special

from smo.measure.estimate import Estimate, not_measured
from smo.measure.intervals import wilson

Floats = npt.NDArray[np.float64]
BASIS = "model_vs_human"
CONVERGED = 1e-12
MOST_PASSES = 20_000


def precision_at_prevalence(
    recall: tuple[float, float], false_positive_rate: tuple[float, float], *, prevalence: float,
    confidence: float = 0.90, basis: str = BASIS,
) -> Estimate:  # fmt: skip
    """Precision where the share of positives is `prevalence`: r p / (r p + f (1 - p)) of recall r and false alarms f.

    Shapes: recall as (true positives, positives), false_positive_rate as (false positives, negatives), as counts or,
    for weighted data, value x n_effective and n_effective. A test set rich in violations flatters precision; recall
    and false alarms carry over if violations and good items look as they did. Interval: log(r / f) by the square-and-
    add of Wilson's ends (MOVER), then on the logit scale. Not measured without positives or negatives, or where
    nothing is flagged. Errors: ValueError for a prevalence not between 0 and 1, or counts above their n.

    >>> found = precision_at_prevalence((90, 100), (50, 1000), prevalence=0.01)
    >>> round(found.value, 4)
    0.1538
    """
    if not 0.0 < prevalence < 1.0:
        raise ValueError(f"a prevalence lies between 0 and 1, not {prevalence}")
    (k1, n1), (k0, n0) = recall, false_positive_rate
    n = round(n1 + n0)
    if n1 <= 0 or n0 <= 0:
        return not_measured(basis, "recall needs positives and false alarms need negatives", n=n)
    if k1 <= 0 and k0 <= 0:
        return not_measured(basis, "the model flags nothing", n=n)
    r, f = k1 / n1, k0 / n0
    ends = [[float(end) for end in wilson(k, m, confidence=confidence)] for k, m in ((k1, n1), (k0, n0))]
    low, high = _ratio_ends(r, f, of_r=ends[0], of_f=ends[1])
    odds = math.log(prevalence / (1.0 - prevalence))
    value = r * prevalence / (r * prevalence + f * (1.0 - prevalence))
    found = [float(special.expit(end + odds)) for end in (low, high)]
    method = f"bayes at prevalence {prevalence:g}, mover of wilson"
    return Estimate(value, min(found[0], value), max(found[1], value), n, basis, method, confidence=confidence)


def precision_over_prevalence(
    recall: tuple[float, float], false_positive_rate: tuple[float, float], *, prevalences: npt.ArrayLike
) -> pl.DataFrame:
    """The same for a list of prevalences: `prevalence, value, low, high`.

    >>> precision_over_prevalence((90, 100), (50, 1000), prevalences=[0.01, 0.5])["value"].round(4).to_list()
    [0.1538, 0.9474]
    """
    asked = np.atleast_1d(np.asarray(prevalences, np.float64))
    found = [precision_at_prevalence(recall, false_positive_rate, prevalence=float(p)) for p in asked]
    return pl.DataFrame(
        [(p, one.value, one.low, one.high) for p, one in zip(asked.tolist(), found, strict=True)],
        schema=["prevalence", "value", "low", "high"],
        orient="row",
    )


def shifted_prior(
    chances: npt.ArrayLike, prior: npt.ArrayLike, *, confidence: float = 0.90, basis: str = BASIS
) -> tuple[tuple[Estimate, ...], Floats]:
    """How common each class is among new, unlabelled cases, and their chances set right for it.

    Shapes: `chances` float64[cases, K], calibrated where the classes were as common as `prior` float64[K] -> one
    estimate per class, float64[cases, K]. Maximum likelihood by EM (convex, so one answer); interval from the observed
    information. True if only the mix of classes has changed, not what each looks like, and if the chances are
    calibrated: an uncalibrated model moves the answer, and the interval does not know.
    Errors: ValueError for no case, rows that do not sum to 1, or a prior that holds a 0 or does not sum to 1.

    >>> rng = np.random.default_rng(1)
    >>> truth = rng.random(4000) < 0.1
    >>> x = rng.normal(truth * 2.0)
    >>> odds = np.exp(2.0 * x - 2.0)  # the likelihood ratio; calibrated at 50 %
    >>> found, _ = shifted_prior(np.stack([1 / (1 + odds), odds / (1 + odds)], axis=1), [0.5, 0.5])
    >>> found[1].low < 0.1 < found[1].high
    True
    """
    p, old = np.asarray(chances, np.float64), np.asarray(prior, np.float64)
    if p.ndim != 2 or not p.shape[0] or p.shape[1:] != old.shape:
        raise ValueError("chances have the shape cases x classes, with one case at least, and one prior per class")
    if not ((p >= 0).all() and np.allclose(p.sum(axis=1), 1.0, atol=1e-6)):
        raise ValueError("the chances of a case are at least 0 and sum to 1")
    if not ((old > 0).all() and abs(float(old.sum()) - 1.0) < 1e-6):
        raise ValueError("a prior is above 0 for each class and sums to 1")
    likelihood = p / old
    share = _em(likelihood, old.copy())
    mixed = likelihood * share
    posterior = mixed / mixed.sum(axis=1, keepdims=True)
    spread = _information_errors(likelihood, share)
    z = float(special.ndtri(0.5 + confidence / 2))
    found = tuple(
        Estimate(
            float(s), max(0.0, float(s - z * e)), min(1.0, float(s + z * e)), p.shape[0], basis,
            "maximum likelihood, EM", confidence=confidence,
        )
        for s, e in zip(share, spread, strict=True)
    )  # fmt: skip
    return found, posterior


def _ratio_ends(r: float, f: float, *, of_r: list[float], of_f: list[float]) -> tuple[float, float]:
    """Ends of log(r / f) from those of r and f; a 0 joins the ends as they are, which is wide."""
    with np.errstate(divide="ignore"):
        low_r, high_r, low_f, high_f = (float(np.log(end)) for end in (*of_r, *of_f))
        if r <= 0.0 or f <= 0.0:
            return low_r - high_f, high_r - low_f
        at_r, at_f = math.log(r), math.log(f)
    return (
        at_r - at_f - math.hypot(at_r - low_r, high_f - at_f),
        at_r - at_f + math.hypot(high_r - at_r, at_f - low_f),
    )


def _em(likelihood: Floats, share: Floats) -> Floats:
    for _ in range(MOST_PASSES):
        mixed = likelihood * share
        fresh = (mixed / np.maximum(mixed.sum(axis=1, keepdims=True), 1e-300)).mean(axis=0)
        if float(np.abs(fresh - share).max()) < CONVERGED:
            return np.asarray(fresh, np.float64)
        share = fresh
    return share


def _information_errors(likelihood: Floats, share: Floats) -> Floats:
    """Standard errors of shares that sum to 1, from the inverse of the observed information inside the simplex."""
    k = share.size
    inside = np.linalg.svd(np.ones((1, k)))[2][1:].T  # directions along which the sum stays 1
    slope = (likelihood @ inside) / (likelihood @ share)[:, None]
    covariance = inside @ np.linalg.pinv(slope.T @ slope) @ inside.T
    return np.sqrt(np.maximum(np.diag(covariance), 0.0))
