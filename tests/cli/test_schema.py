"""An older schema is backed up, then migrated; a newer one is refused; an empty one is made."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from smo.cli import schema
from smo.cli.commands import audit, migrate
from smo.cli.faults import CommandFault
from smo.kernel.chain import Break, Fault


@pytest.mark.django_db
def test_this_release_knows_its_own_schema() -> None:
    found = schema.schema()
    assert found.waiting == 0
    assert found.ahead == ()
    assert not found.is_empty
    schema.refuse_newer(found)


@pytest.mark.django_db
def test_a_schema_of_a_newer_release_is_refused(monkeypatch) -> None:
    honest = MigrationRecorder.applied_migrations

    def with_one_more(self):
        return {**honest(self), ("people", "0099_from_the_future"): None}

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", with_one_more)
    with pytest.raises(CommandFault, match=r"newer release of smo \(it has people.0099_from_the_future\)"):
        schema.refuse_newer(schema.schema())


@pytest.fixture
def steps(monkeypatch, tmp_path):
    """What a migration would do, in order."""
    done: list[str] = []
    monkeypatch.setattr(migrate, "environment", lambda: SimpleNamespace(home=tmp_path, is_public=False))
    monkeypatch.setattr(migrate, "back_up", lambda path: done.append(f"back up {path.parent.name}"))
    monkeypatch.setattr(schema, "migrate", lambda: done.append("migrate"))
    return done


@pytest.mark.parametrize(
    ("applied", "waiting", "expected"),
    [(9, 2, ["back up backups", "migrate"]), (0, 11, ["migrate"]), (11, 0, [])],
)
def test_an_older_schema_is_backed_up_first(steps, applied, waiting, expected) -> None:
    migrate._migrate(schema.Schema(applied, waiting, ()), with_backup=True)
    assert steps == expected


def test_a_backup_that_fails_stops_the_migration(steps, monkeypatch) -> None:
    def fail(_path: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(migrate, "back_up", fail)
    with pytest.raises(OSError, match="No space"):
        migrate._migrate(schema.Schema(9, 2, ()), with_backup=True)
    assert steps == []


@pytest.mark.django_db
def test_the_serving_role_does_not_migrate() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("smo_app",)


def test_the_front_ends_files_are_collected_again_only_when_they_changed(settings, tmp_path, monkeypatch) -> None:
    calls: list[str] = []
    settings.STATIC_ROOT = tmp_path / "static"
    monkeypatch.setattr(schema, "call_command", lambda name, **_: calls.append(name))
    schema.collect_files()
    schema.collect_files()
    assert calls == ["collectstatic"]
    monkeypatch.setattr(schema, "_stamp", lambda: "other")
    schema.collect_files()
    assert len(calls) == 2


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (schema.Schema(0, 11, ()), "no smo in this database yet"),
        (schema.Schema(9, 2, ()), "`smo migrate` backs it up"),
        (schema.Schema(11, 0, ("people.0099",)), "newer release"),
    ],
)
def test_a_command_that_needs_tables_says_so_before_it_meets_none(found, words, monkeypatch) -> None:
    monkeypatch.setattr(schema, "schema", lambda: found)
    with pytest.raises(CommandFault, match=words):
        schema.refuse_unready()
    monkeypatch.setattr(schema, "schema", lambda: schema.Schema(11, 0, ()))
    schema.refuse_unready()


@pytest.mark.parametrize("fault", list(Fault))
def test_every_break_of_the_audit_trail_is_said_in_words(fault) -> None:
    at = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    said = audit.in_words(Break(fault, count=2, seal=7, since=at, until=at))
    assert said.endswith("2 entries, seal 7, 2026-03-01 08:30:00 UTC")
    assert "Fault" not in said
