"""Drift: periods by the first rating of an item, a trend that is found and one that is not invented."""

import numpy as np
import polars as pl
import pytest

from smo.measure import agreement
from smo.measure.ratings import Ratings

DAY = 86_400_000_000
NAMED = {"item": "item", "rater": "rater", "label": "label", "at": "at"}


def drawn(rng: np.random.Generator, follows: list[float], *, items: int = 150) -> Ratings:
    """Two ratings an item; in period p of 30 days a rating follows the item's truth with the chance `follows[p]`."""
    n = items * len(follows)
    truth = rng.integers(0, 2, n)
    chance = np.repeat(follows, items)
    label = np.where(rng.random((2, n)) < chance, truth, rng.integers(0, 2, (2, n)))
    at = (np.repeat(np.arange(len(follows)), items) * 30 + rng.integers(0, 28, n)) * DAY
    frame = pl.DataFrame({"item": np.tile(np.arange(n), 2), "rater": np.repeat([0, 1], n), "label": label.ravel()})
    return Ratings.from_frame(frame.with_columns(at=pl.Series(np.tile(at, 2))), **NAMED)


def test_a_fall_is_seen_with_its_size() -> None:
    drift = agreement.agreement_over_time(
        drawn(np.random.default_rng(1), [0.95, 0.9, 0.85, 0.8, 0.75, 0.7]), every="30d"
    )
    assert drift.periods.height == 6
    assert drift.periods["is_enough"].all()
    assert drift.slope.low < -0.083 < drift.slope.high < 0  # 0.95^2 to 0.70^2 over five periods
    assert drift.p_trend < 0.001
    assert drift.p_differ < 0.01


def test_no_trend_is_made_of_chance_or_of_unrest() -> None:
    rng = np.random.default_rng(5)
    chance = [agreement.agreement_over_time(drawn(rng, [0.8] * 6, items=60), every="30d").p_trend for _ in range(200)]
    assert np.mean(np.array(chance) < 0.05) < 0.09
    unrest = [
        agreement.agreement_over_time(drawn(rng, list(rng.uniform(0.3, 1, 6)), items=60), every="30d")
        for _ in range(200)
    ]
    assert np.mean([drift.p_trend < 0.05 for drift in unrest]) < 0.10
    assert np.mean([drift.p_differ < 0.05 for drift in unrest]) > 0.9


def test_a_period_is_that_of_an_items_first_rating_and_items_without_time_are_counted() -> None:
    frame = pl.DataFrame(
        {
            "item": [1, 1, 2, 2, 3, 3],
            "rater": list("ababab"),
            "label": list("xxxyyy"),
            "at": ["2026-02-03", "2026-01-31", "2026-02-01", None, None, None],
        }
    )
    drift = agreement.agreement_over_time(Ratings.from_frame(frame, **NAMED), coefficient="percent_agreement")
    assert drift.periods["period"].dt.strftime("%Y-%m").to_list() == ["2026-01", "2026-02"]
    assert drift.periods["value"].to_list() == [1.0, 0.0]
    assert drift.n_without_time == 1
    assert (drift.slope.value, drift.p_trend, drift.p_differ) == (None, None, None)
    assert "three periods" in drift.slope.warnings[0]


def test_times_are_needed_and_the_coefficient_known() -> None:
    ratings = drawn(np.random.default_rng(1), [0.9])
    with pytest.raises(ValueError, match="unknown coefficient"):
        agreement.agreement_over_time(ratings, coefficient="kappa")
    frame = pl.DataFrame({"item": [1], "rater": ["a"], "label": ["x"]})
    with pytest.raises(ValueError, match="hold no times"):
        agreement.agreement_over_time(Ratings.from_frame(frame, item="item", rater="rater", label="label"))


def test_nothing_at_all_has_no_drift() -> None:
    ratings = drawn(np.random.default_rng(1), [0.9]).select(np.zeros(150, bool))
    drift = agreement.agreement_over_time(ratings)
    assert drift.periods.is_empty()
    assert drift.slope.value is None


@pytest.mark.parametrize("every", ["soon", "-1d"])
def test_drift_says_what_a_length_of_time_is(every):
    frame = pl.DataFrame({"i": [1, 1], "y": list("ab"), "at": ["2024-01-01", "2024-01-02"]})
    ratings = Ratings.from_frame(frame, item="i", rater=None, label="y", at="at")
    with pytest.raises(ValueError, match="every is a length of time"):
        agreement.agreement_over_time(ratings, every=every)
