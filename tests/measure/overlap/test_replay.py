"""Replay and its learning: the protocol is kept, the result is as good as all labels, bad input is refused."""

import numpy as np
import polars as pl
import pytest

from smo.measure.overlap.asks import STOP, Rule
from smo.measure.overlap.learning import drawn, learn
from smo.measure.overlap.replay import replay
from smo.measure.ratings import Ratings
from smo.measure.truth import truth_codes
from tests.measure import public_sets
from tests.measure.build import ratings_of


def simulated(seed: int, *, items: int = 300, raters: int = 20, per_item: int = 8) -> tuple[Ratings, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth, skill = rng.integers(0, 3, items), rng.uniform(0.45, 0.95, raters)
    rows = []
    for item in range(items):
        for rater in rng.choice(raters, per_item, replace=False):
            wrong = (truth[item] + rng.integers(1, 3)) % 3
            rows.append((item, int(rater), int(truth[item]) if rng.random() < skill[rater] else int(wrong)))
    frame = pl.DataFrame(rows, schema=["item", "rater", "label"], orient="row")
    return Ratings.from_frame(frame, item="item", rater="rater", label="label"), truth


def test_fewer_labels_keep_the_accuracy_of_all() -> None:
    ratings, truth = simulated(1)
    every = learn(ratings, np.ones(ratings.n_ratings, bool), passes=20).posterior.argmax(axis=1)
    run = replay(ratings, Rule(0.99), seed=3, most_share=0.5)
    assert (run.best[-1] == truth).mean() > (every == truth).mean() - 0.03
    assert run.bought.sum() <= 0.5 * ratings.n_ratings


def test_the_protocol_is_kept() -> None:
    ratings, _ = simulated(2)
    run = replay(ratings, Rule(1.0), seed=5, most_share=0.4)
    assert run.n_labels.min() >= 1
    assert run.n_labels.sum() == run.bought.sum() == run.spent[-1] == int(0.4 * ratings.n_ratings)
    assert (np.diff(run.spent) > 0).all()
    assert run.best.shape == (run.spent.size, ratings.n_items)
    again = replay(ratings, Rule(1.0), seed=5, most_share=0.4)
    assert np.array_equal(again.bought, run.bought)
    assert not np.array_equal(replay(ratings, Rule(1.0), seed=6, most_share=0.4).bought, run.bought)


def test_labels_that_were_not_bought_are_not_looked_at() -> None:
    ratings, _ = simulated(3, items=80)
    run = replay(ratings, Rule(1.0), seed=1, most_share=0.3)
    rng = np.random.default_rng(0)
    changed = np.where(run.bought, ratings.label, rng.integers(0, 3, ratings.n_ratings)).astype(np.int32)
    other = Ratings(ratings.items, ratings.raters, ratings.labels, ratings.item_start, ratings.rater, changed)
    assert np.array_equal(replay(other, Rule(1.0), seed=1, most_share=0.3).bought, run.bought)


def test_renamed_labels_change_nothing_else() -> None:
    ratings, _ = simulated(4, items=100)
    turned = Ratings(
        ratings.items,
        ratings.raters,
        ("a", "b", "c"),
        ratings.item_start,
        ratings.rater,
        (2 - ratings.label).astype(np.int32),
    )
    mine, theirs = (replay(each, Rule(0.95), seed=7) for each in (ratings, turned))
    assert np.array_equal(mine.n_labels, theirs.n_labels)
    assert np.array_equal(mine.best[-1], 2 - theirs.best[-1])


def test_gold_calibrates_but_does_not_answer() -> None:
    ratings, truth = simulated(5)
    gold = pl.DataFrame({"item": np.arange(60), "label": (truth[:60] + 1) % 3})
    run = replay(ratings, Rule(0.9), seed=2, gold=gold)
    assert run.is_gold.sum() == 60
    assert run.calibration is not None
    assert (run.best[-1][:60] == truth[:60]).mean() > 0.6  # gold that lies is not copied
    assert run.chance.mean() < 0.8  # but it says that the answers cannot be trusted


def test_all_stop_where_all_agree_and_the_final_answers_have_names() -> None:
    run = replay(ratings_of([["x", "y"] * 20] * 4), Rule(0.9), seed=1)
    assert (run.action == STOP).all()
    assert run.items().columns == ["item", "label", "chance", "n", "action"]
    assert run.items()["label"].to_list() == ["x", "y"] * 20


def test_one_label_and_one_rating_an_item() -> None:
    assert replay(ratings_of([["x"] * 5]), Rule(), seed=1).items()["label"].to_list() == ["x"] * 5
    assert replay(ratings_of([["x", "y", "x"]]), Rule(), seed=1).bought.all()


def test_bad_input_is_refused() -> None:
    ratings, _ = simulated(6, items=10)
    with pytest.raises(ValueError, match="most_share"):
        replay(ratings, Rule(), seed=1, most_share=0.0)
    with pytest.raises(ValueError, match="cannot give each"):
        replay(ratings, Rule(), seed=1, most_share=0.01)
    with pytest.raises(ValueError, match="no ratings"):
        replay(ratings.select(np.zeros(10, bool)), Rule(), seed=1)
    with pytest.raises(ValueError, match="rater ids"):
        replay(ratings_of([["x", "y"]], anonymous=True), Rule(), seed=1)
    with pytest.raises(ValueError, match="2 marks for"):
        learn(ratings, np.ones(2, bool))


def test_tables_without_counts_are_the_prior_and_rows_sum_to_one() -> None:
    tables = drawn(np.random.default_rng(1).gamma(1.0, 5.0, (4, 3, 3)))
    assert np.allclose(tables.sum(axis=2), 1.0)
    assert np.allclose(drawn(np.zeros((1, 3, 3)))[0], np.where(np.eye(3, dtype=bool), 0.7, 0.15))
    assert drawn(np.zeros((2, 1, 1))).tolist() == [[[1.0]], [[1.0]]]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "share", "least"), [("D_PosSent", 0.3, 0.95), ("Dog", 0.4, 0.8222)])
def test_the_target_on_public_sets(name: str, share: float, least: float) -> None:
    ratings, truth = public_sets.aggregation(name)
    codes = truth_codes(ratings, truth)
    runs = [replay(ratings, Rule(1.0), seed=seed, most_share=share).best[-1] for seed in range(2)]
    assert np.mean([(best == codes)[codes >= 0].mean() for best in runs]) >= least
