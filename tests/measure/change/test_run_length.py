"""Run lengths: what they promise is what a simulation gives."""

import numpy as np
import pytest

from smo.measure.change.counts import Baseline
from smo.measure.change.run_length import (
    CusumDesign,
    EwmaDesign,
    calibrate_cusum,
    cusum_run_length,
    cusum_threshold,
    ewma_limit,
    ewma_run_length,
    log_likelihood_ratio,
    shewhart_run_length,
)

WEEKLY = CusumDesign(n=400, baseline=Baseline(0.05), shifted_rate=0.08)


def draw(rng, n, baseline, rate, size):
    rho = baseline.overdispersion
    p = rng.beta(rate * (1 - rho) / rho, (1 - rate) * (1 - rho) / rho, size) if rho else rate
    return rng.binomial(n, p, size)


def simulated(step, out, rng, draw_one, runs=4000) -> float:
    """Mean number of periods until `out(state)`."""
    state, length, alive = np.zeros(runs), np.zeros(runs), np.arange(runs)
    while alive.size:
        length[alive] += 1
        state[alive] = step(state[alive], draw_one(alive.size))
        alive = alive[~out(state[alive])]
    return float(length.mean())


def test_run_length_the_price_of_both_charts() -> None:
    """False alarms every 122 (a simulation said) against 483 weeks; at 7 % found after 3.1 against 7.1 weeks."""
    assert cusum_run_length(WEEKLY, 3.0) == pytest.approx(122, rel=0.01)
    assert cusum_run_length(WEEKLY, 3.0, true_rate=0.07) == pytest.approx(3.1, abs=0.05)
    assert shewhart_run_length(400, Baseline(0.05), low=0, high=33) == pytest.approx(483, abs=0.5)
    assert shewhart_run_length(400, Baseline(0.05), low=0, high=33, true_rate=0.07) == pytest.approx(7.1, abs=0.05)


@pytest.mark.parametrize(
    "design",
    [
        WEEKLY,
        CusumDesign(1, Baseline(0.05), 0.1),
        CusumDesign(20, Baseline(0.01), 0.03),
        CusumDesign(400, Baseline(0.05), 0.03),
        CusumDesign(400, Baseline(0.05, 0.005), 0.08),
    ],
)
def test_run_length_of_a_cusum_equals_its_simulation(design) -> None:
    rng = np.random.default_rng(1)
    threshold = cusum_threshold(design, 60)
    score = log_likelihood_ratio(
        np.arange(design.n + 1), design.n, baseline=design.baseline, shifted_rate=design.shifted_rate
    )
    found = simulated(
        lambda s, k: np.maximum(0, s + score[k]),
        lambda s: s > threshold,
        rng,
        lambda size: draw(rng, design.n, design.baseline, design.baseline.rate, size),
    )
    assert cusum_run_length(design, threshold) == pytest.approx(found, rel=0.06)


@pytest.mark.parametrize("baseline", [Baseline(0.05), Baseline(0.2, 0.01)])
def test_run_length_of_an_ewma_equals_its_simulation(baseline) -> None:
    rng = np.random.default_rng(2)
    design = EwmaDesign(200, baseline)
    limit = ewma_limit(design, 60)
    deviation = np.sqrt(200 * baseline.rate * (1 - baseline.rate) * (1 + 199 * baseline.overdispersion))
    edge = limit * np.sqrt(0.2 / 1.8)
    found = simulated(
        lambda s, k: 0.8 * s + 0.2 * (k - 200 * baseline.rate) / deviation,
        lambda s: np.abs(s) > edge,
        rng,
        lambda size: draw(rng, 200, baseline, baseline.rate, size),
    )
    assert ewma_run_length(design, limit) == pytest.approx(found, rel=0.06)


@pytest.mark.parametrize("asked", [100, 370, 500])
@pytest.mark.parametrize(
    ("n", "rate", "shifted"), [(400, 0.05, 0.08), (100, 0.02, 0.05), (50, 0.05, 0.03), (1, 0.1, 0.2)]
)
def test_run_length_calibrated_is_within_a_tenth_of_the_asked(n, rate, shifted, asked) -> None:
    found = calibrate_cusum(CusumDesign(n, Baseline(rate), shifted), asked)
    assert found.run_length == pytest.approx(asked, rel=0.1)
    assert cusum_run_length(found.design, found.threshold) == pytest.approx(found.run_length)
    assert abs(found.design.shifted_rate - shifted) <= 0.2501 * abs(shifted - rate)


def test_run_length_a_shift_too_plain_for_the_asked_says_so() -> None:
    found = calibrate_cusum(CusumDesign(2000, Baseline(0.3), 0.5), 100)
    assert found.run_length > 1000


def test_run_length_grows_with_the_threshold_and_falls_with_the_shift() -> None:
    lengths = [cusum_run_length(WEEKLY, h) for h in (0.5, 1, 2, 3, 4)]
    assert lengths == sorted(lengths)
    delays = [cusum_run_length(WEEKLY, 3.0, true_rate=p) for p in (0.05, 0.06, 0.07, 0.09, 0.2)]
    assert delays == sorted(delays, reverse=True)
    assert delays[-1] == pytest.approx(1.0, abs=0.01)


def test_run_length_refuses_what_has_none() -> None:
    for wrong in (lambda: cusum_run_length(WEEKLY, 0), lambda: cusum_threshold(WEEKLY, 1)):
        with pytest.raises(ValueError, match="above"):
            wrong()
    with pytest.raises(ValueError, match="shifted"):
        CusumDesign(400, Baseline(0.05), 0.05)
    with pytest.raises(ValueError, match="at least one"):
        CusumDesign(0, Baseline(0.05), 0.08)
    with pytest.raises(ValueError, match="weight"):
        EwmaDesign(400, Baseline(0.05), 0.0)
    assert shewhart_run_length(10, Baseline(0.1), low=0, high=10) == float("inf")


@pytest.mark.parametrize("run_length", [float("inf"), 1e12, 1.0, float("nan")])
def test_calibration_refuses_a_run_length_that_no_threshold_has(run_length):
    with pytest.raises(ValueError, match="a run length is above 1 period and at most"):
        calibrate_cusum(CusumDesign(50, Baseline(0.1), 0.2), run_length)
