"""How far people agree: every coefficient in one place; each lives in the file of its family."""

from smo.measure.agreement.alpha import krippendorff_alpha, per_label_alpha
from smo.measure.agreement.coincidence import Patterns, coincidences, merge, patterns, subtract
from smo.measure.agreement.kappa import fleiss_kappa, gwet_ac1, gwet_ac2, percent_agreement
from smo.measure.agreement.labels import prevalence, specific_agreement
from smo.measure.agreement.pairs import cohen_kappa, pair_agreement

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
