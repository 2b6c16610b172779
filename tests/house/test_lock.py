"""The lock file can be installed where users are: wheels for Linux and macOS, Python 3.11 to 3.13."""

import subprocess

import pytest

from tests.house import source


@pytest.mark.slow
@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("platform", ["x86_64-manylinux_2_28", "aarch64-apple-darwin"])
def test_lock_every_pin_has_a_wheel(python, platform, tmp_path) -> None:
    uv = next((source.ROOT / ".tools").glob("uv-*/bin/uv"), None)
    if uv is None:
        pytest.skip("uv is not installed: run ./dev setup first")
    asked = [
        "--dry-run",
        "--no-deps",
        "--only-binary",
        ":all:",
        "--python-version",
        python,
        "--python-platform",
        platform,
    ]
    command = [
        str(uv),
        "pip",
        "install",
        *asked,
        "--target",
        str(tmp_path / "none"),
        "-r",
        str(source.ROOT / "requirements.lock"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


LOCKS = sorted([source.ROOT / "requirements-spark.lock", *(source.ROOT / "bench" / "peers").glob("*.lock")])


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_lock_of_a_side_environment_names_no_host_and_a_hash_for_each_pin(lock) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    pins = [line for line in text.splitlines() if "==" in line and not line.lstrip().startswith("#")]
    assert pins
    assert [pin for pin in pins if not pin.endswith("\\")] == []
    assert text.count("--hash=sha256:") >= len(pins)
