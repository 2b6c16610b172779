"""How far people agree: every coefficient in one place; each lives in the file of its family."""

from smo.measure.agreement.alpha import krippendorff_alpha, per_label_alpha
from smo.measure.agreement.coincidence import (
    Patterns,
    coincidences,
    merge,
    patterns,
    patterns_by_slice,
    subtract,
)
from smo.measure.agreement.compare import KappaDifference, compare_kappas
from smo.measure.agreement.drift import Drift, agreement_over_time
from smo.measure.agreement.kappa import fleiss_kappa, gwet_ac1, gwet_ac2, percent_agreement
from smo.measure.agreement.labels import prevalence, specific_agreement
from smo.measure.agreement.pairs import cohen_kappa, pair_agreement
from smo.measure.agreement.sets import jaccard_distance, masi_distance, span_distance
from smo.measure.agreement.slices import agreement_by_slice
from smo.measure.agreement.spans import span_agreement, span_answers

__all__ = [
    "Drift",
    "KappaDifference",
    "Patterns",
    "agreement_by_slice",
    "agreement_over_time",
    "cohen_kappa",
    "coincidences",
    "compare_kappas",
    "fleiss_kappa",
    "gwet_ac1",
    "gwet_ac2",
    "jaccard_distance",
    "krippendorff_alpha",
    "masi_distance",
    "merge",
    "pair_agreement",
    "patterns",
    "patterns_by_slice",
    "per_label_alpha",
    "percent_agreement",
    "prevalence",
    "span_agreement",
    "span_answers",
    "span_distance",
    "specific_agreement",
    "subtract",
]
