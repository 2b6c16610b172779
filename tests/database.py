"""The real PostgreSQL under the tests: one embedded server for a run, or the one that DATABASE_URL names.

Each test process gets a database of its own, migrated as `smo_owner`, and the tests work in it as `smo_app`, the role
that serves, so a right that is missing fails a test. Tests that commit are undone by putting back what the migrations
had written.

Use it by importing the fixtures in a folder's conftest, as tests/apps/conftest.py does.
"""

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from smo.cli import database as smo_database
from smo.cli import embedded

PREFIX = "smo-tests-"
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "60"}
QUICK |= {"shared_buffers": "64MB"}
AS_SERVING = "-c role=smo_app"  # for a server whose password for smo_app we do not know


@dataclass(frozen=True)
class TestDatabase:
    """One migrated database and three ways in."""

    __test__ = False

    name: str
    admin: str  # a superuser
    owner: str
    app: str


def _run_id() -> str:
    return os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())


def _release(home: Path, lock: int) -> None:
    """Let go of a home; the last of a run stops the server and takes the folder away."""
    with suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        embedded.stop(home)
        shutil.rmtree(home, ignore_errors=True)
    os.close(lock)


def _sweep() -> None:
    """Stop the servers of runs that were killed."""
    for home in Path(tempfile.gettempdir()).glob(f"{PREFIX}{os.getuid()}-*"):
        with suppress(FileNotFoundError):
            _release(home, os.open(home / "users.lock", os.O_RDWR))


@cache
def _embedded_home() -> tuple[Path, int]:
    _sweep()
    home = Path(tempfile.gettempdir()) / f"{PREFIX}{os.getuid()}-{_run_id()}"
    home.mkdir(mode=0o755, exist_ok=True)
    lock = os.open(home / "users.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_SH)
    return home, lock


def _ways_in(name: str) -> TestDatabase:
    given = os.environ.get("DATABASE_URL", "")
    if given:
        return TestDatabase(
            name, make_conninfo(given), make_conninfo(given, dbname=name, options="-c role=smo_owner"),
            make_conninfo(given, dbname=name, options=AS_SERVING),
        )  # fmt: skip
    server = smo_database.own(_embedded_home()[0], settings=QUICK).server
    assert server is not None
    return TestDatabase(
        name, server.url("postgres", "postgres"), server.url("smo_owner", name), server.url("smo_app", name)
    )


def _connect_django(conninfo: str) -> None:
    """Point Django's default connection at a place."""
    connection = connections["default"]
    connection.close()
    parts = conninfo_to_dict(conninfo)
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    connection.settings_dict.update({name: str(parts.get(key) or "") for name, key in names.items()})
    options = connection.settings_dict.setdefault("OPTIONS", {})
    options.pop("options", None)
    if parts.get("options"):
        options["options"] = parts["options"]


def _seed(connection: psycopg.Connection) -> dict[str, bytes]:
    """What the migrations wrote into each table."""
    query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations'"
    return {table: _copied(connection, table) for (table,) in connection.execute(query).fetchall()}


def _copied(connection: psycopg.Connection, table: str) -> bytes:
    with connection.cursor().copy(f'COPY public."{table}" TO STDOUT') as copy:
        return b"".join(bytes(block) for block in copy)


def _put_back(place: TestDatabase, seed: dict[str, bytes]) -> None:
    """Undo everything a test committed, triggers and rights of the audit trail notwithstanding."""
    with psycopg.connect(make_conninfo(place.admin, dbname=place.name), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("TRUNCATE " + ", ".join(f'public."{table}"' for table in seed))
        for table, rows in seed.items():
            if rows:
                with connection.cursor().copy(f'COPY public."{table}" FROM STDIN') as copy:
                    copy.write(rows)


@cache
def prepared() -> TestDatabase:
    """This process's database: made, migrated, with Django serving from it as smo_app."""
    place = _ways_in(f"test_smo_{os.getpid()}")
    with psycopg.connect(place.admin, autocommit=True) as connection:
        for role in (smo_database.OWNER, smo_database.SERVING):
            smo_database.make_role(connection, role)
        connection.execute(f"DROP DATABASE IF EXISTS {place.name} WITH (FORCE)")
        smo_database.make_database(connection, place.name)
    _connect_django(place.owner)
    call_command("migrate", verbosity=0, interactive=False)
    with psycopg.connect(make_conninfo(place.admin, dbname=place.name), autocommit=True) as connection:
        seed = _seed(connection)
    TransactionTestCase._fixture_teardown = lambda self: _put_back(place, seed)
    _connect_django(place.app)
    return place


def _clear(place: TestDatabase) -> None:
    connections.close_all()
    if os.environ.get("DATABASE_URL"):
        with psycopg.connect(place.admin, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {place.name} WITH (FORCE)")
    else:
        _release(*_embedded_home())


@cache
def _clear_at_the_end(config: pytest.Config) -> None:
    config.add_cleanup(lambda: _clear(prepared()))


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Nothing to modify: the connection is pointed at its place when it is prepared."""


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker) -> None:
    """In place of pytest-django's own: make this process's database once."""
    _clear_at_the_end(request.config)
    with django_db_blocker.unblock():
        prepared()


@pytest.fixture(scope="session")
def postgresql(django_db_setup) -> TestDatabase:
    """Where the tests' database is, for tests that open connections of their own."""
    return prepared()
