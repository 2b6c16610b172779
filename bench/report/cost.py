"""CPU seconds, wall seconds and peak memory of `smo report`, in its own process: `python -m bench.report.cost`.

Without arguments: the 109,683 labels of multilingual_hatecheck (goal: 15 s and 1 GB) and 10 million synthetic labels in
Parquet (goal: 60 s and 4 GB). The first run of a machine compiles kernels; run twice.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

SET = Path(__file__).parents[3] / "shared" / "data" / "multilingual_hatecheck"
LABELS = ("allow", "limit", "remove", "escalate")


def synthetic(path: Path, n: int, seed: int = 7) -> None:
    """Three answers an item, a thousand people of different skill, four labels."""
    rng = np.random.default_rng(seed)
    item = np.arange(n) // 3
    rater = rng.integers(0, 1000, n)
    truth = rng.integers(0, 4, item[-1] + 1)[item]
    is_right = rng.random(n) < rng.uniform(0.6, 0.95, 1000)[rater]
    code = np.where(is_right, truth, rng.integers(0, 4, n))
    labels = pl.Series(LABELS).gather(pl.Series(code))
    pl.DataFrame({"item_id": item, "rater_id": rater, "label": labels}).write_parquet(path)


def measure(name: str, arguments: list[str]) -> None:
    """Run the command once and print what it took."""
    with tempfile.TemporaryDirectory() as out:
        started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "smo.cli.main", "report", *arguments, "--out", f"{out}/report"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    wall = time.perf_counter() - started
    print(f"{name:28} {cpu:7.1f} CPU s {wall:7.1f} s {after.ru_maxrss / 1024:8.0f} MB")


def main() -> None:
    """Both sizes, the small one first: the peak of children only rises."""
    if SET.is_dir():
        sides = ["--items", "items.jsonl.gz", "--gold", "gold.csv.gz", "--predictions", "predictions.csv.gz"]
        files = [part if part.startswith("--") else str(SET / part) for part in sides]
        measure("multilingual_hatecheck", [str(SET / "labels.csv.gz"), *files])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "labels.parquet"
        synthetic(path, 10_000_000)
        measure("10 million labels", [str(path)])


if __name__ == "__main__":
    main()
