"""A worker or a connection that is killed in the middle of an import: nothing lost, doubled or half done."""

import os
import signal
import subprocess
import sys
import time

import psycopg
import pytest
from django.db import connection, connections

from smo.intake import actions, models, queries
from smo.intake.actions import staging
from smo.jobs import imports
from smo.kernel.permissions import SYSTEM

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROWS = 60_000
WORK = """
import sys
from uuid import UUID
import django
django.setup()
from smo.intake import actions
from smo.jobs import imports
from smo.kernel.permissions import SYSTEM
from smo.intake.actions import staging
staging.pieces.__kwdefaults__["size"] = 1 << 16
print("begun", flush=True)
imports.run(UUID(sys.argv[1]))
"""


@pytest.fixture
def requested(received):
    """An import of many rows whose staging was asked for."""
    import_id = received("id,text\n" + "".join(f"{n},text number {n} of many\n" for n in range(ROWS)))
    actions.request_step(by=SYSTEM, import_id=import_id)
    return import_id


def worker(import_id, postgresql, settings) -> subprocess.Popen:
    """A process that does the import's next step."""
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "smo.config.settings", "PYTHONPATH": "src"}
    environ |= {"DATABASE_URL": postgresql.app, "SMO_APP_DATABASE_URL": postgresql.app}
    code = f"from smo.config import settings\nsettings.UPLOAD_DIR = {str(settings.UPLOAD_DIR)!r}\n{WORK}"
    return subprocess.Popen([sys.executable, "-c", code, str(import_id)], env=environ, stdout=subprocess.PIPE)


def kill(process: subprocess.Popen) -> None:
    """End a process as a lost machine does."""
    process.send_signal(signal.SIGKILL)
    process.communicate()


def until(condition, *, seconds: float = 180.0) -> None:
    """Wait for something that another process brings about."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def state(import_id):
    return queries.import_state(by=SYSTEM, import_id=import_id).row


@pytest.mark.parametrize("share", [0.05, 0.5])
def test_staging_goes_on_after_its_worker_was_killed(requested, postgresql, settings, share) -> None:
    killed = worker(requested, postgresql, settings)
    until(lambda: state(requested).rows_read > share * ROWS)
    kill(killed)
    assert state(requested).state == "staging"
    before = state(requested).rows_read
    assert 0 < before < ROWS
    until(lambda: _goes_on(requested))
    assert (state(requested).rows_read, state(requested).rows_staged) == (ROWS, ROWS)
    imports.publish(by=SYSTEM, import_id=requested)
    assert models.Item.objects.count() == ROWS


def _goes_on(import_id) -> bool:
    """A dead worker's lock ends when the server has seen that it is gone."""
    imports.go_on()
    return state(import_id).state == "staged"


def test_publishing_is_whole_or_nothing_when_its_worker_is_killed(requested, postgresql, settings) -> None:
    imports.go_on()
    actions.request_step(by=SYSTEM, import_id=requested)
    killed = worker(requested, postgresql, settings)
    assert killed.stdout is not None
    killed.stdout.readline()
    until(lambda: _is_inserting(postgresql))
    kill(killed)
    assert models.Item.objects.count() in {0, ROWS}
    until(lambda: imports.go_on() or state(requested).state == "published")
    assert models.Item.objects.count() == ROWS
    assert models.Staged.objects.count() == 0


def _is_inserting(postgresql) -> bool:
    with psycopg.connect(postgresql.admin) as other:
        query = (
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%%INSERT INTO intake_item %%' AND state = 'active'"
        )
        return other.execute(query + " AND pid <> pg_backend_pid()").fetchone()[0] > 0


def test_a_lost_connection_leaves_the_import_for_the_next_try(requested, postgresql, monkeypatch) -> None:
    real, calls = staging.copy_in, []

    def dying(*given, **named):
        calls.append(1)
        if len(calls) == 3:
            with psycopg.connect(postgresql.admin, autocommit=True) as other:
                pid = connection.connection.info.backend_pid
                other.execute("SELECT pg_terminate_backend(%s)", [pid])
        return real(*given, **named)

    monkeypatch.setitem(staging.pieces.__kwdefaults__, "size", 1 << 16)
    with monkeypatch.context() as patch:
        patch.setattr("smo.intake.actions.staging.copy_in", dying)
        with pytest.raises(Exception, match=r"terminat|closed"):
            imports.run(requested)
    connections.close_all()
    assert state(requested).state == "staging"
    imports.go_on()
    assert state(requested).rows_staged == ROWS
