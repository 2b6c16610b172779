"""Errors of skill: those of a share when truth is known, wider when it is not, and true by simulation."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smo.measure.aggregation.consensus import aggregate
from smo.measure.aggregation.skill_errors import skills
from smo.measure.ratings import Ratings
from tests.measure.aggregation.crowd import crowd


def test_skill_errors_are_a_shares_when_truth_is_known() -> None:
    right = np.array([1.0] * 90 + [0.0] * 10)
    found = skills(right, np.zeros(100, int), n_raters=1)
    assert found.se[0] == pytest.approx(np.sqrt(0.9 * 0.1 / 100), rel=0.03)


def test_skill_errors_grow_with_doubt() -> None:
    """The same expected share from answers that may be right or wrong tells less."""
    known = skills(np.repeat([1.0, 0.0], [80, 20]), np.zeros(100, int), n_raters=1)
    doubtful = skills(np.repeat([0.9, 0.4], [80, 20]), np.zeros(100, int), n_raters=1)
    assert doubtful.skill[0] == pytest.approx(known.skill[0])
    assert doubtful.se[0] > 1.5 * known.se[0]
    assert doubtful.n_effective[0] < known.n_effective[0]


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 5), st.integers(0, 40))
def test_skill_errors_intervals_hold_the_skill(seed, raters, n) -> None:
    rng = np.random.default_rng(seed)
    found = skills(rng.random(n), rng.integers(-1, raters, n), n_raters=raters)
    rated = found.n > 0
    assert (found.low[rated] <= found.skill[rated]).all()
    assert (found.skill[rated] <= found.high[rated]).all()
    assert np.isnan(found.skill[~rated]).all()
    assert ((found.low >= 0) & (found.high <= 1) & (found.se > 0)).all()


def test_skill_errors_of_a_bootstrap_are_found() -> None:
    """Parametric bootstrap: the spread of the estimated skill over 60 crowds of one kind is what `se` says."""
    found = [aggregate(crowd_of_one_kind(seed)).raters() for seed in range(60)]
    skill = np.array([frame["skill"].to_numpy() for frame in found])
    stated = np.array([frame["se"].to_numpy() for frame in found])
    assert stated.mean() == pytest.approx(skill.std(axis=0, ddof=1).mean(), rel=0.25)


def crowd_of_one_kind(seed: int) -> Ratings:
    """The same raters each time: their tables come from the seed 1, the items and answers from `seed`."""
    _, _, tables = crowd(1, items=2, labels=3, raters=8, per_item=8)
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, 150)
    steps = np.cumsum(tables, axis=2)[:, truth].swapaxes(0, 1)
    given_labels = (rng.random((150, 8, 1)) > steps).sum(axis=2)
    frame = pl.DataFrame({"item": np.repeat(np.arange(150), 8), "rater": np.tile(np.arange(8), 150)})
    frame = frame.with_columns(pl.Series("label", np.minimum(given_labels, 2).ravel()))
    return Ratings.from_frame(frame, item="item", rater="rater", label="label")


@pytest.mark.parametrize(
    ("right", "more", "says"),
    [([np.nan], {}, "chances"), ([1.5], {}, "chances"), ([0.5], {"confidence": 1.0}, "confidence")],
)
def test_skill_errors_bad_input_is_named(right, more, says) -> None:
    with pytest.raises(ValueError, match=says):
        skills(np.array(right), np.zeros(1, int), n_raters=1, **more)
