"""Every benchmark of the measures, one after the other, and one table of what each took: `./dev bench [big]`.

A benchmark is a file here with `main()`; `BIG = ("1e8",)` in it are its arguments at full size, `NEEDS_MB = 7000` the
memory without which it is left out, `IS_BIG = True` says that it runs at full size only.
"""

import ast
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
NAMES = ("BIG", "NEEDS_MB", "IS_BIG")


@dataclass(frozen=True, slots=True)
class Run:
    """What one benchmark took, its children included."""

    name: str
    state: str
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    peak_mb: float = 0.0


def told(file: Path) -> dict[str, Any]:
    """The constants that a benchmark says about itself; it is not imported."""
    found = {}
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in NAMES:
            found[node.targets[0].id] = ast.literal_eval(node.value)
    return found


def available_mb() -> float:
    """Memory that can be had without swapping; endless where nobody tells."""
    place = Path("/proc/meminfo")
    lines = place.read_text(encoding="ascii").splitlines() if place.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("MemAvailable")), float("inf"))


def run(file: Path, *, is_big: bool) -> Run:
    """One benchmark in a process of its own."""
    about = told(file)
    if about.get("IS_BIG") and not is_big:
        return Run(file.stem, "left out: ./dev bench big")
    if available_mb() < about.get("NEEDS_MB", 0) and is_big:
        return Run(file.stem, f"left out: needs {about['NEEDS_MB']} MB of memory")
    arguments = about.get("BIG", ()) if is_big else ()
    print(f"\n== {file.stem} {' '.join(arguments)}", flush=True)
    start = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-m", f"bench.measure.{file.stem}", *arguments])
    _, code, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(code)
    state = "done" if child.returncode == 0 else f"FAILED ({child.returncode})"
    unit = 1024**2 if sys.platform == "darwin" else 1024
    wall = time.perf_counter() - start
    return Run(file.stem, state, used.ru_utime + used.ru_stime, wall, used.ru_maxrss / unit)


def main() -> None:
    is_big = sys.argv[1:] == ["big"]
    files = sorted(file for file in HERE.glob("*.py") if not file.stem.startswith("__"))
    runs = [run(file, is_big=is_big) for file in files]
    print(f"\n{'benchmark':24}{'CPU s':>10}{'wall s':>10}{'peak MB':>10}  state")
    for one in runs:
        print(f"{one.name:24}{one.cpu_seconds:10.1f}{one.wall_seconds:10.1f}{one.peak_mb:10.0f}  {one.state}")
    raise SystemExit(any(one.state.startswith("FAILED") for one in runs))


if __name__ == "__main__":
    main()
