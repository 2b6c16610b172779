"""Ratings as arrays: nothing is lost, nothing depends on the order of rows."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smo.measure import codes as coding
from smo.measure.codes import encode
from smo.measure.ratings import Ratings
from tests.measure import build

quick = settings(max_examples=80, deadline=None)
labels = st.sampled_from(["", " a", "a", "a|b", "é", "🙂", "no", "-1", "1e3"])
rows = st.lists(
    st.tuples(st.text(max_size=3), st.one_of(st.none(), st.sampled_from("xyz")), st.one_of(st.none(), labels))
)


def table(content: list[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(content, schema={"item": pl.String, "rater": pl.String, "label": pl.String}, orient="row")


def of(frame: pl.DataFrame) -> Ratings:
    return Ratings.from_frame(frame, item="item", rater="rater", label="label")


@quick
@given(content=rows.filter(lambda content: not any(row[2] in {"-1", "1e3"} for row in content)))
def test_the_table_comes_back(content: list[tuple[object, ...]]) -> None:
    frame = table(content)
    back = of(frame).to_frame()
    kept = frame.filter(pl.col("label").is_not_null())
    assert sorted(back.rows(), key=repr) == sorted(kept.rows(), key=repr)


@quick
@given(frame=build.frames(), seed=st.integers(0, 99))
def test_rows_may_stand_in_any_order(frame: pl.DataFrame, seed: int) -> None:
    first, second = of(frame), of(frame.sample(fraction=1, shuffle=True, seed=seed))
    for field in ("item_start", "rater", "label"):
        assert (getattr(first, field) == getattr(second, field)).all()
    assert first.labels == second.labels
    assert first.items.equals(second.items)


@quick
@given(frame=build.frames())
def test_the_shapes_hold(frame: pl.DataFrame) -> None:
    ratings = of(frame)
    assert (ratings.item_start.dtype, ratings.rater.dtype, ratings.label.dtype) == (np.int64, np.int32, np.int32)
    assert ratings.item_start[0] == 0
    assert ratings.item_start[-1] == ratings.n_ratings == frame.height
    assert (np.diff(ratings.item_start) > 0).all()
    assert ratings.n_items == len(ratings.items) == frame["item"].n_unique()
    assert ratings.n_raters == frame["rater"].drop_nulls().n_unique()
    assert (ratings.counts().sum(axis=1) == np.diff(ratings.item_start)).all()


@pytest.mark.parametrize(
    ("given_labels", "expected"),
    [
        (["10", "9", "-1"], (-1.0, 9.0, 10.0)),
        (["1", "1.0", "2"], (1.0, 2.0)),
        ([3, 1, 2], (1.0, 2.0, 3.0)),
        (["10", "9", "x"], ("10", "9", "x")),
        (["1", "nan"], ("1", "nan")),
        (["1", "inf"], ("1", "inf")),
        ([True, False], ("false", "true")),
        ([0.5, float("nan"), 0.25], (0.25, 0.5)),
    ],
)
def test_labels_are_numbers_when_all_of_them_are(given_labels: list[object], expected: tuple[object, ...]) -> None:
    frame = pl.DataFrame({"i": range(len(given_labels)), "y": given_labels})
    assert Ratings.from_frame(frame, item="i", rater=None, label="y").labels == expected


def test_label_names_print_whole_numbers_plainly() -> None:
    frame = pl.DataFrame({"i": [1, 2, 3], "y": ["-1", "0.5", "2.0"]})
    assert Ratings.from_frame(frame, item="i", rater=None, label="y").label_names == ("-1", "0.5", "2")


@pytest.mark.parametrize(
    "convert",
    [lambda f: f, pl.DataFrame.to_arrow, pl.DataFrame.lazy, lambda f: pd.DataFrame(f.to_dict(as_series=False))],
)
def test_polars_pandas_and_arrow_are_read(convert) -> None:
    frame = pl.DataFrame({"item": ["a", "b", "a"], "rater": ["x", "x", "y"], "label": ["yes", "no", "no"]})
    assert of(convert(frame)).to_frame().equals(of(frame).to_frame())


@pytest.mark.parametrize(
    "dtype", [pl.Int8, pl.UInt8, pl.Int16, pl.UInt32, pl.Int64, pl.UInt64, pl.Float32, pl.String, pl.Categorical]
)
def test_ids_of_any_type_are_coded_in_order(dtype: pl.DataType) -> None:
    values = pl.Series("v", [3, 127, 0, 3], dtype=pl.Int64)
    values = values.cast(pl.String).cast(dtype) if dtype == pl.Categorical else values.cast(dtype)
    distinct, codes = encode(values)
    assert distinct.gather(codes).cast(pl.String).to_list() == values.cast(pl.String).to_list()
    assert distinct.cast(pl.String).to_list() == (
        ["0", "127", "3"] if dtype in {pl.String, pl.Categorical} else distinct.sort().cast(pl.String).to_list()
    )


@pytest.mark.parametrize("values", [[-128, 127, -128], [0, 2**63 - 1], [-(2**63), 2**63 - 1], []])
def test_far_apart_ids_are_coded_without_a_table_of_the_gap(values: list[int]) -> None:
    dtype = pl.Int8 if values[:1] == [-128] else pl.Int64
    distinct, codes = encode(pl.Series("v", values, dtype=dtype))
    assert distinct.gather(codes).to_list() == values
    high = pl.Series("v", [2**64 - 1, 2**64 - 3], dtype=pl.UInt64)
    assert encode(high)[1].tolist() == [1, 0]


def test_a_slice_keeps_labels_and_drops_absent_raters() -> None:
    ratings = build.ratings_of(build.CANONICAL)
    slice_ = ratings.select(np.arange(12) == 11)
    assert slice_.labels == ratings.labels
    assert (slice_.n_items, slice_.n_ratings, slice_.raters.to_list()) == (1, 1, [1])
    assert slice_.rater.tolist() == [0]
    whole = ratings.select(pl.Series([True] * 12))
    assert whole.to_frame().equals(ratings.to_frame())
    assert ratings.select(np.zeros(12, bool)).n_ratings == 0
    with pytest.raises(ValueError, match="12 items"):
        ratings.select([True])


def test_anonymous_rows_stay_anonymous_in_a_slice() -> None:
    frame = pl.DataFrame({"item": [1, 1, 2], "rater": ["x", None, None], "label": ["a", "b", "a"]})
    assert of(frame).select([True, False]).rater.tolist() == [-1, 0]
    assert of(frame).select([False, True]).raters is None


def test_an_item_with_very_many_ratings_is_sorted() -> None:
    rng = np.random.default_rng(0)
    frame = pl.DataFrame(
        {"item": 1, "rater": rng.permutation(5000), "label": rng.integers(0, 9, 5000), "w": rng.random(5000)}
    )
    ratings = Ratings.from_frame(frame, item="item", rater="rater", label="label", weight="w")
    ordered = frame.sort("rater")
    assert ratings.rater.tolist() == list(range(5000))
    assert ratings.label.tolist() == ordered["label"].to_list()
    assert ratings.weight.tolist() == ordered["w"].to_list()


def test_faults_name_the_column_and_the_remedy() -> None:
    frame = pl.DataFrame({"item": [None, "a"], "rater": ["x", "y"], "label": ["a", "b"], "w": [1.0, -1.0]})
    with pytest.raises(ValueError, match=r"column item: 1 rows"):
        of(frame)
    with pytest.raises(ValueError, match="no column who; there are item"):
        Ratings.from_frame(frame, item="item", rater="who", label="label")
    with pytest.raises(ValueError, match="column w: every weight"):
        Ratings.from_frame(frame.drop_nulls("item"), item="item", rater=None, label="label", weight="w")


@quick
@given(values=st.lists(st.text(max_size=4)), floats=st.lists(st.floats(allow_nan=False)))
def test_texts_and_numbers_are_coded_in_order(values: list[str], floats: list[float]) -> None:
    for given_values, dtype in ((values, pl.String), (floats, pl.Float64)):
        series = pl.Series("v", given_values, dtype=dtype)
        distinct, codes = encode(series)
        assert distinct.gather(codes).to_list() == given_values
        assert distinct.is_sorted()
        assert distinct.is_unique().all()


def test_two_texts_with_one_hash_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    values = pl.Series("v", ["b", "a", "c", "a"])
    monkeypatch.setattr(coding, "_first_rows", lambda hashes: (np.zeros(len(hashes), np.int32), np.zeros(1, np.int64)))
    distinct, codes = encode(values)
    assert (distinct.to_list(), codes.tolist()) == (["a", "b", "c"], [1, 0, 2, 0])
