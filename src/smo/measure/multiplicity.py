"""Many tests at once: p-values adjusted so that a long list of slices or people holds few false finds."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Per test, in the order given: the adjusted p-value and whether it is a find at the asked level.

    `adjusted` is nan where the p-value was nan: that test was not made, is no find, and does not count in the family.
    """

    adjusted: Floats
    is_rejected: npt.NDArray[np.bool_]
    n_tests: int


def benjamini_hochberg(p_values: npt.ArrayLike, *, level: float = 0.05) -> Verdicts:
    """Finds of which on average at most the share `level` is false: p_(i) m / i, made monotone from the largest down.

    Shapes: p_values (tests,) -> Verdicts of the same order. Holds for independent and positively dependent tests; use
    it to look for things. Errors: ValueError for a p-value outside 0 to 1 or a level not between 0 and 1.
    Source: Benjamini and Hochberg 1995, Journal of the Royal Statistical Society B 57:289-300.

    >>> int(benjamini_hochberg([0.001, 0.008, 0.012, 0.030, 0.041, 0.048, 0.11, 0.20, 0.35, 0.60]).is_rejected.sum())
    3
    """
    return _step_up(p_values, level=level, is_dependent=False)


def benjamini_yekutieli(p_values: npt.ArrayLike, *, level: float = 0.05) -> Verdicts:
    """As Benjamini-Hochberg, but true under any dependence, for the price of a factor 1 + 1/2 + ... + 1/m.

    Shapes: as `benjamini_hochberg`. Errors: as there.
    Source: Benjamini and Yekutieli 2001, Annals of Statistics 29:1165-1188.

    >>> benjamini_yekutieli([0.01, 0.02]).adjusted.round(3).tolist()
    [0.03, 0.03]
    """
    return _step_up(p_values, level=level, is_dependent=True)


def holm(p_values: npt.ArrayLike, *, level: float = 0.05) -> Verdicts:
    """Finds of which not even one is false, but with chance `level`: p_(i) (m - i + 1), monotone from the smallest up.

    Shapes: as `benjamini_hochberg`. True under any dependence; use it for gates, where one false pass hurts.
    Errors: as there. Source: Holm 1979, Scandinavian Journal of Statistics 6:65-70.

    >>> holm([0.01, 0.04, 0.03]).adjusted.round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    p, tested = _checked(p_values, level)
    order = np.argsort(p[tested], kind="stable")
    m = order.size
    scaled = p[tested][order] * (m - np.arange(m))
    return _verdicts(p, tested, order=order, adjusted=np.maximum.accumulate(scaled), level=level)


def _step_up(p_values: npt.ArrayLike, *, level: float, is_dependent: bool) -> Verdicts:
    p, tested = _checked(p_values, level)
    order = np.argsort(p[tested], kind="stable")
    m = order.size
    rank = np.arange(1, m + 1)
    factor = float((1.0 / rank).sum()) if is_dependent else 1.0
    scaled = p[tested][order] * (m * factor / rank)
    return _verdicts(p, tested, order=order, adjusted=np.minimum.accumulate(scaled[::-1])[::-1], level=level)


def _verdicts(
    p: Floats, tested: npt.NDArray[np.bool_], *, order: npt.NDArray[np.intp], adjusted: Floats, level: float
) -> Verdicts:
    whole = np.full(p.size, np.nan)
    whole[np.flatnonzero(tested)[order]] = np.minimum(adjusted, 1.0)
    return Verdicts(whole, np.where(tested, whole, 1.0) <= level, order.size)


def _checked(p_values: npt.ArrayLike, level: float) -> tuple[Floats, npt.NDArray[np.bool_]]:
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not {level}")
    p = np.asarray(p_values, np.float64).ravel()
    tested = ~np.isnan(p)
    if ((p[tested] < 0) | (p[tested] > 1)).any():
        raise ValueError("a p-value lies between 0 and 1")
    return p, tested
