"""Facts: a day is replaced whole or not at all, late truth and erasure need nothing special."""

import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from smo.measure.facts import SIGN_IN_ATTEMPT
from smo.warehouse import facts, lake, write
from smo.warehouse.lake import days, erase, tidy

KIND = "sign_in_attempt"
DAY = date(2026, 3, 1)


def attempts(day: date, n: int, failed: int = 0, person: str = "p") -> pa.Table:
    """`n` attempts of a day, of which `failed` failed, by three persons."""
    rows = [
        {
            "day": day,
            "at": datetime(day.year, day.month, day.day, 8, tzinfo=UTC) + timedelta(seconds=number),
            "attempt": f"{day}-{number}",
            "person": f"{person}{number % 3}",
            "outcome": "wrong_password" if number < failed else "succeeded",
        }
        for number in range(n)
    ]
    return pa.Table.from_pylist(rows, schema=SIGN_IN_ATTEMPT)


@pytest.fixture
def where(tmp_path) -> str:
    return str(tmp_path / "a lake, übung")


def test_a_day_is_written_read_and_replaced(where) -> None:
    assert facts(KIND, lake=where).num_rows == 0
    assert write(KIND, DAY, table=attempts(DAY, 10), lake=where)
    assert write(KIND, DAY + timedelta(1), table=attempts(DAY + timedelta(1), 5), lake=where)
    assert write(KIND, DAY, table=attempts(DAY, 3), lake=where)
    assert facts(KIND, lake=where).num_rows == 8
    assert facts(KIND, lake=where, since=DAY, until=DAY).equals(attempts(DAY, 3))
    assert days(KIND, lake=where) == (DAY, DAY + timedelta(1))


def test_what_is_the_same_is_not_written_again(where) -> None:
    table = attempts(DAY, 10)
    assert write(KIND, DAY, table=table, lake=where)
    version = lake.opened(where, KIND).version()
    assert not write(KIND, DAY, table=table.sort_by([("attempt", "descending")]), lake=where)
    assert lake.opened(where, KIND).version() == version
    assert write(KIND, DAY, table=attempts(DAY, 10, failed=1), lake=where)


def test_a_day_can_become_empty(where) -> None:
    write(KIND, DAY, table=attempts(DAY, 10), lake=where)
    assert write(KIND, DAY, table=attempts(DAY, 0), lake=where)
    assert days(KIND, lake=where) == ()
    assert not write(KIND, DAY + timedelta(1), table=attempts(DAY, 0), lake=where)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (attempts(DAY + timedelta(1), 2), "rows of 2026-03-02 among those of 2026-03-01"),
        (attempts(DAY, 2).drop_columns(["outcome"]), "has the columns day, at, attempt, person, outcome"),
        (attempts(DAY, 2).append_column("extra", pa.array([1, 2])), "extra"),
        (attempts(DAY, 1).set_column(1, "at", pa.array(["yesterday"])), "yesterday"),
        (attempts(DAY, 1).set_column(4, "outcome", pa.array([None], pa.string())), "no value in outcome"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(where, table, words) -> None:
    with pytest.raises(ValueError, match=words):
        write(KIND, DAY, table=table, lake=where)
    assert not Path(where).exists()


def test_an_unknown_kind_is_refused(where) -> None:
    with pytest.raises(ValueError, match="unknown kind of fact 'sing_in'"):
        write("sing_in", DAY, table=attempts(DAY, 1), lake=where)


@pytest.mark.parametrize("sign", "[]*?%")
def test_a_folder_that_readers_would_take_for_a_pattern_is_refused(tmp_path, sign) -> None:
    with pytest.raises(ValueError, match="SMO_LAKE_URL"):
        write(KIND, DAY, table=attempts(DAY, 1), lake=str(tmp_path / f"a{sign}b"))


def test_a_write_that_fails_leaves_the_day_as_it_was(where, monkeypatch) -> None:
    write(KIND, DAY, table=attempts(DAY, 10), lake=where)

    def fail(*_args: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(lake, "write_deltalake", fail)
    with pytest.raises(OSError, match="No space"):
        write(KIND, DAY, table=attempts(DAY, 3), lake=where)
    assert facts(KIND, lake=where).num_rows == 10


def test_two_who_write_different_days_at_once_both_succeed(where) -> None:
    write(KIND, DAY, table=attempts(DAY, 1), lake=where)
    others = [DAY + timedelta(number) for number in range(1, 5)]
    threads = [
        threading.Thread(target=write, args=(KIND, day), kwargs={"table": attempts(day, 4), "lake": where})
        for day in others
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert days(KIND, lake=where) == (DAY, *others)
    assert facts(KIND, lake=where).num_rows == 17


def test_erasure_takes_the_facts_and_their_bytes(where) -> None:
    for number in range(3):
        day = DAY + timedelta(number)
        write(KIND, day, table=attempts(day, 30, person="secret-person-"), lake=where)
    write(KIND, DAY, table=attempts(DAY, 31, person="secret-person-"), lake=where)
    assert erase(KIND, "person", values=["secret-person-1"], lake=where) == 30
    assert facts(KIND, lake=where).num_rows == 61
    files = [path for path in Path(where).rglob("*") if path.is_file()]
    assert files
    assert [path for path in files if b"secret-person-1" in path.read_bytes()] == []
    assert any(b"secret-person-2" in path.read_bytes() for path in files)
    assert erase(KIND, "person", values=["secret-person-1"], lake=where) == 0


def test_tidying_keeps_what_is_true_now(where) -> None:
    for n in range(1, 6):
        write(KIND, DAY, table=attempts(DAY, n), lake=where)
    before = sum(path.suffix == ".parquet" for path in Path(where).rglob("part-*"))
    tidy(KIND, lake=where, keep_hours=0)
    after = sum(path.suffix == ".parquet" for path in Path(where).rglob("part-*"))
    assert (before, after) == (5, 1)
    assert facts(KIND, lake=where).num_rows == 5


def test_the_folder_is_closed_to_others(where) -> None:
    write(KIND, DAY, table=attempts(DAY, 1), lake=where)
    assert lake.place(where, KIND) == f"{where}/facts/{KIND}"
    assert Path(where, "facts", KIND).stat().st_mode & 0o077 == 0
