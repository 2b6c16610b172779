"""Break points: found where they are, not found where none is, and the same as by trying all."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import xlogy

from smo.measure.change.change_points import change_points


def cost(k, n) -> float:
    return -2 * float(xlogy(k.sum(), k.sum() / n.sum()) + xlogy((n - k).sum(), 1 - k.sum() / n.sum()))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(30, 60)), min_size=2, max_size=8), st.floats(0.5, 30))
def test_change_points_are_the_best_of_all_partitions(rows, penalty) -> None:
    k, n = np.array(rows, np.float64).T
    found = change_points(k, n, penalty=penalty, least_periods=1)
    best = min(
        sum(cost(k[a:b], n[a:b]) for a, b in zip((0, *cut), (*cut, k.size), strict=True)) + penalty * len(cut)
        for size in range(k.size)
        for cut in combinations(range(1, k.size), size)
    )
    own = sum(cost(k[a - 1 : b], n[a - 1 : b]) for a, b in found.select("first", "last").rows())
    assert own + penalty * (found.height - 1) == pytest.approx(best, abs=1e-6)


def test_change_points_two_breaks_with_their_rates() -> None:
    rng = np.random.default_rng(7)
    rate = np.repeat([0.05, 0.09, 0.06], [30, 25, 35])
    n = rng.integers(300, 600, rate.size)
    found = change_points(rng.binomial(n, rate), n)
    assert found.height == 3
    assert found["first"].to_list()[1] == pytest.approx(31, abs=2)
    assert found["first"].to_list()[2] == pytest.approx(56, abs=3)
    assert found["value"].to_list() == pytest.approx([0.05, 0.09, 0.06], abs=0.008)
    assert found["change"][0] is None
    assert found["change"][1] == pytest.approx(0.04, abs=0.015)


def test_change_points_seldom_break_what_is_stable() -> None:
    rng = np.random.default_rng(8)
    broken = sum(change_points(rng.binomial(400, 0.05, 52), 400).height > 1 for _ in range(60))
    assert broken <= 4


def test_change_points_allow_for_weeks_that_differ_anyway() -> None:
    rng = np.random.default_rng(9)
    rho = 0.01
    broken = {0.0: 0, rho: 0}
    for _ in range(20):
        p = rng.beta(0.05 * (1 - rho) / rho, 0.95 * (1 - rho) / rho, 60)
        k = rng.binomial(500, p)
        for spread in broken:
            broken[spread] += change_points(k, 500, overdispersion=spread).height > 1
    assert broken[0.0] >= 15
    assert broken[rho] <= 3


def test_change_points_of_odd_series() -> None:
    assert change_points([], []).is_empty()
    assert change_points([0, 0], 0).is_empty()
    assert change_points([3], 10).select("first", "last").rows() == [(1, 1)]
    assert change_points([0] * 30, 50).height == 1
    assert change_points([50] * 30, 50)["value"].to_list() == [1.0]
    gap = change_points([20, 22, 0, 19, 21, 40, 0, 39, 41, 44, 0], [400, 400, 0, 400, 400, 400, 0, 400, 400, 400, 0])
    assert gap.select("first", "last").rows() == [(1, 5), (6, 11)]
    with pytest.raises(ValueError, match="penalty"):
        change_points([1, 2], 10, penalty=-1)
    with pytest.raises(ValueError, match="least"):
        change_points([1, 2], 10, least_periods=0)
