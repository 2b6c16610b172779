"""A sample drawn from a frame so that anyone can draw it again: permanent random numbers, sizes, probabilities."""

from smo.measure.sample.allocation import allocate, neyman, standard_error
from smo.measure.sample.ask import ALLOCATIONS, Ask, Change, LotRisks
from smo.measure.sample.choice import Chosen, Sample, choose
from smo.measure.sample.first_algorithm import draw_by_first_algorithm
from smo.measure.sample.frame import Frame, frame_hash, ids_of, merged_hash, uuids_of
from smo.measure.sample.record import (
    ALGORITHM,
    FIRST_ALGORITHM,
    Record,
    RiskRule,
    Stratum,
    from_json,
    probabilities,
    probability_of,
    to_json,
)
from smo.measure.sample.seeds import seed_of

__all__ = [
    "ALGORITHM",
    "ALLOCATIONS",
    "FIRST_ALGORITHM",
    "Ask",
    "Change",
    "Chosen",
    "Frame",
    "LotRisks",
    "Record",
    "RiskRule",
    "Sample",
    "Stratum",
    "allocate",
    "choose",
    "draw_by_first_algorithm",
    "frame_hash",
    "from_json",
    "ids_of",
    "merged_hash",
    "neyman",
    "probabilities",
    "probability_of",
    "seed_of",
    "standard_error",
    "to_json",
    "uuids_of",
]
