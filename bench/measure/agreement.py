"""Agreement on many ratings against the krippendorff package in one run: `python -m bench.measure.agreement [N]`."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import krippendorff
import numpy as np
import polars as pl

from smo.measure import agreement
from smo.measure.canonical import canonical
from smo.measure.ratings import Ratings
from smo.measure.warm import warm

LABELS, RATERS, PER_ITEM = 4, 1000, 5


def table(n: int, *, text: bool) -> pl.DataFrame:
    """So many shuffled rows: five ratings per item, 60 % of them the item's own label."""
    rng = np.random.default_rng(20261122)
    item = rng.permutation(np.repeat(np.arange(n // PER_ITEM), PER_ITEM))
    truth = rng.integers(0, LABELS, n // PER_ITEM)
    given = np.where(rng.random(len(item)) < 0.6, truth[item], rng.integers(0, LABELS, len(item)))
    frame = pl.DataFrame({"item": item, "rater": rng.integers(0, RATERS, len(item)), "label": given})
    return frame.select(pl.format(f"{name}-{{}}", name).alias(name) for name in frame.columns) if text else frame


def resident_megabytes(field: str) -> float:
    """VmRSS or VmHWM of this process, where the kernel tells."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(field)), float("nan"))


def measured(name: str, act: Callable[[], object]) -> float:
    """Print CPU seconds and the peak above what was resident before; -> CPU seconds."""
    if Path("/proc/self/clear_refs").exists():
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before, start = resident_megabytes("VmRSS"), time.process_time()
    act()
    seconds = time.process_time() - start
    print(f"{name:34} {seconds:9.3f} s {resident_megabytes('VmHWM') - before:9.0f} MB", flush=True)
    return seconds


def bench_reading(frame: pl.DataFrame, name: str) -> None:
    measured(name, lambda: Ratings.from_frame(frame, item="item", rater="rater", label="label"))


def main() -> None:
    n = int(float(sys.argv[1])) if len(sys.argv) > 1 else 5_000_000
    warm()
    print(f"{n:,} ratings, {LABELS} labels, {RATERS} raters, {PER_ITEM} per item: CPU seconds, peak above the input")
    bench_reading(table(n, text=True), "from_frame, ids are text")
    frame = table(n, text=False)
    measured("canonical", lambda: canonical(frame, time=False))
    bench_reading(frame, "from_frame, ids are numbers")
    ratings = Ratings.from_frame(frame, item="item", rater="rater", label="label")
    for measure in (agreement.fleiss_kappa, agreement.gwet_ac1, agreement.per_label_alpha, agreement.cohen_kappa):
        measured(measure.__name__, lambda measure=measure: measure(ratings))  # type: ignore[misc]
    ours = measured("krippendorff_alpha with interval", lambda: agreement.krippendorff_alpha(ratings))
    counts = ratings.counts()
    theirs = measured(
        "krippendorff.alpha, value_counts",
        lambda: krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"),
    )
    print(f"ratio {theirs / ours:.0f}")


if __name__ == "__main__":
    main()
