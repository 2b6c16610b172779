"""What an estimate says about a target: met, not met, not enough evidence, not measured."""

from enum import StrEnum

from smo.measure.estimate import Estimate


class State(StrEnum):
    """The four answers to "is the target met?"; none of them is a colour."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_ENOUGH = "not_enough_evidence"
    NOT_MEASURED = "not_measured"


def judge(estimate: Estimate | None, *, target: float, higher_is_better: bool = True, minimum_n: int = 1) -> State:
    """Which of the four states holds, decided by the ends of the interval.

    Units: `target` in the units of the estimate. The ends of the 90 % interval are one-sided 95 % bounds: met when the
    bound on the bad side reaches the target, not met when the bound on the good side misses it, else not enough
    evidence, as below `minimum_n`. Nothing eligible (no estimate, or no value and n = 0) is "not measured".
    Source: one-sided bound test, policy of the quality states (KPI rule R10).

    >>> judge(Estimate(0.97, 0.956, 0.980, 600, "gold", "wilson"), target=0.95)
    <State.MET: 'met'>
    >>> judge(Estimate(0.967, 0.904, 0.989, 60, "gold", "wilson"), target=0.95)
    <State.NOT_ENOUGH: 'not_enough_evidence'>
    """
    if estimate is None or (estimate.value is None and estimate.n == 0):
        return State.NOT_MEASURED
    if estimate.low is None or estimate.high is None or estimate.n < minimum_n:
        return State.NOT_ENOUGH
    met, missed = (
        (estimate.low >= target, estimate.high < target)
        if higher_is_better
        else (estimate.high <= target, estimate.low > target)
    )
    if met:
        return State.MET
    return State.NOT_MET if missed else State.NOT_ENOUGH
