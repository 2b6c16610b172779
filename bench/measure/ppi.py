"""Predictions beside labels against labels alone: coverage and width, `python -m bench.measure.ppi [RUNS]`.

A judge scores 100,000 items; people label some. Scores lie in 24 bins, so that a run is two multinomial draws and the
sums of the bins: the same in law as drawing rows. The judge's score given the truth is normal on the logit scale, its
separation d in standard deviations; the prediction is the bin's middle or, for the miscalibrated judge, its square.
"""

import sys
import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import special, stats

from smo.measure.estimation.ppi import ppi_share
from smo.measure.intervals import wilson

SEED, LEVEL, BINS, SIZE = 20261122, 0.95, 24, 100_000
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judge:
    """The chance of each bin for a case and for another, and what the judge predicts there."""

    name: str
    of_case: Floats
    of_other: Floats
    prediction: Floats


def judge(p: float, d: float, *, is_calibrated: bool = True) -> Judge:
    """Bins of equal width between the two normal laws; calibrated predictions are the share of cases in the bin."""
    edges = np.concatenate([[-np.inf], np.linspace(-3.0, d + 3.0, BINS - 1), [np.inf]])
    case, other = (np.diff(stats.norm.cdf(edges, mean)) for mean in (d, 0.0))
    share = p * case / np.maximum(p * case + (1 - p) * other, 1e-300)
    auc = float(special.ndtr(d / np.sqrt(2)))
    name = f"AUC {auc:.4f}{'' if is_calibrated else ', miscalibrated'}"
    return Judge(name, case, other, share if is_calibrated else share**2)


def correlation(p: float, by: Judge) -> float:
    """Of truth and prediction, squared: the part of the labels' variance that the judge explains."""
    every = p * by.of_case + (1 - p) * by.of_other
    mean = float((every * by.prediction).sum())
    spread = float((every * by.prediction**2).sum()) - mean**2
    covariance = p * float((by.of_case * by.prediction).sum()) - p * mean
    return covariance**2 / (spread * p * (1 - p))


def runs(p: float, n: int, by: Judge, *, number: int) -> tuple[float, float, float]:
    """Coverage, mean width, and mean width by that of Wilson's interval on the same labels."""
    rng = np.random.default_rng(SEED)
    cells = np.concatenate([p * by.of_case, (1 - p) * by.of_other])
    labelled = rng.multinomial(n, cells / cells.sum(), number).astype(np.float64)
    every = cells[:BINS] + cells[BINS:]
    rest = rng.multinomial(SIZE - n, every / every.sum(), number).astype(np.float64)
    cases, f = labelled[:, :BINS], by.prediction
    both = cases + labelled[:, BINS:]
    y = cases.sum(axis=1)
    columns = np.column_stack(
        [np.full(number, n), y, both @ f, y, cases @ f, both @ f**2, np.full(number, SIZE - n), rest @ f, rest @ f**2]
    )
    names = ("n", "y", "f", "yy", "yf", "ff", "size", "total", "squares")
    inside = widths = 0.0
    table = pl.DataFrame(dict(zip(names, columns.T, strict=True))).with_columns(stratum=pl.lit(0))
    for sums in table.iter_slices(1):
        found = ppi_share(sums, basis="probability_audit", confidence=LEVEL)
        low, high = float(found.low or 0.0), float(found.high or 0.0)
        inside, widths = inside + (low <= p <= high), widths + high - low
    alone = wilson(y, n, confidence=LEVEL)
    return inside / number, widths / number, widths / float((alone[1] - alone[0]).sum())


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    start = time.process_time()
    print(f"Nominal 95 %; seed {SEED}; {number:,} runs a cell; {SIZE:,} items scored")
    print("| prevalence | labels | judge | explained | coverage | mean width | by Wilson on the same labels |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    perfect, good, fair = 5.0, 4.2, 2.5
    for p, n, d, is_calibrated in (
        (0.03, 1000, good, True), (0.03, 1000, good, False), (0.03, 1000, fair, True), (0.03, 300, good, True),
        (0.03, 300, fair, True), (0.01, 1000, good, True), (0.003, 1000, good, True), (0.1, 300, good, True),
        (0.1, 300, fair, True), (0.03, 1000, perfect, True), (0.3, 200, fair, True), (0.5, 100, fair, True),
    ):  # fmt: skip
        by = judge(p, d, is_calibrated=is_calibrated)
        coverage, width, ratio = runs(p, n, by, number=number)
        print(
            f"| {100 * p:g} % | {n} | {by.name} | {correlation(p, by):.2f} | {100 * coverage:.1f} | {width:.4f} | "
            f"{ratio:.2f} |",
            flush=True,
        )
    print(f"{time.process_time() - start:.0f} CPU s")


if __name__ == "__main__":
    main()
