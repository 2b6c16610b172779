"""One process serves from a home; it says so to others, watches its children and leaves none behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from smo.cli import embedded, serving
from smo.cli.database import Database
from smo.cli.faults import CommandFault
from smo.cli.system_account import current_account

PATIENCE = 180  # a busy machine starts a server slowly; how fast is for bench/ to say


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def settings(**given) -> SimpleNamespace:
    return SimpleNamespace(**{"host": "127.0.0.1", "port": free_port(), **given})


def test_a_second_one_is_told_where_the_first_runs(tmp_path) -> None:
    with serving.alone(tmp_path) as lock:
        lock.write_text(json.dumps({"pid": 7, "url": "http://127.0.0.1:8000"}))
        with (
            pytest.raises(serving.AlreadyRunning, match=r"http://127.0.0.1:8000 \(process 7\)"),
            serving.alone(tmp_path),
        ):
            pytest.fail("two at once")
        assert serving.running(tmp_path) == serving.Running(7, "http://127.0.0.1:8000")
    assert serving.running(tmp_path) is None


def test_what_a_killed_one_left_behind_is_not_believed(tmp_path) -> None:
    (tmp_path / "serving.lock").write_text(json.dumps({"pid": 1, "url": "http://127.0.0.1:8000"}))
    assert serving.running(tmp_path) is None
    with serving.alone(tmp_path):
        pass


def test_a_port_in_use_is_said_before_anything_starts() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(CommandFault, match=r"Port \d+ on 127.0.0.1 cannot be used: .*SMO_PORT"):
            serving.check_port(settings(port=other.getsockname()[1]))
    serving.check_port(settings())


@pytest.mark.parametrize(
    ("host", "url"),
    [("127.0.0.1", "http://127.0.0.1:80"), ("0.0.0.0", "http://127.0.0.1:80"), ("::1", "http://[::1]:80")],
)
def test_the_address_is_one_that_a_person_can_open(host, url) -> None:
    assert serving.address(settings(host=host, port=80)) == url


def test_demo_accounts_are_not_even_made_where_others_can_call(capsys) -> None:
    others = settings(is_public=True, is_behind_proxy=False)
    with pytest.raises(CommandFault, match="`smo serve`, and `smo admin create`"):
        serving._check_audience(others, with_demo=True)
    serving._check_audience(others, with_demo=False)
    assert "SMO_BEHIND_PROXY=1" in capsys.readouterr().err
    serving._check_audience(settings(is_public=True, is_behind_proxy=True), with_demo=False)
    serving._check_audience(settings(is_public=False, is_behind_proxy=False), with_demo=True)
    assert capsys.readouterr().err == ""


def test_health_is_asked_under_a_name_that_is_allowed() -> None:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.headers["Host"] == "labels.example.org" else 500)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        assert serving._is_healthy(settings(port=server.server_port, allowed_hosts=(".labels.example.org",)))


@pytest.fixture
def watch(monkeypatch, tmp_path):
    """A watch over children that merely wait, and a script to make them die."""
    script = "import time; time.sleep(60)"
    monkeypatch.setattr(serving, "smo", lambda *_: [sys.executable, "-c", script])
    found = serving.Watch(Database("postgresql:///o", "postgresql:///a"), home=tmp_path)
    monkeypatch.setattr(found.stopping, "wait", lambda _: None)
    yield found
    found.stop()


def test_a_child_that_dies_is_started_again_until_it_dies_too_often(watch, capsys) -> None:
    watch.start("web")
    for _ in range(serving.MOST_RESTARTS):
        before = watch._children["web"]
        before.kill()
        before.wait()
        watch.look()
        assert watch._children["web"].pid != before.pid
    watch._children["web"].kill()
    watch._children["web"].wait()
    with pytest.raises(CommandFault, match="The web process ended 5 times"):
        watch.look()
    assert "starting it again" in capsys.readouterr().err


def test_a_child_that_lived_long_is_forgiven_what_went_before(watch, monkeypatch) -> None:
    watch.start("web")
    monkeypatch.setattr(serving, "CALM_SECONDS", -1.0)
    for _ in range(serving.MOST_RESTARTS + 1):
        watch._children["web"].kill()
        watch._children["web"].wait()
        watch.look()
    assert watch._children["web"].poll() is None


def test_a_database_that_dies_is_started_again_and_then_is_ours_to_stop(watch, monkeypatch, tmp_path, capsys) -> None:
    account = current_account()
    found = embedded.Server(tmp_path, tmp_path, tmp_path, account)
    watch._server = found
    monkeypatch.setattr(embedded, "ensure", lambda home, say: replace(found, is_new_start=True))
    monkeypatch.setattr(embedded, "lives", lambda server: True)
    watch.look()
    assert not watch.owns_server
    monkeypatch.setattr(embedded, "lives", lambda server: False)
    watch.look()
    assert watch.owns_server
    assert "The database ended; starting it again" in capsys.readouterr().err


def test_a_child_that_does_not_obey_is_ended(watch, monkeypatch) -> None:
    script = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    monkeypatch.setattr(serving, "smo", lambda *_: [sys.executable, "-c", script])
    monkeypatch.setattr(serving, "STOP_SECONDS", 0.3)
    watch.start("worker")
    time.sleep(0.3)
    watch.stop()
    assert watch._children["worker"].wait(5) == -signal.SIGKILL


ORPHAN = """
import os, subprocess, sys
code = "import os, time; from smo.cli.parent import end_with; end_with(os.getppid()); print(os.getpid(), flush=True)"
code += "; time.sleep(60)"
child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
print(child.stdout.readline().decode(), flush=True)
os.kill(os.getpid(), 9)
"""


def test_a_child_ends_when_its_parent_was_killed() -> None:
    done = subprocess.run([sys.executable, "-c", ORPHAN], env={**os.environ, "PYTHONPATH": "src"}, capture_output=True)  # noqa: PLW1510
    assert done.returncode == -signal.SIGKILL
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            os.kill(int(done.stdout), 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("it still lives")


class House:
    """A whole smo in a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        given = {name: value for name, value in os.environ.items() if not name.startswith(("SMO_", "DATABASE_URL"))}
        self.environ = {**given, "PYTHONPATH": "src", "SMO_HOME": str(home), "SMO_PORT": str(self.port)}

    @contextmanager
    def smo(self, *arguments: str):
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "env": self.environ}
        with subprocess.Popen([sys.executable, "-m", "smo.cli.main", *arguments], **pipes) as running:
            try:
                yield running
            except BaseException:
                running.terminate()  # a test that fails must not wait for ever
                raise

    def until_ready(self, running: subprocess.Popen[str]) -> str:
        said = ""
        for line in running.stdout:
            said += line
            if "is ready" in line:
                return said
        pytest.fail(f"ended with {running.wait()}: {said}")

    def status(self, path: str = "/accounts/login/") -> int:
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return answer.status

    def health(self) -> int:
        try:
            return self.status(serving.HEALTH)
        except OSError:  # also what the library raises for 503
            return 0

    def answers_often(self) -> bool:
        """Whether it answers, and still does after a while."""
        return all(self.health() == 200 and time.sleep(0.3) is None for _ in range(5))

    def processes(self) -> list[str]:
        listed = subprocess.run(["ps", "-eo", "pid=,args=", "ewww"], capture_output=True, text=True, check=True).stdout
        return [
            line[:120] for line in listed.splitlines() if f"SMO_HOME={self.home}" in line and "smo.cli.main" in line
        ]


