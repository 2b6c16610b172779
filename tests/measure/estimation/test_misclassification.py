"""Shares behind imperfect answers: published numbers, the two-label case of the general one, and limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smo.measure.estimation.misclassification import Rightly, rogan_gladen, rogan_gladen_moments, true_shares

SE, SP = Rightly(170, 200), Rightly(1990, 2000)


def test_rogan_gladen_is_the_vector_of_the_glossary() -> None:
    value, error = rogan_gladen_moments(18 / 3000, 3000, sensitivity=SE, specificity=SP)
    assert (value, error) == pytest.approx((0.00118, 0.00250), abs=5e-6)
    assert [round(100 * (value + sign * 1.96 * error), 2) for sign in (-1, 1)] == [-0.37, 0.61]


def test_rogan_gladen_with_a_faultless_test_is_agresti_and_coull() -> None:
    found = rogan_gladen(30, 200, sensitivity=Rightly(1.0), specificity=Rightly(1.0), basis="gold", confidence=0.95)
    centre, size = (30 + 1.96**2 / 2) / (200 + 1.96**2), 200 + 1.96**2
    half = 1.96 * np.sqrt(centre * (1 - centre) / size)
    assert found.value == pytest.approx(0.15)
    assert (found.low, found.high) == pytest.approx((centre - half, centre + half), abs=1e-5)


def test_rogan_gladen_says_when_it_knows_nothing() -> None:
    coin = Rightly(50, 100)
    assert "not above 1" in rogan_gladen(5, 10, sensitivity=coin, specificity=coin, basis="gold").warnings[0]
    assert not rogan_gladen(0, 0, sensitivity=SE, specificity=SP, basis="gold").is_measured
    below = rogan_gladen(0, 3000, sensitivity=SE, specificity=SP, basis="gold")
    assert (below.value, below.low, len(below.warnings)) == (0.0, 0.0, 2)


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_rogan_gladen_an_interval_holds_its_value(both) -> None:
    found = rogan_gladen(*both, sensitivity=SE, specificity=SP, basis="gold")
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_true_shares_of_two_labels_are_rogan_and_gladen() -> None:
    table = [[170, 30], [10, 1990]]
    found = true_shares([400, 2600], table, rng=np.random.default_rng(1))
    value, error = rogan_gladen_moments(400 / 3000, 3000, sensitivity=SE, specificity=SP)
    assert found["value"][0] == pytest.approx(value, abs=1e-6)
    assert found["high"][0] - found["low"][0] == pytest.approx(2 * 1.645 * error, rel=0.1)
    outside = true_shares([3, 2997], table, rng=np.random.default_rng(1))
    assert outside["value"][0] == pytest.approx(0, abs=1e-3)


def test_true_shares_find_back_what_was_mixed() -> None:
    truth, given = np.array([0.7, 0.2, 0.1]), np.array([[0.9, 0.05, 0.05], [0.2, 0.7, 0.1], [0.1, 0.1, 0.8]])
    found = true_shares(np.round(1e6 * truth @ given), 1e6 * given, rng=np.random.default_rng(2), draws=200)
    assert found["value"].to_numpy() == pytest.approx(truth, abs=1e-5)
    assert found["value"].sum() == pytest.approx(1)
    order = [2, 0, 1]
    again = true_shares(
        np.round(1e6 * truth @ given)[order], 1e6 * given[np.ix_(order, order)], rng=np.random.default_rng(2), draws=9
    )
    assert again["value"].to_numpy() == pytest.approx(truth[order], abs=1e-5)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Rightly(3, 2), "between 0 and n"),
        (lambda: Rightly(0, 0), "one case"),
        (lambda: rogan_gladen(3, 2, sensitivity=SE, specificity=SP, basis="gold"), "between 0 and n"),
        (lambda: true_shares([5], [[1]], rng=np.random.default_rng(1)), "two labels"),
        (lambda: true_shares([5, 5], [[1, 0]], rng=np.random.default_rng(1)), "square"),
        (lambda: true_shares([5, -5], np.eye(2), rng=np.random.default_rng(1)), "at least 0"),
        (lambda: true_shares([0, 0], np.eye(2), rng=np.random.default_rng(1)), "something was observed"),
        (lambda: true_shares([5, 5], [[0, 0], [1, 9]], rng=np.random.default_rng(1)), "each true label"),
        (lambda: true_shares([5, 5], [[5, 5], [5, 5]], rng=np.random.default_rng(1)), "told apart"),
    ],
)
def test_misclassification_bad_input_is_refused(make, words) -> None:
    with pytest.raises(ValueError, match=words):
        make()
