"""What gold confirms of the items that stop: the stated chance follows it, and a line out of reach stops nothing."""

import numpy as np
import pytest

from smo.measure.overlap.asks import ADJUDICATE, STOP, Rule
from smo.measure.overlap.promise import UNCHECKED, Promise, kept, promise
from smo.measure.overlap.replay import replay
from smo.measure.truth import truth_codes
from tests.measure import public_sets


def of_items(chance: float, *, right: float, seed: int, n: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """Chances of two labels, and codes that follow the better one as often as `right`."""
    rng = np.random.default_rng(seed)
    better = rng.integers(0, 2, n)
    known = np.where(rng.random(n) < right, better, 1 - better).astype(np.int32)
    chances = np.full((n, 2), 1.0 - chance)
    chances[np.arange(n), better] = chance
    return chances, known


@pytest.mark.parametrize("right", [0.85, 0.97])
def test_what_is_confirmed_is_how_often_gold_is_right_and_not_what_is_stated(right: float) -> None:
    chances, known = of_items(0.99, right=right, seed=1)
    given = promise(chances, known, n_labels=np.ones(300, np.int64), rule=Rule(0.6))
    assert given.n_gold == 300
    assert given.confirmed == pytest.approx((known == chances.argmax(axis=1)).mean(), abs=0.01)


def test_the_stated_chance_is_moved_to_what_gold_confirms_both_ways() -> None:
    chance, stops = np.array([0.5, 0.93, 0.97, 0.95]), np.array([False, True, True, True])
    lower, stop, warnings = kept(chance, stops, given=Promise(60, 55, 0.95, 0.93), rule=Rule(0.92))
    assert (stop == stops).all()
    assert not warnings
    assert lower[3] == pytest.approx(0.93)
    assert lower[0] == 0.5
    assert kept(chance, stops, given=Promise(60, 59, 0.95, 0.97), rule=Rule(0.92))[0][3] == pytest.approx(0.97)


def test_a_line_that_gold_misses_a_little_is_said_and_by_more_stops_nothing() -> None:
    chance, stops = np.array([0.95, 0.97]), np.array([True, True])
    _, stop, warnings = kept(chance, stops, given=Promise(60, 56, 0.96, 0.94), rule=Rule(0.95))
    assert stop.all()
    assert "not confirmed" in warnings[0]
    _, stop, warnings = kept(chance, stops, given=Promise(60, 53, 0.96, 0.90), rule=Rule(0.95))
    assert not stop.any()
    assert "nothing stops" in warnings[0]


def test_without_a_stopping_gold_item_the_chance_stands_unchecked() -> None:
    chances, known = of_items(0.6, right=0.6, seed=2, n=40)
    assert promise(chances, known, n_labels=np.ones(40, np.int64), rule=Rule(0.99)) == UNCHECKED
    same, stop, warnings = kept(np.array([0.99]), np.array([True]), given=UNCHECKED, rule=Rule(0.95))
    assert (same[0], stop[0]) == (0.99, True)
    assert "unchecked" in warnings[0]


def test_certain_chances_stay_certain() -> None:
    moved, _, _ = kept(np.array([1.0]), np.array([True]), given=Promise(5, 5, 1.0, 1.0), rule=Rule(0.95))
    assert np.isfinite(moved).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ZC_in", "RTE"])
def test_the_stated_chance_is_true_within_two_points_on_public_sets(name: str) -> None:
    ratings, truth = public_sets.aggregation(name)
    codes = truth_codes(ratings, truth)
    stated, right, n = 0.0, 0, 0
    for seed in range(5):
        gold = truth.sort("item").sample(100, seed=seed, shuffle=True)
        run = replay(ratings, Rule(0.9), seed=seed, gold=gold)
        stopped = (codes >= 0) & ~run.is_gold & (run.action == STOP)
        stated += float(run.chance[stopped].sum())
        right += int((run.best[-1] == codes)[stopped].sum())
        n += int(stopped.sum())
        assert bool(run.warnings) == (run.promise.confirmed < 0.9)
        assert stopped.any() or (run.action == ADJUDICATE).any()
    assert abs(stated - right) / n <= 0.02
