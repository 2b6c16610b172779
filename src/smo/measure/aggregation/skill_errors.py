"""How sure the skill of a rater is when the truth behind it is itself a posterior.

Source: Louis (1982), JRSS B 44:226-233, for the information that the unknown truth takes away.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Skills:
    """Per rater: answers, expected share right (nan without answers), standard error, interval, effective answers."""

    n: npt.NDArray[np.int64]
    skill: Floats
    se: Floats
    low: Floats
    high: Floats
    n_effective: Floats


def skills(right: Floats, rater: Integers, *, n_raters: int, is_model: bool = True, confidence: float = 0.90) -> Skills:
    """Skill s = sum of q / n, where q is the chance that an answer is right; its error from the scores of the answers.

    With known truth the information on s is n / (s (1 - s)); doubt about it takes away sum of q (1 - q) over
    (s (1 - s))^2, which leaves the sum of the squared scores, ((q - s) / (s (1 - s)))^2 (Louis; the other raters'
    tables are held fixed). The interval is that of a Beta with so many effective answers plus one.
    With `is_model=False`, q are shares of votes, no chances: each answer counts whole.
    Shapes: `right` float64[N], `rater` int[N], -1 = nobody. Units: shares of 1.
    Errors: ValueError for chances that are nan or outside 0 to 1, or a confidence outside 0 to 1.

    >>> found = skills(np.array([1.0, 1.0, 0.0, 1.0]), np.zeros(4, int), n_raters=1)
    >>> found.skill.tolist(), found.n_effective.round(1).tolist()
    ([0.75], [3.6])
    """
    if not 0 < confidence < 1:
        raise ValueError(f"the confidence lies between 0 and 1, not at {confidence}")
    if not np.isfinite(right).all() or (right < -1e-9).any() or (right > 1 + 1e-9).any():
        raise ValueError("the chances to be right must lie between 0 and 1")
    named = np.asarray(rater) >= 0
    who, chance = np.asarray(rater)[named], np.clip(right[named], 0.0, 1.0)
    n = np.bincount(who, minlength=n_raters)
    expected = np.bincount(who, weights=chance, minlength=n_raters)
    drawn = (expected + 0.5) / (n + 1.0)
    spread = drawn * (1.0 - drawn)
    squares: Floats = np.asarray(n * spread, np.float64)
    if is_model:
        squares = np.asarray(np.bincount(who, weights=(chance - drawn[who]) ** 2, minlength=n_raters), np.float64)
    effective = np.minimum(squares / spread, n) + 1.0
    side = (1.0 - confidence) / 2.0
    shape = (drawn * effective, (1.0 - drawn) * effective)
    skill = np.divide(expected, n, out=np.full(n_raters, np.nan), where=n > 0)
    low, high = (np.asarray(stats.beta.ppf(end, *shape)) for end in (side, 1.0 - side))
    inside = np.nan_to_num(skill, nan=0.5)
    low, high = np.minimum(low, inside), np.maximum(high, inside)
    return Skills(n.astype(np.int64), skill, np.sqrt(spread / effective), low, high, np.asarray(effective - 1.0))
