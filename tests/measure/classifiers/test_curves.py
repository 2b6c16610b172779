"""Curves from a histogram are those of scikit-learn, and their intervals those of the design."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from smo.measure.classifiers.curves import (
    SHARES,
    average_precision,
    binning_bound,
    confusion_at,
    kolmogorov_smirnov,
    precision_bound,
    roc_auc,
    threshold_table,
)
from smo.measure.classifiers.histogram import score_histogram
from smo.measure.classifiers.roc import auc
from smo.measure.intervals import wilson

GRID = 65536


def cases(seed: int, n: int, *, distinct: int = GRID, prevalence: float = 0.5):
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, distinct + 1, n) / distinct
    return scores, rng.random(n) < scores * 2 * prevalence, rng.exponential(1.0, n) + 0.01


@pytest.mark.parametrize(("seed", "distinct"), [(1, GRID), (2, 64), (3, 4)])
def test_curve_areas_equal_scikit_learn_on_the_grid(seed, distinct) -> None:
    scores, truth, weight = cases(seed, 5000, distinct=distinct)
    found = score_histogram(scores, truth, weight=weight, bins=GRID)
    assert roc_auc(found).value == pytest.approx(metrics.roc_auc_score(truth, scores, sample_weight=weight), abs=1e-12)
    wanted = metrics.average_precision_score(truth, scores, sample_weight=weight)
    assert average_precision(found).value == pytest.approx(wanted, abs=1e-12)
    false, true, _ = metrics.roc_curve(truth, scores, sample_weight=weight)
    assert kolmogorov_smirnov(found).value == pytest.approx((true - false).max(), abs=1e-12)


@pytest.mark.parametrize("bins", [64, 4096])
def test_curve_off_the_grid_the_area_is_within_its_bound(bins) -> None:
    rng = np.random.default_rng(5)
    scores = rng.beta(0.5, 3.0, 4000)
    truth = rng.random(4000) < scores
    found = score_histogram(scores, truth, bins=bins)
    assert abs(roc_auc(found).value - metrics.roc_auc_score(truth, scores)) <= binning_bound(found) + 1e-12
    assert (roc_auc(found).warnings != ()) == (bins == 64)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 63), st.booleans(), st.integers(1, 3)), min_size=2, max_size=40))
def test_curve_off_the_grid_average_precision_is_within_its_bound(rows) -> None:
    scores, truth, weight = (np.array(column, float) for column in zip(*rows, strict=True))
    if not truth.any() or truth.all():
        return
    found = score_histogram(scores / 64, truth, weight=weight, bins=4)
    wanted = metrics.average_precision_score(truth, scores, sample_weight=weight)
    assert abs(average_precision(found).value - wanted) <= precision_bound(found) + 1e-12


def test_curve_every_share_equals_scikit_learn_at_the_threshold() -> None:
    scores, truth, weight = cases(7, 3000)
    table = threshold_table(score_histogram(scores, truth, weight=weight, bins=GRID), [0.25, 0.5])
    said = scores >= 0.5
    wanted = {
        "precision": metrics.precision_score(truth, said, sample_weight=weight),
        "recall": metrics.recall_score(truth, said, sample_weight=weight),
        "f1": metrics.f1_score(truth, said, sample_weight=weight),
        "accuracy": metrics.accuracy_score(truth, said, sample_weight=weight),
        "false_positive_rate": metrics.recall_score(~truth, said, sample_weight=weight),
        "flagged": np.average(said, weights=weight),
    }
    at_half = table.filter(table["threshold"] == 0.5)
    assert dict(zip(at_half["metric"], at_half["value"], strict=True)) == pytest.approx(wanted, abs=1e-12)
    assert table.height == 2 * len(SHARES)
    assert (table["low"] <= table["value"]).all()
    assert (table["value"] <= table["high"]).all()


def test_curve_a_simple_sample_has_wilsons_interval() -> None:
    scores, truth, _ = cases(8, 400)
    row = threshold_table(score_histogram(scores, truth, bins=GRID), [0.5]).row(0, named=True)
    said = scores >= 0.5
    low, high = wilson(int((truth & said).sum()), int(said.sum()))
    assert row["n"] == said.sum()
    assert (row["low"], row["high"]) == pytest.approx((float(low), float(high)), abs=5e-4)


def test_curve_the_area_interval_is_delongs() -> None:
    scores, truth, _ = cases(9, 300)
    found = roc_auc(score_histogram(scores, truth, bins=GRID))
    assert (found.value, found.low, found.high) == pytest.approx(auc(scores, truth), abs=5e-4)


def test_curve_strata_of_one_kind_leave_no_variance() -> None:
    scores = np.repeat([0.1, 0.9], 50)
    truth, stratum = np.repeat([False, True], 50), np.repeat(["low", "high"], 50)
    plain = threshold_table(score_histogram(scores, truth, bins=64), [0.5])
    split = threshold_table(score_histogram(scores, truth, stratum=stratum, bins=64), [0.5])
    width = {frame["metric"][4]: frame["high"][4] - frame["low"][4] for frame in (plain,)}
    assert width["flagged"] > 0.1
    assert split["high"][4] - split["low"][4] == pytest.approx(0.0)


def test_curve_a_census_has_no_width() -> None:
    scores, truth, _ = cases(10, 200)
    table = threshold_table(score_histogram(scores, truth, bins=GRID), [0.5], is_finite=True)
    assert (table["high"] - table["low"]).max() == pytest.approx(0.0, abs=1e-9)
    half = threshold_table(score_histogram(scores, truth, weight=np.full(200, 2.0), bins=GRID), [0.5], is_finite=True)
    endless = threshold_table(score_histogram(scores, truth, bins=GRID), [0.5])
    ratio = (half["high"] - half["low"])[1] / (endless["high"] - endless["low"])[1]
    assert ratio == pytest.approx(np.sqrt(0.5), abs=0.02)


def test_curve_in_a_census_the_doubt_about_the_truth_stays() -> None:
    rng = np.random.default_rng(11)
    scores = rng.integers(0, GRID + 1, 500) / GRID
    known = threshold_table(score_histogram(scores, scores > 0.4, bins=GRID), [0.5], is_finite=True)
    doubtful = threshold_table(
        score_histogram(scores, np.where(scores > 0.4, 0.8, 0.2), bins=GRID), [0.5], is_finite=True
    )
    assert (known["high"] - known["low"])[0] == pytest.approx(0.0, abs=1e-9)
    assert (doubtful["high"] - doubtful["low"])[0] > 0.03
    assert doubtful["value"][0] == pytest.approx(0.8)


def test_curve_no_class_no_area_and_a_constant_score_is_a_coin() -> None:
    assert roc_auc(score_histogram([0.2, 0.9], [1, 1])).warnings == ("the reference has one class only",)
    assert average_precision(score_histogram([0.2, 0.9], [0, 0])).value is None
    assert kolmogorov_smirnov(score_histogram([], [])).value is None
    flat = score_histogram([0.5] * 40, [0, 1, 1, 1] * 10)
    assert roc_auc(flat).value == 0.5
    assert average_precision(flat).value == pytest.approx(0.75)
    assert kolmogorov_smirnov(flat).value == pytest.approx(0.0)
    one = threshold_table(score_histogram([0.2, 0.9], [1, 1]), [0.5])
    assert one.filter(one["metric"] == "false_positive_rate")["value"].to_list() == [None]


def test_curve_perfect_separation_is_not_certainty() -> None:
    found = roc_auc(score_histogram([0.1] * 5 + [0.9] * 8, [0] * 5 + [1] * 8))
    assert found.value == 1.0
    assert found.low == pytest.approx(0.05**0.2)


def test_curve_thresholds_that_flag_all_nothing_or_no_number() -> None:
    found = score_histogram([0.1, 1.0], [0, 1], bins=16)
    counts = confusion_at(found, [-1.0, 1.0, 2.0, 0.51])
    assert counts["threshold"].to_list() == [0.0, 1.0, 1.0, 0.5625]
    assert counts["true_positive"].to_list() == [1.0, 1.0, 1.0, 1.0]
    assert counts["false_positive"].to_list() == [1.0, 0.0, 0.0, 0.0]
    with pytest.raises(ValueError, match="is a number"):
        threshold_table(found, [np.nan])
    assert confusion_at(found).height == 17


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=1, max_size=40))
def test_curve_counts_never_rise_with_the_threshold(rows) -> None:
    found = score_histogram([score / 8 for score, _ in rows], [truth for _, truth in rows], bins=8)
    table = confusion_at(found)
    flagged = (table["true_positive"] + table["false_positive"]).to_numpy()
    assert (np.diff(flagged) <= 1e-12).all()
    assert set(table["n"]) == {float(len(rows))}


@pytest.mark.slow
def test_curve_intervals_of_a_stratified_sample_cover() -> None:
    rng = np.random.default_rng(12)
    size = np.array([8000, 2000])
    score = [rng.beta(1, 6, size[0]), rng.beta(4, 2, size[1])]
    truth = [rng.random(s.size) < s for s in score]
    all_scores, all_truth = np.concatenate(score), np.concatenate(truth)
    goal = {
        "precision": all_truth[all_scores >= 0.5].mean(),
        "recall": (all_scores >= 0.5)[all_truth].mean(),
        "auc": metrics.roc_auc_score(all_truth, all_scores),
        "ap": metrics.average_precision_score(all_truth, all_scores),
    }
    hits = dict.fromkeys(goal, 0)
    runs, n = 1000, 150
    for _ in range(runs):
        drawn = [rng.choice(s.size, n, replace=False) for s in score]
        found = score_histogram(
            np.concatenate([s[d] for s, d in zip(score, drawn, strict=True)]),
            np.concatenate([t[d] for t, d in zip(truth, drawn, strict=True)]),
            weight=np.repeat(size / n, n),
            stratum=np.repeat(["a", "b"], n),
        )
        table = threshold_table(found, [0.5], is_finite=True)
        ends = {row["metric"]: (row["low"], row["high"]) for row in table.iter_rows(named=True)}
        for name, figure in (("auc", roc_auc), ("ap", average_precision)):
            one = figure(found, is_finite=True)
            ends[name] = (one.low, one.high)
        for name, value in goal.items():
            hits[name] += ends[name][0] <= value <= ends[name][1]
    assert {name: 0.87 < count / runs < 0.93 for name, count in hits.items()} == dict.fromkeys(goal, True)
