"""Every statistic on the shelf adds up: shards, order, corrections, slices, stored states, bad rows."""

import math
from io import BytesIO

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from smo.measure.estimate import Estimate
from smo.measure.merge import Additive, State, add, finish, finish_by, init, merge, merged, restored, roll_up, subtract
from tests.measure.additive.batches import SHELF, assert_same, fitted, rows, shards

EVERY = pytest.mark.parametrize("statistic", SHELF.values(), ids=SHELF)
SLICES = ("language",)
UNFIT: dict[str, tuple[object, ...]] = {
    "id": (),
    "time": ("not a day",),
    "number": (math.nan, math.inf),
    "flag": (math.nan, math.inf, 2.0),
    "share": (math.nan, math.inf, 2.0, -0.1),
    "weight": (math.nan, math.inf, -1.0),
}
NAMES = {
    "agreement_patterns", "bootstrap_replicates", "design_sums", "duration_histogram", "label_tables",
    "posterior_tables", "ppi_sums", "proportion", "rater_confusion", "score_histogram", "skill_moments", "time_buckets",
}  # fmt: skip


def state_of(table: pl.DataFrame, statistic: Additive, by: tuple[str, ...] = ()) -> State:
    return add(init(statistic, by), table)


def test_shelf_holds_what_is_tested() -> None:
    assert set(SHELF) >= NAMES


@EVERY
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**31), n=st.integers(1, 150), count=st.integers(1, 6))
def test_shards_equal_the_whole(statistic, seed, n, count) -> None:
    table = fitted(rows(seed, n), statistic)
    parts = [state_of(part, statistic, SLICES) for part in shards(table, statistic, count)]
    whole = state_of(table, statistic, SLICES)
    assert_same(merged(parts).cells, whole.cells, statistic)
    one_by_one = init(statistic, SLICES)
    for part in reversed(parts):
        one_by_one = merge(part, one_by_one)
    assert_same(one_by_one.cells, whole.cells, statistic)


@EVERY
def test_numbers_of_shards_equal_those_of_the_whole(statistic) -> None:
    table = fitted(rows(5, 2000), statistic)
    found = finish(merged([state_of(part, statistic) for part in shards(table, statistic)]))
    wanted = finish(state_of(table, statistic))
    if isinstance(wanted, Estimate):
        assert isinstance(found, Estimate)
        assert wanted.is_measured
        for name in ("value", "low", "high"):
            assert getattr(found, name) == pytest.approx(getattr(wanted, name), rel=1e-11)
        assert (found.n, found.method, found.warnings) == (wanted.n, wanted.method, wanted.warnings)
    else:
        assert wanted.height > 0
        assert_frame_equal(found, wanted, rel_tol=1e-11)


@EVERY
@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_what_was_added_can_be_taken_back(statistic, seed) -> None:
    first, second = shards(fitted(rows(seed, 200), statistic), statistic, 2)
    before, extra = state_of(first, statistic, SLICES), state_of(second, statistic, SLICES)
    after = subtract(merge(before, extra), extra)
    whole = [name for name, dtype in statistic.sums.items() if dtype == pl.Int64]
    exact = [*SLICES, *statistic.keys, *whole]
    assert after.cells.select(exact).equals(before.cells.select(exact))
    assert_same(after.cells, before.cells, statistic)
    assert subtract(before, before).cells.is_empty()


@EVERY
def test_more_than_was_added_cannot_be_taken_back(statistic) -> None:
    one, two = (state_of(part, statistic) for part in shards(fitted(rows(3), statistic), statistic, 2))
    with pytest.raises(ValueError, match="never added"):
        subtract(one, merge(one, two))
    with pytest.raises(ValueError, match="never added"):
        subtract(init(statistic), one)


@EVERY
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_the_order_of_rows_does_not_matter(statistic, seed) -> None:
    table = fitted(rows(seed, 120), statistic)
    order = np.random.default_rng(seed).permutation(table.height)
    assert_same(state_of(table[order], statistic).cells, state_of(table, statistic).cells, statistic)


@EVERY
def test_merging_is_commutative_to_the_bit(statistic) -> None:
    one, two = (state_of(part, statistic, SLICES) for part in shards(fitted(rows(4), statistic), statistic, 2))
    assert merge(one, two).cells.equals(merge(two, one).cells)


@EVERY
def test_an_empty_batch_changes_nothing(statistic) -> None:
    table = fitted(rows(6), statistic)
    before = state_of(table, statistic, SLICES)
    assert add(before, table.head(0)).cells.equals(before.cells)
    assert merge(init(statistic, SLICES), before).cells.equals(before.cells)
    assert subtract(before, init(statistic, SLICES)).cells.equals(before.cells)
    nothing = finish(init(statistic))
    assert not nothing.is_measured if isinstance(nothing, Estimate) else nothing.is_empty()
    assert finish_by(init(statistic, SLICES), SLICES).is_empty()


