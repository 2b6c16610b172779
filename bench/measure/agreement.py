"""Reading and agreement against the peers in one run: `python -m bench.measure.agreement [N | coverage [RUNS]]`.

The default is 5e6 ratings. `coverage` simulates how often the 90 % intervals hold the true value.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import krippendorff
import numpy as np
import polars as pl

from bench.peers.asking import ask
from smo.measure import agreement
from smo.measure.canonical import canonical
from smo.measure.estimate import Estimate
from smo.measure.ratings import Ratings
from smo.measure.warm import warm

SEED = 20261122
LABELS, RATERS, PER_ITEM = 4, 1000, 5
IRRCAC_MOST = 1_000_000  # ratings: above it irrCAC takes minutes
BIG = ("1e7",)
NAMED = {"item": "item", "rater": "rater", "label": "label"}


def table(n: int, *, text: bool) -> pl.DataFrame:
    """So many shuffled rows: five ratings per item, 60 % of them the item's own label."""
    rng = np.random.default_rng(SEED)
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


def measured(name: str, act: Callable[[], object], *, n: int) -> float:
    """Print CPU seconds and the peak above what was resident before; -> CPU seconds."""
    if Path("/proc/self/clear_refs").exists():
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before, start = resident_megabytes("VmRSS"), time.process_time()
    act()
    seconds = time.process_time() - start
    peak = resident_megabytes("VmHWM") - before
    print(f"{name:40} {seconds:9.3f} s {1e9 * seconds / n:8.1f} ns {peak * 2**20 / n:8.1f} B", flush=True)
    return seconds


def bench_reading(n: int) -> Ratings:
    texts = table(n, text=True)
    measured("from_frame, ids are text", partial(Ratings.from_frame, texts, **NAMED), n=n)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "labels.parquet"
        texts.write_parquet(path)
        coded = texts.cast(pl.Categorical)
        del texts
        measured("from_frame, a Parquet file of texts", lambda: Ratings.from_frame(path, **NAMED), n=n)
    measured("from_frame, ids are dictionary-encoded", partial(Ratings.from_frame, coded, **NAMED), n=n)
    del coded
    numbers = table(n, text=False)
    measured("from_frame, ids are numbers", lambda: Ratings.from_frame(numbers, **NAMED), n=n)
    measured("canonical", lambda: canonical(numbers, time=False), n=n)
    return Ratings.from_frame(numbers, **NAMED)


def bench_measures(ratings: Ratings) -> float:
    n = ratings.n_ratings
    slices = pl.Series(np.random.default_rng(SEED).integers(0, 50, ratings.n_items))
    alpha = measured("krippendorff_alpha with interval", lambda: agreement.krippendorff_alpha(ratings), n=n)
    for measure in (agreement.fleiss_kappa, agreement.gwet_ac1, agreement.per_label_alpha, agreement.cohen_kappa):
        measured(measure.__name__, partial(measure, ratings), n=n)
    measured("agreement_by_slice, 50 slices, 3 each", lambda: agreement.agreement_by_slice(ratings, slices), n=n)
    return alpha


