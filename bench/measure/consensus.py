"""How fast the consensus is: `python -m bench.measure.consensus [ratings]` (default 10 million).

CPU seconds in one process; the last column is the peak of memory so far, above what the input takes. The plain pass is
the same EM step in numpy (scatter-add), at a tenth of the size, so that the ratio is measured in the same run.
"""

import resource
import sys
import time
from collections.abc import Callable

import numpy as np
import polars as pl

from bench.peers.asking import ask
from smo.measure.aggregation import consensus, dawid_skene
from smo.measure.aggregation.adjudication import adjudication_queue
from smo.measure.classifiers.confusion import confusion_pairs
from smo.measure.classifiers.label_errors import label_errors
from smo.measure.people.skill import rater_accuracy
from smo.measure.ratings import Ratings

LABELS, RATERS, PER_ITEM, PASSES = 4, 1000, 3, 20


def simulated(n_ratings: int) -> tuple[Ratings, pl.DataFrame]:
    """Three ratings an item by a thousand raters of mixed skill, and the truth."""
    rng = np.random.default_rng(1)
    items = n_ratings // PER_ITEM
    truth = rng.integers(0, LABELS, items, dtype=np.int32)
    rater = rng.integers(0, RATERS, items * PER_ITEM, dtype=np.int32)
    right = rng.random(rater.size) < rng.uniform(0.6, 0.95, RATERS)[rater]
    label = np.where(right, np.repeat(truth, PER_ITEM), rng.integers(0, LABELS, rater.size)).astype(np.int32)
    start = np.arange(0, rater.size + 1, PER_ITEM, dtype=np.int64)
    names, people = tuple("abcd"), pl.Series("rater", [f"r{at:04}" for at in range(RATERS)])
    keys = pl.DataFrame({"item": np.arange(items), "label": pl.Series(names).gather(truth)})
    return Ratings(pl.Series("item", np.arange(items)), people, names, start, rater, label), keys


def plain_pass(ratings: Ratings) -> None:
    """One EM step as it is usually written."""
    item, tables = ratings.item_index(), np.full((ratings.n_raters, LABELS, LABELS), 1 / LABELS)
    score = np.zeros((ratings.n_items, LABELS))
    np.add.at(score, item, np.log(tables)[ratings.rater, :, ratings.label])
    chance = np.exp(score - score.max(axis=1, keepdims=True))
    chance /= chance.sum(axis=1, keepdims=True)
    counts = np.zeros_like(tables)
    np.add.at(counts, (ratings.rater, slice(None), ratings.label), chance[item])


def peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 / (1024 if sys.platform == "darwin" else 1)


def timed(name: str, work: Callable[[], object], base_mb: float) -> float:
    start = time.process_time()
    work()
    seconds = time.process_time() - start
    print(f"{name:44}{seconds:10.3f} s{peak_mb() - base_mb:12.0f} MB")
    return seconds


def main() -> None:
    """Print the table."""
    n_ratings = int(float(sys.argv[1])) if len(sys.argv) > 1 else 10_000_000
    consensus.warm_consensus()
    small, _ = simulated(max(3000, n_ratings // 10))
    ratings, truth = simulated(n_ratings)
    known = np.full(ratings.n_items, -1, np.int32)
    base = peak_mb()
    print(f"{n_ratings:,} ratings, {LABELS} labels, {RATERS:,} raters\n")
    fit = timed(f"DS-MAP, {PASSES} passes", lambda: _passes(ratings, known), base)
    timed("aggregate, majority", lambda: consensus.aggregate(ratings, "majority").items(), base)
    timed("aggregate, DS-MAP to its end", lambda: consensus.aggregate(ratings).items(), base)
    found = consensus.aggregate(ratings)
    timed("rater accuracy against gold", lambda: rater_accuracy(ratings, truth, basis="gold"), base)
    timed("rater accuracy against the others", lambda: rater_accuracy(ratings, None, basis="consensus"), base)
    timed("confusion pairs within items", lambda: confusion_pairs(ratings), base)
    timed("confusion pairs against gold", lambda: confusion_pairs(ratings, truth), base)
    timed("label errors, gold and consensus", lambda: label_errors(ratings, found, gold=truth), base)
    timed("adjudication queue", lambda: adjudication_queue(ratings, found), base)
    plain = timed("a plain pass in numpy, a tenth of the size", lambda: plain_pass(small), base)
    ours = fit / (PASSES + 1) / n_ratings
    ratio = plain / small.n_ratings / ours
    print(f"\n{ours * 1e9:.1f} ns per label and pass; {ratio:.0f} times less CPU than the plain pass")
    against_crowd_kit(small, base)


def against_crowd_kit(ratings: Ratings, base: float) -> None:
    """The whole fit of as many passes by crowd-kit, on the same tenth of the labels."""
    known = np.full(ratings.n_items, -1, np.int32)
    ours = timed(f"DS-MAP, {PASSES} passes, a tenth of the size", lambda: _passes(ratings, known), base)
    arrays = {"item": ratings.item_index(), "rater": ratings.rater, "label": ratings.label}
    theirs = ask("crowd", "speed", arrays=arrays, passes=PASSES)
    if theirs is not None:
        print(f"crowd-kit, the same: {theirs.cpu_seconds:.2f} s, {theirs.cpu_seconds / ours:.0f} times ours")


def _passes(ratings: Ratings, known: np.ndarray) -> None:
    tolerance, dawid_skene.TOLERANCE_PER_LABEL = dawid_skene.TOLERANCE_PER_LABEL, -1.0
    try:
        dawid_skene.fit(ratings, known, max_passes=PASSES)
    finally:
        dawid_skene.TOLERANCE_PER_LABEL = tolerance


if __name__ == "__main__":
    main()
