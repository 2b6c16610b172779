"""Does a 95 % interval cover in 95 %? Exact sums and 20,000 runs a cell: `python -m bench.measure.coverage [PART...]`.

Where the sample space can be listed, each cell is an exact sum and has no Monte Carlo error; the others have 20,000
runs, a standard error of 0.15 points at 95 %. Parts: binomial, poisson, finite, differences, design, clusters,
sequences, others; without a name those that are exact sums.
"""

import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from smo.measure import intervals
from smo.measure.estimation.betting import betting_path
from smo.measure.estimation.bootstrap import bootstrap_ends
from smo.measure.estimation.capture import chapman
from smo.measure.estimation.complex_share import fay_feuer, korn_graubard, logit_ends
from smo.measure.estimation.design import Drawn, design_sums, share
from smo.measure.estimation.finite import hypergeometric
from smo.measure.estimation.misclassification import Rightly, rogan_gladen
from smo.measure.estimation.rates import poisson_ratio
from smo.measure.estimation.sequences import finite_sequence, mixture_sequence
from smo.measure.estimation.survival import median_time
from smo.measure.estimation.weighted import Strata, linearised_variance, weighted_share

SEED, RUNS, LEVEL = 20261122, 20_000, 0.95
LOW = 0.93
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cell:
    """What one method covers at one setting; `width` is the mean width."""

    method: str
    setting: str
    coverage: float
    width: float


def covered(low: Floats, high: Floats, truth: Floats, chance: Floats) -> tuple[float, float]:
    """Coverage and mean width when outcome i has this chance."""
    inside = (low <= truth + 1e-12) & (truth - 1e-12 <= high)
    return float((chance * inside).sum() / chance.sum()), float((chance * (high - low)).sum() / chance.sum())


def binomial() -> Iterable[Cell]:
    methods = (intervals.wilson, intervals.wilson_few, intervals.jeffreys, intervals.jeffreys_few)
    methods = (*methods, intervals.clopper_pearson)
    names = ("wilson", "product: wilson, exact end", "jeffreys", "product: jeffreys, exact end", "clopper_pearson")
    for n in (20, 50, 100, 300, 1000):
        k = np.arange(n + 1)
        for p in (0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5):
            chance = stats.binom.pmf(k, n, p)
            for name, method in zip(names, methods, strict=True):
                low, high = method(k, n, confidence=LEVEL)
                yield Cell(name, f"n={n} p={p}", *covered(low, high, np.array(p), chance))


def poisson() -> Iterable[Cell]:
    for mean in (0.05, 0.2, 0.5, 1, 2, 5, 10, 30, 100):
        k = np.arange(int(mean + 12 * mean**0.5 + 20))
        low, high = intervals.poisson_exact(k, confidence=LEVEL)
        yield Cell("poisson_exact", f"mean={mean}", *covered(low, high, np.array(mean), stats.poisson.pmf(k, mean)))
    for first, second in ((1, 1), (2, 10), (5, 5), (10, 2), (20, 40), (0.5, 20)):
        k1, k2 = np.meshgrid(np.arange(int(first * 4 + 25)), np.arange(int(second * 4 + 25)), indexing="ij")
        low, high = poisson_ratio(k1, 1.0, events2=k2, exposure2=1.0, confidence=LEVEL)
        chance = stats.poisson.pmf(k1, first) * stats.poisson.pmf(k2, second)
        inside = float((chance * ((low <= first / second) & (first / second <= high))).sum())
        yield Cell("poisson_ratio", f"means={first},{second}", inside, float("nan"))


def finite() -> Iterable[Cell]:
    for whole in (30, 100, 1000, 20_000):
        for part in (0.02, 0.1, 0.5, 0.9):
            n = max(5, int(whole * part))
            for p in (0.001, 0.01, 0.03, 0.1, 0.3, 0.5):
                cases = max(1, round(whole * p))
                k = np.arange(max(0, n - whole + cases), min(n, cases) + 1)
                chance, truth = stats.hypergeom.pmf(k, whole, cases, n), np.array(cases / whole)
                setting = f"N={whole} n={n} cases={cases}"
                low, high = hypergeometric(k, n, population=whole, confidence=LEVEL)
                yield Cell("hypergeometric", setting, *covered(low, high, truth, chance))


