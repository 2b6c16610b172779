"""Means that may be looked at always: what holds along a path, for a finite whole, and what is refused."""

import numpy as np
import pytest

from smo.measure.estimation.betting import always_valid_mean, betting_path
from smo.measure.estimation.sequences import finite_sequence, mixture_sequence


def test_betting_path_closes_and_holds_the_truth() -> None:
    rng = np.random.default_rng(1)
    misses = 0
    for _ in range(200):
        path = betting_path(rng.beta(2, 6, 150), confidence=0.9)
        misses += not ((path.low <= 0.25) & (path.high >= 0.25)).all()
        assert (np.diff(path.low) >= 0).all()
        assert (np.diff(path.high) <= 0).all()
    assert misses <= 20


def test_betting_gains_from_a_small_spread() -> None:
    rng = np.random.default_rng(2)
    narrow, wide = (betting_path(values) for values in (0.5 + 0.02 * rng.normal(size=400), rng.integers(0, 2, 400)))
    assert narrow.high[-1] - narrow.low[-1] < 0.5 * (wide.high[-1] - wide.low[-1])


def test_betting_of_yes_and_no_is_near_the_mixture() -> None:
    y = np.random.default_rng(3).random(600) < 0.2
    path, (low, high) = betting_path(y.astype(float)), mixture_sequence(y.sum(), 600)
    assert path.high[-1] - path.low[-1] == pytest.approx(float(high - low), rel=0.35)


def test_betting_a_finite_whole_closes_on_its_mean() -> None:
    rng = np.random.default_rng(4)
    whole = rng.permutation(np.repeat([0.0, 1.0], [150, 50]))
    path = betting_path(whole, population=200)
    assert (path.low <= 0.25).all()
    assert (path.high >= 0.25).all()
    assert (path.low[-1], path.high[-1]) == (0.25, 0.25)
    low, high = finite_sequence(whole[:150].sum(), 150, population=200)
    assert path.high[149] - path.low[149] == pytest.approx(float(high - low), rel=0.6)


def test_betting_bounds_only_scale() -> None:
    values = np.random.default_rng(5).random(100)
    one, other = betting_path(values), betting_path(10 * values - 5, bounds=(-5.0, 5.0))
    assert other.low == pytest.approx(10 * one.low - 5)
    found = always_valid_mean(values, basis="gold")
    assert (found.low, found.high, found.n) == (one.low[-1], one.high[-1], 100)
    assert not always_valid_mean([], basis="gold").is_measured


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: betting_path([1.2]), "within their bounds"),
        (lambda: betting_path([np.nan]), "within their bounds"),
        (lambda: betting_path([0.5], bounds=(1.0, 1.0)), "low bound"),
        (lambda: betting_path([0.5], bounds=(0.0, np.inf)), "low bound"),
        (lambda: betting_path([0.5, 0.5], population=1), "not more than"),
        (lambda: betting_path([0.5], confidence=1.0), "confidence"),
    ],
)
def test_betting_bad_input_is_refused(make, words) -> None:
    with pytest.raises(ValueError, match=words):
        make()
