"""Adjusted p-values: worked vectors, the reference library, and what holds whatever the p-values are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from smo.measure.multiplicity import benjamini_hochberg, benjamini_yekutieli, holm

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=40)
METHODS = {"fdr_bh": benjamini_hochberg, "fdr_by": benjamini_yekutieli, "holm": holm}
TEN = [0.001, 0.008, 0.012, 0.030, 0.041, 0.048, 0.11, 0.20, 0.35, 0.60]


def test_multiplicity_ten_p_values_hold_three_finds_not_six() -> None:
    assert benjamini_hochberg(TEN).is_rejected.tolist() == [True] * 3 + [False] * 7
    assert sum(p < 0.05 for p in TEN) == 6


@pytest.mark.parametrize("name", METHODS)
@settings(max_examples=20, deadline=None)
@given(p=P_VALUES)
def test_multiplicity_equals_the_reference_library(name, p) -> None:
    rejected, adjusted, _, _ = multipletests(p, 0.05, method=name)
    found = METHODS[name](p)
    assert found.adjusted == pytest.approx(adjusted, rel=1e-12, abs=1e-15)
    clear = np.abs(adjusted - 0.05) > 1e-9
    assert (found.is_rejected == rejected)[clear].all()


@pytest.mark.parametrize("name", METHODS)
@settings(max_examples=30, deadline=None)
@given(p=P_VALUES, seed=st.integers(0, 1000))
def test_multiplicity_follows_the_tests_not_their_places(name, p, seed) -> None:
    order = np.random.default_rng(seed).permutation(len(p))
    assert METHODS[name](np.array(p)[order]).adjusted.tolist() == METHODS[name](p).adjusted[order].tolist()


@pytest.mark.parametrize("method", METHODS.values())
def test_multiplicity_a_test_not_made_is_no_member_of_the_family(method) -> None:
    found = method([0.01, float("nan"), 0.02])
    assert found.n_tests == 2
    assert np.isnan(found.adjusted[1])
    assert not found.is_rejected[1]
    assert found.adjusted[[0, 2]].tolist() == method([0.01, 0.02]).adjusted.tolist()
    assert method([]).n_tests == 0


@pytest.mark.parametrize("method", METHODS.values())
def test_multiplicity_refuses_what_is_no_p_value(method) -> None:
    with pytest.raises(ValueError, match="p-value"):
        method([0.1, 1.2])
    with pytest.raises(ValueError, match="level"):
        method([0.1], level=0)
