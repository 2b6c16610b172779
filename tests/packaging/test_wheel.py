"""The built wheel, installed into an empty environment, reports and serves without Node."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FRONT_END = ROOT / "src" / "smo" / "web" / "static" / "dist"
START_SECONDS = 120


def _run(*command: str | Path, **options) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> Path:
    if not FRONT_END.exists():
        pytest.skip("the front end is not built: run ./dev setup first")
    out = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out, cwd=ROOT)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="session")
def installed(wheel, tmp_path_factory) -> Path:
    """An environment with the wheel and what it needs, pinned as in the lock file; nothing for developers."""
    uv = next((ROOT / ".tools").glob("uv-*/bin/uv"), None)
    if uv is None:
        pytest.skip("uv is not installed: run ./dev setup first")
    home = tmp_path_factory.mktemp("an empty place")
    pins = [
        re.sub(r" \\$", "", line)
        for line in (ROOT / "requirements.lock").read_text().splitlines()
        if re.match(r"\w", line)
    ]
    (home / "pins.txt").write_text("\n".join(pins) + "\n")
    _run(uv, "venv", "--no-python-downloads", "--python", sys.executable, home / "env")
    environ = {**os.environ, "VIRTUAL_ENV": str(home / "env")}
    _run(uv, "pip", "install", wheel, "--constraint", home / "pins.txt", env=environ)
    return home / "env" / "bin"


def _environment(home: Path, installed: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SMO_", "DATABASE_URL", "DJANGO_", "VIRTUAL_ENV"))}
    return {**kept, "SMO_HOME": str(home), "PATH": f"{installed}:/usr/bin:/bin"}


def test_wheel_holds_the_front_end_and_no_sources_of_it(wheel) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert any(n.startswith("smo/web/static/dist/") and n.endswith(".css") for n in names)
    assert any(n.startswith("smo/web/static/dist/") and n.endswith(".js") for n in names)
    assert [n for n in names if n.endswith((".ts", ".map")) or "node_modules" in n] == []


def test_wheel_reports(installed, tmp_path) -> None:
    labels = tmp_path / "labels.csv"
    rows = [f"{i},{r},{'hate' if (i + (r == 'c')) % 3 else 'ok'}" for i in range(40) for r in "abc"]
    labels.write_text("item,rater,label\n" + "\n".join(rows) + "\n")
    _run(installed / "smo", "report", labels, "--out", tmp_path / "out", env=_environment(tmp_path / "home", installed))
    assert {p.name for p in (tmp_path / "out").iterdir()} >= {
        "report.html", "report.pdf", "report.xlsx", "report.json", "consensus.parquet",
    }  # fmt: skip
    (task,) = json.loads((tmp_path / "out" / "report.json").read_text())["tasks"].values()
    assert task["n_ratings"] == 120
    assert not (tmp_path / "home").exists(), "a report needs no home"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _fetched(url: str, process: subprocess.Popen[bytes], log: Path) -> str:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"{url} did not answer in {START_SECONDS} s: {log.read_text()}")


def test_wheel_serves(installed, tmp_path) -> None:
    port, log = _free_port(), tmp_path / "log"
    environ = {**_environment(tmp_path / "home", installed), "SMO_PORT": str(port)}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [installed / "smo", "serve"], env=environ, stdout=out, stderr=out, start_new_session=True
        )
    try:
        page = _fetched(f"http://127.0.0.1:{port}/accounts/login/", process, log)
        styles = re.findall(r'href="(/static/[^"]+\.css)"', page)
        assert styles, page
        for style in styles:
            assert "{" in _fetched(f"http://127.0.0.1:{port}{style}", process, log)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) in {0, 130, -signal.SIGINT}, log.read_text()
        subprocess.run([installed / "smo", "stop"], env=environ, check=False, capture_output=True)
