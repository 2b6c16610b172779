"""Figures of a model from a score histogram against scikit-learn: `python -m bench.measure.histograms [N]`."""

import sys
import time
from collections.abc import Callable

import numpy as np
from sklearn import metrics

from smo.measure.classifiers.calibration import calibration_error
from smo.measure.classifiers.curves import average_precision, binning_bound, roc_auc, threshold_table
from smo.measure.classifiers.histogram import score_histogram, warm_histogram
from smo.measure.classifiers.losses import brier_score, loss_sums, warm_losses
from smo.measure.classifiers.replicates import area_of, clustered, replicates, warm_replicates
from smo.measure.classifiers.thresholds import Costs, choose_thresholds

SEED = 20261122
TIMES = 5


def cpu_seconds(act: Callable[[], object], *, times: int = TIMES) -> float:
    """The least CPU seconds of so many runs."""
    spent = []
    for _ in range(times):
        start = time.process_time()
        act()
        spent.append(time.process_time() - start)
    return min(spent)


def row(name: str, ours: float, theirs: float, *, apart: float) -> None:
    print(f"{name:44} {ours:9.4f} {theirs:9.3f} {theirs / ours:8.0f} {apart:10.1e}", flush=True)


def main() -> None:
    n = int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000
    rng = np.random.default_rng(SEED)
    scores, weight = rng.beta(1.0, 4.0, n), rng.integers(1, 9, n).astype(float)
    truth = rng.random(n) < scores
    warm_histogram()
    warm_replicates()
    roc_auc(score_histogram(scores[:1000], truth[:1000]))
    print(
        f"{n:,} cases, seed {SEED}: CPU seconds, the least of {TIMES}; state, figure and interval against scikit-learn"
    )
    print(f"{'figure':44} {'smo':>9} {'sklearn':>9} {'ratio':>8} {'apart':>10}")
    for bins in (4096, 65536):
        for name, w in (("", None), (", weighted", weight)):
            ours = cpu_seconds(lambda bins=bins, w=w: roc_auc(score_histogram(scores, truth, weight=w, bins=bins)))
            theirs = cpu_seconds(lambda w=w: metrics.roc_auc_score(truth, scores, sample_weight=w), times=2)
            found = score_histogram(scores, truth, weight=w, bins=bins)
            apart = abs(roc_auc(found).value - metrics.roc_auc_score(truth, scores, sample_weight=w))
            row(f"ROC AUC, {bins:,} bins{name}", ours, theirs, apart=apart)
            print(f"{'':6}bound of the binning {binning_bound(found):.1e}")
    found = score_histogram(scores, truth, weight=weight, bins=4096)
    theirs = cpu_seconds(lambda: metrics.average_precision_score(truth, scores, sample_weight=weight), times=2)
    ours = cpu_seconds(lambda: average_precision(score_histogram(scores, truth, weight=weight)))
    apart = abs(average_precision(found).value - metrics.average_precision_score(truth, scores, sample_weight=weight))
    row("average precision, 4,096 bins, weighted", ours, theirs, apart=apart)
    theirs = cpu_seconds(lambda: metrics.brier_score_loss(truth, scores, sample_weight=weight), times=2)
    theirs += cpu_seconds(lambda: metrics.log_loss(truth, scores, sample_weight=weight), times=2)
    warm_losses()
    ours = cpu_seconds(lambda: brier_score(loss_sums(scores, truth, weight=weight)))
    apart = abs(
        brier_score(loss_sums(scores, truth, weight=weight)).value
        - metrics.brier_score_loss(truth, scores, sample_weight=weight)
    )
    row("Brier score and log loss, weighted", ours, theirs, apart=apart)
    print("from the state, whatever the number of cases:")
    for name, act in (
        ("6 shares with intervals at 4,097 thresholds", lambda: threshold_table(found)),
        ("calibration error", lambda: calibration_error(found)),
        ("two thresholds of least cost", lambda: choose_thresholds(found, Costs(10, 4, 1), capacity=0.2)),
    ):
        print(f"{name:44} {cpu_seconds(act):9.4f}")
    clusters = rng.integers(0, n // 10, n)
    ours = cpu_seconds(lambda: clustered(replicates(scores, truth, cluster=clusters), area_of), times=1)
    each = cpu_seconds(lambda: metrics.roc_auc_score(truth, scores), times=1)
    print(f"{'AUC, 200 bootstrap replicates of clusters':44} {ours:9.3f}; 200 sorts of scikit-learn {200 * each:.0f}")


if __name__ == "__main__":
    main()
