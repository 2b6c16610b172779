"""Many labels from a file to numbers in one process: `python -m bench.measure.big [labels]` (default 10 million).

A Parquet file of dictionary-encoded texts is made in parts by another process: five answers an item in no order, K = 4,
ten thousand raters of mixed skill (fewer below 1e6 labels). Then it is read, aggregated by DS-MAP, its agreement
measured and its tables made. Targets at 1e8 labels, kernels compiled: 90 CPU s in all, peak of memory 6 GB.
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from math import gcd
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import compute, parquet

BIG = ("1e8",)
NEEDS_MB = 7000
SEED = 20261122
LABELS, PER_ITEM, PART, PASSES = ("hate", "nudity", "ok", "spam"), 5, 1_000_000, 20
CPU_SECONDS, PEAK_MB = 90, 6000


def raters_of(n: int) -> int:
    return max(20, min(10_000, n // 100))


def mixed(values: np.ndarray, salt: int) -> np.ndarray:
    """A number in 0-1 for each value, always the same (splitmix64)."""
    z = values.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64((SEED + salt) * 0xD1342543DE82EF95 % 2**64)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)) / 2.0**53


def part(first: int, last: int, *, n: int) -> pa.Table:
    """Rows `first` to `last` of the file; an affine map and a shuffle take them out of order."""
    step = next(step for step in range(int(n * 0.618) | 1, 2 * n, 2) if gcd(step, n) == 1)
    row = np.random.default_rng(SEED + first).permutation(np.arange(first, last, dtype=np.uint64))
    answer = (row * np.uint64(step) + np.uint64(SEED)) % np.uint64(n)
    item = answer // np.uint64(PER_ITEM)
    raters = raters_of(n)
    stride = 1 + (mixed(item, 1) * (raters // PER_ITEM - 1)).astype(np.int64)  # five different people an item
    rater = (
        (mixed(item, 2) * raters).astype(np.int64) + stride * (answer % np.uint64(PER_ITEM)).astype(np.int64)
    ) % raters
    k = len(LABELS)
    truth = (mixed(item, 3) ** 1.5 * k).astype(np.int64)
    right = mixed(answer, 4) < 0.6 + 0.35 * mixed(rater, 5)
    label = np.where(right, truth, (mixed(answer, 6) * k).astype(np.int64))
    distinct, place = np.unique(item, return_inverse=True)
    names = compute.binary_join_element_wise("item", compute.cast(pa.array(distinct), pa.string()), "-")
    people = pa.array([f"rater-{at:05}" for at in range(raters)])
    columns = ((place, names), (rater, people), (label, pa.array(LABELS)))
    arrays = [pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), words) for codes, words in columns]
    return pa.table(arrays, names=["item", "rater", "label"])


def write(place: Path, n: int) -> None:
    """The file, one row group a part."""
    schema = part(0, 1, n=n).schema
    with parquet.ParquetWriter(place, schema, compression="zstd", dictionary_pagesize_limit=2**28) as writer:
        for first in range(0, n, PART):
            writer.write_table(part(first, min(n, first + PART), n=n))


def peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 / (1024 if sys.platform == "darwin" else 1)


def timed(name: str, work: Callable[[], Any]) -> Any:
    start = time.process_time()
    found = work()
    print(f"{name:46}{time.process_time() - start:9.2f} s{peak_mb():9.0f} MB", flush=True)
    return found


def measure(place: Path) -> str:
    """Read, aggregate, agree, tabulate; each step in the order in which it is needed, its intermediate arrays freed."""
    from smo.measure.aggregation import dawid_skene  # noqa: PLC0415 - the writing process needs none of this
    from smo.measure.agreement import fleiss_kappa, gwet_ac1, krippendorff_alpha, patterns  # noqa: PLC0415
    from smo.measure.classifiers.confusion import confusion_pairs  # noqa: PLC0415
    from smo.measure.ratings import Ratings  # noqa: PLC0415

    ratings = timed("read and encode", lambda: Ratings.from_frame(place, item="item", rater="rater", label="label"))
    state = timed("patterns of items", lambda: patterns(ratings))
    alpha = timed("alpha, its interval", lambda: krippendorff_alpha(state))
    timed("Gwet's AC1, Fleiss' kappa", lambda: (gwet_ac1(state), fleiss_kappa(state)))
    timed("table of labels that stand on one item", lambda: confusion_pairs(ratings))
    known = np.full(ratings.n_items, -1, np.int32)
    fit = timed(f"DS-MAP, at most {PASSES} passes", lambda: dawid_skene.fit(ratings, known, max_passes=PASSES))
    right = np.einsum("rkk->r", fit.counts) / fit.counts.sum(axis=(1, 2))
    timed("labels, and table of raters", lambda: (fit.posterior.argmax(axis=1), fit.counts.sum(axis=0)))
    return (
        f"alpha {alpha.value:.4f} ({alpha.low:.4f} to {alpha.high:.4f}); {len(fit.objective)} passes; "
        f"raters right in {right.min():.2f} to {right.max():.2f}"
    )


def main() -> None:
    """Print the table."""
    n = int(float(sys.argv[1])) if len(sys.argv) > 1 else 10_000_000
    if sys.argv[2:]:
        return write(Path(sys.argv[2]), n)
    from smo.measure.warm import warm  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "labels.parquet"
        subprocess.run([sys.executable, "-m", "bench.measure.big", str(n), str(place)], check=True)
        size = place.stat().st_size / 1e6
        print(
            f"{n:,} labels, {n // PER_ITEM:,} items, {raters_of(n):,} raters, K = {len(LABELS)}, Parquet {size:.0f} MB"
        )
        warm()
        print(f"{'':46}{'CPU':>9}  {'peak so far':>10}")
        print(f"{'(Python, libraries, warm kernels)':46}{'':11}{peak_mb():9.0f} MB")
        start = time.process_time()
        told = measure(place)
        seconds = time.process_time() - start
    print(f"{'in all':46}{seconds:9.2f} s{peak_mb():9.0f} MB\n{told}")
    if n >= 10**8:
        met = seconds <= CPU_SECONDS and peak_mb() <= PEAK_MB
        print(f"target {CPU_SECONDS} CPU s and {PEAK_MB} MB: {'met' if met else 'NOT MET'}")
    return None


if __name__ == "__main__":
    main()
