"""A number that a person may see: value, interval, n, and on what it rests."""

import math
from dataclasses import dataclass

BASES = (
    "gold",
    "consensus",
    "overlap",
    "probability_audit",
    "appeal_proxy",
    "model_vs_human",
    "system_log",
    "self_report",
)


@dataclass(frozen=True, slots=True)
class Estimate:
    """One measured number with its interval and its evidence.

    Units: those of `value`; `low` and `high` are the ends of the two-sided interval of `confidence` (0.90, so that
    each end is a one-sided 95 % bound). `n` counts what the interval rests on (items, ratings, pairs: the maker says).
    `n_effective` is p(1-p)/v of weighted data, `n_kish` is (sum w)^2 / sum w^2 (Kish 1965).
    Errors: ValueError for an unknown basis, a nan, or a low end above the high one.

    >>> Estimate(0.9, 0.85, 0.94, 200, "gold", "wilson").value
    0.9
    >>> Estimate(None, None, None, 0, "overlap", "none").is_measured
    False
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    basis: str
    method: str
    n_effective: float | None = None
    n_kish: float | None = None
    confidence: float = 0.90
    warnings: tuple[str, ...] = ()
    successes: int | None = None

    def __post_init__(self) -> None:
        if self.basis not in BASES:
            raise ValueError(f"unknown basis {self.basis!r}; one of {', '.join(BASES)}")
        if not 0 < self.confidence < 1:
            raise ValueError(f"a confidence is between 0 and 1, not {self.confidence}")
        if any(number is not None and math.isnan(number) for number in (self.value, self.low, self.high)):
            raise ValueError("a number that could not be measured is None, never nan")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"the interval's low end {self.low} is above its high end {self.high}")

    @property
    def is_measured(self) -> bool:
        """Whether there is a value at all."""
        return self.value is not None


def not_measured(basis: str, reason: str, *, n: int = 0) -> Estimate:
    """The estimate of what could not be measured: no value, no interval, and the reason as its one warning.

    Units: `n` counts what there was, 0 unless it is said. Errors: ValueError for an unknown basis. Source: definition.

    >>> not_measured("gold", "no gold item").warnings
    ('no gold item',)
    """
    return Estimate(None, None, None, n, basis, "none", warnings=(reason,))
