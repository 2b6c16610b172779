"""The audit trail: what is written stays, and whatever is done to it behind its back is found."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction

from smo.kernel import audit
from smo.kernel.chain import Fault
from smo.kernel.errors import DomainError
from smo.kernel.ids import new_id
from smo.kernel.permissions import SYSTEM, Actor
from tests.horizon import sealed

PERSON = UUID("018f0000-0000-7000-8000-000000000001")


def write(number: int = 1, *, personal: dict[str, str] | None = None) -> UUID:
    with transaction.atomic():
        return audit.record(
            by=SYSTEM,
            verb="tried",
            subject=audit.Subject("person", str(PERSON)),
            details={"number": number, "share": 0.1, "name": "naïve"},
            personal=audit.Personal(PERSON, personal) if personal else None,
        )


@pytest.fixture
def trail(transactional_db) -> list[UUID]:
    """Six entries in three windows."""
    written = []
    for number in range(0, 6, 2):
        written += [write(number), write(number + 1)]
        assert sealed() == 2
    return written


@pytest.fixture
def behind(postgresql):
    """The owner at work with the guards taken off."""

    def run(statement: str, *parameters: object) -> None:
        with psycopg.connect(postgresql.owner, autocommit=True) as owner:
            for table in ("kernel_auditentry", "kernel_auditseal", "kernel_auditprivate"):
                owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            owner.execute(statement, parameters)
            for table in ("kernel_auditentry", "kernel_auditseal", "kernel_auditprivate"):
                owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    return run


def faults(found: audit.Verification) -> list[Fault]:
    return [found_break.fault for found_break in found.breaks]


def test_audit_an_untouched_trail_is_intact(trail) -> None:
    found = audit.verify()
    assert found.is_intact
    assert (found.entries, found.unsealed, found.seal_lag_seconds) == (6, 0, 0.0)
    assert found.head is not None
    assert found.head.number == 3


def test_audit_an_entry_needs_a_transaction(transactional_db) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        audit.record(by=SYSTEM, verb="tried", subject=audit.Subject("person", "1"))


def test_audit_an_entry_falls_with_its_change(transactional_db) -> None:
    def fail() -> None:
        with transaction.atomic():
            write()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert audit.entries() == ()


def test_audit_the_newest_entries_come_first_and_page_by_page(trail) -> None:
    first = audit.entries(limit=4)
    second = audit.entries(before=first[-1].id)
    assert [entry.id for entry in (*first, *second)] == trail[::-1]
    assert all(entry.is_sealed for entry in first)
    assert not audit.entries(subject=audit.Subject("person", "someone else"))


def test_audit_what_waits_for_its_seal_is_counted_and_breaks_nothing(trail) -> None:
    write()
    found = audit.verify()
    assert found.is_intact
    assert found.unsealed == 1
    assert 0 < found.seal_lag_seconds < 60
    assert not audit.entries(limit=1)[0].is_sealed


def test_audit_an_edited_entry_is_found(trail, behind) -> None:
    behind("UPDATE kernel_auditentry SET details = '{}' WHERE id = %s", trail[2])
    found = audit.verify()
    assert [(b.fault, b.entry) for b in found.breaks] == [(Fault.EDITED, trail[2])]


def test_audit_an_edit_that_mends_its_hash_is_found_in_its_window(trail, behind) -> None:
    behind("UPDATE kernel_auditentry SET verb = 'forged', hash = sha256('x') WHERE id = %s", trail[2])
    found = audit.verify()
    assert faults(found) == [Fault.EDITED, Fault.ALTERED]
    altered = found.breaks[1]
    assert altered.seal == 2
    assert altered.since is not None
    assert altered.until is not None
    assert altered.since < altered.until


def test_audit_a_deleted_entry_is_found_with_its_window(trail, behind) -> None:
    behind("DELETE FROM kernel_auditentry WHERE id = %s", trail[0])
    found = audit.verify()
    assert [(b.fault, b.seal, b.count) for b in found.breaks] == [(Fault.MISSING, 1, 1)]


def test_audit_a_forged_entry_in_a_sealed_window_is_found(trail, behind) -> None:
    behind(
        "INSERT INTO kernel_auditentry SELECT %s, at, done_by, verb, subject_kind, subject_id, details,"
        " personal_digest, xid, epoch, hash FROM kernel_auditentry WHERE id = %s",
        new_id(),
        trail[3],
    )
    assert Fault.ADDED in faults(audit.verify())


def test_audit_an_entry_replaced_by_another_is_found(trail, behind) -> None:
    behind("UPDATE kernel_auditentry SET id = %s WHERE id = %s", new_id(), trail[3])
    assert Fault.EDITED in faults(audit.verify())


@pytest.mark.parametrize(
    ("column", "value"), [("root", b"x" * 32), ("sealed_at", datetime(2020, 1, 1, tzinfo=UTC)), ("entries", 3)]
)
def test_audit_an_altered_seal_is_found(trail, behind, column: str, value: object) -> None:
    behind(f"UPDATE kernel_auditseal SET {column} = %s WHERE number = 2", value)
    assert not audit.verify().is_intact


def test_audit_a_seal_taken_out_of_the_middle_is_found(trail, behind) -> None:
    behind("DELETE FROM kernel_auditseal WHERE number = 2")
    assert {Fault.UNLINKED, Fault.ADDED} <= set(faults(audit.verify()))


def test_audit_a_cut_tail_is_found_by_its_anchor(trail, behind, tmp_path) -> None:
    path = audit.anchor(tmp_path)
    assert path is not None
    assert audit.anchor(tmp_path) == path
    assert audit.verify(tmp_path).is_intact
    behind("WITH cut AS (DELETE FROM kernel_auditseal WHERE number = 3 RETURNING from_xid)"
           " DELETE FROM kernel_auditentry e USING cut WHERE e.xid >= cut.from_xid")  # fmt: skip
    assert audit.verify().is_intact
    found = audit.verify(tmp_path)
    assert [(b.fault, b.seal) for b in found.breaks] == [(Fault.CUT, 3)]


def test_audit_a_chain_rewritten_after_the_anchor_is_found(trail, behind, tmp_path) -> None:
    audit.anchor(tmp_path)
    behind(
        "WITH gone AS (DELETE FROM kernel_auditseal RETURNING 1) DELETE FROM kernel_auditentry WHERE id = %s", trail[0]
    )
    assert sealed() == 5
    assert audit.verify().is_intact
    assert faults(audit.verify(tmp_path)) == [Fault.CUT]


def test_audit_an_anchor_that_cannot_be_read_is_named(trail, tmp_path) -> None:
    (tmp_path / "2026-01-01-000000000001.json").write_text("{}")
    with pytest.raises(ValueError, match=r"2026-01-01.*not an anchor"):
        audit.verify(tmp_path)


def test_audit_nothing_is_sealed_while_an_older_transaction_may_still_write(transactional_db, postgresql) -> None:
    with psycopg.connect(postgresql.app) as slow:
        slow.execute("SELECT pg_current_xact_id()")
        write(1)
        assert audit.seal() == 0
        slow.execute(
            "INSERT INTO kernel_auditentry (id, at, done_by, verb, subject_kind, subject_id, details)"
            " VALUES (%s, now(), %s, 'late', 'person', '1', '{}')",
            [new_id(), SYSTEM.id],
        )
        slow.commit()
    assert sealed() == 2
    assert audit.verify().is_intact


def test_audit_two_sealers_do_not_meet(transactional_db, postgresql) -> None:
    write()
    with psycopg.connect(postgresql.app) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [audit._SEALER_LOCK])
        assert audit.seal() == 0
    assert sealed() == 1


@pytest.mark.parametrize("table", ["kernel_auditentry", "kernel_auditseal", "kernel_auditprivate", "kernel_auditepoch"])
@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE {table} SET {column} = {column}",
        "DELETE FROM {table}",
        "TRUNCATE {table} CASCADE",
        "ALTER TABLE {table} DISABLE TRIGGER USER",
        "ALTER TABLE {table} DISABLE TRIGGER ALL",
        "DROP TRIGGER refuse_change ON {table}",
        "DROP TABLE {table} CASCADE",
    ],
)
def test_audit_the_serving_role_may_only_add(postgresql, table: str, attempt: str) -> None:
    column = {"kernel_auditentry": "verb", "kernel_auditprivate": "sealed_text", "kernel_auditepoch": "reason"}
    statement = attempt.format(table=table, column=column.get(table, "root"))
    with psycopg.connect(postgresql.app) as serving, pytest.raises(psycopg.errors.InsufficientPrivilege):
        serving.execute(statement)


@pytest.mark.parametrize(
    "attempt",
    ["SET session_replication_role = replica", "SET ROLE smo_owner", "CREATE TABLE loose (x int)",
     "CREATE OR REPLACE FUNCTION kernel_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"],
)  # fmt: skip
def test_audit_the_serving_role_has_no_way_round(postgresql, attempt: str) -> None:
    with psycopg.connect(postgresql.app) as serving:
        if attempt.startswith("SET") and serving.execute("SELECT session_user").fetchone() != ("smo_app",):
            pytest.skip("this server was reached as a superuser in the role smo_app, who may do anything")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            serving.execute(attempt)


@pytest.mark.parametrize("attempt", ["UPDATE kernel_auditentry SET verb = 'x'", "DELETE FROM kernel_auditseal"])
def test_audit_even_the_owner_is_refused_while_the_guards_stand(trail, postgresql, attempt: str) -> None:
    with psycopg.connect(postgresql.owner) as owner, pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner.execute(attempt)


def test_audit_what_a_writer_claims_about_transaction_epoch_and_hash_is_not_believed(transactional_db) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_auditentry (id, at, done_by, verb, subject_kind, subject_id, details, xid, epoch, hash)"
            " VALUES (%s, now(), %s, 'sly', 'person', '1', '{}', '3', 7, 'x')",
            [new_id(), SYSTEM.id],
        )
    assert sealed() == 1
    assert audit.verify().is_intact


def test_audit_personal_values_can_be_read_until_erased_and_the_chain_stays_whole(transactional_db) -> None:
    write(personal={"name": "Zoë"})
    sealed()
    assert audit.entries()[0].personal == {"name": "Zoë"}
    assert audit.erase(by=SYSTEM, subject=PERSON)
    assert not audit.erase(by=SYSTEM, subject=PERSON)
    sealed()
    found = audit.verify()
    assert (found.is_intact, found.erased) == (True, 1)
    newest, first = audit.entries()
    assert newest.verb == "audit_values_erased"
    assert (first.personal, first.is_erased) == ({}, True)


def test_audit_personal_values_lie_nowhere_in_the_clear(transactional_db, postgresql) -> None:
    write(personal={"name": "Zoë-in-the-clear"})
    with psycopg.connect(postgresql.owner) as owner:
        rows = owner.execute("SELECT p::text, e::text FROM kernel_auditprivate p, kernel_auditentry e").fetchall()
    assert b"Zo" not in json.dumps(rows).encode()
    assert "Zoë-in-the-clear".encode().hex() not in json.dumps(rows)


def test_audit_nothing_personal_is_kept_about_someone_erased(transactional_db) -> None:
    write(personal={"name": "Zoë"})
    audit.erase(by=SYSTEM, subject=PERSON)
    with pytest.raises(DomainError, match="subject_erased"):
        write(personal={"name": "Zoë"})


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE kernel_auditprivate SET sealed_text = 'nonsense nonsense nonsense'",
        "DELETE FROM kernel_auditprivate",
        "UPDATE kernel_subjectkey SET key = decode(repeat('00', 32), 'hex')",
    ],
)
def test_audit_altered_personal_values_are_found(transactional_db, behind, tampering: str) -> None:
    entry = write(personal={"name": "Zoë"})
    behind(tampering)
    assert [(b.fault, b.entry) for b in audit.verify().breaks] == [(Fault.UNREADABLE, entry)]


def test_audit_a_restore_begins_an_epoch_and_what_was_unsealed_is_sealed_first(trail, behind) -> None:
    write()
    # the restored server counts its transactions from the start: every old id lies beyond its horizon
    behind("UPDATE kernel_auditentry SET xid = (xid::text::bigint + 1000000000)::text::xid8 WHERE NOT EXISTS"
           " (SELECT FROM kernel_auditseal WHERE below_xid > xid)")  # fmt: skip
    behind(
        f"WITH told (id, at, epoch, xid, hash, content_hash) AS ({audit._LEAVES})"
        " UPDATE kernel_auditentry e SET hash = told.content_hash FROM told WHERE told.id = e.id"
    )
    assert audit.seal() == 0
    assert faults(audit.verify()) == [Fault.FROM_THE_FUTURE]
    assert audit.begin_epoch(by=SYSTEM, reason="restore") == 2
    assert sealed() == 1
    assert sealed() == 1
    write()
    sealed()
    found = audit.verify()
    assert (found.breaks, found.entries, found.unsealed) == ((), 9, 0)
    assert found.head is not None
    assert found.head.epoch == 2


def test_audit_a_bulk_change_is_one_entry_that_binds_its_rows(transactional_db) -> None:
    rows = [str(number) for number in range(1000)]
    with transaction.atomic():
        for given in (rows, rows, rows[::-1]):
            audit.record_bulk(by=Actor(PERSON), verb="items_imported", kind="item", rows=given)
    backward, again, first = (entry.details for entry in audit.entries())
    assert first == again
    assert first["rows"] == backward["rows"] == 1000
    assert first["digest"] != backward["digest"]


def test_audit_times_are_digested_in_utc_whatever_the_session_thinks(trail, postgresql) -> None:
    with psycopg.connect(postgresql.app, options="-c timezone=Asia/Kathmandu") as elsewhere:
        moment = datetime.now(UTC) - timedelta(hours=3)
        elsewhere.execute(
            "INSERT INTO kernel_auditentry (id, at, done_by, verb, subject_kind, subject_id, details)"
            " VALUES (%s, %s, %s, 'far', 'person', '1', '{}')",
            [new_id(), moment, SYSTEM.id],
        )
    assert audit.verify().is_intact


def test_audit_ones_own_running_transaction_is_not_the_future(transactional_db, postgresql) -> None:
    with psycopg.connect(postgresql.app) as older:
        older.execute("SELECT pg_current_xact_id()")
        with transaction.atomic():
            write()
            assert audit.verify().is_intact
