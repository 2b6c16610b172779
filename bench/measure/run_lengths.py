"""False alarms of charts, asked against simulated, and of many tests at once: `python -m bench.measure.run_lengths`."""

import sys
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import ndtr

from smo.measure.change.change_points import change_points
from smo.measure.change.counts import Baseline
from smo.measure.change.run_length import (
    CusumDesign,
    EwmaDesign,
    calibrate_cusum,
    cusum_run_length,
    ewma_limit,
    log_likelihood_ratio,
)
from smo.measure.change.slice_search import SearchRules, slice_search
from smo.measure.multiplicity import benjamini_hochberg

SEED = 20261122
CELLS = (
    (400, Baseline(0.05), 0.08),
    (400, Baseline(0.05), 0.03),
    (100, Baseline(0.02), 0.05),
    (20, Baseline(0.01), 0.03),
    (1, Baseline(0.05), 0.10),
    (400, Baseline(0.05, 0.005), 0.08),
)
ASKED = (100, 500)

Floats = npt.NDArray[np.float64]
Step = Callable[[Floats, npt.NDArray[np.int64]], Floats]


def counts(rng: np.random.Generator, n: int, baseline: Baseline, size: int) -> npt.NDArray[np.int64]:
    """So many weeks of the baseline."""
    spread = baseline.overdispersion
    if not spread:
        return rng.binomial(n, baseline.rate, size)
    a, b = (rate * (1 - spread) / spread for rate in (baseline.rate, 1 - baseline.rate))
    return rng.binomial(n, rng.beta(a, b, size))


def simulated(step: Step, edge: float, *, n: int, baseline: Baseline, runs: int) -> float:
    """Mean number of weeks until |state| is above the edge."""
    rng = np.random.default_rng(SEED)
    state, length, alive = np.zeros(runs), np.zeros(runs), np.arange(runs)
    while alive.size:
        length[alive] += 1
        state[alive] = step(state[alive], counts(rng, n, baseline, alive.size))
        alive = alive[np.abs(state[alive]) <= edge]
    return float(length.mean())


def row(name: str, n: int, baseline: Baseline, *, asked: float, computed: float, found: float) -> None:
    print(
        f"| {name} | {n} | {baseline.rate} | {baseline.overdispersion} | {asked} | {computed:.1f} | {found:.1f} | "
        f"{100 * (found / asked - 1):+.1f} % |",
        flush=True,
    )


