"""Single plans: the operating characteristics as published, and searches that find the smallest."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from smo.measure.acceptance.plans import (
    SinglePlan,
    accepted_of,
    outgoing_quality_limit,
    probability_of_acceptance,
    quality_at,
    single_plan,
)
from smo.measure.acceptance.zero import excluded_share, zero_acceptance_size

# DOMAIN 4.2: size, acceptance number, AQL, accepted at it, quality accepted 95 % of the time, LQ (10 %)
TABLE = [
    (80, 2, 0.010, 95.3, 1.03, 6.5),
    (125, 3, 0.010, 96.3, 1.10, 5.3),
    (200, 5, 0.010, 98.4, 1.31, 4.6),
    (315, 7, 0.010, 98.5, 1.27, 3.7),
    (500, 10, 0.010, 98.7, 1.24, 3.1),
    (125, 7, 0.025, 98.6, 3.22, 9.2),
    (200, 10, 0.025, 98.7, 3.11, 7.6),
    (315, 14, 0.025, 98.6, 2.96, 6.3),
]


@pytest.mark.parametrize(("size", "number", "aql", "accepted", "good", "limit"), TABLE)
def test_the_table_of_operating_characteristics(size, number, aql, accepted, good, limit) -> None:
    plan = SinglePlan(size, number)
    assert 100 * probability_of_acceptance(plan, aql) == pytest.approx(accepted, abs=0.05)
    assert 100 * quality_at(plan, 0.95) == pytest.approx(good, abs=0.005)
    assert 100 * quality_at(plan, 0.10) == pytest.approx(limit, abs=0.05)


def test_what_people_are_told_about_aql_one_percent() -> None:
    """ "AQL 1 % with n = 125 still accepts a lot with 5 % errors about one time in eight"."""
    assert 1 / probability_of_acceptance(SinglePlan(125, 3), 0.05) == pytest.approx(8, abs=0.2)


class TestSearch:
    def test_the_fixed_plan_beside_the_sequential_one(self) -> None:
        assert single_plan(0.02, 0.05) == SinglePlan(306, 10)

    @given(
        good=st.floats(0.001, 0.2),
        factor=st.floats(1.8, 8),
        risks=st.tuples(st.floats(0.01, 0.2), st.floats(0.01, 0.2)),
    )
    @settings(max_examples=40, deadline=None)
    def test_it_keeps_both_risks_and_no_smaller_plan_does(self, good, factor, risks) -> None:
        bad = min(good * factor, 0.9)
        plan = single_plan(good, bad, producer_risk=risks[0], consumer_risk=risks[1])
        at_good, at_bad = probability_of_acceptance(plan, [good, bad])
        assert at_good >= 1 - risks[0]
        assert at_bad <= risks[1]
        for number in range(plan.acceptance_number + 1):  # with one unit less, no number does
            if plan.size > 1:
                smaller = SinglePlan(plan.size - 1, number)
                at_good, at_bad = probability_of_acceptance(smaller, [good, bad])
                assert at_good < 1 - risks[0] or at_bad > risks[1]

    @pytest.mark.parametrize("lot_size", [1, 2, 7, 60])
    @pytest.mark.parametrize(("good", "bad"), [(0.0, 0.02), (0.01, 0.05), (0.05, 0.2), (0.1, 0.15)])
    def test_a_finite_lot_by_trying_every_plan(self, lot_size, good, bad) -> None:
        plan = single_plan(good, bad, lot_size=lot_size)
        few, many = int(np.floor(good * lot_size + 1e-9)), int(np.ceil(bad * lot_size - 1e-9))
        keeping = [
            size
            for size in range(1, lot_size + 1)
            for number in range(size + 1)
            if stats.hypergeom.cdf(number, lot_size, few, size) >= 0.95 - 1e-12
            and stats.hypergeom.cdf(number, lot_size, many, size) <= 0.10 + 1e-12
        ]
        assert plan.size == min(keeping, default=lot_size)

    def test_a_lot_needs_fewer_than_a_stream(self) -> None:
        sizes = [single_plan(0.01, 0.05, lot_size=size).size for size in (500, 5_000, 500_000)]
        assert sizes[0] < sizes[1] <= sizes[2] <= single_plan(0.01, 0.05).size + 1

    @pytest.mark.parametrize(
        "wrong",
        [(0.05, 0.05), (0.05, 0.02), (-0.1, 0.05), (0.01, 1.0), (float("nan"), 0.1), (0.01, float("nan"))],
    )
    def test_senseless_shares_are_refused(self, wrong) -> None:
        with pytest.raises(ValueError, match="share still good"):
            single_plan(*wrong)

    def test_other_senseless_questions(self) -> None:
        with pytest.raises(ValueError, match="risk lies"):
            single_plan(0.01, 0.05, producer_risk=0.7)
        with pytest.raises(ValueError, match="at least one unit"):
            single_plan(0.01, 0.05, lot_size=0)
        with pytest.raises(ValueError, match="cannot be drawn"):
            SinglePlan(10, 1, 9)
        with pytest.raises(ValueError, match="one unit or more"):
            SinglePlan(0, 0)
        with pytest.raises(ValueError, match="lies between 0 and 1"):
            probability_of_acceptance(SinglePlan(10, 1), [0.1, np.nan])
        with pytest.raises(ValueError, match="more than"):
            single_plan(0.01, 0.010001)
        with pytest.raises(ValueError, match="without a lot"):
            accepted_of(SinglePlan(10, 1), [1])


def test_the_finite_law_tends_to_the_binomial_one() -> None:
    shares = np.array([0.01, 0.03, 0.06])
    endless = probability_of_acceptance(SinglePlan(125, 3), shares)
    large = probability_of_acceptance(SinglePlan(125, 3, 10_000_000), shares)
    assert large == pytest.approx(endless, abs=1e-4)


def test_a_whole_lot_looked_at_decides_without_doubt() -> None:
    plan = SinglePlan(50, 2, 50)
    assert accepted_of(plan, range(6)).tolist() == [1, 1, 1, 0, 0, 0]
    assert quality_at(plan, 0.5) == 2 / 50
    assert outgoing_quality_limit(plan) == (0.0, 0.0)


def test_outgoing_quality_by_a_fine_grid() -> None:
    plan = SinglePlan(125, 3)
    grid = np.linspace(0, 0.2, 200_001)
    outgoing = grid * probability_of_acceptance(plan, grid)
    found, where = outgoing_quality_limit(plan)
    assert found == pytest.approx(outgoing.max(), rel=1e-8)
    assert where == pytest.approx(grid[outgoing.argmax()], abs=2e-6)


class TestZeroAcceptance:
    @pytest.mark.parametrize(("share", "n"), [(0.01, 299), (0.005, 598), (0.001, 2995)])
    def test_the_published_sizes(self, share, n) -> None:
        assert zero_acceptance_size(share) == n
        assert excluded_share(n) <= share < excluded_share(n - 1)

    @given(lot_size=st.integers(1, 3000), share=st.floats(0.001, 0.6), confidence=st.floats(0.5, 0.999))
    @settings(max_examples=80, deadline=None)
    def test_a_lot_by_the_law_itself(self, lot_size, share, confidence) -> None:
        n = zero_acceptance_size(share, confidence=confidence, lot_size=lot_size)
        wrong = max(int(np.ceil(share * lot_size - 1e-9)), 1)
        assert stats.hypergeom.pmf(0, lot_size, wrong, n) <= 1 - confidence + 1e-9
        if n > 1:
            assert stats.hypergeom.pmf(0, lot_size, wrong, n - 1) > 1 - confidence - 1e-9

    @given(lot_size=st.integers(1, 2000), part=st.floats(0.001, 1))
    @settings(max_examples=60, deadline=None)
    def test_what_a_clean_sample_excludes(self, lot_size, part) -> None:
        n = max(int(part * lot_size), 1)
        wrong = round(excluded_share(n, lot_size=lot_size) * lot_size)
        assert stats.hypergeom.pmf(0, lot_size, wrong, n) <= 0.05 + 1e-9
        assert wrong == 1 or stats.hypergeom.pmf(0, lot_size, wrong - 1, n) > 0.05 - 1e-9

    @pytest.mark.parametrize("share", [0, 1, -0.1, float("nan")])
    def test_a_share_that_is_none(self, share) -> None:
        with pytest.raises(ValueError, match="between 0 and 1"):
            zero_acceptance_size(share)

    def test_more_than_the_lot(self) -> None:
        with pytest.raises(ValueError, match="no more than its lot"):
            excluded_share(11, lot_size=10)
        with pytest.raises(ValueError, match="at least one"):
            zero_acceptance_size(0.1, lot_size=0)
