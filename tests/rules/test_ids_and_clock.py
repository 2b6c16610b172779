"""Ids sort by time and never repeat; the clock is in UTC, days are those of a place."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

from smo.kernel import clock, ids


def test_ids_rise_and_never_repeat_over_threads() -> None:
    with ThreadPoolExecutor(8) as pool:
        batches = list(pool.map(lambda _: [ids.new_id() for _ in range(2000)], range(8)))
    assert all(batch == sorted(batch) for batch in batches)
    assert len({made for batch in batches for made in batch}) == 16_000


def test_ids_are_of_version_7_and_carry_their_time() -> None:
    before = time.time_ns() // 1_000_000
    made = ids.new_id()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert 0 <= (made.int >> 80) - before < 5_000


def test_ids_keep_rising_when_the_clock_is_set_back(monkeypatch) -> None:
    first = ids.new_id()
    monkeypatch.setattr(ids.time, "time_ns", lambda: 0)
    assert ids.new_id() > first


def test_clock_knows_the_day_of_a_place(monkeypatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    assert (clock.today("UTC"), clock.today("Asia/Tokyo")) == (date(2026, 3, 1), date(2026, 3, 2))


def test_clock_is_in_utc() -> None:
    assert clock.now().tzinfo is UTC
