"""What a KPI is: an expression over one kind of fact, with all that turns its sums into a number with evidence."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from smo.measure.estimate import Estimate, not_measured
from smo.measure.intervals import proportion
from smo.measure.state import State, judge

Column = Callable[[Any], Any]  # from a table to one of its columns, or to an expression over them


@dataclass(frozen=True, slots=True)
class Kpi:
    """One KPI. `value` gives true or false for each fact, `counts` says which facts count at all.

    `dimensions` are the columns by which it may be grouped; their sums are kept ready for pages.
    """

    title: str
    fact: str
    value: Column
    basis: str
    unit: str = "share"
    higher_is_better: bool = True
    minimum_n: int = 1
    dimensions: tuple[str, ...] = ()
    counts: Column | None = None
    method: str = "wilson"

    def estimate(self, n: int, successes: int) -> Estimate:
        """The number of `n` facts of which `successes` are true.

        >>> kpi = Kpi("Found", "audit", lambda t: t.found, "gold")
        >>> round(kpi.estimate(100, 80).value, 2)
        0.8
        >>> kpi.estimate(0, 0).is_measured
        False
        """
        if n == 0:
            return not_measured(self.basis, "nothing happened that counts")
        return proportion(successes, n, basis=self.basis, method=self.method)

    def state(self, estimate: Estimate, target: float) -> State:
        """Whether a target is met, by the end of the interval that would have to miss it.

        >>> kpi = Kpi("Found", "audit", lambda t: t.found, "gold")
        >>> str(kpi.state(kpi.estimate(1000, 990), 0.95))
        'met'
        """
        return judge(estimate, target=target, higher_is_better=self.higher_is_better, minimum_n=self.minimum_n)
