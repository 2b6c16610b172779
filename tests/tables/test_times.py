"""Times as people write them."""

from datetime import datetime

import polars as pl
import pytest

from smo.tables.times import Times, parse_times


def parse(*texts: str | None) -> Times:
    return parse_times(pl.Series("at", texts, dtype=pl.String), file="f.csv")


def codes(times: Times) -> list[str]:
    return [problem.code for problem in times.problems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31T13:45:10Z", datetime(2026, 1, 31, 13, 45, 10)),
        ("2026-01-31 13:45:10+02:00", datetime(2026, 1, 31, 11, 45, 10)),
        ("2026-01-31T13:45:10-0530", datetime(2026, 1, 31, 19, 15, 10)),
        ("2026-01-31T13:45:10.250Z", datetime(2026, 1, 31, 13, 45, 10, 250000)),
        ("2026-01-31 13:45:10 UTC", datetime(2026, 1, 31, 13, 45, 10)),
        ("1769867110", datetime(2026, 1, 31, 13, 45, 10)),
        ("1769867110000", datetime(2026, 1, 31, 13, 45, 10)),
        ("1769867110.5", datetime(2026, 1, 31, 13, 45, 10, 500000)),
    ],
)
def test_times_with_a_zone_are_exact(text: str, expected: datetime) -> None:
    times = parse(text)
    assert times.values.to_list() == [expected]
    assert codes(times) == []


@pytest.mark.parametrize(
    ("text", "expected", "code"),
    [
        ("2026-01-31T13:45:10", datetime(2026, 1, 31, 13, 45, 10), "zoneless_times"),
        ("1/31/2026 13:45:10", datetime(2026, 1, 31, 13, 45, 10), "zoneless_times"),
        ("31/1/2026 13:45:10", datetime(2026, 1, 31, 13, 45, 10), "zoneless_times"),
        ("31.01.2026 13:45:10", datetime(2026, 1, 31, 13, 45, 10), "zoneless_times"),
        ("1/31/26 1:45:10 PM", datetime(2026, 1, 31, 13, 45, 10), "zoneless_times"),
    ],
)
def test_times_without_a_zone_stay_and_are_said(text: str, expected: datetime, code: str) -> None:
    times = parse(text)
    assert times.values.to_list() == [expected]
    assert codes(times) == [code]


def test_minutes_among_seconds_are_named() -> None:
    times = parse("2026-01-31T13:45", "2026-01-31T13:45:10", None)
    assert times.values.null_count() == 1
    problem = next(problem for problem in times.problems if problem.code == "mixed_precision")
    assert (problem.count, problem.examples) == (1, ("2026-01-31T13:45",))
    assert "minute_precision" in codes(parse("2026-01-31T13:45", "2026-01-31T13:46"))


def test_day_or_month_is_asked_when_it_cannot_be_told() -> None:
    times = parse("3/4/2026 10:00:00")
    assert times.values.to_list() == [datetime(2026, 3, 4, 10)]
    assert "day_or_month" in codes(times)
    german = parse("3.4.2026 10:00:00")
    assert german.values.to_list() == [datetime(2026, 4, 3, 10)]
    assert "day_or_month" in codes(german)


def test_one_clear_date_settles_the_others() -> None:
    times = parse("3/4/2026 10:00:00", "13/4/2026 10:00:00")
    assert times.values.to_list() == [datetime(2026, 4, 3, 10), datetime(2026, 4, 13, 10)]
    assert "day_or_month" not in codes(times)


def test_both_orders_in_one_column_are_named() -> None:
    times = parse("13/4/2026 10:00:00", "4/13/2026 10:00:00", "14/4/2026 10:00:00")
    assert {"day_or_month", "no_time"} <= set(codes(times))


def test_what_is_no_time_is_null_and_counted() -> None:
    times = parse("2026-01-31T13:45:10Z", "yesterday", "2026-02-31T00:00:00Z")
    assert times.values.null_count() == 2
    problem = next(problem for problem in times.problems if problem.code == "no_time")
    assert (problem.count, problem.examples) == (2, ("yesterday", "2026-02-31T00:00:00Z"))


def test_typed_times_of_parquet() -> None:
    zoned = pl.Series("at", [datetime(2026, 1, 31, 13)]).dt.replace_time_zone("Europe/Berlin")
    assert parse_times(zoned, file="f").values.to_list() == [datetime(2026, 1, 31, 12)]
    assert codes(parse_times(pl.Series("at", [datetime(2026, 1, 31, 13)]), file="f")) == ["zoneless_times"]


def test_nothing_given_is_nothing_wrong() -> None:
    assert codes(parse(None, "", " ")) == []
