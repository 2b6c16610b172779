"""Serve: one process that starts the database, migrates, then watches over a web and a worker process."""

import fcntl
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from smo.cli import boot, embedded
from smo.cli.database import Database
from smo.cli.faults import CommandFault
from smo.cli.progress import say
from smo.config.env import Environment

HEALTH = "/api/v1/health"
HEALTHY_SECONDS = 120
STOP_SECONDS = 15
MOST_RESTARTS = 5  # of one process; more would hide what kills it
CALM_SECONDS = 600.0  # who lived this long has done nothing wrong before
PARTS = ("web", "worker")


@dataclass(frozen=True, slots=True)
class Running:
    """What serves from a home."""

    pid: int
    url: str


class AlreadyRunning(CommandFault):
    """Something serves from this home; `running` says what, where it is known."""

    def __init__(self, running: Running | None) -> None:
        self.running = running
        where = f" at {running.url} (process {running.pid})" if running else ""
        super().__init__(f"smo already runs{where}. `smo stop` stops it.")


def _lock_path(home: Path) -> Path:
    return home / "serving.lock"


@contextmanager
def alone(home: Path) -> Iterator[Path]:
    """Hold the home's lock; the file says who holds it. A lock dies with its process, so no stale one remains."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _lock_path(home).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(running(home)) from None
        yield _lock_path(home)
        _lock_path(home).write_text("")


def running(home: Path) -> Running | None:
    """What serves from this home now."""
    try:
        with _lock_path(home).open("r+") as file:
            with suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return None
            return Running(**json.loads(file.read()))
    except (FileNotFoundError, ValueError):
        return None


def check_port(settings: Environment) -> None:
    """Say so early when another program has the port."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host.strip("[]"), settings.port))
        except OSError as fault:
            raise CommandFault(
                f"Port {settings.port} on {settings.host} cannot be used: {fault.strerror}. "
                "Stop the program that uses it, or choose another one with SMO_PORT."
            ) from fault


def smo(*arguments: str) -> list[str]:
    """The command line of one of our own verbs, whatever the folder we are in holds."""
    return [sys.executable, "-P", "-m", "smo.cli.main", *arguments]


def address(settings: Environment) -> str:
    """Where a person on this machine finds the pages."""
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104 - compared, not bound
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _is_healthy(settings: Environment) -> bool:
    host = address(settings).removeprefix("http://")
    with suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection(host, timeout=5)
        called = settings.allowed_hosts[0].lstrip(".")  # any other name would be refused, and logged as an attack
        connection.request("GET", HEALTH, headers={"Host": called})
        return connection.getresponse().status < 500
    return False


class Watch:
    """The child processes: started, started again when they die, stopped together."""

    def __init__(self, place: Database, *, home: Path) -> None:
        self._home = home
        self._environment = boot.surroundings(place)
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._restarts = dict.fromkeys(PARTS, 0)
        self._started = dict.fromkeys(PARTS, 0.0)
        self._server = place.server
        self.stopping = threading.Event()

    @property
    def owns_server(self) -> bool:
        """Whether the embedded database was started by this process, at first or again."""
        return self._server is not None and self._server.is_new_start

    def start(self, part: str) -> None:
        """Start one, told whose child it is, so that it does not outlive us, however we die."""
        command = smo(part, "--parent", str(os.getpid()))
        self._started[part] = time.monotonic()
        self._children[part] = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, env=self._environment, start_new_session=True
        )

    def look(self) -> None:
        """Start again what died: the database first, because the others need it."""
        if self._server is not None and not embedded.lives(self._server):
            say("The database ended; starting it again")
            self._server = embedded.ensure(self._home, say=say)
        for part, child in list(self._children.items()):
            if child.poll() is None:
                continue
            _bury(child)
            lived = time.monotonic() - self._started[part]
            self._restarts[part] = 1 if lived > CALM_SECONDS else self._restarts[part] + 1
            if self._restarts[part] > MOST_RESTARTS:
                raise CommandFault(f"The {part} process ended {MOST_RESTARTS} times; its messages are above.")
            say(f"The {part} process ended (exit {child.returncode}); starting it again")
            self.stopping.wait(self._restarts[part])
            self.start(part)

    def await_healthy(self, settings: Environment) -> None:
        """Wait until a page is answered."""
        until = time.monotonic() + HEALTHY_SECONDS
        while not self.stopping.is_set() and not _is_healthy(settings):
            if time.monotonic() > until:
                raise CommandFault(f"The web process did not answer within {HEALTHY_SECONDS} seconds.")
            self.look()
            self.stopping.wait(0.1)

    def stop(self) -> None:
        """Ask all to end, and end who does not."""
        for child in self._children.values():
            with suppress(ProcessLookupError):
                child.terminate()
        until = time.monotonic() + STOP_SECONDS
        for child in self._children.values():
            try:
                child.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
            _bury(child)


def _bury(child: subprocess.Popen[bytes]) -> None:
    """End what a dead child had started itself."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _migrate(place: Database, *, with_demo: bool) -> None:
    """In a process of its own: this one stays small, and no serving process ever holds the owner's rights."""
    command = smo("migrate", *(["--demo"] if with_demo else []))
    if subprocess.run(command, env=boot.surroundings(place, as_owner=True), check=False).returncode:
        raise CommandFault("The database was not migrated; the reason is above.")


def _obey_signals(watch: Watch) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: watch.stopping.set())


def _check_audience(settings: Environment, *, with_demo: bool) -> None:
    """Before anything is made: no demo accounts where others can call, and no pages that nobody can sign in to."""
    if settings.is_public and with_demo:
        raise CommandFault(
            "`smo up` makes demo accounts, so it serves this machine alone. "
            "For others use `smo serve`, and `smo admin create` for the first account."
        )
    if settings.is_public and not settings.is_behind_proxy:
        say("Others can sign in only through TLS: put a proxy that speaks it in front, and set SMO_BEHIND_PROXY=1")


def serve(*, with_demo: bool) -> None:
    """Serve until stopped. What this call started, it stops."""
    settings = boot.environment()
    _check_audience(settings, with_demo=with_demo)
    with alone(settings.home) as lock:
        check_port(settings)
        place = boot.find_database(settings)
        watch = Watch(place, home=settings.home)
        _obey_signals(watch)
        try:
            lock.write_text(json.dumps(asdict(Running(os.getpid(), address(settings)))))
            _migrate(place, with_demo=with_demo)
            _run(watch, settings)
        except CommandFault:
            if not watch.stopping.is_set():  # who was asked to stop on the way has no fault to tell
                raise
        finally:
            watch.stop()
            if watch.owns_server:
                embedded.stop(settings.home)
            say("Stopped")


def _run(watch: Watch, settings: Environment) -> None:
    say("Starting the web and worker processes")
    for part in PARTS:
        watch.start(part)
    watch.await_healthy(settings)
    if not watch.stopping.is_set():
        print(f"smo is ready: {address(settings)}   (Ctrl-C stops)", flush=True)
    while not watch.stopping.wait(1):
        watch.look()
    say("Stopping")


def stop(home: Path) -> bool:
    """Stop what serves from this home, and the database; False when nothing ran."""
    found = running(home)
    if found is not None:
        with suppress(ProcessLookupError):
            os.kill(found.pid, signal.SIGTERM)
        until = time.monotonic() + STOP_SECONDS + 10
        while running(home) is not None:
            if time.monotonic() > until:
                raise CommandFault(f"Process {found.pid} does not stop. End it with: kill -9 {found.pid}")
            time.sleep(0.1)
    return embedded.stop(home) or found is not None