@pytest.fixture
def house():
    base = Path("/tmp") / f"smo-house-{os.getpid()}-{time.monotonic_ns()}"
    base.mkdir(mode=0o755)
    found = House(base / "ein Haus")
    yield found
    with found.smo("stop") as stopped:
        stopped.communicate()
    embedded.stop(found.home)
    subprocess.run(["rm", "-rf", str(base)], check=True)


@pytest.mark.slow
def test_up_serves_says_so_twice_and_stops_whole(house) -> None:
    with house.smo("up") as running:
        said = house.until_ready(running)
        assert "admin@demo.example" in said
        assert house.url in said
        assert house.status() == 200
        with house.smo("up") as second:
            assert f"already runs at {house.url}" in second.communicate()[0]
            assert second.returncode == 0
        running.send_signal(signal.SIGINT)
        assert running.wait(40) == 0
    assert house.processes() == []
    started = time.monotonic()
    with house.smo("up") as again:
        said = house.until_ready(again)
        assert time.monotonic() - started < 60  # 10 s on an idle machine; the bench says how long
        assert "@demo.example" not in said
        with house.smo("stop") as stop:
            assert stop.communicate()[0].strip() == "Stopped"
        assert again.wait(40) == 0
    assert not embedded.stop(house.home)


@pytest.mark.slow
def test_killing_any_process_leaves_nothing_behind_and_loses_nothing(house) -> None:
    with house.smo("up") as running:
        house.until_ready(running)
        web = next(line.split()[0] for line in house.processes() if " web " in line)
        os.kill(int(web), signal.SIGKILL)
        until = time.monotonic() + PATIENCE
        # a child of the killed server may answer once more before it notices
        while (any(web == line.split()[0] for line in house.processes()) or not house.answers_often()) and (
            time.monotonic() < until
        ):
            time.sleep(0.5)
        assert house.answers_often()
        postmaster = (house.home / "postgres" / "data" / "postmaster.pid").read_text().split()[0]
        os.kill(int(postmaster), signal.SIGKILL)
        until = time.monotonic() + PATIENCE
        while not house.answers_often() and time.monotonic() < until:  # what it had open answers for a moment yet
            time.sleep(0.5)
        assert house.answers_often()
        running.kill()
        running.wait()
    until = time.monotonic() + PATIENCE
    while house.processes() and time.monotonic() < until:
        time.sleep(0.2)
    assert house.processes() == []
    with house.smo("up") as again:
        house.until_ready(again)
        assert house.status() == 200
        again.terminate()
        assert again.wait(40) == 0


@pytest.mark.slow
def test_demo_accounts_are_not_shown_to_the_world(house) -> None:
    with house.smo("up") as running:
        house.until_ready(running)
        running.terminate()
        assert running.wait(40) == 0
    house.environ |= {"SMO_HOST": "0.0.0.0"}
    with house.smo("serve") as refused:
        assert "smo admin close-demo" in refused.communicate()[0]
        assert refused.returncode == 2
    with house.smo("web") as refused:
        assert "served on this machine only" in refused.communicate()[0]
        assert refused.returncode == 2
    with house.smo("admin", "close-demo") as closed:
        assert "16 demo accounts closed" in closed.communicate()[0]
    with house.smo("serve") as served:
        house.until_ready(served)
        served.terminate()
        assert served.wait(40) == 0
