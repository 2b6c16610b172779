"""Pairs who are wrong together: copiers are found, honest raters are left in peace."""

import numpy as np
import polars as pl
import pytest

from smo.measure.aggregation.consensus import aggregate
from smo.measure.aggregation.shared_errors import shared_errors
from smo.measure.ratings import Ratings
from tests.measure.aggregation.crowd import crowd, gold_of


def with_a_copier(seed: int) -> tuple[Ratings, np.ndarray]:
    """Rater 1 copies rater 0 on four of five items that both rated."""
    ratings, truth, _ = crowd(seed, items=800, raters=10, per_item=6)
    frame = ratings.to_frame().with_columns(pl.col("label").cast(pl.Int64))
    copied = frame.filter(pl.col("rater") == 0).select("item", copy="label").filter(pl.col("item") % 5 > 0)
    is_copy = (pl.col("rater") == 1) & pl.col("copy").is_not_null()
    frame = frame.join(copied, on="item", how="left").with_columns(
        label=pl.when(is_copy).then("copy").otherwise("label")
    )
    return Ratings.from_frame(frame, item="item", rater="rater", label="label"), truth


@pytest.mark.parametrize("seed", range(3))
def test_shared_errors_finds_the_copier(seed) -> None:
    ratings, truth = with_a_copier(seed)
    for gold in (None, gold_of(truth, 400)):
        found = shared_errors(aggregate(ratings, gold=gold))
        assert found.row(0)[:2] == ("0", "1")
        assert found["ratio"][0] > 1.5
        assert found["p_adjusted"][0] < 0.05


def test_shared_errors_honest_raters_are_left_in_peace() -> None:
    finds = [shared_errors(aggregate(crowd(seed, items=400)[0])).height for seed in range(6)]
    assert sum(found > 0 for found in finds) <= 1


def test_shared_errors_rows_and_names_do_not_matter() -> None:
    ratings, _ = with_a_copier(1)
    frame = ratings.to_frame().sample(fraction=1.0, shuffle=True, seed=5)
    other = Ratings.from_frame(frame, item="item", rater="rater", label="label")
    one, two = (shared_errors(aggregate(part), level=1.0, at_most=100) for part in (ratings, other))
    assert one.select("rater", "other", "shared").equals(two.select("rater", "other", "shared"))
    assert np.allclose(one["expected"].to_numpy(), two["expected"].to_numpy())


def test_shared_errors_need_tables() -> None:
    ratings, _, _ = crowd(0, items=20)
    with pytest.raises(ValueError, match="no table"):
        shared_errors(aggregate(ratings, "majority"))


def test_shared_errors_of_little_is_nothing() -> None:
    ratings, _, _ = crowd(0, items=5)
    assert shared_errors(aggregate(ratings)).is_empty()


def test_shared_errors_leaves_out_the_answers_without_a_rater():
    names = [["a", "b", None, None][place % 4] for place in range(48)]
    frame = pl.DataFrame({"item": [place // 4 for place in range(48)], "rater": names, "label": list("xyxxyyxy") * 6})
    ratings = Ratings.from_frame(frame, item="item", rater="rater", label="label")
    found = shared_errors(aggregate(ratings), level=1.0)
    assert found.select("rater", "other").rows() in ([("a", "b")], [])
