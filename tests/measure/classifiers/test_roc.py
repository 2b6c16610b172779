"""DeLong against the published example of pROC, and against its definition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smo.measure.classifiers.roc import auc, delong_covariance, placements

# The aSAH data of pROC (Robin et al. 2011, BMC Bioinformatics 12:77), 41 patients with poor outcome and 72 with good
# as the placements that pROC's own tests hold: halves of 1/72 and of 1/41.
WFNS_POOR = "117 94 128 140 140 140 140 94 140 94 37 94 140 128 128 94 140 140 140 94 140 94 140 94 128 140 128 128 37 128 128 94 94 140 140 94 94 140 140 140 140"  # noqa: E501
WFNS_GOOD = "80 80 80 80 18 80 66 66 80 66 66 80 80 80 66 80 66 80 80 53 44 80 44 80 18 18 80 80 66 44 80 80 66 66 80 66 80 66 66 80 80 80 80 66 80 66 80 80 53 66 44 66 80 44 80 80 18 44 66 66 80 80 80 53 80 66 66 44 44 80 80 80"  # noqa: E501
S100B_POOR = "81 63 103 78 130 144 140 26 123 50 26 128 126 139 144 118 144 144 144 26 144 120 0 50 116 144 118 144 38 118 81 63 74 116 144 88 144 121 144 144 130"  # noqa: E501
S100B_GOOD = "58 55 66 80 28 52 66 66 80 73 80 70 63 77 52 77 63 58 52 80 53 55 36 70 24 28 53 77 32 28 63 73 70 73 80 58 66 55 54 80 80 70 80 70 73 53 70 73 37 63 42 77 66 39 77 80 48 34 66 54 73 55 66 77 80 52 54 28 52 54 24 27"  # noqa: E501


def scores_of(poor: str, good: str) -> np.ndarray:
    """Scores with these placements: a patient with a poor outcome stands where as many others are below."""
    above, below = np.array(poor.split(), np.float64), np.array(good.split(), np.float64)
    steps, place = np.unique(-below, return_inverse=True)
    size = np.bincount(place)
    middle = 2 * (np.cumsum(size) - size) + size
    assert steps.size == size.size
    return np.concatenate([above, middle[place].astype(np.float64)])


POOR = np.arange(113) < 41
WFNS, S100B = scores_of(WFNS_POOR, WFNS_GOOD), scores_of(S100B_POOR, S100B_GOOD)


def test_roc_placements_are_those_of_proc() -> None:
    for scores, poor, good in ((WFNS, WFNS_POOR, WFNS_GOOD), (S100B, S100B_POOR, S100B_GOOD)):
        above, below = placements(scores, POOR)
        np.testing.assert_allclose(above * 144, np.array(poor.split(), float), atol=1e-9)
        np.testing.assert_allclose(below * 82, np.array(good.split(), float), atol=1e-9)


def test_roc_areas_variances_and_covariance_are_those_of_proc() -> None:
    assert auc(WFNS, POOR)[0] == pytest.approx(0.823678861788618, abs=1e-12)
    assert auc(S100B, POOR)[0] == pytest.approx(0.731368563685637, abs=1e-12)
    found = delong_covariance([placements(WFNS, POOR), placements(S100B, POOR)])
    assert found[0, 0] == pytest.approx(0.00146991470882363, abs=1e-14)
    assert found[1, 1] == pytest.approx(0.00266868245717244, abs=1e-14)
    assert found[0, 1] == pytest.approx(0.00119615567376754, abs=1e-14)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.booleans()), min_size=4, max_size=30))
def test_roc_covariance_is_delongs_definition(rows) -> None:
    first, second = (np.array([float(row[at]) for row in rows]) for at in (0, 1))
    truth = np.array([row[2] for row in rows])
    m, n = truth.sum(), (~truth).sum()
    if min(m, n) < 2:
        return
    kernel = [(gap > 0) + (gap == 0) / 2 for gap in (s[truth][:, None] - s[~truth][None, :] for s in (first, second))]
    wanted = np.cov([one.mean(axis=1) for one in kernel]) / m + np.cov([one.mean(axis=0) for one in kernel]) / n
    found = delong_covariance([placements(first, truth), placements(second, truth)])
    np.testing.assert_allclose(found, wanted, atol=1e-12)


@pytest.mark.parametrize("scores", [[0.1, np.nan, 0.5], [0.1, 0.5]])
def test_roc_refuses_what_has_no_rank(scores) -> None:
    with pytest.raises(ValueError, match="score"):
        placements(np.array(scores), np.array([True, False, True]))


def test_roc_one_case_of_a_class_shows_no_spread() -> None:
    area, low, high = auc(np.array([0.2, 0.4, 0.6]), np.array([False, True, False]))
    assert (area, low, high) == (0.5, 0.0, 1.0)
