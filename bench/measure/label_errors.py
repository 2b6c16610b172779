"""Label errors at a million labels against cleanlab, and how many of a queue are real: `... label_errors [N]`."""

import sys
import time

import numpy as np
import polars as pl

from bench.peers.asking import ask
from smo.measure.aggregation.consensus import aggregate
from smo.measure.classifiers.crowdlab import crowdlab
from smo.measure.classifiers.suspects import suspects
from smo.measure.ratings import Ratings

SEED = 20261122
LABELS, RATERS, PER_ITEM = 4, 50, 3
DEPTHS = (1000, 20_000, 50_000)


def world(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Item, rater, label of n ratings by 50 raters, 3 per item; the model's chances; the truth."""
    rng = np.random.default_rng(SEED)
    items = n // PER_ITEM
    truth = rng.integers(0, LABELS, items)
    item = np.repeat(np.arange(items), PER_ITEM)
    start = rng.integers(0, RATERS, items)
    rater = ((start[:, None] + np.array([0, 7, 19])) % RATERS).ravel()
    skill = rng.uniform(0.6, 0.95, RATERS)
    label = np.where(rng.random(item.size) < skill[rater], truth[item], rng.integers(0, LABELS, item.size))
    score = rng.normal(size=(items, LABELS))
    score[np.arange(items), truth] += 1.8
    chances = np.exp(score)
    return item, rater, label, chances / chances.sum(axis=1, keepdims=True), truth


def hits(found: pl.DataFrame, *, truth: np.ndarray, given: np.ndarray) -> str:
    """Share of the first k of a queue whose given label is wrong."""
    wrong = truth[found["item"].to_numpy()] != given[found["item"].to_numpy()]
    return "  ".join(f"{100 * wrong[:k].mean():5.1f}" for k in DEPTHS)


def main() -> None:
    n = int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000
    item, rater, label, chances, truth = world(n)
    frame = pl.DataFrame({"item": item, "rater": rater, "label": label})
    start = time.process_time()
    ratings = Ratings.from_frame(frame, item="item", rater="rater", label="label")
    read = time.process_time() - start
    start = time.process_time()
    found = crowdlab(ratings, chances)
    ours = time.process_time() - start
    print(f"{n:,} labels, {RATERS} raters, {PER_ITEM} per item, {LABELS} labels, seed {SEED}: CPU seconds")
    print(f"crowdlab {ours:.2f} s (reading the table {read:.2f} s)")
    told = {"item": item, "rater": rater, "label": label, "probabilities": chances}
    theirs = ask("model", "multiannotator", arrays=told, told=False)
    if theirs is not None:
        print(f"cleanlab multiannotator {theirs.cpu_seconds:.2f} s, ratio {theirs.cpu_seconds / ours:.0f}")
    right = (found.posterior.argmax(axis=1) == truth).mean()
    # The first rating of each item is the label that is in doubt.
    given = label[::PER_ITEM]
    held = pl.DataFrame({"item": np.arange(truth.size), "label": given})
    alone = (chances.argmax(axis=1) == truth).mean()
    print(f"right labels of {truth.size:,} items: crowdlab {100 * right:.2f} %, model {100 * alone:.2f} %")
    print(
        f"wrong among given labels: {100 * (given != truth).mean():.1f} %; wrong in % of the first {DEPTHS} of a queue:"
    )
    votes = aggregate(ratings, "ds_map").posterior.dense()
    for name, posterior in (("model", chances), ("people (ds_map)", votes), ("crowdlab", found.posterior)):
        queue = suspects(ratings, posterior, given=held, at_most=max(DEPTHS))
        print(f"{name:18} {hits(queue, truth=truth, given=given)}")


if __name__ == "__main__":
    main()
