"""The difference of two kappas over the same items: its value, its interval, and that it holds what it says."""

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import cohen_kappa_score

from smo.measure.agreement import compare_kappas
from smo.measure.ratings import Ratings
from tests.measure import build


def drawn(rng: np.random.Generator, n: int, *, skill: tuple[float, float, float], labels: int = 3) -> np.ndarray:
    truth = rng.integers(0, labels, n)
    chance = np.array(skill)[:, None]
    return np.where(rng.random((3, n)) < chance, truth, rng.integers(0, labels, (3, n)))


@pytest.mark.parametrize("weights", [None, "linear", "quadratic"])
def test_both_kappas_are_those_of_the_shared_items(weights: str | None) -> None:
    table = drawn(np.random.default_rng(3), 200, skill=(0.9, 0.6, 0.8)).tolist()
    table[0][7] = None
    found = compare_kappas(build.ratings_of(table), first=0, second=1, against=2, weights=weights)
    first, second, third = (np.delete(np.array(row, float), 7) for row in table)
    assert found.first == pytest.approx(cohen_kappa_score(first, third, weights=weights), abs=1e-12)
    assert found.second == pytest.approx(cohen_kappa_score(second, third, weights=weights), abs=1e-12)
    assert found.difference.value == pytest.approx(found.first - found.second)
    assert found.difference.n == 199
    assert found.difference.low < found.difference.value < found.difference.high


def test_the_interval_is_that_of_the_jackknife() -> None:
    table = drawn(np.random.default_rng(4), 120, skill=(0.9, 0.6, 0.8))
    found = compare_kappas(build.ratings_of(table.tolist()), first=0, second=1, against=2)
    left_out = []
    for item in range(120):
        first, second, third = np.delete(table, item, axis=1)
        left_out.append(cohen_kappa_score(first, third) - cohen_kappa_score(second, third))
    jackknife = np.sqrt(119 / 120 * ((left_out - np.mean(left_out)) ** 2).sum())
    half = (found.difference.high - found.difference.low) / 2 / 1.6578
    assert half == pytest.approx(jackknife, rel=0.02)


def test_ninety_percent_intervals_hold_the_difference() -> None:
    rng = np.random.default_rng(9)
    held = 0
    for _ in range(400):
        table = drawn(rng, 80, skill=(0.8, 0.6, 0.9))
        ratings = of_arrays(table)
        difference = compare_kappas(ratings, first=0, second=1, against=2).difference
        held += difference.low <= 0.9 * 0.8 - 0.9 * 0.6 <= difference.high
    assert 0.855 < held / 400 < 0.945


def of_arrays(table: np.ndarray) -> Ratings:
    n = table.shape[1]
    frame = pl.DataFrame({"item": np.tile(np.arange(n), 3), "rater": np.repeat([0, 1, 2], n), "label": table.ravel()})
    return Ratings.from_frame(frame, item="item", rater="rater", label="label")


def test_what_cannot_be_compared_says_why() -> None:
    ratings = build.ratings_of((("a", "a"), ("a", "a"), ("a", "a")))
    assert "one label" in compare_kappas(ratings, first=0, second=1, against=2).difference.warnings[0]
    apart = build.ratings_of((("a", None), (None, "b"), ("a", "b")))
    assert "fewer than two items" in compare_kappas(apart, first=0, second=1, against=2).difference.warnings[0]
    with pytest.raises(ValueError, match="no rater 9"):
        compare_kappas(ratings, first=0, second=9, against=2)
    with pytest.raises(ValueError, match="three different"):
        compare_kappas(ratings, first=0, second=0, against=2)
    same = compare_kappas(build.ratings_of((["a", "b"] * 30,) * 3), first=0, second=1, against=2)
    assert (same.difference.value, same.difference.low, same.p_value) == (0.0, None, None)
