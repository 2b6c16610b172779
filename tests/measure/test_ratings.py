"""Ratings as arrays: nothing is lost, nothing depends on the order of rows."""

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smo.measure import codes as coding
from smo.measure.codes import encode, encode_parts
from smo.measure.columns import NO_TIME
from smo.measure.ratings import Ratings, tasks_from_frame
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


def test_two_texts_with_one_first_hash_are_told_apart_by_the_second() -> None:
    hashes = np.full(3, 7, np.uint64)
    checks = np.array([1, 2, 1], np.uint64) << np.uint64(32)
    _, codes, fresh = coding._number(coding.empty_book().table, hashes, checks, 0)
    assert (codes.tolist(), fresh.tolist()) == ([0, 1, 0], [0, 1])


@quick
@given(values=st.lists(st.one_of(st.text(max_size=3), st.text("ab", min_size=6, max_size=20))), cut=st.integers(0, 20))
def test_parts_are_coded_as_the_whole(values: list[str], cut: int) -> None:
    series = pl.Series("v", values, dtype=pl.String)
    whole, codes = encode(series)
    parts, by_part = encode_parts([series[:cut], series[cut:]])
    assert whole.to_list() == parts.to_list() == sorted(set(values))
    assert codes.tolist() == by_part.tolist()


@pytest.mark.parametrize("ending", ["abcdefgh", "é", "same-for-all-of-them", "\0"])
def test_thousands_of_texts_are_sorted_as_a_sort_does(ending: str) -> None:
    rng = np.random.default_rng(3)
    numbers = pl.Series("v", rng.permutation(4000)).to_frame()
    for pattern in (f"item-{{}}{ending}", f"{ending}{{}}", "{}"):
        values = numbers.select(pl.format(pattern, pl.col("v"))).to_series()
        distinct, codes = encode(values)
        assert distinct.equals(values.sort())
        assert distinct.gather(codes).equals(values)


def made(folder: Path, frame: pl.DataFrame, ending: str) -> Path:
    path = folder / f"labels{ending}"
    if ending == ".csv.gz":
        path.write_bytes(gzip.compress(frame.write_csv().encode()))
        return path
    writers = {".csv": frame.write_csv, ".parquet": frame.write_parquet, ".arrow": frame.write_ipc}
    writers.get(ending, frame.write_ndjson)(path)
    return path


@pytest.mark.parametrize("dtype", [pl.String, pl.Categorical])
@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".parquet", ".arrow", ".ndjson"])
def test_a_file_is_read_as_its_table(tmp_path: Path, ending: str, dtype: pl.DataType) -> None:
    frame = build.random_frame(np.random.default_rng(1), items=90, labels=4, raters=9, n=400).cast(pl.String)
    frame = frame.with_columns(
        pl.when(pl.int_range(pl.len()) % 7 > 0).then("label").alias("label"),
        pl.when(pl.int_range(pl.len()) % 5 > 0).then("rater").alias("rater"),
    )
    path = made(tmp_path, frame.cast(dtype) if ending != ".ndjson" else frame, ending)
    assert same(of(path), of(frame))
    assert same(of(str(path)), of(frame.lazy()))


