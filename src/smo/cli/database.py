"""Where PostgreSQL is: the embedded server, or the one that DATABASE_URL names.

`smo_owner` migrates. `smo_app` serves: it may add to the audit trail and never alter it (docs/adr/0002).
"""

import contextlib
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict

from smo.cli import embedded
from smo.cli.faults import ServerFault

OWNER = "smo_owner"
SERVING = "smo_app"
NAME = "smo"
FIRST_START = 4_951_071_115  # any number that nobody else locks
OLDEST = 15
PASSWORD_FILE = "smo_app_password"  # noqa: S105 - a file's name

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Database:
    """One database and how each role reaches it; `server` is there when it is the embedded one."""

    owner_url: str
    app_url: str
    server: embedded.Server | None = None


def _silent(_line: str) -> None:
    """Say nothing."""


def database(home: Path, environ: Mapping[str, str], *, say: Say = _silent) -> Database:
    """The database to use, running and with its roles. Errors: ServerFault in words."""
    given, for_serving = (environ.get(name, "").strip() for name in ("DATABASE_URL", "SMO_APP_DATABASE_URL"))
    return external(given, app_url=for_serving, home=home) if given else own(home, say=say)


def own(home: Path, *, say: Say = _silent, settings: Mapping[str, str] | None = None) -> Database:
    """The embedded server's database, made with its roles when it is not there yet."""
    server = embedded.ensure(home, say=say, settings=settings)
    with psycopg.connect(server.url(embedded.SUPERUSER, "postgres"), autocommit=True) as connection:
        # of two starts at once the second waits: rights on one database cannot be changed by two
        connection.execute("SELECT pg_advisory_lock(%s)", [FIRST_START])
        for role in (OWNER, SERVING):
            make_role(connection, role)
        make_database(connection, NAME)
    return Database(server.url(OWNER, NAME), server.url(SERVING, NAME), server)


def make_role(connection: psycopg.Connection, role: str, *, password: str | None = None) -> bool:
    """Make a role that may sign in; False when it exists. Two that start at once do not trip over each other."""
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
        return False
    secret = sql.SQL("") if password is None else sql.SQL(" PASSWORD {}").format(sql.Literal(password))
    try:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)) + secret)
    except (errors.DuplicateObject, errors.UniqueViolation):
        return False
    return True


def make_database(connection: psycopg.Connection, name: str) -> None:
    """Make an empty database of `smo_owner` that only `smo_owner` and `smo_app` may enter; one that is there stays.

    The rights are stated each time, so that a start that was cut off after the making leaves no door open.
    """
    database_name, owner, serving = (sql.Identifier(text) for text in (name, OWNER, SERVING))
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        with contextlib.suppress(errors.DuplicateDatabase, errors.UniqueViolation):
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database_name, owner))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database_name))
    connection.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(database_name, serving))


def _reach(url: str, name: str) -> psycopg.Connection:
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as fault:
        raise ServerFault(f"{name} cannot be reached: {str(fault).strip()}") from fault


def _release(connection: psycopg.Connection) -> int:
    return connection.info.server_version // 10_000


def external(url: str, *, app_url: str, home: Path) -> Database:
    """A PostgreSQL that somebody else runs. The serving role is made when the given role may do so."""
    with _reach(url, "DATABASE_URL") as connection:
        if _release(connection) < OLDEST:
            raise ServerFault(
                f"DATABASE_URL is PostgreSQL {_release(connection)}; smo needs {OLDEST} or newer. "
                "Upgrade it, or leave DATABASE_URL out to use the one that comes with smo."
            )
        if not app_url:
            app_url = _for_role(url, role=SERVING, password=_serving_password(connection, home))
    with _reach(app_url, "SMO_APP_DATABASE_URL") as connection:
        if connection.info.user != SERVING:
            raise ServerFault(
                f"SMO_APP_DATABASE_URL signs in as {connection.info.user}. smo serves as {SERVING} alone: that role "
                "has the rights that it needs, and none to alter the audit trail. Name it in the address."
            )
        return Database(url, app_url)


def _for_role(url: str, *, role: str, password: str) -> str:
    """The same place for another role."""
    parts = {**conninfo_to_dict(url), "user": role, "password": password}
    query = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in parts.items())
    return f"postgresql:///?{query}"


def _serving_password(connection: psycopg.Connection, home: Path) -> str:
    """The password of the serving role that we made, kept in a file that only its owner reads.

    The file comes first: a start that was cut off between the two finds it, and makes the role with it.
    """
    path = home / PASSWORD_FILE
    is_fresh = not path.exists()
    password = _write_password(path) if is_fresh else path.read_text().strip()
    try:
        is_made = make_role(connection, SERVING, password=password)
    except errors.InsufficientPrivilege:
        is_made = False
    if is_fresh and not is_made:
        path.unlink()
        raise ServerFault(
            f"smo serves under a role of its own, {SERVING}, which may add to the audit trail but never alter it. "
            "Have an administrator run:\n"
            f"  CREATE ROLE {SERVING} LOGIN PASSWORD 'choose one';   (or ALTER ROLE when it exists)\n"
            f"  GRANT CONNECT ON DATABASE {connection.info.dbname} TO {SERVING};\n"
            "and set SMO_APP_DATABASE_URL to the address with that role and password."
        )
    grant = sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}")
    with contextlib.suppress(errors.InsufficientPrivilege):
        connection.execute(grant.format(sql.Identifier(connection.info.dbname), sql.Identifier(SERVING)))
    return password


def _write_password(path: Path) -> str:
    password = secrets.token_urlsafe(24)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(password)
    return password
