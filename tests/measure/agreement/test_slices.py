"""Slices: one pass gives what each slice alone gives, and says which of them are not enough."""

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smo.measure import agreement
from smo.measure.agreement.slices import COEFFICIENTS, measured
from smo.measure.ratings import Ratings
from tests.measure import build

quick = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FIELDS = ("key", "start", "label", "count", "items", "weight", "weight_squared")


def of(frame: pl.DataFrame, weight: str | None = None) -> Ratings:
    return Ratings.from_frame(frame, item="item", rater="rater", label="label", weight=weight)


@quick
@given(frame=build.frames(), seed=st.integers(0, 99), weighted=st.booleans())
def test_a_slice_of_one_pass_is_the_slice_alone_and_all_make_the_whole(
    frame: pl.DataFrame, seed: int, weighted: bool
) -> None:
    heavy = frame.with_columns(w=(1.0 + pl.col("item") % 3).cast(pl.Float64))
    ratings = of(heavy, "w") if weighted else of(frame)
    slices = np.random.default_rng(seed).integers(-1, 3, ratings.n_items).astype(np.int32)
    states = agreement.patterns_by_slice(ratings, slices, n_slices=3)
    assert len(states) == 3
    for place, state in enumerate(states):
        alone = agreement.patterns(ratings.select(slices == place))
        for field in FIELDS:
            assert (getattr(state, field) == getattr(alone, field)).all()
    total = states[0]
    for state in states[1:]:
        total = agreement.merge(total, state)
    whole = agreement.patterns(ratings.select(slices >= 0))
    for field in FIELDS[:5]:
        assert (getattr(total, field) == getattr(whole, field)).all()


def test_every_coefficient_of_a_slice_is_that_of_its_items_alone() -> None:
    rng = np.random.default_rng(2)
    ratings = of(build.random_frame(rng, items=200, labels=4, raters=5, n=700))
    names = pl.Series(["en", "de", "fr"]).gather(rng.integers(0, 3, ratings.n_items))
    found = agreement.agreement_by_slice(ratings, names, coefficients=tuple(COEFFICIENTS), level="ordinal")
    assert found.height == 15
    assert found["slice"].is_sorted()
    for row in found.iter_rows(named=True):
        part = agreement.patterns(ratings.select(names == row["slice"]))
        alone = measured(part, row["coefficient"], level="ordinal")
        assert (row["value"], row["low"], row["high"], row["n"]) == (alone.value, alone.low, alone.high, alone.n)
        assert row["is_enough"]


def test_slices_may_come_as_a_frame_in_any_order_and_may_lack_items() -> None:
    ratings = build.ratings_of(build.CANONICAL)
    table = pl.DataFrame({"item": [11, 0, 1, 2], "market": ["x", "y", "y", "y"]})
    found = agreement.agreement_by_slice(ratings, table, coefficients=["percent_agreement"])
    assert found["slice"].to_list() == ["x", "y"]
    assert found["n"].to_list() == [0, 3]
    assert found["is_enough"].to_list() == [False, False]
    assert found["warnings"].to_list()[0] == ["no item has two ratings"]
    assert found["low"].to_list()[0] is None


def test_faulty_slices_are_refused() -> None:
    ratings = build.ratings_of(build.CANONICAL)
    with pytest.raises(ValueError, match="an item is in two slices"):
        agreement.agreement_by_slice(ratings, pl.DataFrame({"item": [1, 1], "market": ["x", "y"]}))
    with pytest.raises(ValueError, match="3 slices for 12 items"):
        agreement.agreement_by_slice(ratings, pl.Series(["x"] * 3))
    with pytest.raises(ValueError, match="unknown coefficient"):
        agreement.agreement_by_slice(ratings, pl.Series(["x"] * 12), coefficients=["kappa"])
    with pytest.raises(ValueError, match="numbered 4"):
        agreement.patterns_by_slice(ratings, np.full(12, 4, np.int32), n_slices=2)


def test_no_slices_and_no_items_give_no_rows() -> None:
    ratings = build.ratings_of(build.CANONICAL)
    assert agreement.agreement_by_slice(ratings, pl.Series([None] * 12, dtype=pl.String)).is_empty()
    nothing = ratings.select(np.zeros(12, bool))
    assert agreement.agreement_by_slice(nothing, pl.Series([], dtype=pl.String)).is_empty()


def test_ratings_of_an_item_that_differ_in_weight_are_refused() -> None:
    frame = pl.DataFrame({"item": [1, 1, 2], "rater": ["a", "b", "a"], "label": ["x"] * 3, "w": [1.0, 2.0, 5.0]})
    with pytest.raises(ValueError, match="1 items have ratings of different weights"):
        agreement.krippendorff_alpha(of(frame, "w"))


@quick
@given(frame=build.frames(), factor=st.sampled_from([0.25, 4.0]))
def test_only_the_ratio_of_weights_matters_to_shares(frame: pl.DataFrame, factor: float) -> None:
    first = frame.with_columns(w=(1.0 + pl.col("item") % 3).cast(pl.Float64))
    second = first.with_columns(pl.col("w") * factor)
    one, two = agreement.percent_agreement(of(first, "w")), agreement.percent_agreement(of(second, "w"))
    assert one == two or one.value == pytest.approx(two.value, abs=1e-12)


def test_slices_of_one_column_are_refused():
    ratings = Ratings.from_frame(pl.DataFrame({"i": [1, 1], "y": list("ab")}), item="i", rater=None, label="y")
    with pytest.raises(ValueError, match="two columns"):
        agreement.agreement_by_slice(ratings, pl.DataFrame({"item": [1]}))
