"""The state adds up, is taken apart again, refuses what is faulty, and does not care for order or scale."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smo.measure.classifiers.curves import average_precision, roc_auc, threshold_table
from smo.measure.classifiers.histogram import (
    COLUMNS,
    N1,
    coarsened,
    empty_histogram,
    merged,
    score_histogram,
    subtracted,
)

rows = st.lists(
    st.tuples(st.integers(0, 64), st.sampled_from([0.0, 0.25, 1.0]), st.integers(0, 5), st.sampled_from("abc")),
    min_size=1,
    max_size=60,
)


def build(cases, *, bins: int = 64):
    scores, truth, weight, stratum = zip(*cases, strict=True)
    return score_histogram(np.array(scores) / 64, truth, weight=weight, stratum=stratum, bins=bins)


@settings(max_examples=60, deadline=None)
@given(rows, st.integers(0, 60))
def test_histogram_shards_equal_the_whole_and_leave_it_again(cases, cut) -> None:
    whole, parts = build(cases), [part for part in (cases[:cut], cases[cut:]) if part]
    joined = empty_histogram(bins=64)
    for part in parts:
        joined = merged(joined, build(part))
    first = subtracted(joined, build(parts[-1]))
    assert joined.n == whole.n
    for column in range(len(COLUMNS)):
        np.testing.assert_allclose(joined.column(column), whole.column(column), rtol=1e-12, atol=1e-12)
    names = [joined.strata.index(name) for name in whole.strata]
    np.testing.assert_allclose(joined.cells[names], whole.cells, rtol=1e-12, atol=1e-12)
    assert first.n == pytest.approx(whole.n - build(parts[-1]).n)


def test_histogram_subtracting_what_was_added_gives_exactly_the_state_before() -> None:
    rng = np.random.default_rng(3)
    first, second = (
        score_histogram(rng.integers(0, 65, 500) / 64, rng.random(500) < 0.3, weight=rng.integers(1, 9, 500), bins=64)
        for _ in range(2)
    )
    assert np.array_equal(subtracted(merged(first, second), second).cells, first.cells)


@settings(max_examples=40, deadline=None)
@given(rows, st.randoms(use_true_random=False))
def test_histogram_order_does_not_matter(cases, random) -> None:
    mixed = list(cases)
    random.shuffle(mixed)
    np.testing.assert_allclose(build(mixed).cells, build(cases).cells, rtol=1e-12, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(rows, st.sampled_from([0.5, 3.0, 1000.0]))
def test_histogram_scale_of_weights_moves_no_figure(cases, factor) -> None:
    heavier = [(score, truth, weight * factor, stratum) for score, truth, weight, stratum in cases]
    for figure in (roc_auc, average_precision):
        one, other = figure(build(cases)), figure(build(heavier))
        for name in ("value", "low", "high"):
            assert getattr(other, name) == pytest.approx(getattr(one, name), abs=1e-9)
    one, other = threshold_table(build(cases), [0.5]), threshold_table(build(heavier), [0.5])
    assert one["value"].to_list() == pytest.approx(other["value"].to_list(), nan_ok=True)
    assert one["low"].to_list() == pytest.approx(other["low"].to_list(), nan_ok=True)


@settings(max_examples=40, deadline=None)
@given(rows)
def test_histogram_the_other_class_as_positive_mirrors_the_area(cases) -> None:
    turned = [(64 - score, 1.0 - truth, weight, stratum) for score, truth, weight, stratum in cases]
    one, other = roc_auc(build(cases)), roc_auc(build(turned))
    assert other.value == pytest.approx(one.value)
    assert other.low == pytest.approx(one.low)


def test_histogram_scores_on_an_edge_are_at_or_above_it() -> None:
    found = score_histogram([0.0, 0.5, 1.0], [1, 1, 1], bins=2)
    assert found.column(N1).tolist() == [1.0, 1.0, 1.0]
    odd = score_histogram([-3.0, 0.0, 3.0], [1, 1, 1], bins=2, span=(-3.0, 3.0))
    assert odd.column(N1).tolist() == [1.0, 1.0, 1.0]
    assert odd.edges.tolist() == [-3.0, 0.0, 3.0]


def test_histogram_fewer_bins_hold_the_same_cases() -> None:
    rng = np.random.default_rng(4)
    scores, truth = rng.random(300), rng.random(300) < 0.5
    fine, coarse = score_histogram(scores, truth, bins=1024), score_histogram(scores, truth, bins=16)
    np.testing.assert_allclose(coarsened(fine, 16).cells, coarse.cells, rtol=1e-12)
    with pytest.raises(ValueError, match="cannot be split"):
        coarsened(coarse, 32)


@pytest.mark.parametrize(
    ("faulty", "said"),
    [
        ({"scores": [0.5, np.nan]}, "no number in 1 of 2"),
        ({"scores": [0.5, 1.5]}, "outside the span"),
        ({"truth": [1.0, np.nan]}, "truth outside"),
        ({"truth": [1.0, 2.0]}, "truth outside"),
        ({"weight": [1.0, np.inf]}, "weight"),
        ({"weight": [1.0, -1.0]}, "weight"),
        ({"weight": [1.0, np.nan]}, "weight"),
        ({"weight": [1.0]}, "same length"),
        ({"truth": [1.0]}, "same length"),
        ({"stratum": ["a"]}, "same length"),
        ({"bins": 100}, "power of two"),
        ({"span": (1.0, 1.0)}, "span"),
    ],
)
def test_histogram_refuses_what_is_faulty(faulty, said) -> None:
    asked = {"scores": [0.5, 0.6], "truth": [1.0, 0.0], **faulty}
    with pytest.raises(ValueError, match=said):
        score_histogram(asked.pop("scores"), asked.pop("truth"), **asked)


def test_histogram_of_nothing_and_of_weights_of_zero() -> None:
    assert score_histogram([], []).n == 0.0
    silent = score_histogram([0.5, 0.6], [1, 0], weight=[0.0, 0.0])
    assert silent.n == 0.0
    assert roc_auc(silent).value is None
    with pytest.raises(ValueError, match="the whole does not"):
        subtracted(empty_histogram(), score_histogram([0.5], [1]))
    with pytest.raises(ValueError, match="bins or span"):
        merged(empty_histogram(bins=16), empty_histogram(bins=32))
