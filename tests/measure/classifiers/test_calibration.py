"""Calibration, losses and clustered replicates against scikit-learn, definitions and simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import isotonic as theirs
from sklearn import metrics

from smo.measure.classifiers.calibration import calibration_error, isotonic, mean_score_gap, reliability
from smo.measure.classifiers.curves import roc_auc
from smo.measure.classifiers.histogram import empty_histogram, score_histogram
from smo.measure.classifiers.losses import brier_score, log_loss, loss_sums, merged_losses
from smo.measure.classifiers.replicates import area_of, clustered, merged_replicates, replicates


def cases(seed: int, n: int = 4000):
    rng = np.random.default_rng(seed)
    scores = rng.beta(1.0, 2.0, n)
    return scores, rng.random(n) < scores, rng.exponential(1.0, n)


def test_calibration_groups_hold_all_cases_and_their_means() -> None:
    scores, truth, weight = cases(1)
    found = reliability(score_histogram(scores, truth, weight=weight))
    assert found["n"].sum() == 4000
    assert found.height == 15
    inside = (scores >= found["from"][3]) & (scores < found["to"][3])
    assert found["score"][3] == pytest.approx(np.average(scores[inside], weights=weight[inside]))
    assert found["value"][3] == pytest.approx(np.average(truth[inside], weights=weight[inside]))
    assert ((found["low"] <= found["value"]) & (found["value"] <= found["high"])).all()


def test_calibration_error_of_honest_and_of_bold_scores() -> None:
    scores, truth, weight = cases(2, 30_000)
    honest = calibration_error(score_histogram(scores, truth, weight=weight))
    assert honest.low == 0.0
    assert honest.value < 0.012
    assert abs(mean_score_gap(score_histogram(scores, truth)).value) < 0.01
    bold = calibration_error(score_histogram(np.sqrt(scores), truth))
    wanted = np.sqrt(np.mean((np.sqrt(scores) - scores) ** 2))
    assert bold.low < wanted + 0.003
    assert bold.value == pytest.approx(wanted, abs=0.01)
    assert mean_score_gap(score_histogram(np.sqrt(scores), truth)).low > 0.1


def test_calibration_error_has_no_bias_where_there_is_no_error() -> None:
    rng = np.random.default_rng(3)
    squares = []
    for _ in range(300):
        scores = rng.random(300)
        found = reliability(score_histogram(scores, rng.random(300) < scores))
        squares.append((found["gap"] ** 2).mean())
    naive = np.sqrt(np.mean(squares))
    ours = []
    for _ in range(300):
        scores = rng.random(300)
        one = calibration_error(score_histogram(scores, rng.random(300) < scores))
        ours.append(one.low == 0.0)
    assert naive > 0.08  # what a perfect model shows without the correction
    assert np.mean(ours) > 0.9


def test_calibration_says_what_it_cannot_measure() -> None:
    assert calibration_error(score_histogram([0.5] * 10, [1] * 10)).warnings == ("fewer than 40 scored items",)
    wide = score_histogram([-2.0, 3.0], [0, 1], span=(-4.0, 4.0))
    assert calibration_error(wide).value is None
    assert mean_score_gap(wide).value is None
    with pytest.raises(ValueError, match="no chances"):
        reliability(wide)
    with pytest.raises(ValueError, match="at least one group"):
        reliability(score_histogram([0.5], [1]), 0)
    assert mean_score_gap(empty_histogram()).value is None
    assert reliability(empty_histogram()).height == 0
    constant = score_histogram([0.3] * 100, [1] * 30 + [0] * 70)
    assert calibration_error(constant).value == 0.0
    assert reliability(constant).height == 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 15), st.booleans(), st.integers(1, 4)), min_size=1, max_size=40))
def test_calibration_isotonic_is_that_of_scikit_learn(rows) -> None:
    scores, truth, weight = (np.array(column, float) for column in zip(*rows, strict=True))
    found = isotonic(score_histogram(scores / 16, truth, weight=weight, bins=16))
    model = theirs.IsotonicRegression(out_of_bounds="clip").fit(scores, truth, sample_weight=weight)
    np.testing.assert_allclose(found[scores.astype(int)], model.predict(scores), atol=1e-9)
    assert (np.diff(found) >= -1e-12).all()


def test_losses_are_those_of_scikit_learn_and_add_up() -> None:
    scores, truth, weight = cases(4, 1000)
    found = loss_sums(scores, truth, weight=weight)
    assert brier_score(found).value == pytest.approx(metrics.brier_score_loss(truth, scores, sample_weight=weight))
    assert log_loss(found).value == pytest.approx(metrics.log_loss(truth, scores, sample_weight=weight))
    parts = [loss_sums(scores[at], truth[at], weight=weight[at]) for at in (slice(0, 300), slice(300, None))]
    joined = merged_losses(*parts)
    np.testing.assert_allclose(joined.sums, found.sums, rtol=1e-12)
    np.testing.assert_allclose(merged_losses(joined, parts[1], sign=-1.0).sums, parts[0].sums, rtol=1e-9)
    each = (scores[:200] - truth[:200]) ** 2
    plain = brier_score(loss_sums(scores[:200], truth[:200]))
    assert plain.high - plain.value == pytest.approx(1.6449 * each.std(ddof=1) / np.sqrt(200), rel=1e-3)


def test_losses_cut_what_is_endless_and_refuse_what_is_no_chance() -> None:
    cut = log_loss(loss_sums([0.0, 0.5], [1, 1]))
    assert cut.warnings == ("1 cases had a chance of 0 for what was true: their loss is cut at 36",)
    assert brier_score(loss_sums([], [])).value is None
    assert brier_score(loss_sums([0.5], [1], weight=[0.0])).value is None
    for bad in (([1.5], [1], None), ([np.nan], [1], None), ([0.5], [2], None), ([0.5], [1], [np.inf])):
        with pytest.raises(ValueError, match=r"\w"):
            loss_sums(bad[0], bad[1], weight=bad[2])


def test_replicates_add_up_over_shards_whatever_the_order() -> None:
    scores, truth, _ = cases(5, 600)
    scores = np.floor(scores * 64) / 64
    key = np.arange(600) // 3
    whole = replicates(scores, truth, cluster=key, shape=(20, 64))
    parts = [
        replicates(scores[at], truth[at], cluster=key[at], shape=(20, 64)) for at in (slice(250), slice(250, None))
    ]
    assert np.array_equal(merged_replicates(*parts).cells, whole.cells)
    mixed = np.random.default_rng(0).permutation(600)
    again = replicates(scores[mixed], truth[mixed], cluster=key[mixed], shape=(20, 64))
    assert np.array_equal(again.cells, whole.cells)
    with pytest.raises(ValueError, match="seed or shape"):
        merged_replicates(whole, replicates([0.5], [1], cluster=[1], seed=1, shape=(20, 64)))


def test_replicates_draw_clusters_once_on_average() -> None:
    drawn = replicates(np.zeros(4000), np.ones(4000), cluster=np.arange(4000), shape=(60, 2)).cells[1:, 0, 1]
    assert drawn.mean() == pytest.approx(4000, abs=4 * np.sqrt(4000 / 60))
    assert drawn.std() == pytest.approx(np.sqrt(4000), rel=0.35)


def test_replicates_clusters_of_copies_widen_the_interval_as_they_should() -> None:
    scores, truth, _ = cases(6, 300)
    lone = roc_auc(score_histogram(scores, truth))
    copied = [np.repeat(one, 4) for one in (scores, truth, np.arange(300))]
    found = clustered(replicates(copied[0], copied[1], cluster=copied[2], shape=(400, 1024)), area_of)
    naive = roc_auc(score_histogram(copied[0], copied[1]))
    assert found.value == pytest.approx(lone.value, abs=1e-3)
    assert (found.high - found.low) / (lone.high - lone.low) == pytest.approx(1.0, abs=0.15)
    assert (naive.high - naive.low) / (lone.high - lone.low) == pytest.approx(0.5, abs=0.05)


def test_replicates_without_a_figure_are_not_measured() -> None:
    assert clustered(replicates([], [], cluster=[]), area_of).value is None
    few = replicates([0.2, 0.8], [0, 1], cluster=[1, 2])
    assert clustered(few, area_of).warnings == ("too few clusters: many replicates show no such figure",)
    with pytest.raises(ValueError, match="lie in 0-1"):
        replicates([np.nan], [1], cluster=[1])
    with pytest.raises(ValueError, match="same length"):
        replicates([0.5], [1], cluster=[1, 2])
