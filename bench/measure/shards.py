"""Every statistic that adds up, 16 shards against the whole: `python -m bench.measure.shards [rows]` (default 1e6).

CPU nanoseconds a row to make the states, kilobytes of the state of one shard as Arrow, milliseconds to merge all of
them and to take one back, the largest relative difference from the whole, and whether its whole numbers are equal.
"""

import sys
import time
from io import BytesIO

import numpy as np
import polars as pl

from smo.measure.agreement import krippendorff_alpha
from smo.measure.merge import Additive, State, add, finish, init, merge, merged, subtract
from smo.measure.ratings import Ratings
from smo.measure.warm import warm
from smo.shelf import things

SHARDS, SEED = 16, 20261122
LABELS = np.array(["hate", "nudity", "ok", "spam"])


def table(n: int) -> pl.DataFrame:
    """Answers, five an item, by 1,000 raters over 30 days in 8 languages; all columns that any statistic reads."""
    rng = np.random.default_rng(SEED)
    items = n // 5
    item = rng.permutation(np.repeat(np.arange(items), 5))
    truth = (rng.random(items) ** 1.5 * 4).astype(np.int64)
    rater = rng.integers(0, 1000, len(item))
    right = rng.random(len(item)) < (0.6 + 0.35 * rng.random(1000))[rater]
    given = np.where(right, truth[item], rng.integers(0, 4, len(item)))
    day = item * 30 // items
    stamp = pl.Series(day).cast(pl.Int32).cast(pl.Date).cast(pl.Datetime("us"))
    found = pl.DataFrame({"item": item, "rater": rater, "at": stamp, "is_right": right, "value": given != 2})
    return found.with_columns(
        pl.Series("label", LABELS).gather(given),
        pl.Series("truth", LABELS).gather(truth[item]),
        pl.Series("score", rng.random(len(item))),
        pl.Series("prediction", rng.random(len(item))),
        pl.Series("weight", rng.choice([1.0, 2.5, 40.0], len(item))),
        pl.Series("probability", rng.choice([0.02, 0.4, 1.0], len(item))),
        pl.Series("seconds", np.exp(rng.normal(3, 1, len(item)))),
        pl.Series("stratum", np.array(["low", "high"])[rng.integers(0, 2, len(item))]),
    )


def fitted(rows: pl.DataFrame, statistic: Additive) -> pl.DataFrame:
    if statistic.needs.get("truth") == "share":
        rows = rows.with_columns(truth=pl.col("value").cast(pl.Float64))
    if "value" in statistic.may_lack:
        rows = rows.with_columns(value=pl.when(pl.col("score") < 0.1).then(pl.col("value").cast(pl.Int8)))
    return rows.select(*(name for name in statistic.needs if name in rows.columns))


def kilobytes(state: State) -> float:
    stored = BytesIO()
    state.cells.write_ipc(stored)
    return len(stored.getvalue()) / 1000


def differences(found: State, whole: State) -> tuple[float, bool]:
    """Largest relative difference of the sums that are not whole, and whether keys and whole numbers are equal."""
    floats = [name for name, dtype in found.statistic.sums.items() if dtype == pl.Float64]
    same = found.cells.drop(floats).equals(whole.cells.drop(floats))
    if not same or not floats:
        return 0.0, same
    mine, theirs = found.cells.select(floats).to_numpy(), whole.cells.select(floats).to_numpy()
    return float((np.abs(mine - theirs) / np.maximum(np.abs(theirs), 1.0)).max()), same


def bench(statistic: Additive, rows: pl.DataFrame, shard: np.ndarray) -> None:
    """One line of the table."""
    mine = fitted(rows, statistic)
    place = pl.Series(shard)
    parts = [mine.filter(place == at) for at in range(SHARDS)]
    start = time.process_time()
    states = [add(init(statistic), part) for part in parts]
    made = time.process_time()
    together = merged(states)
    joined = time.process_time()
    rest = subtract(together, states[0])
    taken = time.process_time()
    whole = add(init(statistic), mine)
    difference, is_equal = differences(together, whole)
    back, is_back = differences(merge(rest, states[0]), whole)
    print(
        f"{statistic.name:28}{(made - start) / mine.height * 1e9:9.0f}{kilobytes(states[0]):10.1f}"
        f"{(joined - made) * 1e3:9.1f}{(taken - joined) * 1e3:9.1f}{max(difference, back):12.1e}"
        f"  {'equal' if is_equal and is_back else 'DIFFERENT'}",
        flush=True,
    )


def split_items(rows: pl.DataFrame) -> None:
    """What alpha becomes where shards cut items: why agreement is dealt by item."""
    whole = krippendorff_alpha(Ratings.from_frame(rows, item="item", rater="rater", label="label"))
    statistic = things("smo.measure.additive", "ADDITIVE")["agreement_patterns"]
    row = np.random.default_rng(SEED).integers(0, SHARDS, rows.height)
    label = rows.get_column("label").rank("dense").to_numpy().astype(np.int64)
    biased = np.where(np.random.default_rng(1).random(rows.height) < 0.5, label % 2, row % 2)
    print(f"\n{'how rows are dealt':34}{'alpha':>9}{'items':>12}")
    print(f"{'all in one':34}{whole.value:9.5f}{whole.n:12,}")
    item = rows.get_column("item").to_numpy() % SHARDS
    for name, place in (("by item", item), ("at random", row), ("half by the label itself", biased)):
        parts = [rows.filter(pl.Series(place == at)) for at in np.unique(place)]
        found = finish(merged([add(init(statistic), part) for part in parts]))
        print(f"{name:34}{found.value:9.5f}{found.n:12,}")  # type: ignore[union-attr]


def main() -> None:
    """Print both tables."""
    n = int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000
    warm()
    rows = table(n)
    shard = rows.get_column("item").to_numpy() % SHARDS
    print(f"{n:,} rows, {SHARDS} shards by item, seed {SEED}")
    print(
        f"{'statistic':28}{'ns/row':>9}{'kB/shard':>10}{'merge ms':>9}{'take ms':>9}{'difference':>12}  whole numbers"
    )
    for statistic in things("smo.measure.additive", "ADDITIVE").values():
        add(init(statistic), fitted(rows.head(1000), statistic))
        bench(statistic, rows, shard)
    split_items(rows)


if __name__ == "__main__":
    main()
