"""Sizes for half-widths and differences: the table of minimum sizes, and that sizes and answers agree."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.power import NormalIndPower

from smo.measure.intervals import clopper_pearson, wilson
from smo.measure.sizes.bound import exact_size_to_show, power_to_show, size_to_show
from smo.measure.sizes.difference import exact_power_of_difference, power_of_difference, size_for_difference
from smo.measure.sizes.share import (
    design_effect,
    half_width_of,
    size_for_half_width,
    sizes_per_cell,
    with_finite_population,
)


class TestMinimumSizesOfDomain43:
    @pytest.mark.parametrize(("share", "sizes"), [(0.95, [1825, 457, 203, 73]), (0.90, [3458, 865, 385, 139])])
    def test_half_widths(self, share, sizes) -> None:
        assert [size_for_half_width(share, half) for half in (0.01, 0.02, 0.03, 0.05)] == sizes

    @pytest.mark.parametrize(
        ("first", "second", "n"), [(0.95, 0.93, 2213), (0.95, 0.92, 1059), (0.95, 0.90, 435), (0.90, 0.85, 686)]
    )
    def test_differences(self, first, second, n) -> None:
        assert size_for_difference(first, second) == (n, n)
        assert size_for_difference(second, first) == (n, n)
        assert size_for_difference(1 - first, 1 - second) == (n, n)

    def test_a_target_of_95_when_it_truly_is_97_takes_about_600(self) -> None:
        assert size_to_show(0.95, share=0.97) == pytest.approx(600, rel=0.06)
        assert power_to_show(600, target=0.95, share=0.97) == pytest.approx(0.80, abs=0.03)

    def test_one_person_in_a_week_is_no_rating(self) -> None:
        low, high = wilson(38, 40, confidence=0.95)
        assert (round(float(low), 3), round(float(high), 3)) == (0.835, 0.986)

    def test_the_design_effect_of_40_audits_for_each_person(self) -> None:
        assert design_effect(40, 0.02) == pytest.approx(1.78)


class TestHalfWidths:
    @given(share=st.floats(0.01, 0.99), half=st.floats(0.01, 0.2), method=st.sampled_from(["wilson", "exact"]))
    @settings(max_examples=60, deadline=None)
    def test_the_size_is_the_smallest_that_keeps_its_word(self, share, half, method) -> None:
        n = size_for_half_width(share, half, method=method)
        ends = {"wilson": wilson, "exact": clopper_pearson}[method]
        low, high = ends(share * n, n, confidence=0.95)
        assert (high - low) / 2 <= half * (1 + 1e-9)
        low, high = ends(share * (n - 1), n - 1, confidence=0.95)
        assert n == 1 or (high - low) / 2 > half * (1 - 1e-9)

    @given(
        share=st.floats(0.02, 0.98),
        half=st.floats(0.01, 0.2),
        population=st.none() | st.integers(10, 100_000),
        effect=st.floats(1, 4),
    )
    @settings(max_examples=80, deadline=None)
    def test_the_question_turned_around(self, share, half, population, effect) -> None:
        given = {"population": population, "effect": effect, "method": "wald"}
        n = size_for_half_width(share, half, **given)
        assert half_width_of(n, share, **given) <= half * (1 + 1e-9)

    def test_a_whole_population_is_known_without_doubt(self) -> None:
        assert half_width_of(500, 0.9, population=500) == 0
        assert size_for_half_width(0.5, 0.001, population=500) == 500

    @given(n=st.floats(1, 1e6), population=st.integers(1, 10**6), effect=st.floats(0.5, 5))
    def test_a_finite_population_never_asks_for_more_than_it_has(self, n, population, effect) -> None:
        assert 1 <= with_finite_population(n, population, effect=effect) <= population

    def test_cells_are_told_apart(self) -> None:
        table = sizes_per_cell({"DE": 0.95, "IS": 0.95}, 0.03, populations={"IS": 100})
        assert table["n"].to_list() == [215, 69]
        assert sizes_per_cell(["a", "b"], 0.05)["share"].to_list() == [0.95, 0.95]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"share": 1.2}, {"share": math.nan}, {"half_width": 0}, {"half_width": 0.5}, {"method": "best"},
            {"confidence": 1}, {"population": 0}, {"effect": 0}, {"effect": math.inf}, {"share": 1.0},
            {"half_width": 1e-6},
        ],
    )  # fmt: skip
    def test_senseless_questions_are_refused(self, wrong) -> None:
        given = {"share": 0.9, "half_width": 0.02} | wrong
        with pytest.raises(ValueError, match=r"\w"):
            size_for_half_width(given.pop("share"), given.pop("half_width"), **given)

    @pytest.mark.parametrize("wrong", [{"n": 0}, {"n": 11, "population": 10}, {"n": -1}, {"n": 5, "method": "best"}])
    def test_senseless_samples_are_refused(self, wrong) -> None:
        with pytest.raises(ValueError, match=r"\w"):
            half_width_of(wrong.pop("n"), 0.9, **wrong)


class TestDifferences:
    def test_power_by_simulation(self) -> None:
        rng = np.random.default_rng(3)
        first, second = rng.binomial(435, 0.95, 20_000) / 435, rng.binomial(435, 0.90, 20_000) / 435
        pooled = (first + second) / 2
        found = (np.abs(first - second) >= 1.959964 * np.sqrt(pooled * (1 - pooled) * 2 / 435)).mean()
        assert found == pytest.approx(exact_power_of_difference(0.95, 0.90, n1=435, n2=435), abs=0.012)
        assert found == pytest.approx(power_of_difference(0.95, 0.90, n1=435), abs=0.02)

    def test_the_exact_sum_keeps_its_level_roughly(self) -> None:
        assert exact_power_of_difference(0.9, 0.9, n1=200, n2=300) == pytest.approx(0.05, abs=0.01)

    def test_close_shares_agree_with_statsmodels(self) -> None:
        """With an effect small enough, Cohen's h and the difference in standard deviations are the same thing."""
        effect = 0.01 / math.sqrt(0.5 * 0.5)
        other = NormalIndPower().solve_power(effect_size=effect, alpha=0.05, power=0.8)
        assert size_for_difference(0.505, 0.495)[0] == pytest.approx(other, rel=1e-3)

    @given(first=st.floats(0.05, 0.95), second=st.floats(0.05, 0.95), ratio=st.floats(0.3, 3))
    def test_the_size_reaches_its_power(self, first, second, ratio) -> None:
        if abs(first - second) < 0.02:
            return
        n1, n2 = size_for_difference(first, second, ratio=ratio)
        if min(n1, n2) > 20:
            assert power_of_difference(first, second, n1=n1, n2=n2) >= 0.79

    @pytest.mark.parametrize("shares", [(0.9, 0.9), (1.1, 0.9), (0.9, math.nan)])
    def test_senseless_shares(self, shares) -> None:
        with pytest.raises(ValueError, match="share"):
            size_for_difference(*shares)

    def test_senseless_sizes(self) -> None:
        with pytest.raises(ValueError, match="at least one case"):
            power_of_difference(0.9, 0.8, n1=0)
        with pytest.raises(ValueError, match="20,000"):
            exact_power_of_difference(0.9, 0.8, n1=30_000, n2=10)