def differences() -> Iterable[Cell]:
    for n1, n2 in ((20, 20), (50, 50), (100, 300), (400, 400)):
        for p1, p2 in (
            (0.01, 0.01),
            (0.02, 0.05),
            (0.06, 0.025),
            (0.1, 0.3),
            (0.2, 0.2),
            (0.4, 0.6),
            (0.5, 0.5),
            (0.95, 0.9),
        ):
            k1, k2 = np.meshgrid(np.arange(n1 + 1), np.arange(n2 + 1), indexing="ij")
            chance = stats.binom.pmf(k1, n1, p1) * stats.binom.pmf(k2, n2, p2)
            keep = chance > 1e-15
            low, high = intervals.newcombe(k1[keep], n1, k2=k2[keep], n2=n2, confidence=LEVEL)
            yield Cell("newcombe", f"n={n1},{n2} p={p1},{p2}", *covered(low, high, np.array(p1 - p2), chance[keep]))
    rng = np.random.default_rng(SEED)
    for n in (30, 100, 500):
        for both, first, second in (
            (0.9, 0.04, 0.02),
            (0.02, 0.02, 0.01),
            (0.4, 0.2, 0.1),
            (0.3, 0.2, 0.2),
            (0.6, 0.03, 0.03),
        ):
            a, b, c, d = rng.multinomial(n, [both, first, second, 1 - both - first - second], RUNS).T
            low, high = intervals.newcombe_paired(b, c, both=a, neither=d, confidence=LEVEL)
            setting = f"n={n} both={both} first={first} second={second}"
            yield Cell("newcombe_paired", setting, *covered(low, high, np.array(first - second), np.ones(RUNS)))


STRATA = (60_000, 30_000, 8_000, 2_000)
DESIGNS = {
    "equal 600": (STRATA, (150, 150, 150, 150)),
    "equal 200": (STRATA, (50, 50, 50, 50)),
    "Neyman-like 500": (STRATA, (300, 150, 40, 10)),
    "proportional 400": ((25_000,) * 4, (100,) * 4),
    "small whole": ((500, 300, 200), (200, 200, 180)),
}
RATES = {
    "R13": (0.0133, 0.04, 0.1, 0.24),
    "R13 / 3": (0.0044, 0.0133, 0.033, 0.08),
    "R13 / 13": (0.001, 0.003, 0.0075, 0.018),
    "2 % all over": (0.02,) * 4,
    "heavy stratum alone": (0.02, 0.0, 0.0, 0.0),
    "10 % all over": (0.1,) * 4,
    "20 % all over": (0.2,) * 4,
    "30 to 60 %": (0.3, 0.4, 0.5, 0.6),
    "80 to 97 %": (0.97, 0.95, 0.9, 0.8),
}


def design() -> Iterable[Cell]:
    rng = np.random.default_rng(SEED)
    for drawn_as, (sizes, numbers) in DESIGNS.items():
        size, n = np.array(sizes), np.array(numbers)
        for rate, chances in RATES.items():
            cases = np.round(size * np.array(chances[: len(size)])).astype(int)
            found = np.stack([rng.hypergeometric(c, s - c, m, RUNS) for c, s, m in zip(cases, size, n, strict=True)], 1)
            distinct, times = np.unique(found, axis=0, return_counts=True)
            truth = np.array(cases.sum() / size.sum())
            setting = f"{drawn_as}, {rate} ({100 * float(truth):.2f} %)"
            ends = np.array([_all_ends(Strata.of(n, successes=k, size=size)) for k in distinct])
            for number, name in enumerate(("linearised logit", "product", "korn_graubard", "fay_feuer")):
                yield Cell(name, setting, *covered(ends[:, number, 0], ends[:, number, 1], truth, times))


def _all_ends(strata: Strata) -> list[tuple[float, float]]:
    total, n = float(strata.weight.sum()), float(strata.n.sum())
    value, variance = float(strata.weighted.sum()) / total, linearised_variance(strata)
    largest = float((strata.weight / strata.n).max()) / total
    product = weighted_share(strata, basis="probability_audit", confidence=LEVEL)
    exact = fay_feuer(value, variance, largest=largest, confidence=LEVEL)
    logit = (value, value) if not 0 < value < 1 else logit_ends(value, variance, confidence=LEVEL)
    published = korn_graubard(value, variance, n=min(n, 1 / largest), confidence=LEVEL)
    return [logit, (float(product.low or 0.0), float(product.high or 0.0)), published, exact]


