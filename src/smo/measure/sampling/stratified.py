"""Stratified sampling: a simple random sample within each stratum, so that none is left to chance."""

from smo.measure.sample import Ask, Frame, Sample, allocate, choose

NAME = "stratified"
TITLE = "Stratified"
NEEDS = frozenset({"strata"})


def draw(frame: Frame, ask: Ask) -> Sample:
    """Of each stratum as many as `smo.measure.sample.allocate` gives it, by the smallest permanent random numbers.

    Shapes: the inclusion probability of a unit is n_h / N_h of its stratum; never zero, as each stratum gets at least
    one. Errors: ValueError for an empty frame, or Neyman's allocation without spreads. Source: Cochran 1977, ch. 5.

    >>> from uuid import UUID
    >>> frame = Frame.of_uuids([UUID(int=n) for n in range(100)], ["DE"] * 90 + ["IS"] * 10)
    >>> [(stratum.name, stratum.drawn) for stratum in draw(frame, Ask(size=20, seed=7, minimum=5)).record.strata]
    [('DE', 15), ('IS', 5)]
    """
    return choose(frame, allocate(frame.sizes(), ask), seed=ask.seed, design=NAME)
