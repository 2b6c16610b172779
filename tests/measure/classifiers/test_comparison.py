"""Two models on the same cases: published numbers, other libraries, and cases that show nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as theirs

from smo.measure.classifiers.comparison import compare_auc, compare_decisions, mcnemar, paired_difference, tango_z
from tests.measure.classifiers.test_roc import POOR, S100B, WFNS


def test_comparison_the_evaluation_of_two_candidates() -> None:
    found = paired_difference(62, 38, n=2000, confidence=0.95)
    assert mcnemar(62, 38) == pytest.approx(0.02098, abs=1e-5)
    assert found.value == pytest.approx(0.012)
    assert (found.low, found.high) == pytest.approx((0.0022, 0.0218), abs=5e-4)


@pytest.mark.parametrize(
    ("only_first", "only_second", "n", "confidence", "low", "high"),
    [
        (28, 25, 618, 0.90, -0.0148, 0.0247),  # PropCIs::scoreci.mp(25, 28, 618), 90 %
        (1, 7, 21, 0.95, -0.517, -0.026),  # PropCIs::scoreci.mp(7, 1, 21), 95 %
    ],
)
def test_comparison_score_intervals_are_those_of_propcis(only_first, only_second, n, confidence, low, high) -> None:
    found = paired_difference(only_first, only_second, n=n, confidence=confidence)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-4)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 60))
def test_comparison_ends_are_where_the_score_is_one_z(only_first, only_second, alike) -> None:
    n = only_first + only_second + alike
    found = paired_difference(only_first, only_second, n=n)
    if not n:
        assert found.value is None
        return
    assert -1.0 <= found.low <= found.value <= found.high <= 1.0
    for end, z in ((found.low, 1.6448536), (found.high, -1.6448536)):
        if -1.0 < end < 1.0:
            assert tango_z(only_first, only_second, n=n, difference=end) == pytest.approx(z, abs=1e-4)
    mirrored = paired_difference(only_second, only_first, n=n)
    assert (mirrored.low, mirrored.high) == pytest.approx((-found.high, -found.low), abs=1e-9)
    assert mcnemar(only_first, only_second) == pytest.approx(
        theirs([[0, only_first], [only_second, alike]], exact=True).pvalue if only_first + only_second else 1.0
    )


def test_comparison_decisions_are_paired_case_by_case() -> None:
    found = compare_decisions([True] * 8 + [False] * 2, [True] * 5 + [False] * 5)
    assert (found.first, found.second) == (0.8, 0.5)
    assert found.p_value == pytest.approx(0.25)
    assert compare_decisions([], []).difference.value is None
    with pytest.raises(ValueError, match="same cases"):
        compare_decisions([True], [True, False])


@pytest.mark.parametrize("counts", [(-1, 0, 5), (3, 3, 5), (float("nan"), 0, 5)])
def test_comparison_refuses_counts_that_do_not_fit(counts) -> None:
    with pytest.raises(ValueError, match="at least 0"):
        paired_difference(counts[0], counts[1], n=counts[2])


def test_comparison_areas_are_those_of_proc() -> None:
    found = compare_auc(WFNS, S100B, is_positive=POOR, confidence=0.95)
    variance = 0.00146991470882363 + 0.00266868245717244 - 2 * 0.00119615567376754
    value = 0.823678861788618 - 0.731368563685637
    assert found.difference.value == pytest.approx(value, abs=1e-12)
    assert found.p_value == pytest.approx(2 * stats.norm.sf(value / np.sqrt(variance)), abs=1e-9)
    assert found.p_value == pytest.approx(0.027, abs=5e-4)
    assert found.difference.high - value == pytest.approx(1.959964 * np.sqrt(variance), abs=1e-6)


def test_comparison_of_equal_or_perfect_scores() -> None:
    truth = np.array([False] * 6 + [True] * 9)
    same = compare_auc(truth * 1.0, truth * 2.0, is_positive=truth)
    assert (same.difference.low, same.difference.value, same.difference.high, same.p_value) == (0.0, 0.0, 0.0, 1.0)
    lone = compare_auc(np.arange(3.0), np.arange(3.0), is_positive=np.array([True, False, False]))
    assert lone.difference.value is None
    assert lone.p_value is None
    opposite = compare_auc(truth * 1.0, truth * -1.0, is_positive=truth)
    assert opposite.difference.value == 1.0
    assert opposite.difference.low < 0.7


@pytest.mark.slow
def test_comparison_intervals_cover() -> None:
    rng = np.random.default_rng(4)
    for n, first, second in ((60, 0.1, 0.05), (200, 0.02, 0.01), (500, 0.06, 0.06)):
        drawn = rng.multinomial(n, [first, second, 1 - first - second], 2000)
        cells, times = np.unique(drawn[:, :2], axis=0, return_counts=True)
        found = [paired_difference(int(b), int(c), n=n) for b, c in cells]
        inside = np.array([one.low <= first - second <= one.high for one in found])
        assert 0.875 < (inside * times).sum() / 2000 < 0.955


@pytest.mark.parametrize("faulty", [[float("nan"), 1.0], [2, 0], ["no", "yes"]])
def test_comparison_refuses_what_is_neither_true_nor_false(faulty):
    with pytest.raises(ValueError, match="True or False"):
        compare_decisions(faulty, [True, False])
    with pytest.raises(ValueError, match="True or False"):
        compare_auc(np.array([0.1, 0.2]), np.array([0.1, 0.2]), is_positive=np.array(faulty))


def test_comparison_refuses_a_score_that_is_no_number_however_few_cases_there_are():
    with pytest.raises(ValueError, match="finite score"):
        compare_auc(np.array([np.nan, 1.0]), np.array([1.0, 1.0]), is_positive=np.array([True, False]))
