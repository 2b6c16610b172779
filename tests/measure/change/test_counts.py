"""Laws of weekly counts: pmfs, fitted spread, residuals and normal scores."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from smo.measure.change.counts import Baseline, fit_baseline, likely_counts, log_chance, normal_scores, residuals


@given(n=st.integers(1, 60), rate=st.floats(0.001, 0.999), spread=st.sampled_from([0.0, 0.01, 0.3]))
def test_counts_law_equals_scipy(n, rate, spread) -> None:
    k = np.arange(n + 1)
    a, b = (rate * (1 - spread) / spread, (1 - rate) * (1 - spread) / spread) if spread else (1, 1)
    law = stats.betabinom(n, a, b) if spread else stats.binom(n, rate)
    assert np.exp(log_chance(k, n, baseline=Baseline(rate, spread))) == pytest.approx(law.pmf(k), rel=1e-8, abs=1e-12)
    assert likely_counts(n, Baseline(rate, spread))[1].sum() == pytest.approx(1.0)


def test_counts_baseline_finds_the_spread_that_made_the_weeks() -> None:
    rng = np.random.default_rng(4)
    n = rng.integers(200, 600, 400)
    rho = 0.01
    p = rng.beta(0.05 * (1 - rho) / rho, 0.95 * (1 - rho) / rho, n.size)
    found = fit_baseline(rng.binomial(n, p), n)
    assert found.rate == pytest.approx(0.05, abs=0.003)
    assert found.overdispersion == pytest.approx(rho, rel=0.25)
    assert fit_baseline(rng.binomial(n, 0.05), n).overdispersion < 0.001


def test_counts_baseline_of_odd_series() -> None:
    assert fit_baseline([0, 0, 0], 10).rate == pytest.approx(0.5 / 31)
    assert fit_baseline([3], 10) == Baseline(0.3)
    assert fit_baseline([5] * 20, 100).overdispersion == 0.0
    assert fit_baseline([5, 0, 5], [100, 0, 100]) == Baseline(0.05)
    with pytest.raises(ValueError, match="no period"):
        fit_baseline([0, 0], 0)


def test_counts_residuals_have_mean_0_and_variance_1() -> None:
    rng = np.random.default_rng(5)
    n = rng.integers(50, 900, 3_000)
    base = Baseline(0.1, 0.02)
    k = rng.binomial(n, rng.beta(0.1 * 49, 0.9 * 49, n.size))
    for z in (residuals(k, n, baseline=base), normal_scores(k, n, baseline=base)):
        assert z.mean() == pytest.approx(0, abs=0.06)
        assert z.std() == pytest.approx(1, abs=0.06)
    assert stats.skew(normal_scores(k, n, baseline=base)) == pytest.approx(0, abs=0.15)


def test_counts_a_week_without_cases_has_no_residual() -> None:
    assert np.isnan(residuals([0, 5], [0, 100], baseline=Baseline(0.05))).tolist() == [True, False]
    assert np.isnan(normal_scores([0, 5], [0, 100], baseline=Baseline(0.05))).tolist() == [True, False]
    extreme = normal_scores([0, 4000], 4000, baseline=Baseline(0.05))
    assert np.isfinite(extreme[0])
    assert extreme[0] < -10


@pytest.mark.parametrize(("k", "n"), [([-1], 5), ([6], 5), ([1], -2), ([float("nan")], 5), ([1], float("inf"))])
def test_counts_refuse_what_cannot_be(k, n) -> None:
    with pytest.raises(ValueError, match=r"events|numbers"):
        residuals(k, n, baseline=Baseline(0.1))
    with pytest.raises(ValueError, match="rate"):
        Baseline(0.0)
    with pytest.raises(ValueError, match="overdispersion"):
        Baseline(0.5, 1.0)
    with pytest.raises(ValueError, match="whole"):
        normal_scores([1.5], 10, baseline=Baseline(0.1))
