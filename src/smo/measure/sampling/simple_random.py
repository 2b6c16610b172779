"""Simple random sampling: every unit with the same chance, by permanent random numbers."""

from smo.measure.sample import Ask, Frame, Sample, choose, frame_hash
from smo.measure.sample.choice import without_strata

NAME = "simple_random"
TITLE = "Simple random"
NEEDS: frozenset[str] = frozenset()


def draw(frame: Frame, ask: Ask) -> Sample:
    """The `ask.size` units with the smallest permanent random numbers, or all when the frame has no more.

    Shapes: strata of the frame are bound by its hash but do not steer; each inclusion probability is n / N.
    Errors: ValueError for an empty frame. Source: Cochran 1977, ch. 2.

    >>> from uuid import UUID
    >>> frame = Frame.of_uuids([UUID(int=n) for n in range(100)])
    >>> sample = draw(frame, Ask(size=10, seed=7))
    >>> len(sample), sample.chosen[0].inclusion_probability
    (10, 0.1)
    >>> sample.chosen == draw(frame, Ask(size=10, seed=7)).chosen
    True
    """
    counts = {"": min(ask.size, len(frame))}
    return choose(without_strata(frame), counts, seed=ask.seed, design=NAME, frame_hash=frame_hash(frame))
