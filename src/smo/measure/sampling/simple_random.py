"""Simple random sampling: every unit of the frame with the same chance."""

from smo.measure.sample import Ask, Frame, Sample, choose

NAME = "simple_random"
TITLE = "Simple random"
NEEDS_STRATA = False


def draw(frame: Frame, ask: Ask) -> Sample:
    """The `ask.size` units with the smallest permanent random numbers; all of them when the frame has no more.

    Shapes: strata of the frame are told but do not steer; each inclusion probability is n / N (Cochran 1977, ch. 2).
    Errors: ValueError for an empty frame.

    >>> from uuid import UUID
    >>> frame = Frame(tuple(UUID(int=n) for n in range(100)), ("",) * 100)
    >>> sample = draw(frame, Ask(size=10, seed=7))
    >>> len(sample.chosen), sample.chosen[0].inclusion_probability
    (10, 0.1)
    >>> sample == draw(frame, Ask(size=10, seed=7))
    True
    """
    if not frame.ids:
        raise ValueError("an empty frame has nothing to draw")
    whole = Frame(frame.ids, ("",) * len(frame.ids))
    return choose(whole, {"": min(ask.size, len(frame.ids))}, seed=ask.seed)