def test_a_file_of_numbers_dates_and_weights_is_read_as_its_table(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    frame = build.random_frame(rng, items=90, labels=4, raters=9, n=400).with_columns(
        pl.lit(2.5).alias("w"), at=pl.datetime(2026, 1, 1) + pl.duration(minutes=pl.int_range(pl.len()))
    )
    frame.write_parquet(tmp_path / "labels.parquet")
    named = {"item": "item", "rater": "rater", "label": "label", "weight": "w", "at": "at"}
    assert same(Ratings.from_frame(tmp_path / "labels.parquet", **named), Ratings.from_frame(frame, **named))


def test_files_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    (tmp_path / "labels.xml").write_text("<a/>", encoding="utf-8")
    with pytest.raises(ValueError, match="names no format"):
        of(tmp_path / "labels.xml")
    with pytest.raises(ValueError, match=r"no file gone\.csv"):
        of(tmp_path / "gone.csv")


def same(first: Ratings, second: Ratings) -> bool:
    assert first.to_frame().equals(second.to_frame())
    assert (first.item_start == second.item_start).all()
    for field in ("weight", "at"):
        one, two = getattr(first, field), getattr(second, field)
        assert (one is None) == (two is None)
        assert one is None or (one == two).all()
    return first.labels == second.labels


@pytest.mark.parametrize("bad", [None, float("nan"), float("inf"), -1.0])
def test_weights_that_are_no_weights_are_counted(bad: float | None) -> None:
    frame = pl.DataFrame({"item": ["a"] * 4, "rater": list("wxyz"), "label": ["a"] * 4, "w": [1.0, bad, bad, 0.0]})
    with pytest.raises(ValueError, match="2 rows have none"):
        Ratings.from_frame(frame, item="item", rater="rater", label="label", weight="w")


def test_times_are_kept_with_their_ratings_in_any_form() -> None:
    when = ["2026-03-01T00:00:00", "2026-02-01T12:30:00", None]
    frame = pl.DataFrame({"item": ["b", "a", "a"], "rater": ["x", "x", "y"], "label": ["n", "m", "n"], "at": when})
    stamps = frame.with_columns(pl.col("at").str.to_datetime())
    day = frame.with_columns(pl.col("at").str.to_datetime().dt.date())
    whole = stamps.with_columns(pl.col("at").dt.epoch("us"))
    read = [Ratings.from_frame(f, item="item", rater="rater", label="label", at="at") for f in (frame, stamps, whole)]
    expected = [1769949000000000, NO_TIME, 1772323200000000]
    assert [ratings.at.tolist() for ratings in read] == [expected] * 3
    days = Ratings.from_frame(day, item="item", rater="rater", label="label", at="at")
    assert days.at.tolist() == [1769904000000000, NO_TIME, 1772323200000000]
    assert days.select([False, True]).at.tolist() == [1772323200000000]
    with pytest.raises(ValueError, match="column at: times are"):
        Ratings.from_frame(frame.with_columns(at=pl.lit(1.5)), item="item", rater="rater", label="label", at="at")


@quick
@given(frame=build.frames(), seed=st.integers(0, 99))
def test_weights_and_times_do_not_depend_on_the_order_of_rows(frame: pl.DataFrame, seed: int) -> None:
    rng = np.random.default_rng(seed)
    full = frame.with_columns(
        w=pl.Series(rng.integers(0, 3, frame.height), dtype=pl.Float64), at=pl.Series(rng.integers(0, 3, frame.height))
    )
    shuffled = full.sample(fraction=1, shuffle=True, seed=seed)
    named = {"item": "item", "rater": "rater", "label": "label", "weight": "w", "at": "at"}
    assert same(Ratings.from_frame(full, **named), Ratings.from_frame(shuffled, **named))


def test_models_leave_and_take_their_items_with_them() -> None:
    ratings = build.ratings_of((("a", "b", None), ("a", "a", None), ("b", "b", "b")))
    people = ratings.without_raters([2])
    assert (people.n_items, people.n_raters, people.labels) == (2, 2, ("a", "b"))
    assert people.raters.to_list() == [0, 1]
    assert ratings.without_raters([]).to_frame().equals(ratings.to_frame())
    with pytest.raises(ValueError, match="no rater gpt"):
        ratings.without_raters([2, "gpt"])
    anonymous = build.ratings_of((("a", "b"), ("a", "b")), anonymous=True)
    with pytest.raises(ValueError, match="no rater x"):
        anonymous.without_raters(["x"])


def test_a_declared_scale_holds_labels_that_nobody_used() -> None:
    ratings = build.ratings_of((("low", "high"), ("high", "high")))
    scale = ratings.with_order(["low", "middle", "high"])
    assert scale.labels == ("low", "middle", "high")
    assert scale.to_frame().sort("item", "rater").equals(ratings.to_frame().sort("item", "rater"))
    with pytest.raises(ValueError, match="lacks high"):
        ratings.with_order(["low", "middle"])
    with pytest.raises(ValueError, match="twice"):
        ratings.with_order(["low", "high", "low"])
    numbers = build.ratings_of(build.CANONICAL).with_order([5, 4, 3, 2, 1, 0])
    assert numbers.labels == (5.0, 4.0, 3.0, 2.0, 1.0, 0.0)


def test_sets_written_in_another_order_are_one_label() -> None:
    ratings = build.ratings_of((("a|b", "a"), ("b|a", " a | a"))).as_sets()
    assert ratings.labels == ("a", "a|b")
    assert ratings.label.tolist() == [1, 1, 0, 0]


def test_each_task_has_ratings_of_its_own(tmp_path: Path) -> None:
    frame = build.random_frame(np.random.default_rng(1), items=20, labels=3, raters=4, n=70)
    both = pl.concat(
        [frame.with_columns(q=pl.lit("spam")), frame.with_columns(q=pl.lit("hate"), label=pl.lit(7, pl.Int64))]
    )
    both.write_parquet(tmp_path / "both.parquet")
    for source in (both, both.lazy(), tmp_path / "both.parquet"):
        found = tasks_from_frame(source, task="q", item="item", rater="rater", label="label")
        assert list(found) == ["hate", "spam"]
        assert found["hate"].labels == (7.0,)
        assert found["spam"].to_frame().equals(of(frame).to_frame())
    blank = both.with_columns(q=pl.when(pl.col("q") == "hate").then("q"))
    with pytest.raises(ValueError, match="column q: 70 rows"):
        tasks_from_frame(blank, task="q", item="item", rater="rater", label="label")
    with pytest.raises(ValueError, match="no column question"):
        tasks_from_frame(both, task="question", item="item", rater="rater", label="label")


@pytest.mark.parametrize("size", [3, 60, 5000])
def test_items_of_any_size_are_sorted_with_what_they_carry(size: int) -> None:
    rng = np.random.default_rng(0)
    frame = pl.DataFrame(
        {"item": 1, "rater": rng.integers(0, 3, size), "label": rng.integers(0, 2, size), "w": rng.integers(0, 4, size)}
    ).with_columns(at=pl.Series(rng.integers(0, 3, size)))
    ratings = Ratings.from_frame(frame, item="item", rater="rater", label="label", weight="w", at="at")
    ordered = frame.sort("rater", "label", "w", "at")
    assert ratings.weight.tolist() == ordered["w"].to_list()
    assert ratings.at.tolist() == ordered["at"].to_list()


@pytest.mark.parametrize("label", [float("inf"), float("-inf")])
def test_ratings_refuse_an_infinite_label(label):
    with pytest.raises(ValueError, match="a label is infinite"):
        Ratings.from_frame(pl.DataFrame({"i": [1, 1], "y": [1.0, label]}), item="i", rater=None, label="y")


def test_ratings_refuse_a_weight_whose_square_overflows():
    frame = pl.DataFrame({"i": [1, 1], "y": ["a", "b"], "w": [1e200, 1.0]})
    with pytest.raises(ValueError, match="every weight must be a number"):
        Ratings.from_frame(frame, item="i", rater=None, label="y", weight="w")


def test_with_order_says_which_name_is_no_number():
    ratings = Ratings.from_frame(pl.DataFrame({"i": [1, 1], "y": [1, 2]}), item="i", rater=None, label="y")
    with pytest.raises(ValueError, match="'low' of the order is none"):
        ratings.with_order(["low", "2"])


def test_tasks_say_which_column_was_not_named():
    with pytest.raises(ValueError, match="name the columns of label, rater"):
        tasks_from_frame(pl.DataFrame({"q": ["a"], "i": [1]}), task="q", item="i")
