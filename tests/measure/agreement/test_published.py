"""Published tables and other packages' numbers, to every digit that they print.

irrCAC numbers were printed by irrCAC 0.4.4 (`python -m bench.peers.agree`); the R package's vignette has the same.
"""

import numpy as np
import pytest
from statsmodels.stats.tests.test_inter_rater import diagnoses, table1

from smo.measure import agreement
from smo.measure.agreement.alpha import alpha_of
from smo.measure.agreement.kappa import corrected, credit
from smo.measure.ratings import Ratings
from tests.measure import build

# Krippendorff 2011, section B: two observers, ten items, yes and no
BINARY = ((0, 1, 0, 0, 0, 0, 0, 0, 1, 0), (1, 1, 1, 0, 0, 1, 0, 0, 0, 0))
# ... and section C: two observers, twelve items, five names
NAMES = (tuple("aabbdcccedda"), tuple("babbbccceddd"))
# irrCAC's cont3x3abstractors (Gwet 2014): 100 pregnancies by two abstractors
ABSTRACTORS = np.array([[13, 0, 0], [0, 20, 7], [0, 4, 56]])


def of_table(counts: np.ndarray) -> Ratings:
    pairs = [(i, j) for i, row in enumerate(counts) for j, times in enumerate(row) for _ in range(times)]
    return build.ratings_of(tuple(zip(*pairs, strict=True)))


def test_krippendorffs_worked_examples() -> None:
    assert round(agreement.krippendorff_alpha(build.ratings_of(BINARY)).value, 3) == 0.095
    assert round(agreement.krippendorff_alpha(build.ratings_of(NAMES)).value, 3) == 0.692
    table = build.ratings_of(build.CANONICAL)
    values = [agreement.krippendorff_alpha(table, level).value for level in ("nominal", "ordinal", "interval", "ratio")]
    assert [round(value, 3) for value in values] == [0.743, 0.815, 0.849, 0.797]


def test_irrcac_on_the_canonical_table() -> None:
    state = agreement.patterns(build.ratings_of(build.CANONICAL))
    assert agreement.gwet_ac1(state).value == pytest.approx(0.775444068127, abs=1e-12)
    assert agreement.gwet_ac2(state, "linear").value == pytest.approx(0.858739136433, abs=1e-12)
    assert agreement.gwet_ac2(state, "quadratic").value == pytest.approx(0.914000723552, abs=1e-12)
    assert agreement.fleiss_kappa(state).value == pytest.approx(0.761169275422, abs=1e-12)
    assert agreement.krippendorff_alpha(state).value == pytest.approx(0.743421052632, abs=1e-12)
    assert agreement.krippendorff_alpha(state, "interval").value == pytest.approx(0.849107142857, abs=1e-12)
    apart = 1 - credit(state.labels, "linear")
    assert agreement.krippendorff_alpha(state, apart).value == pytest.approx(0.800383877159, abs=1e-12)
    assert agreement.percent_agreement(state).value == pytest.approx(0.818181818182, abs=1e-12)


def test_fleiss_1971_with_its_standard_error() -> None:
    state = agreement.patterns(build.ratings_of(diagnoses.T.tolist()))
    fleiss, ac1 = (corrected(state, None, kind=kind) for kind in ("fleiss", "gwet_ac1"))
    assert fleiss.value == pytest.approx(0.4302445200601409, abs=1e-12)
    assert fleiss.variance**0.5 == pytest.approx(0.054198935515, abs=1e-12)  # irrCAC
    assert ac1.value == pytest.approx(0.447884515845, abs=1e-12)
    assert ac1.variance**0.5 == pytest.approx(0.055662141682, abs=1e-12)  # irrCAC
    fourteen = agreement.fleiss_kappa(build.from_counts(table1.astype(int).tolist()))
    assert round(fourteen.value, 3) == 0.210


def test_the_vignette_of_irrcac_on_two_abstractors() -> None:
    ratings = of_table(ABSTRACTORS)
    state = agreement.patterns(ratings)
    pair = agreement.pair_agreement(ratings).row(0, named=True)
    assert pair["kappa"] == pytest.approx(0.7964094, abs=5e-8)
    assert agreement.cohen_kappa(ratings).value == pytest.approx(0.7964094, abs=5e-8)
    assert alpha_of(state).value == pytest.approx(0.7972585, abs=5e-8)
    ac1 = corrected(state, None, kind="gwet_ac1")
    assert ac1.value == pytest.approx(0.8493305, abs=5e-8)
    assert (ac1.variance * 99 / 100) ** 0.5 == pytest.approx(0.04321747, abs=5e-8)  # of tables it divides by n
    assert pair["agreement"] == pytest.approx(0.89)


def test_gwets_paradox_of_118_5_2_0() -> None:
    ratings = build.two_by_two(118, 5, 2, 0)
    assert agreement.cohen_kappa(ratings).value == pytest.approx(-0.023391812865, abs=1e-12)
    assert agreement.krippendorff_alpha(ratings).value == pytest.approx(-0.024691358025, abs=1e-12)
    assert agreement.fleiss_kappa(ratings).value == pytest.approx(-0.028806584362, abs=1e-12)
    assert agreement.gwet_ac1(ratings).value == pytest.approx(0.940776337609, abs=1e-12)
    for measure in (agreement.cohen_kappa, agreement.krippendorff_alpha, agreement.fleiss_kappa):
        assert any("misleads" in warning for warning in measure(ratings).warnings)
    assert any("little of the rare" in warning for warning in agreement.gwet_ac1(ratings).warnings)


def test_high_agreement_with_a_low_coefficient_is_said_without_extreme_skew() -> None:
    ratings = build.two_by_two(168, 14, 16, 2)
    for measure in (agreement.krippendorff_alpha, agreement.fleiss_kappa):
        assert any("85% of the pairs agree, but only" in warning for warning in measure(ratings).warnings)
    assert not agreement.krippendorff_alpha(build.two_by_two(90, 5, 5, 100)).warnings


@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
def test_a_wider_confidence_has_a_wider_interval(confidence: float) -> None:
    ratings = of_table(ABSTRACTORS)
    measures = [agreement.krippendorff_alpha, agreement.fleiss_kappa, agreement.gwet_ac1, agreement.gwet_ac2]
    for measure in (*measures, agreement.percent_agreement, agreement.cohen_kappa):
        usual, asked = measure(ratings), measure(ratings, confidence=confidence)
        assert asked.confidence == confidence
        assert (asked.low < usual.low < usual.high < asked.high) is (confidence > 0.9)
    for many in (agreement.prevalence, agreement.specific_agreement, agreement.per_label_alpha):
        assert many(ratings, confidence=confidence)[1.0].confidence == confidence


def test_a_confidence_is_between_nothing_and_all() -> None:
    for confidence in (0.0, 1.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="between 0 and 1"):
            agreement.krippendorff_alpha(of_table(ABSTRACTORS), confidence=confidence)
