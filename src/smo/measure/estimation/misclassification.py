"""What the true shares are when raters or a judge err at a known rate: Rogan and Gladen, and the same for K labels."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import special

from smo.measure.estimate import Estimate, not_measured

Floats = npt.NDArray[np.float64]

NO_BETTER = "sensitivity + specificity is not above 1: these answers say nothing about the truth"
NOT_FROM_ZERO = "not distinguishable from zero"
OUTSIDE = "the corrected share left 0 to 1 and was set to the end"
SINGULAR = "two labels are confused so much that their shares cannot be told apart"
STEPS = 2000
SETTLED = 1e-10
ILL = 1e3  # a condition number above it: an error of 0.1 % in a row moves a share by as much as all


@dataclass(frozen=True, slots=True)
class Rightly:
    """How often something was right among cases whose truth is known: `right` of `n`; n None is known exactly.

    Errors: ValueError for counts that cannot be.

    >>> Rightly(170, 200).share
    0.85
    >>> Rightly(0.85).share
    0.85
    """

    right: float
    n: int | None = None

    def __post_init__(self) -> None:
        if self.n is not None and self.n < 1:
            raise ValueError("a share needs one case at least")
        if not 0 <= self.right <= (1 if self.n is None else self.n):
            raise ValueError("what is right lies between 0 and n")

    @property
    def share(self) -> float:
        """The share that was right."""
        return self.right if self.n is None else self.right / self.n


def rogan_gladen(
    k: int, n: int, *, sensitivity: Rightly, specificity: Rightly, basis: str, confidence: float = 0.90
) -> Estimate:
    """(k/n + Sp - 1) / (Se + Sp - 1), with the interval of Lang and Reiczigel.

    Units: a share. The interval holds the uncertainty of all three samples: normal, on counts to which a few right
    and wrong ones were added. Value and ends are cut to 0 and 1, with a warning. Not measured when Se + Sp <= 1 or
    n = 0. Errors: ValueError for impossible counts or an unknown basis. Source: Rogan and Gladen 1978; Lang and
    Reiczigel 2014, Preventive Veterinary Medicine 113, equations 14 to 16.

    >>> judge = {"sensitivity": Rightly(170, 200), "specificity": Rightly(1990, 2000)}
    >>> found = rogan_gladen(18, 3000, **judge, basis="model_vs_human")
    >>> round(found.value, 5), found.low, round(found.high, 4), found.warnings
    (0.00118, 0.0, 0.0054, ('not distinguishable from zero',))
    """
    if not 0 <= k <= n:
        raise ValueError("successes are between 0 and n")
    if n == 0:
        return not_measured(basis, "nothing to measure: n is 0")
    if sensitivity.share + specificity.share <= 1:
        return not_measured(basis, NO_BETTER, n=n)
    z = _z(confidence)
    value, _ = rogan_gladen_moments(k / n, n, sensitivity=sensitivity, specificity=specificity)
    se, sp = _with_two(sensitivity), _with_two(specificity)
    if se.share + sp.share <= 1:
        return not_measured(basis, NO_BETTER, n=n)
    size = n + z * z
    centre, error = rogan_gladen_moments((k + z * z / 2) / size, size, sensitivity=se, specificity=sp)
    shift = 2 * z * z * (centre * _noise(se) - (1 - centre) * _noise(sp))
    low, high = centre + shift - z * error, centre + shift + z * error
    warnings = (NOT_FROM_ZERO,) if low <= 0 else ()
    if not 0 <= value <= 1:
        warnings = (*warnings, OUTSIDE)
    value, low, high = (min(1.0, max(0.0, number)) for number in (value, low, high))
    return Estimate(
        value, min(low, value), max(high, value), n, basis, "lang_reiczigel", confidence=confidence,
        warnings=warnings, successes=k,
    )  # fmt: skip


def rogan_gladen_moments(
    observed: float, n: float, *, sensitivity: Rightly, specificity: Rightly
) -> tuple[float, float]:
    """Rogan and Gladen's share, not cut to 0 and 1, and its standard error by the delta method.

    Units: shares; `n` is the size behind `observed`. Errors: ZeroDivisionError where Se + Sp = 1.
    Source: Rogan and Gladen 1978, American Journal of Epidemiology 107.

    >>> judge = {"sensitivity": Rightly(170, 200), "specificity": Rightly(1990, 2000)}
    >>> [round(number, 5) for number in rogan_gladen_moments(18 / 3000, 3000, **judge)]
    [0.00118, 0.0025]
    """
    slope = sensitivity.share + specificity.share - 1
    value = (observed + specificity.share - 1) / slope
    spread = observed * (1 - observed) / n + value**2 * _noise(sensitivity) + (1 - value) ** 2 * _noise(specificity)
    return value, math.sqrt(max(spread, 0.0)) / slope


def true_shares(
    observed: npt.ArrayLike, confusion: npt.ArrayLike, *, rng: np.random.Generator, draws: int = 1000,
    confidence: float = 0.90,
) -> pl.DataFrame:  # fmt: skip
    """`label, value, low, high, n, observed` - the shares of K labels behind what imperfect raters said.

    Shapes: observed int[K] counts of each label; confusion int[K, K] counts, a row per true label, a column per given
    one. The shares of largest likelihood that are at least 0 and add up to 1 (EM); intervals: parametric bootstrap of
    both tables with half a count added to each cell. For K = 2 the value is Rogan and Gladen's, cut to 0 and 1.
    Errors: ValueError for shapes that do not fit, negative counts, nothing observed, a true label without a case, or
    labels that nobody tells apart. Source: Dawid and Skene 1979 for the EM; Saerens, Latinne, Decaestecker 2002.

    >>> found = true_shares([60, 40], [[90, 10], [20, 80]], rng=np.random.default_rng(1))
    >>> found["value"].round(3).to_list()
    [0.571, 0.429]
    """
    seen, table = np.asarray(observed, np.float64), np.asarray(confusion, np.float64)
    if seen.ndim != 1 or len(seen) < 2 or table.shape != (len(seen), len(seen)):
        raise ValueError("two labels at least, and a square table of confusion for them")
    if not (np.isfinite(seen) & (seen >= 0)).all() or not (np.isfinite(table) & (table >= 0)).all() or not seen.sum():
        raise ValueError("counts are finite numbers of at least 0, and something was observed")
    if not table.sum(axis=1).all():
        raise ValueError("each true label needs one case at least whose truth is known")
    given = table / table.sum(axis=1, keepdims=True)
    if np.linalg.cond(given) > ILL:
        raise ValueError(SINGULAR)
    value = _unmixed((seen / seen.sum())[None, :], given[None, :, :])[0]
    n = int(seen.sum())
    again = rng.multinomial(n, (seen + 0.5) / (seen + 0.5).sum(), draws) / n
    rows = [rng.multinomial(round(row.sum()), (row + 0.5) / (row + 0.5).sum(), draws) / row.sum() for row in table]
    drawn = _unmixed(again, np.stack(rows, axis=1))
    low, high = np.quantile(drawn, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    return pl.DataFrame(
        {
            "label": np.arange(len(seen)),
            "value": value,
            "low": np.minimum(low, value),
            "high": np.maximum(high, value),
            "n": np.full(len(seen), n),
            "observed": seen / seen.sum(),
        }
    )


def _unmixed(observed: Floats, given: Floats) -> Floats:
    """The shares of largest likelihood. Shapes: observed [B, K], given [B, K true, K given] -> [B, K]."""
    share: Floats = np.full(observed.shape, 1 / observed.shape[1])
    for _ in range(STEPS):
        expected = np.einsum("bj,bji->bi", share, given)
        fit = np.divide(observed, expected, out=np.zeros_like(observed), where=expected > 0)
        new: Floats = share * np.einsum("bji,bi->bj", given, fit)
        new /= np.maximum(new.sum(axis=1, keepdims=True), 1e-300)
        if np.abs(new - share).max() < SETTLED:
            return new
        share = new
    return share


def _with_two(rightly: Rightly) -> Rightly:
    return rightly if rightly.n is None else Rightly(rightly.right + 1, rightly.n + 2)


def _noise(rightly: Rightly) -> float:
    return 0.0 if rightly.n is None else rightly.share * (1 - rightly.share) / rightly.n


def _z(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence is between 0 and 1, not {confidence}")
    return float(special.ndtri(0.5 + confidence / 2))
