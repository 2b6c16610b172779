"""From an attempt to sign in to a number with its evidence: row, fact, sums, Estimate."""

from datetime import UTC, date, datetime, timedelta

import pytest

from smo.jobs import facts
from smo.kernel.permissions import SYSTEM
from smo.measure.facts import FACTS
from smo.people import actions as people
from smo.warehouse import answer

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
    now = datetime(2026, 3, 10, 8, tzinfo=UTC)
    changed = facts.KINDS["sign_in_attempt"].changed
    assert len(changed(None, now)) == facts.LONGEST_GAP_DAYS + 1
    assert list(changed(now, now)) == [date(2026, 3, 10)]
    assert changed(datetime(2026, 3, 1, 9, tzinfo=UTC), now)[0] == date(2026, 3, 1)


def test_every_kind_of_fact_is_brought() -> None:
    assert set(facts.KINDS) == set(FACTS)


def test_facts_that_were_lost_are_made_again(tmp_path) -> None:
    people.record_attempt(by=SYSTEM, account_id=None, outcome="succeeded")
    facts.refresh(str(tmp_path / "one"))
    assert facts.refresh(str(tmp_path / "two")) == 1
    assert facts.refresh(str(tmp_path / "one"), whole=True) == 0
