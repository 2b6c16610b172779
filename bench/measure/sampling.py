"""Draws from ten million rows, CPU seconds beside a plain sort: `python -m bench.measure.sampling [ROWS]`."""

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from smo.measure.sample import Ask, Change, Frame, frame_hash
from smo.measure.sample.siphash import random_numbers, warm_siphash
from smo.shelf import things

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
SEED = 7
STRATA = 60


def timed(name: str, work: Callable[[], Any]) -> float:
    """Do it once, print CPU seconds and nanoseconds a row."""
    start = time.process_time()
    work()
    spent = time.process_time() - start
    print(f"| {name} | {spent:.2f} | {1e9 * spent / ROWS:.0f} |")
    return spent


def main() -> None:
    warm_siphash()
    rng = np.random.default_rng(SEED)
    ids = rng.integers(0, 2**64, (ROWS, 2), dtype=np.uint64)
    codes = rng.integers(0, STRATA, ROWS).astype(np.int32)
    names = tuple(f"{place:02d}" for place in range(STRATA))
    risk, at = rng.gamma(1, size=ROWS), rng.integers(0, 365, ROWS).astype(float)
    print(f"{ROWS:,} rows, {STRATA} strata, 10,000 drawn, seed {SEED}\n\n| what | CPU s | ns a row |\n|---|---|---|")
    timed("floor: argsort of 64-bit numbers", lambda: np.argsort(ids[:, 0]))
    frame = Frame(ids, codes, names, risk, at)
    timed("frame, with the search for twins", lambda: Frame(ids, codes, names, risk, at))
    timed("random numbers", lambda: random_numbers(ids, seed=SEED))
    timed("frame hash", lambda: frame_hash(frame))
    ask = Ask(10_000, SEED, changes=(Change("05", 100),))
    for name, draw in things("smo.measure.sampling", "draw").items():
        if name != "two_phase":  # a stratified draw from a part
            timed(f"`{name}`", lambda draw=draw: draw(frame, ask))  # type: ignore[misc]


if __name__ == "__main__":
    main()