class TestBounds:
    @given(n=st.integers(1, 400), target=st.floats(0.05, 0.95), share=st.floats(0.02, 0.98))
    @settings(max_examples=80, deadline=None)
    def test_the_power_is_the_sum_over_counts_that_show_it(self, n, target, share) -> None:
        counts = np.arange(n + 1)
        for method, ends in (("wilson", wilson), ("exact", clopper_pearson)):
            low, high = ends(counts, n, confidence=0.90)
            shown = low >= target - 1e-12 if share >= target else high <= target + 1e-12
            expected = stats.binom.pmf(counts, n, share)[shown].sum()
            assert power_to_show(n, target=target, share=share, method=method) == pytest.approx(expected, abs=1e-9)

    @pytest.mark.parametrize(("target", "share"), [(0.95, 0.97), (0.95, 0.93), (0.5, 0.6), (0.99, 1.0)])
    def test_the_exact_size_is_the_last_before_which_power_is_lost(self, target, share) -> None:
        n = exact_size_to_show(target, share=share)
        powers = [power_to_show(m, target=target, share=share, method="exact") for m in range(n - 1, n + 200)]
        assert n == 1 or powers[0] < 0.80
        assert min(powers[1:]) >= 0.80

    def test_what_never_shows(self) -> None:
        with pytest.raises(ValueError, match="no size tells"):
            exact_size_to_show(0.95, share=0.95)
        with pytest.raises(ValueError, match="more than"):
            exact_size_to_show(0.95, share=0.9501)
        with pytest.raises(ValueError, match="target"):
            power_to_show(10, target=1.0, share=0.9)
