"""From an attempt to sign in to a number with its evidence: row, fact, sums, Estimate."""

from datetime import UTC, date, datetime, timedelta

import pytest

from smo.jobs import facts
from smo.kernel.permissions import SYSTEM
from smo.people import actions as people
from smo.warehouse import answer, lake

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")]


def test_attempts_become_an_estimate(tmp_path) -> None:
    where = str(tmp_path / "lake")
    assert answer("sign_in_failure", lake=where).as_of is None
    for outcome in ["succeeded"] * 6 + ["unknown_account"] * 2:
        people.record_attempt(by=SYSTEM, account_id=None, outcome=outcome)
    assert facts.refresh(where) == 1
    found = answer("sign_in_failure", lake=where)
    estimate = found.rows[0].estimate
    assert (estimate.value, estimate.n, estimate.successes, estimate.basis) == (0.25, 8, 2, "system_log")
    assert estimate.low < 0.25 < estimate.high
    assert found.as_of is not None
    assert datetime.now(UTC) - found.as_of < timedelta(minutes=5)
    assert facts.refresh(where) == 0, "nothing new, nothing written"
    people.record_attempt(by=SYSTEM, account_id=None, outcome="unknown_account")
    assert facts.refresh(where) == 1
    assert answer("sign_in_failure", lake=where).rows[0].estimate.n == 9


def test_the_days_to_write_again_close_every_gap() -> None:
    today = date(2026, 3, 10)
    assert len(list(facts._due((), today))) == facts.LONGEST_GAP_DAYS + 1
    assert list(facts._due((today,), today)) == [date(2026, 3, 8), date(2026, 3, 9), today]
    assert next(iter(facts._due((date(2026, 2, 1), date(2026, 3, 1)), today))) == date(2026, 3, 1)


def test_every_kind_of_fact_fits_its_schema() -> None:
    for kind, rows in facts.FACTS.items():
        assert rows(date(2026, 3, 10)).schema == lake.FACTS[kind]
