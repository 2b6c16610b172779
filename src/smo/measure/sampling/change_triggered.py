"""Change-triggered sampling: what a change touched is looked at several times as often, for some days."""

from smo.measure.sample import Ask, Frame, Sample, choose, frame_hash
from smo.measure.sample.allocation import allocate_by
from smo.measure.sample.choice import refuse_empty
from smo.measure.sample.record import WATCHED, watched_frame

NAME = "change_triggered"
TITLE = "After a change"
NEEDS = frozenset({"strata", "at", "changes"})


def draw(frame: Frame, ask: Ask) -> Sample:
    """A stratified sample in which units within `ask.days` of a change of their stratum count `ask.factor` times.

    Shapes: the frame's stratum is the rule, `at` the day of the unit; changed units become strata of their own, named
    "rule (changed)". Sizes are shared by N_h, times the factor where changed, so the total is `ask.size` (floors win).
    The inclusion probability is n_h / N_h. Without a change it is a proportional stratified sample.
    Errors: ValueError for an empty frame, or one without days. Source: Cochran 1977, ch. 5.

    >>> from uuid import UUID
    >>> from smo.measure.sample import Change
    >>> frame = Frame.of_uuids([UUID(int=n) for n in range(100)], ["HS-4.2"] * 50 + ["SP-1"] * 50, at=[*range(50)] * 2)
    >>> ask = Ask(size=20, seed=7, changes=(Change("HS-4.2", 40),), days=10, factor=6)
    >>> [(one.name, one.size, one.drawn) for one in draw(frame, ask).record.strata]
    [('HS-4.2', 40, 5), ('HS-4.2 (changed)', 10, 8), ('SP-1', 50, 7)]
    """
    refuse_empty(frame)
    split = watched_frame(frame, changes=ask.changes, days=ask.days)
    sizes = split.sizes()
    known = set(frame.names)
    share = {
        name: size * (ask.factor if name not in known and name.endswith(WATCHED) else 1.0)
        for name, size in sizes.items()
    }
    counts = allocate_by(share, sizes, ask=ask)
    keeps = {"changes": ask.changes, "days": ask.days, "frame_hash": frame_hash(frame)}
    return choose(split, counts, seed=ask.seed, design=NAME, **keeps)
