"""What a KPI is: an expression over one kind of fact, with all that turns its sums into a number with evidence."""

from dataclasses import dataclass

import numpy as np

from smo.measure.estimate import Estimate
from smo.measure.families import SHARE, Column, Family, Sums
from smo.measure.state import State, judge


@dataclass(frozen=True, slots=True)
class Kpi:
    """One KPI. `value` gives each fact's value, `counts` says which facts count at all.

    `question` is what it answers. `dimensions` are the columns by which it may be grouped; their sums are kept ready
    for pages. Where `is_of_answers`, small numbers would tell who looks what others answered.
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
    family: Family = SHARE
    question: str = ""
    is_of_answers: bool = False

    def estimate_of(self, sums: Sums) -> Estimate:
        """The number of the sums of all cells of one group.

        >>> kpi = Kpi("Found", "audit", lambda t: t.found, "gold")
        >>> kpi.estimate_of({"n": np.array([60.0, 40.0]), "successes": np.array([50.0, 30.0])}).value
        0.8
        """
        return self.family.estimate(sums, basis=self.basis, method=self.method)

    def estimate(self, n: int, successes: int) -> Estimate:
        """The number of `n` facts of which `successes` are true.

        >>> kpi = Kpi("Found", "audit", lambda t: t.found, "gold")
        >>> round(kpi.estimate(100, 80).value, 2)
        0.8
        >>> kpi.estimate(0, 0).is_measured
        False
        """
        return self.estimate_of({"n": np.array([float(n)]), "successes": np.array([float(successes)])})

    def state(self, estimate: Estimate, target: float, *, minimum_n: int | None = None) -> State:
        """Whether a target is met, by the end of the interval that would have to miss it.

        >>> kpi = Kpi("Found", "audit", lambda t: t.found, "gold")
        >>> str(kpi.state(kpi.estimate(1000, 990), 0.95))
        'met'
        """
        least = self.minimum_n if minimum_n is None else minimum_n
        return judge(estimate, target=target, higher_is_better=self.higher_is_better, minimum_n=least)
