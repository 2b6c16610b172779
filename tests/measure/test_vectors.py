"""Every test vector of the domain's page 7.3 that the measures answer, in one list; planning's are planning's."""

import math
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from smo.measure import agreement
from smo.measure.acceptance.plans import SinglePlan, probability_of_acceptance, quality_at
from smo.measure.acceptance.sequential import sequential_plan
from smo.measure.change.counts import Baseline
from smo.measure.change.cusum import cusum
from smo.measure.change.decomposition import decompose
from smo.measure.change.run_length import CusumDesign
from smo.measure.classifiers.comparison import mcnemar
from smo.measure.estimation.capture import chapman
from smo.measure.estimation.design import Drawn, design_sums, share
from smo.measure.estimation.misclassification import Rightly, rogan_gladen_moments
from smo.measure.estimation.rates import rate
from smo.measure.estimation.survival import median_time
from smo.measure.estimation.weighted import Strata, linearised_variance, weighted_share
from smo.measure.intervals import clopper_pearson, newcombe, poisson_exact, wilson
from smo.measure.multiplicity import benjamini_hochberg
from smo.measure.people.skill import shrink
from smo.measure.sample.allocation import neyman, standard_error
from tests.measure import build

R13 = Strata.of([150] * 4, successes=[2, 6, 15, 36], size=[60_000, 30_000, 8_000, 2_000])
TEN = [0.001, 0.008, 0.012, 0.030, 0.041, 0.048, 0.11, 0.20, 0.35, 0.60]
VVR_WEIGHT = dict(zip("abcde", (0.80, 0.10, 0.05, 0.01, 0.04), strict=True))
VVR_SPREAD = {
    name: math.sqrt(p * (1 - p)) for name, p in zip("abcde", (0.0005, 0.005, 0.01, 0.05, 0.0025), strict=True)
}


def r13_rows() -> pl.DataFrame:
    stratum = np.repeat(np.arange(4), 150)
    y = np.concatenate([np.arange(150) < k for k in (2, 6, 15, 36)]).astype(float)
    return design_sums(Drawn.of(y, np.array([0.0025, 0.005, 0.01875, 0.075])[stratum], stratum=stratum))


def shift_share() -> list[float]:
    old = {"site": list("abc"), "n": [50_000, 30_000, 20_000], "events": [48_000, 27_600, 18_000]}
    new = {"site": list("abc"), "n": [40_000, 30_000, 30_000], "events": [38_200, 27_750, 27_000]}
    found = decompose(pl.DataFrame(old), pl.DataFrame(new), segments=["site"], basis="gold")
    parts = (found.total, found.rate, found.mix, found.interaction)
    return [part.value for part in parts if part is not None and part.value is not None]


def weekly_cusum() -> list[float]:
    design = CusumDesign(n=400, baseline=Baseline(0.05), shifted_rate=0.08)
    found = cusum([20, 22, 19, 21, 27, 29, 30, 31], 400, design=design, threshold=3.0)
    return found.weeks["statistic"].to_list()


def alpha(level: str) -> float | None:
    return agreement.krippendorff_alpha(build.ratings_of(build.CANONICAL), level).value


def oc(size: int, number: int, share_of_errors: float) -> list[float]:
    """Percent accepted at the named AQL, quality with 95 % acceptance, with 10 %."""
    plan = SinglePlan(size, number)
    accepted = float(probability_of_acceptance(plan, [share_of_errors])[0])
    return [100 * accepted, 100 * quality_at(plan, 0.95), 100 * quality_at(plan, 0.10)]


def sprt() -> list[float]:
    plan = sequential_plan(0.02, 0.05)
    return [plan.slope, -plan.accept_at, plan.refuse_at]


def vvr(counts: dict[str, int]) -> float:
    return 100 * standard_error(VVR_WEIGHT, VVR_SPREAD, counts=counts)


JUDGE = {"sensitivity": Rightly(170, 200), "specificity": Rightly(1990, 2000)}
NEYMAN = {"a": 2098, "b": 828, "c": 584, "d": 256, "e": 234}
PROPORTIONAL = {"a": 3200, "b": 400, "c": 200, "d": 40, "e": 160}
DAYS, DONE = [12, 15, 15, 18, 22, 25, 30, 20, 28, 30], [True] * 7 + [False] * 3

