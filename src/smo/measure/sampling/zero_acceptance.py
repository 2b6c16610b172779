"""Zero-acceptance sampling: as many as it takes that a clean sample proves the worst errors rare."""

from smo.measure.acceptance.zero import zero_acceptance_size
from smo.measure.sample import Ask, Frame, Sample, choose, frame_hash
from smo.measure.sample.choice import without_strata

NAME = "zero_acceptance"
TITLE = "Zero acceptance"
NEEDS = frozenset({"lot"})


def draw(frame: Frame, ask: Ask) -> Sample:
    """A simple random sample; without one error in it, `ask.lot.rejected` is excluded at 1 - `ask.lot.consumer_risk`.

    Shapes: the frame is the lot, and its size counts: the number is the exact one for drawing without replacement;
    `ask.size` does not matter. Each inclusion probability is n / N. Errors: ValueError for an empty frame.
    Source: Cochran 1977, ch. 3; see `zero_acceptance_size`.

    >>> from uuid import UUID
    >>> from smo.measure.sample import LotRisks
    >>> lot = Frame.of_uuids([UUID(int=n) for n in range(1000)])
    >>> len(draw(lot, Ask(size=1, seed=7, lot=LotRisks(0, 0.01, consumer_risk=0.05))))
    258
    """
    whole = without_strata(frame)
    size = zero_acceptance_size(ask.lot.rejected, confidence=1 - ask.lot.consumer_risk, lot_size=len(frame))
    keeps = {"numbers": {"acceptance_number": 0}, "frame_hash": frame_hash(frame)}
    return choose(whole, {"": size}, seed=ask.seed, design=NAME, **keeps)
