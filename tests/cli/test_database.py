"""A PostgreSQL that somebody else runs: its release, its roles, and what to do when a right is missing."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from smo.cli import database, embedded
from smo.cli.faults import ServerFault


def as_url(conninfo: str) -> str:
    parts = psycopg.conninfo.conninfo_to_dict(conninfo)
    query = "&".join(f"{name}={database.quote(str(value), safe='')}" for name, value in parts.items())
    return f"postgresql:///?{query}"


@pytest.fixture
def role(postgresql):
    """A serving role of another name, so that the real one stays."""
    name = f"{postgresql.name}_serves"
    yield name
    with psycopg.connect(make_conninfo(postgresql.admin, dbname=postgresql.name), autocommit=True) as admin:
        admin.execute(f'DROP OWNED BY "{name}"')
        admin.execute(f'DROP ROLE "{name}"')


def test_the_serving_role_is_made_and_its_password_kept(postgresql, role, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(database, "SERVING", role)
    url = as_url(make_conninfo(postgresql.admin, dbname=postgresql.name))
    first = database.external(url, app_url="", home=tmp_path / "home")
    path = tmp_path / "home" / database.PASSWORD_FILE
    assert path.stat().st_mode & 0o077 == 0
    assert path.read_text() in first.app_url
    with psycopg.connect(first.app_url) as connection:
        assert connection.execute("SELECT current_user").fetchone() == (role,)
    assert database.external(url, app_url="", home=tmp_path / "home") == first


def test_who_may_not_make_a_role_is_told_what_to_run(postgresql, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(database, "SERVING", "smo_not_there")
    with pytest.raises(ServerFault, match=r"(?s)CREATE ROLE smo_not_there LOGIN.*SMO_APP_DATABASE_URL"):
        database.external(postgresql.owner, app_url="", home=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_role_whose_password_we_do_not_know_is_not_changed(postgresql, tmp_path) -> None:
    with pytest.raises(ServerFault, match="ALTER ROLE when it exists"):
        database.external(as_url(make_conninfo(postgresql.admin, dbname=postgresql.name)), app_url="", home=tmp_path)


def test_given_addresses_are_used_as_they_are(postgresql, tmp_path) -> None:
    found = database.database(tmp_path, {"DATABASE_URL": postgresql.owner, "SMO_APP_DATABASE_URL": postgresql.app})
    assert (found.owner_url, found.app_url, found.server) == (postgresql.owner, postgresql.app, None)


def test_nobody_serves_as_the_owner_or_as_a_role_without_rights(postgresql, tmp_path) -> None:
    with pytest.raises(ServerFault, match=r"signs in as smo_owner\. smo serves as smo_app alone"):
        database.external(postgresql.owner, app_url=postgresql.owner, home=tmp_path)


def test_an_old_release_is_refused(postgresql, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(database, "_release", lambda _: 14)
    with pytest.raises(ServerFault, match="is PostgreSQL 14; smo needs 15 or newer"):
        database.external(postgresql.owner, app_url="", home=tmp_path)


def test_an_address_that_does_not_answer_is_named(postgresql, tmp_path) -> None:
    dead = f"postgresql://x@/y?host={tmp_path}"
    with pytest.raises(ServerFault, match=r"^DATABASE_URL cannot be reached"):
        database.external(dead, app_url="", home=tmp_path)
    with pytest.raises(ServerFault, match=r"^SMO_APP_DATABASE_URL cannot be reached"):
        database.external(postgresql.owner, app_url=dead, home=tmp_path)


def test_two_who_make_the_same_role_do_not_trip(postgresql) -> None:
    with psycopg.connect(postgresql.admin, autocommit=True) as admin:
        assert database.make_role(admin, database.SERVING) is False
        database.make_database(admin, postgresql.name)


def test_a_start_that_was_cut_off_after_the_password_makes_the_role_with_it(
    postgresql, role, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(database, "SERVING", role)
    url = as_url(make_conninfo(postgresql.admin, dbname=postgresql.name))
    with monkeypatch.context() as cut:
        cut.setattr(database, "make_role", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            database.external(url, app_url="", home=tmp_path)
    found = database.external(url, app_url="", home=tmp_path)
    with psycopg.connect(found.app_url) as connection:
        assert connection.execute("SELECT current_user").fetchone() == (role,)


def test_first_starts_at_once_all_find_the_database(tmp_path) -> None:
    home = tmp_path / "home"
    try:
        with ThreadPoolExecutor(4) as starts:
            found = list(starts.map(lambda _: database.own(home), range(4)))
        assert len({f.owner_url for f in found}) == 1
    finally:
        embedded.stop(home)
