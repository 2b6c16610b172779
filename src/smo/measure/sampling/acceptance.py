"""Acceptance sampling of a lot: the smallest sample whose count of errors decides, at both risks."""

from smo.measure.acceptance.plans import single_plan
from smo.measure.sample import Ask, Frame, Sample, choose, frame_hash
from smo.measure.sample.choice import without_strata

NAME = "acceptance"
TITLE = "Lot acceptance"
NEEDS = frozenset({"lot"})


def draw(frame: Frame, ask: Ask) -> Sample:
    """A simple random sample of the single plan's size; its acceptance number stands in the record.

    Shapes: the frame is the lot; the plan is the smallest that keeps both risks of `ask.lot` by the hypergeometric
    law; `ask.size` does not matter. Each inclusion probability is n / N.
    Errors: ValueError for an empty frame. Source: Schilling and Neubauer 2017, ch. 5.

    >>> from uuid import UUID
    >>> from smo.measure.sample import LotRisks
    >>> lot = Frame.of_uuids([UUID(int=n) for n in range(1000)])
    >>> sample = draw(lot, Ask(size=1, seed=7, lot=LotRisks(0.01, 0.05)))
    >>> len(sample), sample.record.numbers
    (128, {'acceptance_number': 3})
    """
    whole = without_strata(frame)
    plan = single_plan(
        ask.lot.accepted,
        ask.lot.rejected,
        producer_risk=ask.lot.producer_risk,
        consumer_risk=ask.lot.consumer_risk,
        lot_size=len(frame),
    )
    keeps = {"numbers": {"acceptance_number": plan.acceptance_number}, "frame_hash": frame_hash(frame)}
    return choose(whole, {"": plan.size}, seed=ask.seed, design=NAME, **keeps)
