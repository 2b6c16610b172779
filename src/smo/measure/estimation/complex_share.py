"""Which interval a weighted share gets: the one place where the product switches, and why."""

import math

from scipy import special

from smo.measure.intervals import clopper_pearson

# Where fewer than so many effective cases stand on a side, the logit interval of a weighted share covers as little as
# 75 % (tables in docs/explanation/measure/estimation.md); there the exact interval takes over.
FEW_EFFECTIVE = 10.0


def korn_graubard(
    value: float, variance: float, *, n: float, degrees: float = math.inf, confidence: float = 0.90
) -> tuple[float, float]:
    """The exact interval of Clopper and Pearson at the effective size that the variance tells.

    Units: shares. `variance` is that of the share, `n` the size that the effective one may not exceed; it stands alone
    where the variance is 0 (none or all). With n = sum of weights / largest weight it was never below its confidence in
    the tables; with Kish's n it can be, when rare cases sit in the stratum of the largest weights. `degrees` are those
    of the variance. n_eff = p(1-p)/v * (z/t)^2.
    Errors: ValueError for a share outside 0 to 1, a negative variance or n <= 0.
    Source: Korn and Graubard 1998, Survey Methodology 24.

    >>> [round(end, 4) for end in korn_graubard(0.05, 0.05 * 0.95 / 200, n=400, confidence=0.95)]
    [0.0242, 0.09]
    """
    if not 0 <= value <= 1 or not variance >= 0 or not n > 0:
        raise ValueError("a share is between 0 and 1, its variance at least 0 and its n above 0")
    tail = 0.5 + confidence / 2
    slack = 1.0 if math.isinf(degrees) else (special.ndtri(tail) / special.stdtrit(max(degrees, 1.0), tail)) ** 2
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
    quantile = float(special.ndtri(tail) if math.isinf(degrees) else special.stdtrit(max(degrees, 1.0), tail))
    half = quantile * math.sqrt(variance) / (value * (1 - value))
    centre = math.log(value / (1 - value))
    return float(special.expit(centre - half)), float(special.expit(centre + half))


def fay_feuer(
    value: float, variance: float, *, largest: float, degrees: float = math.inf, confidence: float = 0.90
) -> tuple[float, float]:
    """The exact interval of unequal weights: the upper end allows for one more case of the largest weight.

    Units: shares. `largest` is the largest share of the whole that one unit stands for. With s = v / (1-p): low is the
    quantile of Beta(p m, (1-p) m + 1) at m = p / s, high that of Beta((p+l) m, (1-p) m) at m = (p+l) / (s + l^2); the
    same for 1 - p, and the wider of both. Equal weights give Clopper and Pearson's interval.
    Errors: ValueError for a share or `largest` outside 0 to 1, or a negative variance. Source: Fay and Feuer 1997,
    Statistics in Medicine 16, with beta for gamma laws, since a share ends at 1.

    >>> [round(end, 4) for end in fay_feuer(0.1, 0.1 * 0.9 / 50, largest=1 / 50, confidence=0.95)]
    [0.0333, 0.2181]
    """
    if not 0 <= value <= 1 or not variance >= 0 or not 0 < largest <= 1:
        raise ValueError("a share and a part are between 0 and 1, a variance is at least 0")
    tail = 0.5 + confidence / 2
    slack = 1.0 if math.isinf(degrees) else float((special.stdtrit(max(degrees, 1.0), tail) / special.ndtri(tail)) ** 2)
    low, high = _one_more(value, variance * slack, largest=largest, tail=1 - tail)
    low_of_rest, high_of_rest = _one_more(1 - value, variance * slack, largest=largest, tail=1 - tail)
    return min(low, 1 - high_of_rest), max(high, 1 - low_of_rest)


def share_ends(
    value: float, variance: float, *, n: float, largest: float | None = None, degrees: float = math.inf,
    confidence: float = 0.90,
) -> tuple[float, float, str]:  # fmt: skip
    """The ends and the method's name: the exact interval where fewer than `FEW_EFFECTIVE` cases stand, else the logit.

    Units: shares. `n` is Kish's size, `largest` as in `fay_feuer` (1 / n when it is not given). Effective cases are
    min(n, p(1-p)/v) times the smaller of p and 1 - p. Errors: as `fay_feuer`. Source: the coverage tables.

    >>> share_ends(0.01, 0.01 * 0.99 / 200, n=400)[2], share_ends(0.3, 0.3 * 0.7 / 200, n=400)[2]
    ('fay_feuer', 'hajek_logit')
    """
    is_few = not 0 < value < 1 or variance <= 0
    is_few = is_few or min(n, value * (1 - value) / variance) * min(value, 1 - value) < FEW_EFFECTIVE
    if is_few:
        part = min(1.0, 1 / n if largest is None else largest)
        return *fay_feuer(value, variance, largest=part, degrees=degrees, confidence=confidence), "fay_feuer"
    return *logit_ends(value, variance, degrees=degrees, confidence=confidence), "hajek_logit"


def within_the_possible(
    ends: tuple[float, float], *, seen_cases: float, seen_others: float, size: float
) -> tuple[float, float]:
    """The ends cut to what a whole of `size` units can still be after so many cases and so many others were seen.

    Units: shares and counts. A whole seen to the last unit leaves one share. Errors: ValueError for more seen than
    `size`. Source: counting.

    >>> within_the_possible((0.2, 0.6), seen_cases=8, seen_others=12, size=20)
    (0.4, 0.4)
    """
    if seen_cases + seen_others > size * (1 + 1e-9):
        raise ValueError("no more units are seen than the whole has")
    least, most = seen_cases / size, max(1 - seen_others / size, seen_cases / size)
    return min(max(ends[0], least), most), max(min(ends[1], most), least)


def _one_more(value: float, variance: float, *, largest: float, tail: float) -> tuple[float, float]:
    rest = 1 - value
    spread = variance / rest if rest > 0 else 0.0
    low, high = value, 1.0  # without a spread this side says nothing, and the mirrored one does
    if value > 0 and spread > 0:
        low = float(special.betaincinv(value * value / spread, rest * value / spread + 1, tail))
    if rest > 0:
        size = (value + largest) / (spread + largest**2)
        high = float(special.betaincinv((value + largest) * size, rest * size, 1 - tail))
    return low, high