@EVERY
def test_slices_add_up_to_the_whole(statistic) -> None:
    table = fitted(rows(7, 900), statistic)
    if statistic.shard_by == "item":  # an item is of one slice
        table = table.with_columns(language=pl.when(pl.col("item").str.contains("1")).then(pl.lit("de")))
    apart = state_of(table, statistic, SLICES)
    assert_same(roll_up(apart).cells, state_of(table, statistic).cells, statistic)
    by_slice = finish_by(apart, SLICES)
    for (language,), part in table.partition_by("language", as_dict=True).items():
        own = finish(state_of(part, statistic))
        mine = by_slice.filter(pl.col("language").eq_missing(language)).drop("language")
        if isinstance(own, Estimate):
            assert mine.get_column("value").item() == pytest.approx(own.value, rel=1e-11)
            assert mine.get_column("n").item() == own.n
        else:
            assert_frame_equal(mine, own, rel_tol=1e-11)


@EVERY
def test_a_state_survives_arrow(statistic) -> None:
    state = state_of(fitted(rows(8), statistic), statistic, SLICES)
    stored = BytesIO()
    state.cells.write_ipc(stored)
    stored.seek(0)
    back = restored(statistic, pl.read_ipc(stored).to_arrow(), by=SLICES)
    assert back.cells.equals(state.cells)
    shuffled = state.cells.sample(fraction=1.0, shuffle=True, seed=1)
    assert restored(statistic, shuffled, by=SLICES).cells.equals(state.cells)


@EVERY
def test_a_stored_state_of_another_shape_is_refused(statistic) -> None:
    cells = state_of(fitted(rows(8), statistic), statistic).cells
    with pytest.raises(ValueError, match="has the columns"):
        restored(statistic, cells.rename({statistic.count: "many"}))
    with pytest.raises(ValueError, match="at least 1"):
        restored(statistic, cells.with_columns(-pl.col(statistic.count)))


@EVERY
def test_a_missing_column_is_named(statistic) -> None:
    table = fitted(rows(9), statistic)
    for name in statistic.needs:
        if name in statistic.may_lack or statistic.needs[name] == "weight":
            assert state_of(table.drop(name), statistic).cells.height > 0
        else:
            with pytest.raises(ValueError, match=f"no column {name}"):
                state_of(table.drop(name), statistic)


@EVERY
def test_an_unfit_row_is_refused_with_its_number(statistic) -> None:
    table = fitted(rows(10), statistic)
    for name, kind in statistic.needs.items():
        bad = list(UNFIT[kind])
        if name not in statistic.may_lack:
            bad.append(None)
        for value in bad:
            text = kind == "time"
            column = table.get_column(name).cast(pl.String if text else pl.Float64) if kind != "id" else table[name]
            spoiled = column.clone()
            spoiled[3] = value
            with pytest.raises(ValueError, match=rf"column {name} is .* in 1 of {table.height} rows"):
                state_of(table.with_columns(spoiled), statistic)


@EVERY
def test_more_confidence_is_wider(statistic) -> None:
    state = state_of(fitted(rows(14, 900), statistic), statistic)
    usual, wide = finish(state), finish(state, confidence=0.99)
    if isinstance(usual, Estimate):
        assert isinstance(wide, Estimate)
        assert wide.low < usual.low < usual.value < usual.high < wide.high
        assert (wide.confidence, finish(state, basis="gold").basis) == (0.99, "gold")
        assert finish_by(state_of(fitted(rows(14, 900), statistic), statistic, ("language",)), ["language"]).height > 0
    elif "low" in usual.columns:
        assert (wide["low"] < usual["low"]).any()
        assert (wide["high"] >= usual["high"]).all()
    with pytest.raises(ValueError, match="between 0 and 1"):
        finish(state, confidence=1.0)


@EVERY
def test_a_slice_by_a_column_of_the_statistic_is_refused(statistic) -> None:
    for name in {*statistic.needs, *statistic.sums}:
        with pytest.raises(ValueError, match="rename it"):
            init(statistic, [name])
    with pytest.raises(ValueError, match="named twice"):
        init(statistic, ["language", "language"])


def test_states_of_different_kinds_do_not_add_up() -> None:
    one, other = init(SHELF["proportion"]), init(SHELF["label_tables"])
    for join in (merge, subtract):
        with pytest.raises(ValueError, match="do not add up"):
            join(one, other)
        with pytest.raises(ValueError, match="do not add up"):
            join(one, init(SHELF["proportion"], SLICES))
    with pytest.raises(ValueError, match="no state"):
        merged([])
    with pytest.raises(ValueError, match="not kept apart by policy"):
        roll_up(init(SHELF["proportion"], SLICES), ["policy"])


@EVERY
def test_integer_ids_and_text_ids_are_the_same(statistic) -> None:
    table = fitted(rows(11), statistic)
    number = pl.col("rater").str.strip_prefix("rater-")
    as_text, as_number, as_float = (
        table.with_columns(rater=number.cast(dtype)) for dtype in (pl.String, pl.Int32, pl.Float64)
    )
    wanted = state_of(as_text, statistic).cells
    assert_same(state_of(as_number, statistic).cells, wanted, statistic)
    assert_same(state_of(as_float, statistic).cells, wanted, statistic)


@EVERY
def test_pandas_and_arrow_batches_are_read(statistic) -> None:
    table = fitted(rows(12, 50), statistic)
    wanted = state_of(table, statistic).cells
    assert_same(state_of(table.to_arrow(), statistic).cells, wanted, statistic)
    assert_same(state_of(table.to_pandas(), statistic).cells, wanted, statistic)