def clusters() -> Iterable[Cell]:
    """A tenth of 2,000 clusters in two strata, cases that stick together (beta-binomial)."""
    rng = np.random.default_rng(SEED)
    runs = 2_000
    for per_stratum, inside, p, rho in (
        (30, 10, 0.05, 0.05),
        (30, 10, 0.2, 0.1),
        (60, 20, 0.03, 0.02),
        (60, 5, 0.5, 0.2),
    ):
        a = p * (1 - rho) / rho
        whole = rng.binomial(inside, rng.beta(a, a * (1 - p) / p, (2, 10 * per_stratum)))
        truth, name = whole.sum() / (whole.size * inside), f"{2 * per_stratum} clusters of {inside}, p={p}, rho={rho}"
        ends = np.array([_of_clusters(whole, per_stratum, inside, rng) for _ in range(runs)])
        yield Cell("product, clusters", f"{name} ({runs} runs)", *covered(ends[:, 0], ends[:, 1], truth, np.ones(runs)))


def _of_clusters(whole: Floats, number: int, inside: int, rng: np.random.Generator) -> tuple[float, float]:
    picked = np.concatenate([rng.choice(row, number, replace=False) for row in whole])
    y = (np.arange(inside)[None, :] < picked[:, None]).astype(float).ravel()
    cluster = np.repeat(np.arange(2 * number), inside)
    drawn = Drawn.of(y, number / whole.shape[1], stratum=cluster // number, cluster=cluster)
    found = share(design_sums(drawn), basis="probability_audit", confidence=LEVEL)
    return float(found.low or 0.0), float(found.high or 0.0)


def sequences() -> Iterable[Cell]:
    """The share of paths that never leave the interval, looked at after each of 1,000 draws."""
    rng = np.random.default_rng(SEED)
    n = np.arange(1, 1001)
    grid_k, grid_n = np.meshgrid(np.arange(1001), n, indexing="ij")
    low, high = (np.full(grid_k.shape, np.nan) for _ in range(2))
    valid = grid_k <= grid_n
    low[valid], high[valid] = mixture_sequence(grid_k[valid], grid_n[valid], confidence=LEVEL)
    for p in (0.003, 0.01, 0.03, 0.1, 0.3, 0.5):
        always = [_stays(rng.random((2000, 1000)) < p, low, high, p) for _ in range(RUNS // 2000)]
        yield Cell("mixture_sequence", f"p={p}, 1,000 looks", float(np.mean(always)), float("nan"))
    for whole, cases in ((1000, 3), (1000, 30), (1000, 300), (2000, 20)):
        low[valid], high[valid] = finite_sequence(grid_k[valid], grid_n[valid], population=whole, confidence=LEVEL)
        marks = np.arange(whole) < cases
        always = [
            _stays(rng.permuted(np.tile(marks, (1000, 1)), axis=1)[:, :1000], low, high, cases / whole)
            for _ in range(RUNS // 1000)
        ]
        yield Cell("finite_sequence", f"N={whole} cases={cases}", float(np.mean(always)), float("nan"))
    for name, draw, truth in (
        ("beta(2, 6)", lambda: rng.beta(2, 6, 200), 0.25),
        ("3 % at 1, the rest near 0", lambda: np.where(rng.random(200) < 0.03, 1.0, 0.02 * rng.random(200)), 0.0397),
    ):
        paths = (betting_path(draw(), confidence=LEVEL) for _ in range(RUNS))
        always_in = [bool(((path.low <= truth) & (truth <= path.high)).all()) for path in paths]
        yield Cell("betting_sequence", f"{name}, 200 looks", float(np.mean(always_in)), float("nan"))


def _stays(paths: npt.NDArray[np.bool_], low: Floats, high: Floats, truth: float) -> float:
    k = paths.cumsum(axis=1)
    look = np.arange(paths.shape[1])
    return float(((low[k, look] <= truth + 1e-12) & (truth - 1e-12 <= high[k, look])).all(axis=1).mean())


def others() -> Iterable[Cell]:
    rng = np.random.default_rng(SEED)
    for p, n in ((0.005, 3000), (0.03, 1000), (0.1, 500), (0.3, 200)):
        ends = [_rogan(rng, p, n) for _ in range(RUNS)]
        yield _of_runs("lang_reiczigel", f"n={n} p={p} Se=.85/200 Sp=.995/2000", ends, p)
    for whole, first, second in ((100, 80, 70), (60, 30, 24), (1000, 300, 200), (40, 20, 5)):
        common = np.arange(max(0, first + second - whole), min(first, second) + 1)
        ends = np.array([_captured(first, second, m) for m in common])
        chance = stats.hypergeom.pmf(common, whole, first, second)
        yield Cell(
            "chapman", f"N={whole} found {first}, {second}", *covered(ends[:, 0], ends[:, 1], np.array(whole), chance)
        )
    for n, open_share in ((20, 0.2), (60, 0.3), (200, 0.5)):
        ends = [_waited(rng, n, open_share) for _ in range(RUNS)]
        yield _of_runs("kaplan_meier", f"n={n}, {open_share:.0%} censored at most", ends, 10 * np.log(2))
    table = np.array([0.03, 0.01, 0.015, 0.945])
    truth = 2 * table[0] / (2 * table[0] + table[1] + table[2])
    for n in (500, 2000):
        ends = [_f1(rng, rng.multinomial(n, table)) for _ in range(2000)]
        yield _of_runs("bootstrap bca of F1", f"n={n}, 3 % positive (2000 runs)", ends, truth)


def _of_runs(method: str, setting: str, ends: list[tuple[float, float]], truth: float) -> Cell:
    known = np.array(ends)
    return Cell(method, setting, *covered(known[:, 0], known[:, 1], np.array(truth), np.ones(len(known))))


def _rogan(rng: np.random.Generator, p: float, n: int) -> tuple[float, float]:
    right, clear = Rightly(int(rng.binomial(200, 0.85)), 200), Rightly(int(rng.binomial(2000, 0.995)), 2000)
    k = int(rng.binomial(n, 0.85 * p + 0.005 * (1 - p)))
    found = rogan_gladen(k, n, sensitivity=right, specificity=clear, basis="gold", confidence=LEVEL)
    return float(found.low or 0.0), float(found.high or 0.0)


def _captured(first: int, second: int, common: int) -> tuple[float, float]:
    found = chapman(first, second, common=common, basis="gold", confidence=LEVEL)
    return float(found.low or 0.0), np.inf if found.high is None else found.high


def _waited(rng: np.random.Generator, n: int, open_share: float) -> tuple[float, float]:
    time_to, limit = rng.exponential(10, n), np.where(rng.random(n) < open_share, rng.uniform(0, 30, n), np.inf)
    found = median_time(np.minimum(time_to, limit), time_to <= limit, basis="gold", confidence=LEVEL)
    return float(found.low or 0.0), np.inf if found.high is None else found.high


def _f1(rng: np.random.Generator, counts: npt.NDArray[np.int64]) -> tuple[float, float]:
    def f1(sums: Floats) -> Floats:
        return 2 * sums[:, 0] / (2 * sums[:, 0] + sums[:, 1] + sums[:, 2])

    found = bootstrap_ends(np.eye(4), f1, rng=rng, counts=counts, confidence=LEVEL)
    return (0.0, 1.0) if found is None else found[1:]


PARTS: dict[str, Callable[[], Iterable[Cell]]] = {
    "binomial": binomial, "poisson": poisson, "finite": finite, "differences": differences, "design": design,
    "clusters": clusters, "sequences": sequences, "others": others,
}  # fmt: skip


def printed(part: str) -> None:
    start = time.process_time()
    cells = list(PARTS[part]())
    print(f"\n{part}: {len(cells)} cells, {time.process_time() - start:.0f} CPU s")
    print("| method | cells | mean | lowest | where | mean width | cells under 93 |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for method in dict.fromkeys(cell.method for cell in cells):
        own = [cell for cell in cells if cell.method == method]
        worst, low = min(own, key=lambda cell: cell.coverage), [cell for cell in own if cell.coverage < LOW]
        mean, width = (np.mean([getattr(cell, name) for cell in own]) for name in ("coverage", "width"))
        print(
            f"| {method} | {len(own)} | {100 * mean:.1f} | {100 * worst.coverage:.1f} | {worst.setting} | "
            f"{width:.4f} | {len(low)} |"
        )
        for cell in low:
            print(f"    under 93: {method}, {cell.setting}: {100 * cell.coverage:.1f}")


BIG = ("design", "clusters", "sequences", "others")  # about two CPU minutes; the rest are exact sums


def main() -> None:
    print(f"Nominal 95 %; seed {SEED}; exact sums, or {RUNS:,} runs a cell where not told otherwise")
    for part in sys.argv[1:] or [name for name in PARTS if name not in BIG]:
        printed(part)


if __name__ == "__main__":
    main()