VECTORS: dict[str, tuple[Callable[[], object], object, float]] = {
    "Wilson 191/200": (lambda: wilson(191, 200, confidence=0.95), (0.9167, 0.9761), 1e-4),
    "Wilson 198/200": (lambda: wilson(198, 200, confidence=0.95), (0.9643, 0.9973), 1e-4),
    "Wilson 38/40": (lambda: wilson(38, 40, confidence=0.95), (0.835, 0.986), 1e-3),
    "Clopper-Pearson 198/200": (lambda: clopper_pearson(198, 200, confidence=0.95), (0.9643, 0.9988), 1e-4),
    "Newcombe 24/400 - 10/400": (lambda: newcombe(24, 400, k2=10, n2=400, confidence=0.95), (0.0068, 0.0650), 1e-4),
    "Newcombe 297/300 - 182/200": (lambda: newcombe(297, 300, k2=182, n2=200, confidence=0.95), (0.0425, 0.1283), 1e-4),
    "O/E 28/32": (lambda: poisson_exact(28, 32, confidence=0.95), (0.581, 1.265), 1e-3),
    "O/E 28/32 value": (lambda: rate(28, 32, basis="gold").value, 0.875, 1e-12),
    "O/E 21/16": (lambda: poisson_exact(21, 16, confidence=0.95), (0.812, 2.006), 1e-3),
    "O/E 21/16 value": (lambda: rate(21, 16, basis="gold").value, 1.312, 1e-3),
    "stratified share": (lambda: weighted_share(R13, basis="gold").value, 0.0328, 1e-4),
    "stratified SE": (lambda: math.sqrt(linearised_variance(R13)), 0.00768, 1e-5),
    "stratified share from rows": (lambda: share(r13_rows(), basis="gold").value, 0.0328, 1e-4),
    "Kish": (lambda: weighted_share(R13, basis="gold").n_kish, 328.4, 0.05),
    "Kish from rows": (lambda: share(r13_rows(), basis="gold").n_kish, 328.4, 0.05),
    "n effective": (lambda: weighted_share(R13, basis="gold").n_effective, 537, 0.5),
    "shift-share": (shift_share, (-0.0065, -0.0010, -0.0060, 0.0005), 1e-9),
    "alpha nominal": (lambda: alpha("nominal"), 0.743, 1e-3),
    "alpha ordinal": (lambda: alpha("ordinal"), 0.815, 1e-3),
    "alpha interval": (lambda: alpha("interval"), 0.849, 1e-3),
    "kappa": (lambda: agreement.cohen_kappa(build.two_by_two(20, 5, 10, 15)).value, 0.400, 1e-3),
    "kappa imbalanced": (lambda: agreement.cohen_kappa(build.two_by_two(6, 4, 4, 986)).value, 0.596, 1e-3),
    "AC1 imbalanced": (lambda: agreement.gwet_ac1(build.two_by_two(6, 4, 4, 986)).value, 0.992, 1e-3),
    "SPRT": (sprt, (0.0328, -2.38, 3.05), 5e-3),
    "KM median": (lambda: median_time(DAYS, DONE, basis="system_log").value, 22, 1e-12),
    "Rogan-Gladen, SE": (lambda: rogan_gladen_moments(18 / 3000, 3000, **JUDGE), (0.00118, 0.00250), 5e-6),
    "Chapman 80, 70, 56": (lambda: chapman(80, 70, common=56, basis="overlap").value, 99.9, 0.05),
    "CUSUM": (weekly_cusum, (0, 0, 0, 0, 0.72, 2.45, 4.67, 7.40), 5e-3),
    "BH": (lambda: int(benjamini_hochberg(TEN).is_rejected.sum()), 3, 0),
    "McNemar exact": (lambda: mcnemar(62, 38), 0.02098, 5e-6),
    "empirical Bayes": (
        lambda: shrink(np.array([36.0, 40, 360]), np.array([40.0, 40, 400]), mean=0.95, strength=210)[0],
        (0.942, 0.958, 0.917),
        1e-3,
    ),
    "Neyman allocation": (lambda: list(neyman(VVR_WEIGHT, VVR_SPREAD, size=4000).values()), tuple(NEYMAN.values()), 0),
    "Neyman SD, points": (lambda: vvr(NEYMAN), 0.0539, 5e-5),
    "proportional SD, points": (lambda: vvr(PROPORTIONAL), 0.0701, 5e-5),
    "OC 80, 2 at 1 %": (lambda: oc(80, 2, 0.01), (95.3, 1.03, 6.5), 0.06),
    "OC 125, 3 at 1 %": (lambda: oc(125, 3, 0.01), (96.3, 1.10, 5.3), 0.06),
    "OC 200, 5 at 1 %": (lambda: oc(200, 5, 0.01), (98.4, 1.31, 4.6), 0.06),
    "OC 315, 7 at 1 %": (lambda: oc(315, 7, 0.01), (98.5, 1.27, 3.7), 0.06),
    "OC 500, 10 at 1 %": (lambda: oc(500, 10, 0.01), (98.7, 1.24, 3.1), 0.06),
    "OC 125, 7 at 2.5 %": (lambda: oc(125, 7, 0.025), (98.6, 3.22, 9.2), 0.06),
    "OC 200, 10 at 2.5 %": (lambda: oc(200, 10, 0.025), (98.7, 3.11, 7.6), 0.06),
    "OC 315, 14 at 2.5 %": (lambda: oc(315, 14, 0.025), (98.6, 2.96, 6.3), 0.06),
}


@pytest.mark.parametrize("name", VECTORS)
def test_vectors_of_the_domain(name: str) -> None:
    act, expected, tolerance = VECTORS[name]
    found = np.asarray(act(), np.float64).ravel()
    assert found == pytest.approx(np.asarray(expected, np.float64).ravel(), abs=tolerance)
