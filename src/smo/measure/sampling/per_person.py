"""A quota for each person: equal precision for scorecards, whoever decides much or little."""

from smo.measure.sample import Ask, Frame, Sample, choose

NAME = "per_person"
TITLE = "Per-person quota"
NEEDS = frozenset({"strata", "quota"})


def draw(frame: Frame, ask: Ask) -> Sample:
    """Of each person (the frame's stratum) `ask.size` units, or all of those who have no more.

    Shapes: the inclusion probability is q / N of the person. For a number about the whole project these samples must
    be weighted: people with few decisions are over-represented. Errors: ValueError for an empty frame.
    Source: Cochran 1977, ch. 5 (equal allocation).

    >>> from uuid import UUID
    >>> frame = Frame.of_uuids([UUID(int=n) for n in range(100)], ["Ann"] * 95 + ["Bea"] * 5)
    >>> [(stratum.name, stratum.drawn) for stratum in draw(frame, Ask(size=19, seed=7)).record.strata]
    [('Ann', 19), ('Bea', 5)]
    """
    counts = {name: min(ask.size, size) for name, size in frame.sizes().items()}
    return choose(frame, counts, seed=ask.seed, design=NAME)
