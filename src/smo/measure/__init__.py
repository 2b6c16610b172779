"""Statistics about labels: arrays and frames in, frozen dataclasses out; knows no Django and no database."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from smo.measure.acceptance.plans import single_plan
    from smo.measure.acceptance.sequential import sequential_plan
    from smo.measure.acceptance.zero import zero_acceptance_size
    from smo.measure.aggregation.bradley_terry import bradley_terry
    from smo.measure.aggregation.calibration import calibrated, fit_calibration
    from smo.measure.aggregation.consensus import Consensus, aggregate, consensus_accuracy
    from smo.measure.aggregation.multilabel import aggregate_sets
    from smo.measure.aggregation.shared_errors import shared_errors
    from smo.measure.aggregation.tokens import aggregate_spans
    from smo.measure.agreement.alpha import krippendorff_alpha, per_label_alpha
    from smo.measure.agreement.compare import compare_kappas
    from smo.measure.agreement.drift import agreement_over_time
    from smo.measure.agreement.kappa import fleiss_kappa, gwet_ac1, gwet_ac2, percent_agreement
    from smo.measure.agreement.labels import prevalence, specific_agreement
    from smo.measure.agreement.pairs import cohen_kappa, pair_agreement
    from smo.measure.agreement.slices import agreement_by_slice
    from smo.measure.agreement.spans import span_agreement
    from smo.measure.change.before_after import difference_in_differences
    from smo.measure.change.change_points import change_points
    from smo.measure.change.charts import laney_chart, p_chart, u_chart
    from smo.measure.change.cusum import cusum
    from smo.measure.change.decomposition import decompose, decompose_tree
    from smo.measure.change.drift import jensen_shannon, population_stability_index
    from smo.measure.change.ewma import ewma
    from smo.measure.change.run_length import calibrate_cusum
    from smo.measure.change.slice_search import slice_search
    from smo.measure.classifiers.comparison import compare_auc, compare_decisions
    from smo.measure.classifiers.conformal import conformal_threshold
    from smo.measure.classifiers.crowdlab import crowdlab
    from smo.measure.classifiers.curves import average_precision, roc_auc, threshold_table
    from smo.measure.classifiers.gates import gate, non_inferiority_gate
    from smo.measure.classifiers.histogram import ScoreHistogram, score_histogram
    from smo.measure.classifiers.suspects import suspects
    from smo.measure.classifiers.thresholds import choose_thresholds
    from smo.measure.estimate import Estimate, not_measured
    from smo.measure.estimation.design import design_sums
    from smo.measure.estimation.finite import finite_share
    from smo.measure.estimation.misclassification import rogan_gladen
    from smo.measure.estimation.ppi import ppi_mean, ppi_share, ppi_sums
    from smo.measure.estimation.sequences import always_valid_share
    from smo.measure.estimation.survival import median_time
    from smo.measure.intervals import (
        clopper_pearson,
        jeffreys,
        newcombe,
        newcombe_paired,
        poisson_exact,
        proportion,
        wilson,
    )
    from smo.measure.multiplicity import benjamini_hochberg, benjamini_yekutieli, holm
    from smo.measure.overlap.asks import next_asks
    from smo.measure.overlap.cost import spending_curve
    from smo.measure.overlap.replay import replay
    from smo.measure.overlap.value import expected_information
    from smo.measure.people.case_mix import adjusted_rates
    from smo.measure.people.gold_gap import gold_gap
    from smo.measure.people.leniency import leniency
    from smo.measure.people.observed_expected import funnel, observed_expected
    from smo.measure.people.ranking import ranking
    from smo.measure.people.skill import rater_accuracy
    from smo.measure.people.slice_skill import slice_skill
    from smo.measure.ratings import Ratings, tasks_from_frame
    from smo.measure.sample.allocation import neyman
    from smo.measure.sample.ask import Ask
    from smo.measure.sample.frame import Frame
    from smo.measure.sample.record import probability_of
    from smo.measure.sizes.bound import exact_size_to_show
    from smo.measure.sizes.difference import size_for_difference
    from smo.measure.sizes.share import size_for_half_width

# Read when asked for, so that a KPI file does not wait for the compiler of the kernels.
_ROOMS: Final = {
    "Ask": "sample.ask",
    "Consensus": "aggregation.consensus",
    "Estimate": "estimate",
    "Frame": "sample.frame",
    "Ratings": "ratings",
    "ScoreHistogram": "classifiers.histogram",
    "adjusted_rates": "people.case_mix",
    "aggregate": "aggregation.consensus",
    "aggregate_sets": "aggregation.multilabel",
    "aggregate_spans": "aggregation.tokens",
    "agreement_by_slice": "agreement.slices",
    "agreement_over_time": "agreement.drift",
    "always_valid_share": "estimation.sequences",
    "average_precision": "classifiers.curves",
    "benjamini_hochberg": "multiplicity",
    "benjamini_yekutieli": "multiplicity",
    "bradley_terry": "aggregation.bradley_terry",
    "calibrate_cusum": "change.run_length",
    "calibrated": "aggregation.calibration",
    "change_points": "change.change_points",
    "choose_thresholds": "classifiers.thresholds",
    "clopper_pearson": "intervals",
    "cohen_kappa": "agreement.pairs",
    "compare_auc": "classifiers.comparison",
    "compare_decisions": "classifiers.comparison",
    "compare_kappas": "agreement.compare",
    "conformal_threshold": "classifiers.conformal",
    "consensus_accuracy": "aggregation.consensus",
    "crowdlab": "classifiers.crowdlab",
    "cusum": "change.cusum",
    "decompose": "change.decomposition",
    "decompose_tree": "change.decomposition",
    "design_sums": "estimation.design",
    "difference_in_differences": "change.before_after",
    "ewma": "change.ewma",
    "exact_size_to_show": "sizes.bound",
    "expected_information": "overlap.value",
    "finite_share": "estimation.finite",
    "fit_calibration": "aggregation.calibration",
    "fleiss_kappa": "agreement.kappa",
    "funnel": "people.observed_expected",
    "gate": "classifiers.gates",
    "gold_gap": "people.gold_gap",
    "gwet_ac1": "agreement.kappa",
    "gwet_ac2": "agreement.kappa",
    "holm": "multiplicity",
    "jeffreys": "intervals",
    "jensen_shannon": "change.drift",
    "krippendorff_alpha": "agreement.alpha",
    "laney_chart": "change.charts",
    "leniency": "people.leniency",
    "median_time": "estimation.survival",
    "newcombe": "intervals",
    "newcombe_paired": "intervals",
    "next_asks": "overlap.asks",
    "neyman": "sample.allocation",
    "non_inferiority_gate": "classifiers.gates",
    "not_measured": "estimate",
    "observed_expected": "people.observed_expected",
    "p_chart": "change.charts",
    "pair_agreement": "agreement.pairs",
    "per_label_alpha": "agreement.alpha",
    "percent_agreement": "agreement.kappa",
    "poisson_exact": "intervals",
    "population_stability_index": "change.drift",
    "ppi_mean": "estimation.ppi",
    "ppi_share": "estimation.ppi",
    "ppi_sums": "estimation.ppi",
    "prevalence": "agreement.labels",
    "probability_of": "sample.record",
    "proportion": "intervals",
    "ranking": "people.ranking",
    "rater_accuracy": "people.skill",
    "replay": "overlap.replay",
    "roc_auc": "classifiers.curves",
    "rogan_gladen": "estimation.misclassification",
    "score_histogram": "classifiers.histogram",
    "sequential_plan": "acceptance.sequential",
    "shared_errors": "aggregation.shared_errors",
    "single_plan": "acceptance.plans",
    "size_for_difference": "sizes.difference",
    "size_for_half_width": "sizes.share",
    "slice_search": "change.slice_search",
    "slice_skill": "people.slice_skill",
    "span_agreement": "agreement.spans",
    "specific_agreement": "agreement.labels",
    "spending_curve": "overlap.cost",
    "suspects": "classifiers.suspects",
    "tasks_from_frame": "ratings",
    "threshold_table": "classifiers.curves",
    "u_chart": "change.charts",
    "wilson": "intervals",
    "zero_acceptance_size": "acceptance.zero",
}
__all__ = [
    "Ask",
    "Consensus",
    "Estimate",
    "Frame",
    "Ratings",
    "ScoreHistogram",
    "adjusted_rates",
    "aggregate",
    "aggregate_sets",
    "aggregate_spans",
    "agreement_by_slice",
    "agreement_over_time",
    "always_valid_share",
    "average_precision",
    "benjamini_hochberg",
    "benjamini_yekutieli",
    "bradley_terry",
    "calibrate_cusum",
    "calibrated",
    "change_points",
    "choose_thresholds",
    "clopper_pearson",
    "cohen_kappa",
    "compare_auc",
    "compare_decisions",
    "compare_kappas",
    "conformal_threshold",
    "consensus_accuracy",
    "crowdlab",
    "cusum",
    "decompose",
    "decompose_tree",
    "design_sums",
    "difference_in_differences",
    "ewma",
    "exact_size_to_show",
    "expected_information",
    "finite_share",
    "fit_calibration",
    "fleiss_kappa",
    "funnel",
    "gate",
    "gold_gap",
    "gwet_ac1",
    "gwet_ac2",
    "holm",
    "jeffreys",
    "jensen_shannon",
    "krippendorff_alpha",
    "laney_chart",
    "leniency",
    "median_time",
    "newcombe",
    "newcombe_paired",
    "next_asks",
    "neyman",
    "non_inferiority_gate",
    "not_measured",
    "observed_expected",
    "p_chart",
    "pair_agreement",
    "per_label_alpha",
    "percent_agreement",
    "poisson_exact",
    "population_stability_index",
    "ppi_mean",
    "ppi_share",
    "ppi_sums",
    "prevalence",
    "probability_of",
    "proportion",
    "ranking",
    "rater_accuracy",
    "replay",
    "roc_auc",
    "rogan_gladen",
    "score_histogram",
    "sequential_plan",
    "shared_errors",
    "single_plan",
    "size_for_difference",
    "size_for_half_width",
    "slice_search",
    "slice_skill",
    "span_agreement",
    "specific_agreement",
    "spending_curve",
    "suspects",
    "tasks_from_frame",
    "threshold_table",
    "u_chart",
    "wilson",
    "zero_acceptance_size",
]


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
