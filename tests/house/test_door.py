"""`./dev` on a machine that lacks something says what to install; nothing is half done."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from tests.house import source


@pytest.fixture
def door(tmp_path) -> Path:
    """A copy of the script alone, so that set-up cannot touch this checkout."""
    place = tmp_path / "a check out"
    place.mkdir()
    for name in ("dev", "requirements.lock", "pyproject.toml"):
        shutil.copy(source.ROOT / name, place / name)
    return place / "dev"


def _fake_python(folder: Path, *, version: int, has_pip: bool) -> Path:
    fake = folder / "python"
    answers = f'case "$*" in *"import pip"*) exit {0 if has_pip else 1};; *version_info*) exit {version};; esac'
    fake.write_text(f"#!/bin/sh\n{answers}\nexit 1\n")
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    return fake


def _knock(door: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([door, *words], capture_output=True, text=True, check=False, env={**os.environ, **environ})


def test_door_lists_its_commands(door) -> None:
    answer = _knock(door, "help")
    assert answer.returncode == 0
    for verb in ("up", "run", "test", "check", "fix", "bench", "setup"):
        assert f"./dev {verb}" in answer.stdout


def test_door_unknown_command_is_refused(door) -> None:
    answer = _knock(door, "dance")
    assert answer.returncode == 2
    assert "no such command: dance" in answer.stderr


def test_door_without_a_fitting_python_names_the_package(door, tmp_path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("bash", "dirname", "mkdir", "cat", "cksum", "cut"):
        (tools / tool).symlink_to(shutil.which(tool) or tool)
    answer = _knock(door, "setup", PATH=str(tools), DEV_PYTHON="")
    assert answer.returncode == 2
    assert "no Python 3.11, 3.12 or 3.13 found" in answer.stderr
    assert "apt install python3" in answer.stderr


def test_door_without_pip_names_the_package(door, tmp_path) -> None:
    fake = _fake_python(tmp_path, version=0, has_pip=False)
    answer = _knock(door, "setup", DEV_PYTHON=str(fake))
    assert answer.returncode == 2
    assert "has no pip" in answer.stderr
    assert "apt install python3-pip" in answer.stderr
    assert not (door.parent / ".venv").exists()


def test_door_a_python_too_old_is_passed_over(door, tmp_path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("bash", "dirname", "mkdir", "cat", "cksum", "cut"):
        (tools / tool).symlink_to(shutil.which(tool) or tool)
    fake = _fake_python(tmp_path, version=1, has_pip=True)
    answer = _knock(door, "setup", DEV_PYTHON=str(fake), PATH=str(tools))
    assert "no Python 3.11, 3.12 or 3.13 found" in answer.stderr
