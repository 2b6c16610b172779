"""What the surroundings say is read once, and every fault is told at once."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings

from smo.config.env import Environment, SettingsFault, is_loopback, parse, secret_key


def faults(**environ: str) -> tuple[str, ...]:
    with pytest.raises(SettingsFault) as refused:
        parse(environ)
    return refused.value.faults


def test_env_nothing_needs_to_be_set() -> None:
    found = parse({})
    assert (found.host, found.port, found.time_zone) == ("127.0.0.1", 8000, "UTC")
    assert found.home == Path("~/.local/share/smo").expanduser()
    assert found.lake_url == str(found.home / "lake")
    assert found.anchor_dir == found.home / "anchors"
    assert not found.is_public
    assert not found.is_debug


def test_env_all_faults_are_told_at_once_with_a_remedy(tmp_path) -> None:
    file = tmp_path / "file"
    file.touch()
    told = faults(
        SMO_HOME=str(file),
        SMO_HOST="two words",
        SMO_PORT="99999",
        SMO_ALLOWED_HOSTS="*",
        SMO_TIME_ZONE="Mars/Olympus",
        SMO_SECRET_KEY="short",
        SMO_DEBUG="yes",
        SMO_PROT="8000",
        DATABASE_URL="mysql://x",
    )
    assert len(told) == 9
    named = {fault.split(":")[0] for fault in told}
    assert named == {"SMO_HOME", "SMO_HOST", "SMO_PORT", "SMO_ALLOWED_HOSTS", "SMO_TIME_ZONE", "SMO_SECRET_KEY",
                     "SMO_DEBUG", "SMO_PROT", "DATABASE_URL"}  # fmt: skip
    assert all(fault.endswith(".") for fault in told)


@pytest.mark.parametrize("others", [{"SMO_HOST": "0.0.0.0"}, {"SMO_ALLOWED_HOSTS": "labels.example.org"}])
def test_env_faults_are_not_shown_to_the_world(others) -> None:
    (fault,) = faults(SMO_DEBUG="1", **others)
    assert fault.startswith("SMO_DEBUG:")
    assert parse({"SMO_DEBUG": "1"}).is_debug


@pytest.mark.parametrize("port", ["0", "-1", "65536", "eight", "80.0", "٨٠٠٠٠٠"])
def test_env_a_port_is_a_port(port: str) -> None:
    assert len(faults(SMO_PORT=port)) == 1


def test_env_a_password_in_an_address_is_not_repeated() -> None:
    (fault,) = faults(DATABASE_URL="postgresql://me:s3cr3t%zz@host/x")
    assert "s3cr3t" not in fault


@pytest.mark.parametrize(
    "url", ["postgresql://u:p%40ss@h:5433/n", "postgresql://smo_app@/smo?host=/tmp/a%20b&port=5432"]
)
def test_env_addresses_of_postgresql_are_taken_as_they_are(url: str) -> None:
    assert parse({"DATABASE_URL": url, "SMO_APP_DATABASE_URL": url}).app_database_url == url


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("[::1]", True), ("localhost", True),
     ("a.localhost", True), ("0.0.0.0", False), ("10.0.0.1", False), ("smo.example.org", False),
     ("localhost.example.org", False)],
)  # fmt: skip
def test_env_this_machine_is_told_from_others(host: str, own: bool) -> None:
    assert is_loopback(host) is own


@pytest.mark.parametrize(
    ("environ", "public"),
    [
        ({}, False),
        ({"SMO_HOST": "0.0.0.0"}, True),
        ({"SMO_ALLOWED_HOSTS": "smo.example.org"}, True),
        ({"SMO_ALLOWED_HOSTS": "localhost, 127.0.0.1"}, False),
    ],
)
def test_env_whoever_others_can_call_is_public(environ: dict[str, str], public: bool) -> None:
    assert parse(environ).is_public is public


def test_env_the_own_host_may_be_called() -> None:
    assert "10.0.0.7" in parse({"SMO_HOST": "10.0.0.7"}).allowed_hosts
    assert "0.0.0.0" not in parse({"SMO_HOST": "0.0.0.0"}).allowed_hosts


def home(path: Path, **environ: str) -> Environment:
    return parse({"SMO_HOME": str(path), **environ})


def test_env_the_secret_is_made_once_for_its_owner_alone(tmp_path) -> None:
    folder = tmp_path / "with space"
    first = secret_key(home(folder))
    assert len(first) >= 50
    assert secret_key(home(folder)) == first
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["secret_key"]


def test_env_of_two_that_start_at_once_one_secret_remains(tmp_path) -> None:
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: secret_key(home(tmp_path)), range(32)))
    assert len(secrets) == 1


def test_env_a_given_secret_is_not_written_down(tmp_path) -> None:
    given = "x" * 40
    assert secret_key(home(tmp_path, SMO_SECRET_KEY=given)) == given
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("address", ["sqlite:///smo.sqlite3", "file:smo.db", "/srv/smo.sqlite3"])
def test_env_peers_row_10_nothing_but_postgresql_is_written_to(address) -> None:
    (told,) = faults(DATABASE_URL=address)
    assert "not a PostgreSQL address" in told
    assert {database["ENGINE"] for database in settings.DATABASES.values()} == {"django.db.backends.postgresql"}
