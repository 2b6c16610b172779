"""What makes a sampling plan one that can be drawn."""

import re
from collections.abc import Sequence
from typing import Final

PURPOSES: Final = ("estimate", "detect", "decide")
BLIND_MODES: Final = ("single", "double")
SUPPLIED: Final = frozenset({"strata"})  # what a frame of decisions brings for a design, beside ids and moments
STRATA: Final = ("market", "language", "queue", "person")
ALLOCATIONS: Final = ("proportional", "equal")  # those that need no knowledge of the strata
MOST_AT_ONCE: Final = 20_000
_ANSWER: Final = re.compile(r"answer:[a-z0-9][a-z0-9_-]*")


def strata_faults(strata_by: Sequence[str], *, needs_strata: bool) -> list[str]:
    """What is wrong with the dimensions of a plan, in words.

    >>> strata_faults(["market", "answer:violation"], needs_strata=True)
    []
    >>> strata_faults(["moon"], needs_strata=True)
    ['"moon" is no stratum.']
    """
    if needs_strata and not strata_by:
        return ["A stratified plan says by what: market, language, queue, person or answer:<question>."]
    if not needs_strata and strata_by:
        return ["A simple random plan has no strata."]
    unknown = [name for name in strata_by if name not in STRATA and not _ANSWER.fullmatch(name)]
    faults = [f'"{name}" is no stratum.' for name in unknown]
    return [*faults, "Each stratum may stand in the list once."] if len(set(strata_by)) < len(strata_by) else faults


def size_faults(*, sample_size: int, minimum: int, maximum: int, allocation: str) -> list[str]:
    """What is wrong with the numbers of a plan, in words.

    >>> size_faults(sample_size=100, minimum=5, maximum=0, allocation="equal")
    []
    >>> size_faults(sample_size=0, minimum=0, maximum=0, allocation="equal")
    ['Draw at least 1 and at most 20,000 at once.']
    >>> size_faults(sample_size=100, minimum=10**30, maximum=0, allocation="equal")
    ['A floor and a cap of a stratum are at most 20,000.']
    """
    faults = [] if 1 <= sample_size <= MOST_AT_ONCE else [f"Draw at least 1 and at most {MOST_AT_ONCE:,} at once."]
    if minimum < 0 or maximum < 0:
        faults.append("A floor and a cap of a stratum are 0 or more.")
    elif max(minimum, maximum) > MOST_AT_ONCE:
        faults.append(f"A floor and a cap of a stratum are at most {MOST_AT_ONCE:,}.")
    elif 0 < maximum < minimum:
        faults.append(f"The cap ({maximum}) lies below the floor ({minimum}) of a stratum.")
    if allocation not in ALLOCATIONS:
        faults.append(f'"{allocation}" is no allocation: {", ".join(ALLOCATIONS)}.')
    return faults
