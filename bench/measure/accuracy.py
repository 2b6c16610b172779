"""How right the consensus is on the eight public sets: `python -m bench.measure.accuracy [seeds] [set ...]`.

Percent of items with truth whose answer is the true one; a tie of t labels counts 1/t. Without gold all items count;
with gold (100 or 300 drawn at random, at most half of the items) the items without gold, mean over the seeds 0, 1, ...
The last columns say what a stated confidence is worth: mean stated chance less share right, calibrated on the gold.
"""

import sys
import time

import numpy as np
import polars as pl

from smo.measure.aggregation import choice
from smo.measure.aggregation.consensus import aggregate
from smo.measure.aggregation.models import Assumptions, case_of, fitted
from smo.measure.aggregation.posterior import Posterior
from smo.measure.ratings import Ratings
from smo.measure.truth import truth_codes
from tests.measure import public_sets

SETS = ("D_PosSent", "Bluebird", "RTE", "Web", "Dog", "CF_amt", "SP_amt", "ZC_in")
SINGLE = ("majority", "one_coin", "tied", "ds_map", "ebcc")
#: crowd-kit 1.4.2 (its Dawid-Skene) and the published EBCC of Li, Rubinstein & Cohn (2019), for the same sets.
CROWD_KIT = (96.0, 88.9, 92.8, 82.9, 84.3, 84.0, 94.4, 75.7)
PUBLISHED_EBCC = (96.1, 86.1, 93.1, 76.9, 84.0, 85.7, 94.4, 78.1)
GOLD = (100, 300)


def percent(posterior: Posterior, codes: np.ndarray, items: np.ndarray) -> float:
    return 100.0 * float(posterior.wins(items, codes[items]).mean())


def without_gold(sets: dict[str, tuple[Ratings, pl.DataFrame]]) -> pl.DataFrame:
    rows = []
    for name, (ratings, truth) in sets.items():
        codes = truth_codes(ratings, truth)
        items = np.flatnonzero(codes >= 0)
        found = {model: percent(aggregate(ratings, model).posterior, codes, items) for model in SINGLE}
        at = SETS.index(name)
        rows.append({"set": name, **found, "crowd-kit DS": CROWD_KIT[at], "EBCC as published": PUBLISHED_EBCC[at]})
    return pl.DataFrame(rows)


def with_gold(ratings: Ratings, codes: np.ndarray, *, n_gold: int, seed: int) -> dict[str, float]:
    every = np.flatnonzero(codes >= 0)
    gold = np.random.default_rng(seed).choice(every, min(n_gold, every.size // 2), replace=False)
    rest = np.setdiff1d(every, gold)
    known = np.full(ratings.n_items, -1, np.int32)
    known[gold] = codes[gold]
    case = case_of(ratings, Assumptions())
    row = {model: percent(fitted(model, case, known=known).posterior, codes, rest) for model in SINGLE}
    keys = pl.DataFrame(
        {"item": ratings.items.gather(gold), "label": [ratings.label_names[code] for code in codes[gold]]}
    )
    auto = aggregate(ratings, "auto", gold=keys)
    row["auto"] = percent(auto.posterior, codes, rest)
    row["switched"] = float(auto.model != choice.DEFAULT)
    if auto.calibration is not None:
        top = auto.posterior.best()[1][rest]
        right = auto.posterior.wins(rest, codes[rest])
        row["stated - right"] = 100.0 * float(top.mean() - right.mean())
        sure = top >= 0.9
        row["stated - right from .9"] = 100.0 * float((top[sure] - right[sure]).mean()) if sure.any() else float("nan")
    return row


def printed(title: str, table: pl.DataFrame) -> None:
    numbers = pl.selectors.numeric()
    whole = pl.concat([table, table.select(pl.lit("mean").alias("set"), numbers.mean())], how="diagonal")
    print(f"\n{title}\n| {' | '.join(whole.columns)} |\n|{' --- |' * whole.width}")
    for row in whole.rows():
        print("|", " | ".join(f"{v:.1f}" if isinstance(v, float) else str(v) for v in row), "|", flush=True)


def main() -> None:
    """Print the tables."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    sets = {name: public_sets.aggregation(name) for name in (sys.argv[2:] or SETS)}
    start = time.process_time()
    printed("No gold, accuracy in percent", without_gold(sets))
    for n_gold in GOLD:
        rows = []
        for name, (ratings, truth) in sets.items():
            codes = truth_codes(ratings, truth)
            runs = pl.DataFrame([with_gold(ratings, codes, n_gold=n_gold, seed=seed) for seed in range(seeds)])
            rows.append({"set": name, **runs.select(pl.all().fill_nan(None).mean()).row(0, named=True)})
        printed(f"{n_gold} gold items (or half of all), mean of {seeds} seeds, items without gold", pl.DataFrame(rows))
    print(f"\n{time.process_time() - start:.0f} CPU seconds")


if __name__ == "__main__":
    main()
