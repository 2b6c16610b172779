"""Before and after, with and without a control: the worked case, mirrors, coverage."""

import numpy as np
import pytest

from smo.measure.change.before_after import BeforeAfter, before_after, difference_in_differences

TREATED, CONTROL = BeforeAfter(24, 400, 10, 400), BeforeAfter(20, 400, 19, 400)


def test_before_after_a_fall_that_the_control_takes_back() -> None:
    alone = before_after(TREATED, basis="gold", confidence=0.95)
    assert (alone.change.value, alone.change.low, alone.change.high) == pytest.approx(
        (-0.0350, -0.0650, -0.0068), abs=1e-4
    )
    assert alone.state == "fall"
    both = difference_in_differences(TREATED, CONTROL, basis="gold", confidence=0.95)
    assert (both.change.value, both.change.low, both.change.high) == pytest.approx((-0.0325, -0.073, 0.008), abs=5e-4)
    assert both.state == "not_yet_demonstrated"
    assert both.n_needed == 1290


def test_before_after_the_proposed_n_has_the_asked_power() -> None:
    rng = np.random.default_rng(1)
    needed = difference_in_differences(TREATED, CONTROL, basis="gold", confidence=0.95).n_needed
    found = 0
    for _ in range(600):
        k = rng.binomial(needed, [0.06, 0.025, 0.05, 0.0475])
        effect = difference_in_differences(
            BeforeAfter(k[0], needed, k[1], needed),
            BeforeAfter(k[2], needed, k[3], needed),
            basis="gold",
            confidence=0.95,
        )
        found += effect.state == "fall"
    assert found / 600 == pytest.approx(0.8, abs=0.05)


@pytest.mark.parametrize("rates", [(0.06, 0.03, 0.05, 0.05), (0.01, 0.005, 0.01, 0.01), (0.5, 0.4, 0.5, 0.55)])
def test_before_after_intervals_cover(rates) -> None:
    rng = np.random.default_rng(2)
    truth = (rates[1] - rates[0]) - (rates[3] - rates[2])
    hits = 0
    for k in rng.binomial(300, rates, (1500, 4)):
        change = difference_in_differences(
            BeforeAfter(k[0], 300, k[1], 300), BeforeAfter(k[2], 300, k[3], 300), basis="gold"
        ).change
        hits += change.low <= truth <= change.high
    assert 0.88 < hits / 1500 < 0.96


def test_before_after_mirrors() -> None:
    up = before_after(BeforeAfter(10, 400, 24, 400), basis="gold")
    down = before_after(TREATED, basis="gold")
    assert (up.change.value, up.change.low, up.change.high) == pytest.approx(
        (-down.change.value, -down.change.high, -down.change.low)
    )
    assert (up.state, down.state) == ("rise", "fall")


def test_before_after_alike_cases_widen_it() -> None:
    plain, alike = before_after(TREATED, basis="gold"), before_after(TREATED, basis="gold", design_effect=4.0)
    assert alike.change.high - alike.change.low > 1.9 * (plain.change.high - plain.change.low)
    assert alike.state == "not_yet_demonstrated"
    assert alike.n_needed > 3.9 * plain.n_needed
    assert alike.change.n_effective == 200


def test_before_after_of_odd_counts() -> None:
    nothing = before_after(BeforeAfter(0, 0, 5, 100), basis="gold")
    assert (nothing.change.value, nothing.state, nothing.n_needed) == (None, "not_measured", None)
    assert difference_in_differences(TREATED, BeforeAfter(0, 0, 0, 0), basis="gold").state == "not_measured"
    same = before_after(BeforeAfter(5, 100, 5, 100), basis="gold")
    assert same.n_needed is None
    zeros = difference_in_differences(BeforeAfter(0, 50, 0, 50), BeforeAfter(0, 50, 0, 50), basis="gold")
    assert zeros.change.high > 0.02
    assert zeros.change.method == "newcombe, joined"
    for wrong in ((5, 4, 0, 1), (-1, 4, 0, 1), (0, float("inf"), 0, 1), (0, float("nan"), 0, 1)):
        with pytest.raises(ValueError, match="between"):
            BeforeAfter(*wrong)
    with pytest.raises(ValueError, match="design effect"):
        before_after(TREATED, basis="gold", design_effect=0.5)