def bench_peers(ratings: Ratings, ours: float) -> None:
    n, counts = ratings.n_ratings, ratings.counts()
    slots = ratings.label.reshape(-1, PER_ITEM).T.astype(float)  # every item has five ratings
    by_counts = measured(
        "krippendorff.alpha, counts given",
        lambda: krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"),
        n=n,
    )
    by_slots = measured(
        "krippendorff.alpha, five slots",
        lambda: krippendorff.alpha(reliability_data=slots, level_of_measurement="nominal"),
        n=n,
    )
    print(
        f"ours against krippendorff: {by_counts / ours:.0f} times with counts given, {by_slots / ours:.0f} with slots"
    )
    few = ratings.select(np.arange(ratings.n_items) < IRRCAC_MOST // PER_ITEM)
    matrix = few.label.reshape(-1, PER_ITEM).T.astype(float)
    acts = {"krippendorff": agreement.krippendorff_alpha, "gwet": agreement.gwet_ac1, "fleiss": agreement.fleiss_kappa}
    for act, measure in acts.items():
        start = time.process_time()
        value = measure(few).value
        mine = time.process_time() - start
        answer = ask("agree", act, arrays={"matrix": matrix})
        if answer is not None:
            print(
                f"irrCAC {act} with SE, {few.n_ratings:,} ratings: {answer.cpu_seconds:.3f} s, ours {mine:.4f} s, "
                f"{answer.cpu_seconds / mine:.0f} times; values {answer.values['coefficient_value']:.12f} {value:.12f}"
            )


CELLS = [
    # items, ratings per item, prevalence, chance that a rating follows the item's truth, share of ratings missing
    (30, 3, (0.5, 0.5), 0.8, 0.0),
    (50, 2, (0.5, 0.5), 0.8, 0.0),
    (200, 2, (0.5, 0.5), 0.5, 0.0),
    (200, 2, (0.95, 0.05), 0.9, 0.0),
    (1000, 2, (0.98, 0.02), 0.9, 0.0),
    (100, 5, (0.4, 0.3, 0.2, 0.1), 0.6, 0.0),
    (200, 3, (0.7, 0.2, 0.1), 0.95, 0.0),
    (200, 5, (0.5, 0.5), 0.0, 0.0),
    (100, 4, (0.6, 0.4), 0.8, 0.4),
]
MEASURES: dict[str, Callable[[Ratings], Estimate]] = {
    "alpha": agreement.krippendorff_alpha,
    "ordinal": partial(agreement.krippendorff_alpha, level="ordinal"),
    "fleiss": agreement.fleiss_kappa,
    "ac1": agreement.gwet_ac1,
    "percent": agreement.percent_agreement,
    "cohen": agreement.cohen_kappa,
}


def drawn(rng: np.random.Generator, items: int, cell: tuple[int, int, tuple[float, ...], float, float]) -> Ratings:
    _, size, shares, follows, missing = cell
    truth = rng.choice(len(shares), size=items, p=shares)
    other = rng.choice(len(shares), size=(items, size), p=shares)
    label = np.where(rng.random((items, size)) < follows, truth[:, None], other).astype(np.int32)
    kept = rng.random((items, size)) >= missing
    kept[:, 0] |= ~kept.any(axis=1)
    start = np.concatenate(([0], np.cumsum(kept.sum(axis=1)))).astype(np.int64)
    rater = np.broadcast_to(np.arange(size, dtype=np.int32), (items, size))[kept]
    labels = tuple(float(k) for k in range(len(shares)))
    return Ratings(pl.Series(np.arange(items)), pl.Series(np.arange(size)), labels, start, rater, label[kept])


def coverage(runs: int) -> None:
    """How often the 90 % interval holds the value of 400,000 items of the same kind."""
    print(f"share of 90 % intervals that hold the true value, %; {runs:,} runs a cell, seed {SEED}")
    print("| items | ratings | prevalence | follows | missing | " + " | ".join(MEASURES) + " |")
    print("| --- " * (5 + len(MEASURES)) + "|")
    for place, cell in enumerate(CELLS):
        rng = np.random.default_rng([SEED, place])
        population = drawn(rng, 400_000, cell)
        truth = {name: measure(population).value or 0.0 for name, measure in MEASURES.items()}
        held = dict.fromkeys(MEASURES, 0)
        for _ in range(runs):
            sample = drawn(rng, cell[0], cell)
            for name, measure in MEASURES.items():
                found = measure(sample)
                held[name] += found.low is not None and found.low <= truth[name] <= (found.high or 0.0)
        row = " | ".join(f"{100 * times / runs:.1f}" for times in held.values())
        print(f"| {cell[0]} | {cell[1]} | {'/'.join(map(str, cell[2]))} | {cell[3]} | {cell[4]} | {row} |", flush=True)


def main() -> None:
    asked = sys.argv[1] if len(sys.argv) > 1 else "5e6"
    if asked == "coverage":
        coverage(int(float(sys.argv[2])) if len(sys.argv) > 2 else 20_000)
        return
    n = int(float(asked))
    warm()
    print(f"{n:,} ratings, {LABELS} labels, {RATERS} raters, {PER_ITEM} per item, seed {SEED}")
    print(f"{'':40} {'CPU':>11} {'per rating':>11} {'peak/rating':>10}")
    ratings = bench_reading(n)
    bench_peers(ratings, bench_measures(ratings))


if __name__ == "__main__":
    main()