def run_lengths(runs: int) -> None:
    print(f"\n{runs:,} runs a row, seed {SEED}\n")
    print("| chart | n | rate | overdispersion | asked | computed | simulated | off the asked |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for n, baseline, shifted in CELLS:
        for asked in ASKED:
            found = calibrate_cusum(CusumDesign(n, baseline, shifted), asked)
            score = log_likelihood_ratio(np.arange(n + 1), n, baseline=baseline, shifted_rate=found.design.shifted_rate)

            def step(state: Floats, k: npt.NDArray[np.int64], score: Floats = score) -> Floats:
                return np.maximum(0.0, state + score[k])

            mean = simulated(step, found.threshold, n=n, baseline=baseline, runs=runs)
            row(
                f"CUSUM to {found.design.shifted_rate:.4g}",
                n,
                baseline,
                asked=asked,
                computed=found.run_length,
                found=mean,
            )
    for n, baseline in ((400, Baseline(0.05)), (400, Baseline(0.05, 0.005))):
        for asked in ASKED:
            limit = ewma_limit(EwmaDesign(n, baseline), asked)
            rate, spread = baseline.rate, baseline.overdispersion
            deviation = float(np.sqrt(n * rate * (1 - rate) * (1 + (n - 1) * spread)))

            def smooth(state: Floats, k: npt.NDArray[np.int64], n: int = n, deviation: float = deviation) -> Floats:
                return 0.8 * state + 0.2 * (k - n * 0.05) / deviation

            mean = simulated(smooth, limit * np.sqrt(0.2 / 1.8), n=n, baseline=baseline, runs=runs)
            row("EWMA 0.2", n, baseline, asked=asked, computed=asked, found=mean)


def plain_cusum_on_restless_weeks(runs: int) -> None:
    """What a binomial CUSUM does where weeks differ beyond chance."""
    design = CusumDesign(400, Baseline(0.05), 0.08)
    found = calibrate_cusum(design, 500)
    score = log_likelihood_ratio(np.arange(401), 400, baseline=design.baseline, shifted_rate=found.design.shifted_rate)
    mean = simulated(
        lambda state, k: np.maximum(0.0, state + score[k]),
        found.threshold,
        n=400,
        baseline=Baseline(0.05, 0.005),
        runs=runs,
    )
    print(
        f"\nA CUSUM set for 500 weeks that takes restless weeks (overdispersion 0.005) for binomial: {mean:.0f} weeks"
    )


def false_finds(rounds: int) -> None:
    """Benjamini-Hochberg where nothing is to be found, and where a tenth is."""
    rng = np.random.default_rng(SEED)
    none, shares, power = 0, [], []
    for _ in range(rounds):
        none += benjamini_hochberg(rng.random(120)).is_rejected.any()
        z = rng.normal(size=120) + np.where(np.arange(120) < 12, 3.5, 0.0)
        found = benjamini_hochberg(ndtr(-z)).is_rejected
        shares.append(found[12:].sum() / max(1, found.sum()))
        power.append(found[:12].mean())
    print(f"\nBH at 5 % over 120 tests, {rounds:,} rounds, seed {SEED}")
    print(f"- nothing to find: any find in {100 * none / rounds:.2f} % of the rounds")
    print(f"- 12 real: false share {100 * np.mean(shares):.2f} % (bound 4.50), found {100 * np.mean(power):.0f} %")


def slices(rounds: int) -> None:
    """Slice search on rows without any slice, and its CPU seconds on a million rows."""
    rng = np.random.default_rng(SEED)
    with_finds = 0
    for _ in range(rounds):
        frame = pl.DataFrame({f"d{at}": rng.integers(0, 5, 2000) for at in range(4)})
        with_finds += (
            slice_search(
                frame.with_columns(events=pl.Series((rng.random(2000) < 0.05).astype(int))),
                frame.columns,
                rules=SearchRules(depth=3, least=30),
            ).slices.height
            > 0
        )
    print(f"\nSlice search, depth 3, 4 dimensions, nothing to find: any find in {100 * with_finds / rounds:.1f} %")
    sizes = (5, 10, 20, 30, 8, 50, 12, 200)
    frame = pl.DataFrame({f"d{at}": rng.integers(0, size, 1_000_000).astype(str) for at, size in enumerate(sizes)})
    whole = frame.with_columns(events=pl.Series((rng.random(1_000_000) < 0.05).astype(int)))
    for depth in (1, 2, 3):
        start = time.process_time()
        found = slice_search(whole, frame.columns, rules=SearchRules(depth=depth, least=200))
        seconds = time.process_time() - start
        print(f"- 1e6 rows x 8 dimensions, depth {depth}: {found.n_tested:,} slices, {seconds:.2f} CPU s")


def breaks(rounds: int) -> None:
    rng = np.random.default_rng(SEED)
    print(f"\nChange points of 104 weeks of 400 cases, {rounds:,} rounds")
    for rate, later in ((0.05, 0.05), (0.01, 0.01), (0.05, 0.08), (0.05, 0.065)):
        found = [change_points(rng.binomial(400, np.repeat([rate, later], 52)), 400) for _ in range(rounds)]
        hit = np.mean([f.height == 2 and abs(f["last"][0] - 52) <= 3 for f in found])
        broken = np.mean([f.height > 1 for f in found])
        print(f"- {rate} to {later}: broken {100 * broken:.1f} %, one break, within 3 weeks {100 * hit:.0f} %")


def main() -> None:
    runs = int(float(sys.argv[1])) if len(sys.argv) > 1 else 20_000
    start = time.process_time()
    run_lengths(runs)
    plain_cusum_on_restless_weeks(runs)
    design = CusumDesign(400, Baseline(0.05), 0.08)
    start_one = time.process_time()
    length = cusum_run_length(design, 3.0)
    seconds = time.process_time() - start_one
    print(f"\n400 cases, 5 to 8 %, threshold 3: a false alarm every {length:.1f} weeks, {1000 * seconds:.1f} CPU ms")
    false_finds(runs)
    slices(200)
    breaks(300)
    print(f"\n{time.process_time() - start:.0f} CPU s")


if __name__ == "__main__":
    main()
