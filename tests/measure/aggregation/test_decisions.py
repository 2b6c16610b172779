"""Decisions of least cost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smo.measure.aggregation.consensus import aggregate
from smo.measure.aggregation.decisions import distance_cost, least_cost, least_cost_items
from tests.measure.aggregation.crowd import crowd


@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 20))
def test_decisions_zero_one_cost_is_the_most_probable(seed, labels, n) -> None:
    posterior = np.random.default_rng(seed).dirichlet(np.ones(labels), n)
    code, expected = least_cost(posterior, 1.0 - np.eye(labels))
    assert np.array_equal(code, posterior.argmax(axis=1))
    assert np.allclose(expected, 1.0 - posterior.max(axis=1))


@given(st.integers(0, 10_000), st.integers(2, 6))
def test_decisions_distance_cost_is_the_median(seed, labels) -> None:
    posterior = np.random.default_rng(seed).dirichlet(np.ones(labels), 1)
    code, _ = least_cost(posterior, distance_cost(labels))
    assert posterior[0, : code[0] + 1].sum() >= 0.5 - 1e-9
    assert posterior[0, code[0] :].sum() >= 0.5 - 1e-9


@pytest.mark.parametrize("cost", [np.zeros((2, 3)), np.full((3, 3), -1.0), np.full((3, 3), np.nan)])
def test_decisions_bad_cost_is_named(cost) -> None:
    with pytest.raises(ValueError, match="cost"):
        least_cost(np.full((1, 3), 1 / 3), cost)
    with pytest.raises(ValueError, match="power"):
        distance_cost(3, power=0)


def test_decisions_settled_items_keep_their_label() -> None:
    ratings, _, _ = crowd(1, items=30)
    found = least_cost_items(aggregate(ratings, gold={0: 2, 1: 0}), distance_cost(3))
    assert found["label"].to_list()[:2] == ["2", "0"]
    assert found["expected_cost"].to_list()[:2] == [0.0, 0.0]
    assert found["expected_cost"].min() >= 0
