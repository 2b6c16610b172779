"""Two-phase sampling: a judge looks at a first sample, people at a random part of it; the probabilities multiply."""

from dataclasses import replace

import numpy as np

from smo.measure.sample import Ask, Frame, Sample, allocate, choose

NAME = "two_phase"
TITLE = "Two-phase: a judge on many, people on some"
NEEDS = frozenset({"strata", "first"})


def draw(frame: Frame, ask: Ask) -> Sample:
    """The second phase: of each stratum (what the judge said, say) as many as the allocation gives.

    Shapes: `frame` is the first sample (see `first_phase`) with its probabilities in `first`; that of a unit is
    first * n_h / N_h, N_h counted in the first sample. With first-phase sizes that are random given the strata these
    are conditional on the first sample, as the double-expansion estimator takes them.
    Errors: ValueError for an empty frame, or one without first-phase probabilities.
    Source: Särndal, Swensson, Wretman 1992, ch. 9 (two-phase sampling for stratification: Neyman 1938).

    >>> from uuid import UUID
    >>> frame = Frame.of_uuids([UUID(int=n) for n in range(8)], ["yes"] * 2 + ["no"] * 6, first=[0.1] * 8)
    >>> sample = draw(frame, Ask(size=4, seed=7, allocation="equal"))
    >>> sorted({(unit.stratum, round(unit.inclusion_probability, 4)) for unit in sample.chosen})
    [('no', 0.0333), ('yes', 0.1)]
    """
    if frame.first is None:
        raise ValueError("the second phase needs the probabilities of the first: see first_phase")
    return choose(frame, allocate(frame.sizes(), ask), seed=ask.seed, design=NAME)


def first_phase(sample: Sample, strata: tuple[str, ...]) -> Frame:
    """The frame of the second phase: a first sample, in its order, with a stratum for each unit.

    Errors: ValueError when units and strata are not as many.

    >>> from uuid import UUID
    >>> first = choose(Frame.of_uuids([UUID(int=n) for n in range(80)]), {"": 8}, seed=1, design="simple_random")
    >>> len(draw(first_phase(first, ("yes", "no") * 4), Ask(size=4, seed=2)))
    4
    """
    if len(strata) != len(sample):
        raise ValueError(f"{len(sample)} drawn units stand beside {len(strata)} strata")
    names, codes = np.unique(np.array(strata, dtype=object).astype(str), return_inverse=True)
    whole = Frame(sample.ids, codes.astype(np.int32), tuple(str(name) for name in names))
    return replace(whole, first=sample.probability)
