"""Which interval a weighted share gets: the one place where the product switches, and why."""

import math

from scipy import special, stats

from smo.measure.intervals import clopper_pearson

# The logit interval of a weighted share covers less than 93 % where fewer than so many effective cases stand on a side
# (tables in docs/explanation/measure/estimation.md); there the exact interval takes over.
FEW_EFFECTIVE = 10.0


def korn_graubard(
    value: float, variance: float, *, n: float, degrees: float = math.inf, confidence: float = 0.90
) -> tuple[float, float]:
    """The exact interval of Clopper and Pearson at the effective size that the variance tells.

    Units: shares. `variance` is that of the share, `n` the size that the effective one may not exceed: Kish's n, or
    the number of cases; it stands alone where the variance is 0 (none or all). `degrees` are those of the variance.
    n_eff = p(1-p)/v * (z/t)^2. Errors: ValueError for a share outside 0 to 1, a negative variance or n <= 0.
    Source: Korn and Graubard 1998, Survey Methodology 24.

    >>> [round(end, 4) for end in korn_graubard(0.05, 0.05 * 0.95 / 200, n=400, confidence=0.95)]
    [0.0242, 0.09]
    """
    if not 0 <= value <= 1 or not variance >= 0 or not n > 0:
        raise ValueError("a share is between 0 and 1, its variance at least 0 and its n above 0")
    tail = 0.5 + confidence / 2
    slack = 1.0 if math.isinf(degrees) else (special.ndtri(tail) / stats.t.ppf(tail, max(degrees, 1.0))) ** 2
    size = min(n, value * (1 - value) / variance) * slack if variance > 0 and 0 < value < 1 else n
    low, high = clopper_pearson(value * size, size, confidence=confidence)
    return float(low), float(high)


def logit_ends(
    value: float, variance: float, *, degrees: float = math.inf, confidence: float = 0.90
) -> tuple[float, float]:
    """The interval that is symmetric on the scale of log odds.

    Units: shares. Errors: ValueError for a share of 0 or 1, where there are no log odds.
    Source: the linearised (delta) variance v / (p(1-p))^2; Korn and Graubard 1998.

    >>> [round(end, 4) for end in logit_ends(0.05, 0.05 * 0.95 / 200, confidence=0.95)]
    [0.0271, 0.0904]
    """
    if not 0 < value < 1:
        raise ValueError("a share of 0 or 1 has no log odds")
    tail = 0.5 + confidence / 2
    quantile = float(special.ndtri(tail) if math.isinf(degrees) else stats.t.ppf(tail, max(degrees, 1.0)))
    half = quantile * math.sqrt(variance) / (value * (1 - value))
    centre = math.log(value / (1 - value))
    return float(special.expit(centre - half)), float(special.expit(centre + half))


def share_ends(
    value: float, variance: float, *, n: float, degrees: float = math.inf, confidence: float = 0.90
) -> tuple[float, float, str]:
    """The ends and the method's name: Korn and Graubard's exact interval for few effective cases, else the logit.

    Units: shares; arguments as `korn_graubard`. Errors: as there.

    >>> share_ends(0.01, 0.01 * 0.99 / 200, n=400)[2], share_ends(0.3, 0.3 * 0.7 / 200, n=400)[2]
    ('korn_graubard', 'hajek_logit')
    """
    if not 0 < value < 1 or variance <= 0:
        return *korn_graubard(value, variance, n=n, degrees=degrees, confidence=confidence), "korn_graubard"
    size = min(n, value * (1 - value) / variance)
    if size * min(value, 1 - value) < FEW_EFFECTIVE:
        return *korn_graubard(value, variance, n=n, degrees=degrees, confidence=confidence), "korn_graubard"
    return *logit_ends(value, variance, degrees=degrees, confidence=confidence), "hajek_logit"
