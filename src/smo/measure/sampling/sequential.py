"""Sequential sampling of a lot: units in a random order, looked at until the count of errors decides."""

from smo.measure.acceptance.sequential import sequential_plan
from smo.measure.sample import Ask, Frame, Sample, choose, frame_hash
from smo.measure.sample.choice import without_strata

NAME = "sequential"
TITLE = "Sequential"
NEEDS = frozenset({"lot"})


def draw(frame: Frame, ask: Ask) -> Sample:
    """A simple random sample of the size at which the plan is cut off; look at it in the order of serving numbers.

    Shapes: the record's numbers are the lines of `sequential_plan`: accept when errors <= slope * looked_at -
    accept_at, refuse when errors >= slope * looked_at + refuse_at, at `most` by `last_accepted`. The probabilities
    n / N are those of standing in the list; a share of errors among the units looked at until the stop is biased.
    Errors: ValueError for an empty frame. Source: Wald 1947, ch. 5.

    >>> from uuid import UUID
    >>> from smo.measure.sample import LotRisks
    >>> lot = Frame.of_uuids([UUID(int=n) for n in range(1000)])
    >>> sample = draw(lot, Ask(size=1, seed=7, lot=LotRisks(0.02, 0.05)))
    >>> len(sample) == sample.record.numbers["most"], round(sample.record.numbers["slope"], 4)
    (True, 0.0328)
    """
    whole = without_strata(frame)
    lot = ask.lot
    plan = sequential_plan(lot.accepted, lot.rejected, producer_risk=lot.producer_risk, consumer_risk=lot.consumer_risk)
    size = min(plan.most or len(frame), len(frame))
    keeps = {"numbers": plan.numbers() | {"most": size}, "frame_hash": frame_hash(frame)}
    return choose(whole, {"": size}, seed=ask.seed, design=NAME, **keeps)
