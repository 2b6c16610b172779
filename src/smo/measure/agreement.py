"""How far people agree: every coefficient in one place; each lives in the file of its family."""

from smo.measure.agreement_alpha import krippendorff_alpha, per_label_alpha
from smo.measure.agreement_kappa import fleiss_kappa, gwet_ac1, gwet_ac2, percent_agreement
from smo.measure.agreement_labels import prevalence, specific_agreement
from smo.measure.agreement_pairs import cohen_kappa, pair_agreement
from smo.measure.coincidence import Patterns, coincidences, merge, patterns, subtract

__all__ = [
    "Patterns",
    "cohen_kappa",
    "coincidences",
    "fleiss_kappa",
    "gwet_ac1",
    "gwet_ac2",
    "krippendorff_alpha",
    "merge",
    "pair_agreement",
    "patterns",
    "per_label_alpha",
    "percent_agreement",
    "prevalence",
    "specific_agreement",
    "subtract",
]
