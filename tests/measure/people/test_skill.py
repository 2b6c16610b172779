"""Accuracy of raters: leave-own-out, shrinkage, groups."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings

from smo.measure.people.separation import separate
from smo.measure.people.skill import pool, rater_accuracy, rating_references, shrink
from smo.measure.ratings import Ratings
from tests.measure.build import frames, from_counts, ratings_of


def plain_reference(ratings: Ratings, at: int) -> int:
    """Plurality of the other ratings of the item, counted one by one."""
    item = ratings.item_index()
    others = [ratings.label[j] for j in range(ratings.n_ratings) if j != at and item[j] == item[at]]
    if not others:
        return -1
    counts = np.bincount(others)
    best = np.flatnonzero(counts == counts.max())
    return int(best[0]) if best.size == 1 else -3


@settings(max_examples=200, deadline=None)
@given(frames())
def test_skill_others_plurality_equals_counting_one_by_one(frame) -> None:
    ratings = Ratings.from_frame(frame, item="item", rater="rater", label="label")
    found = rating_references(ratings, None, leave_out_own=True)
    assert found.tolist() == [plain_reference(ratings, at) for at in range(ratings.n_ratings)]


def test_skill_shrinkage_equals_the_worked_values() -> None:
    mean, low, high = shrink(np.array([36.0, 40.0, 360.0]), np.array([40.0, 40.0, 400.0]), mean=0.95, strength=210)
    assert mean == pytest.approx([0.942, 0.958, 0.917], abs=5e-4)
    assert (low < mean).all()
    assert (mean < high).all()


def test_skill_pool_finds_the_spread_that_made_the_people() -> None:
    rng = np.random.default_rng(8)
    n = np.full(800, 150)
    correct = rng.binomial(n, rng.beta(0.9 * 40, 0.1 * 40, 800))
    mean, strength = pool(correct, n)
    assert mean == pytest.approx(0.9, abs=0.01)
    assert 30 < strength < 55


def test_skill_equal_people_are_drawn_together() -> None:
    rng = np.random.default_rng(8)
    n = np.full(60, 40)
    correct = rng.binomial(n, 0.95)
    mean, strength = pool(correct, n)
    shrunk, _, _ = shrink(correct.astype(float), n.astype(float), mean=mean, strength=strength)
    assert np.ptp(shrunk) < np.ptp(correct / n) / 3


def test_skill_consensus_leaves_the_own_vote_out() -> None:
    ratings = ratings_of((("x", "x", "y"), ("y", "x", "y"), (None, "x", "y")))
    found = rater_accuracy(ratings, None, basis="consensus")
    assert found.select("rater", "n", "correct").rows() == [(0, 3, 2), (1, 3, 2), (2, 2, 2)]
    with_own = rater_accuracy(ratings, {0: "x", 1: "x", 2: "y"}, basis="consensus", leave_out_own=False)
    assert with_own["correct"].to_list() == [3, 2, 2]


def test_skill_gold_counts_only_items_with_a_key() -> None:
    ratings = ratings_of((("x", "x", "y"), ("y", "x", "y")))
    found = rater_accuracy(ratings, pl.DataFrame({"item": [0, 2], "label": ["x", "never_given"]}), basis="gold")
    assert found.select("n", "correct").rows() == [(2, 1), (2, 0)]
    assert found["low"][0] < 0.5 < found["high"][0]


def test_skill_without_a_checked_answer_is_not_measured() -> None:
    found = rater_accuracy(ratings_of((("x",), ("y",))), {}, basis="gold")
    assert found["n"].to_list() == [0, 0]
    for column in ("accuracy", "low", "high", "shrunk", "group"):
        assert found[column].null_count() == 2


def test_skill_anonymous_ratings_have_no_raters() -> None:
    found = rater_accuracy(from_counts([[2, 1]]), {0: 0}, basis="gold")
    assert found.is_empty()
    assert "shrunk_high" in found.columns


def test_skill_people_stand_in_order_of_name() -> None:
    rows = [(item, rater, "x" if rater == "zoe" else "y") for item in range(30) for rater in ("zoe", "amy", "bob")]
    ratings = Ratings.from_frame(
        pl.DataFrame(rows, schema=["item", "rater", "label"], orient="row"), item="item", rater="rater", label="label"
    )
    found = rater_accuracy(ratings, dict.fromkeys(range(30), "y"), basis="gold")
    assert found["rater"].to_list() == ["amy", "bob", "zoe"]
    assert found["group"].to_list() == [1, 1, 0]


def test_skill_groups_part_what_differs_and_only_that() -> None:
    n = np.array([500, 500, 500, 500, 10])
    assert separate(np.array([480, 478, 300, 305, 1]), n).tolist() == [1, 1, 0, 0, -1]
    assert separate(np.array([480, 478, 476, 482, 1]), n).tolist() == [0, 0, 0, 0, -1]
    assert separate(np.array([], np.int64), np.array([], np.int64)).tolist() == []


def test_skill_groups_follow_the_people_not_their_places() -> None:
    n = np.array([300, 300, 300, 300])
    correct = np.array([290, 200, 150, 288])
    straight = separate(correct, n)
    order = np.array([2, 0, 3, 1])
    assert separate(correct[order], n[order]).tolist() == straight[order].tolist()


@pytest.mark.slow
def test_skill_equal_people_are_rarely_parted() -> None:
    """Level of the grouping: 5 % over the whole family, with Monte Carlo room."""
    rng = np.random.default_rng(1)
    n = np.full(30, 200)
    parted = sum(separate(rng.binomial(n, 0.93), n).max() > 0 for _ in range(2000))
    assert parted / 2000 < 0.075
