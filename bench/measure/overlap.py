"""Fewer labels for the same answers: `python -m bench.measure.overlap [seeds]` (default 3) on the eight public sets.

First table: at most 40 % of a set's labels (D_PosSent: 6 an item), no gold, against the majority of all labels with
ties by expectation. Second table: 100 gold items calibrate the rule; items that stopped at the stated confidence, gold
apart. CPU seconds of this process.
"""

import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

from smo.measure.aggregation.consensus import aggregate, consensus_accuracy
from smo.measure.overlap.asks import STOP, Rule
from smo.measure.overlap.replay import Replay, replay
from smo.measure.ratings import Ratings
from smo.measure.truth import truth_codes

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "aggregation"
SETS = ("D_PosSent", "Bluebird", "RTE", "Web", "Dog", "CF_amt", "SP_amt", "ZC_in")
CONFIDENCES = (0.90, 0.95)
GOLD = 100
ALL_BUDGET = 1.0


def read(name: str) -> tuple[Ratings, pl.DataFrame]:
    """Ratings and truth of one set."""
    labels = pl.read_csv(FOLDER / name / "labels.csv")
    truth = pl.read_csv(FOLDER / name / "truth.csv").rename({"task": "item", "truth": "label"})
    return Ratings.from_frame(labels, item="task", rater="worker", label="label"), truth


def right(run: Replay, truth: np.ndarray) -> np.ndarray:
    """Which final answers are true, for items with truth that did not teach the calibration."""
    judged = (truth >= 0) & ~run.is_gold
    return np.where(judged, run.best[-1] == truth, np.nan)


def without_gold(seeds: int) -> None:
    """The first table."""
    print("set | labels an item | share of all | accuracy | sd | majority of all | met")
    for name in SETS:
        ratings, truth = read(name)
        codes = truth_codes(ratings, truth)
        share = 6 * ratings.n_items / ratings.n_ratings if name == "D_PosSent" else 0.4
        runs = [replay(ratings, Rule(confidence=1.0), seed=seed, most_share=share) for seed in range(seeds)]
        accuracy = 100 * np.array([np.nanmean(right(run, codes)) for run in runs])
        majority = 100 * (consensus_accuracy(aggregate(ratings, "majority"), truth).value or 0.0)
        spent = np.mean([run.bought.mean() for run in runs])
        is_met = accuracy.mean() >= max(majority, 95.0 if name == "D_PosSent" else 0.0)
        per_item = spent * ratings.n_ratings / ratings.n_items
        print(
            f"{name} | {per_item:.2f} | {100 * spent:.1f} % | {accuracy.mean():.2f} | {accuracy.std():.2f} | "
            f"{majority:.2f} | {'yes' if is_met else 'NO'}",
            flush=True,
        )


def with_gold(seeds: int) -> None:
    """The second table."""
    print("\nset | stop at | labels an item | items stopped | mean stated | right of the stopped | right of all")
    for name in SETS:
        ratings, truth = read(name)
        codes = truth_codes(ratings, truth)
        for confidence in CONFIDENCES:
            rows = [_calibrated(ratings, truth, codes, confidence=confidence, seed=seed) for seed in range(seeds)]
            stopped, n, stated, hits, spent, accuracy = np.array(rows).sum(axis=0)
            said = f"{100 * stated / stopped:.1f} | {100 * hits / stopped:.1f}" if stopped else "- | -"
            print(
                f"{name} | {confidence:.2f} | {spent / seeds:.2f} | {100 * stopped / n:.1f} % | {said} | "
                f"{100 * accuracy / seeds:.1f}",
                flush=True,
            )


def _calibrated(
    ratings: Ratings, truth: pl.DataFrame, codes: np.ndarray, *, confidence: float, seed: int
) -> tuple[float, ...]:
    """Items stopped, items judged, their stated chances, their hits, labels an item, accuracy of all judged."""
    size = min(GOLD, truth.height // 2)
    gold = truth.sort("item").sample(size, seed=seed, shuffle=True)
    run = replay(ratings, Rule(confidence=confidence), seed=seed, gold=gold, most_share=ALL_BUDGET)
    hit = right(run, codes)
    judged = np.isfinite(hit)
    stopped = judged & (run.action == STOP)
    return (
        stopped.sum(),
        judged.sum(),
        run.chance[stopped].sum(),
        hit[stopped].sum(),
        run.n_labels.mean(),
        hit[judged].mean(),
    )


def main() -> None:
    """Print both tables."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    start = time.process_time()
    print(f"seeds 0 to {seeds - 1}\n")
    without_gold(seeds)
    print(f"\n{time.process_time() - start:.0f} CPU s")
    with_gold(max(1, seeds // 4))
    print(f"\n{time.process_time() - start:.0f} CPU s in all")


if __name__ == "__main__":
    main()
