"""Which answer counts, and how often people repeat themselves."""

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given, settings

from smo.measure.agreement.intra import intra_rater_agreement
from smo.measure.canonical import canonical, guess_level
from tests.measure import build


def at(minute: int) -> datetime:
    return datetime(2026, 11, 22, 12, minute, tzinfo=UTC)


def test_the_first_answer_by_time_counts_else_the_first_of_the_file() -> None:
    frame = pl.DataFrame(
        {
            "item": ["a", "a", "a", "b", "b"],
            "rater": ["x", "x", "y", "x", "x"],
            "task": ["t", "t", "t", "t", "u"],
            "label": ["late", "early", "only", "b", "other task"],
            "at": [at(9), at(1), at(5), None, at(3)],
        }
    )
    by_time, by_file = canonical(frame, time=True), canonical(frame, time=False)
    assert by_time.ratings_frame["label"].to_list() == ["early", "only", "b", "other task"]
    assert by_time.repeats_frame["label"].to_list() == ["late"]
    assert by_file.ratings_frame["label"].to_list() == ["late", "only", "b", "other task"]
    assert by_file.repeats_frame.columns == frame.columns


def test_an_empty_cell_is_missing_and_never_the_first_answer() -> None:
    frame = pl.DataFrame({"item": ["a", "a"], "rater": ["x", "x"], "label": [None, "yes"]})
    both = canonical(frame, time=False)
    assert (both.ratings_frame["label"].to_list(), both.repeats_frame.height) == (["yes"], 0)


def test_rows_without_a_time_come_after_those_with_one() -> None:
    frame = pl.DataFrame({"item": ["a", "a"], "rater": ["x", "x"], "label": ["no time", "timed"], "at": [None, at(1)]})
    assert canonical(frame, time=True).ratings_frame["label"].to_list() == ["timed"]
    with pytest.raises(ValueError, match="`at`"):
        canonical(frame.drop("at"), time=True)


@settings(max_examples=80, deadline=None)
@given(frame=build.frames())
def test_every_answer_is_in_exactly_one_part(frame: pl.DataFrame) -> None:
    both = canonical(frame, time=False)
    assert both.ratings_frame.height + both.repeats_frame.height == frame.height
    named = both.ratings_frame.filter(pl.col("rater").is_not_null())
    assert named.select("item", "rater").is_unique().all()
    assert both.repeats_frame["rater"].null_count() == 0
    again = both.repeats_frame.join(named, on=["item", "rater"], how="anti")
    assert again.is_empty()


@pytest.mark.parametrize(
    ("labels", "level"),
    [
        (["1", "2"], "ordinal"),
        ([1.0, -3.0], "ordinal"),
        (["1", "x"], "nominal"),
        (["1", None], "ordinal"),
        ([], "nominal"),
        (["nan"], "nominal"),
        (["1|2"], "nominal"),
    ],
)
def test_the_level_is_guessed_from_the_labels(labels: list[object], level: str) -> None:
    assert guess_level(labels) == level


def test_intra_rater_agreement_counts_repeats_against_the_first_answer() -> None:
    frame = pl.DataFrame(
        {"item": list("aabbccaa"), "rater": list("xxxxyyyy"), "task": "t", "label": list("11121112")},
    )
    both = canonical(frame, time=False)
    overall, by_rater = intra_rater_agreement(both.repeats_frame, both.ratings_frame)
    assert (overall.value, overall.n, overall.successes, overall.basis) == (0.5, 4, 2, "overlap")
    assert overall.low < 0.5 < overall.high
    assert by_rater.select("rater", "n", "agreement").rows() == [("x", 2, 0.5), ("y", 2, 0.5)]


def test_no_repeats_is_not_measured() -> None:
    frame = pl.DataFrame({"item": ["a"], "rater": ["x"], "label": ["1"]})
    both = canonical(frame, time=False)
    overall, by_rater = intra_rater_agreement(both.repeats_frame, both.ratings_frame)
    assert (overall.value, overall.n) == (None, 0)
    assert by_rater.columns == ["rater", "n", "agreement", "low", "high"]
    anonymous = canonical(frame.drop("rater"), time=False)
    assert intra_rater_agreement(anonymous.repeats_frame, anonymous.ratings_frame)[0].value is None


def test_people_who_differ_widen_the_overall_interval() -> None:
    labels = ["1"] * 40 + ["1"] * 20 + ["2"] * 20
    first = pl.DataFrame({"item": list(range(40)), "rater": ["x"] * 20 + ["y"] * 20, "label": ["1"] * 40})
    again = first.with_columns(label=pl.Series(labels[40:]))
    overall, _ = intra_rater_agreement(again, first)
    assert overall.n_effective == pytest.approx(1.0, abs=0.01)
    assert overall.high - overall.low > 0.7
