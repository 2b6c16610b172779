"""What a sample buys: the promise made before drawing agrees with what the interval says afterwards."""

import numpy as np
import pytest

from smo.measure.intervals import wilson
from smo.measure.sizes.bound import cannot_exclude, expected_interval, size_to_show


def test_the_promise_is_the_interval_that_the_sample_would_show() -> None:
    low, high = wilson(582, 600, confidence=0.90)
    assert expected_interval(0.97, 600) == (pytest.approx(float(low)), pytest.approx(float(high)))


def test_a_larger_sample_promises_a_narrower_interval() -> None:
    widths = [high - low for low, high in (expected_interval(0.95, n) for n in (50, 200, 800, 3200))]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] / widths[2] == pytest.approx(4, rel=0.1)


def test_nothing_found_among_400_leaves_what_the_acceptance_scenario_says() -> None:
    assert 100 * cannot_exclude(400) == pytest.approx(0.746, abs=5e-4)  # DOMAIN 7.11 item 5


def test_the_size_to_show_a_target_reaches_its_power() -> None:
    n = size_to_show(0.95, share=0.97)
    assert n is not None
    assert n == pytest.approx(600, rel=0.06)  # DOMAIN 4.3: about 600
    right = np.random.default_rng(47).binomial(n, 0.97, 20_000)
    shown = float((wilson(right, n)[0] >= 0.95).mean())
    assert shown == pytest.approx(0.80, abs=0.04)


def test_a_miss_is_shown_too_and_a_share_on_the_target_never() -> None:
    missed = size_to_show(0.95, share=0.93)
    assert missed is not None
    below = np.random.default_rng(5).binomial(missed, 0.93, 20_000)
    assert float((wilson(below, missed)[1] < 0.95).mean()) == pytest.approx(0.80, abs=0.05)
    assert size_to_show(0.95, share=0.95) is None


@pytest.mark.parametrize(("share", "n"), [(-0.1, 10), (1.1, 10), (0.5, 0)])
def test_what_is_no_share_or_no_sample_is_refused(share: float, n: int) -> None:
    with pytest.raises(ValueError, match=r"share lies|at least one"):
        expected_interval(share, n)


def test_a_target_of_everything_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        size_to_show(1.0, share=0.97)
