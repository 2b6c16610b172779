"""Handle time: what clocks can carry, pages, zeros, and pace against the usual."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

from smo.measure.people.timing import handle_times, speeders
from tests.measure import public_sets

MORNING = datetime(2026, 11, 16, 9, 0, 7)


def clocked(*rows: tuple[str | None, float, float]) -> pl.DataFrame:
    """Rows of rater, start and end in seconds after the morning; one item each."""
    frame = pl.DataFrame(rows, schema={"rater": pl.String, "start": pl.Float64, "end": pl.Float64}, orient="row")
    moment = [
        pl.Series(name, [MORNING + timedelta(seconds=s) for s in frame[part]], dtype=pl.Datetime("us"))
        for name, part in (("started_at", "start"), ("submitted_at", "end"))
    ]
    return frame.select(pl.int_range(pl.len()).alias("item"), "rater").with_columns(moment)


def timed(seconds: dict[str, list[float]], *, task: str = "t") -> pl.DataFrame:
    rows = [(at, rater, task, value) for rater, values in seconds.items() for at, value in enumerate(values)]
    return pl.DataFrame(rows, schema=["item", "rater", "task", "seconds"], orient="row", strict=False)


def paces(seed: int, factors: dict[str, float], *, n: int = 60) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return timed({rater: (30 * factor * rng.lognormal(0, 0.5, n)).tolist() for rater, factor in factors.items()})


def test_timing_seconds_from_the_clocks() -> None:
    found = handle_times(clocked(("a", 0, 10), ("a", 20, 40), ("b", 0, 30.5)))
    assert found.median_seconds.value == 20.0
    assert found.median_seconds.basis == "system_log"
    assert found.notes == ()
    assert found.seconds.to_list() == [10.0, 20.0, 30.5]


def test_timing_interval_of_the_median_covers() -> None:
    rng = np.random.default_rng(1)
    hits = 0
    for _ in range(400):
        times = handle_times(timed({"a": rng.exponential(20.0, 60).tolist()}))
        hits += times.median_seconds.low <= 20.0 * np.log(2) <= times.median_seconds.high
    assert hits / 400 > 0.87


def test_timing_a_page_is_divided_by_its_answers() -> None:
    pages = [("a", 0, 50)] * 5 + [("a", 60, 80)] * 2 + [("b", 0, 90)] * 3
    found = handle_times(clocked(*pages))
    assert found.is_page_level
    assert found.page_size == 5
    assert sorted(found.seconds.to_list()) == [10.0] * 7 + [30.0] * 3
    assert "page_level" in found.notes


def test_timing_two_people_at_one_moment_are_no_page() -> None:
    found = handle_times(clocked(("a", 0, 10), ("b", 0, 10), ("a", 20, 40), ("b", 20, 40)))
    assert not found.is_page_level


def test_timing_anonymous_pages_need_one_common_size() -> None:
    usual = [(None, start, start + 50) for start in range(0, 900, 60) for _ in range(5)]
    found = handle_times(clocked(*usual, *usual[:5]))
    assert found.page_size == 5
    assert found.median_seconds.value == 10.0
    mixed = [(None, start * 60, start * 60 + 50) for start in range(30) for _ in range(2 + start % 7)]
    refused = handle_times(clocked(*mixed))
    assert refused.median_seconds.value is None
    assert refused.notes[-1] == "page_size_unknown"


def test_timing_clocks_of_whole_minutes_are_named() -> None:
    assert "minutes_only" in handle_times(clocked(*[("a", 60 * at - 7, 60 * at + 53) for at in range(8)])).notes
    some = [("a", 60 * at, 60 * at + (53 if at % 2 else 31)) for at in range(8)]
    assert "mixed_precision" in handle_times(clocked(*some)).notes


def test_timing_zeros_and_negatives_are_told_apart() -> None:
    found = handle_times(timed({"a": [0.0, 4.0, 9.0, -3.0]}))
    assert (found.n_timed, found.n_zero) == (3, 1)
    assert set(found.notes) == {"zeros", "negative"}
    assert found.geometric_mean_seconds.value == pytest.approx(6.0)
    assert found.median_seconds.value == 4.0


@pytest.mark.parametrize(
    "frame",
    [timed({}), timed({"a": [-1.0]}), pl.DataFrame({"item": [1], "seconds": pl.Series([None], dtype=pl.Float64)})],
)
def test_timing_without_a_usable_time_is_not_measured(frame) -> None:
    found = handle_times(frame)
    assert found.median_seconds.value is None
    assert found.notes[-1] == "no_times"
    assert speeders(frame).is_empty()


def test_timing_a_frame_without_any_time_column() -> None:
    assert handle_times(pl.DataFrame({"item": [1, 2], "rater": ["a", "b"]})).n_timed == 0


def test_timing_only_the_far_faster_are_fast() -> None:
    found = speeders(paces(3, {"ann": 1.0, "bob": 0.8, "cem": 0.2, "dov": 1.2, "eva": 0.95}))
    assert found.filter("flagged")["rater"].to_list() == ["cem"]
    assert found.filter("flagged")["reason"].to_list() == ["fast"]
    assert found["rater"].is_sorted()


def test_timing_few_answers_are_no_evidence() -> None:
    found = speeders(pl.concat([paces(3, {"ann": 1.0, "bob": 1.0}), paces(4, {"cem": 0.1}, n=19)]))
    assert found.filter(pl.col("rater") == "cem")["reason"].to_list() == ["not_enough_evidence"]


def test_timing_a_short_task_is_not_speed() -> None:
    quick = paces(5, {"ann": 0.1, "bob": 0.1}).with_columns(task=pl.lit("quick"))
    slow = paces(6, {"cem": 1.0, "dov": 1.0}).with_columns(task=pl.lit("slow"))
    assert not speeders(pl.concat([quick, slow]))["flagged"].any()


def test_timing_pages_count_once_in_the_pace() -> None:
    rows = [("a", 60 * page, 60 * page + 5) for page in range(10) for _ in range(5)]
    rows += [(who, 60 * page, 60 * page + 55) for who in ("b", "c") for page in range(30) for _ in range(5)]
    found = speeders(clocked(*rows))
    assert dict(found.select("rater", "n").rows()) == {"a": 10, "b": 30, "c": 30}
    assert found["reason"].to_list() == ["not_enough_evidence", "usual", "usual"]


def test_timing_of_the_public_sets() -> None:
    moments = pl.col("started_at", "submitted_at").str.to_datetime(strict=False)
    pages = handle_times(public_sets.labels("multilingual_hatecheck").with_columns(moments))
    assert (pages.is_page_level, pages.page_size) == (True, 5)
    assert {"mixed_precision", "page_level", "zeros"} <= set(pages.notes)
    single = public_sets.labels("crowdtruth_worklog").with_columns(moments)
    times = handle_times(single.filter(pl.col("task") == "person-video-binary-choice"))
    assert not times.is_page_level
    assert times.median_seconds.value == 14.5
    fast = speeders(single.filter(pl.col("task") == "event-text-sparse-multiple-choice")).filter("flagged")
    assert fast["rater"].to_list() == ["w12b39e1054"]
