"""The value of labels: against brute force, its bounds, and its errors."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smo.measure.overlap.value import (
    Eligible,
    expected_gain,
    expected_gain_of_several,
    expected_information,
)


def drawn(seed: int, *, items: int, raters: int, labels: int) -> tuple[np.ndarray, np.ndarray, Eligible]:
    rng = np.random.default_rng(seed)
    posterior = rng.dirichlet(np.ones(labels), items)
    tables = rng.dirichlet(np.ones(labels), (raters, labels))
    rater = np.tile(np.arange(raters, dtype=np.int32), items)
    return posterior, tables, Eligible(np.arange(items + 1, dtype=np.int64) * raters, rater)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 4))
def test_information_and_gain_are_those_of_the_plain_sums(seed: int, labels: int) -> None:
    posterior, tables, who = drawn(seed, items=3, raters=2, labels=labels)
    joint = posterior[:, None, :, None] * tables[None]
    answer = joint.sum(axis=2, keepdims=True)
    plain = (joint * np.log(joint / (posterior[:, None, :, None] * answer))).sum(axis=(2, 3))
    assert np.allclose(expected_information(posterior, tables, eligible=who), plain.ravel())
    gain = joint.max(axis=2).sum(axis=2) - posterior.max(axis=1)[:, None]
    assert np.allclose(expected_gain(posterior, tables, eligible=who), gain.ravel(), atol=1e-12)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_several_labels_are_worth_the_sum_over_all_their_answers_and_never_less(seed: int) -> None:
    posterior, tables, who = drawn(seed, items=2, raters=3, labels=3)
    worths = [expected_gain_of_several(posterior, tables, eligible=who, labels=m) for m in (1, 2, 3)]
    assert (worths[1] >= worths[0] - 1e-12).all()
    for item in range(2):
        total = sum(
            max(posterior[item, z] * np.prod([tables[r, z, y] for r, y in enumerate(answers)]) for z in range(3))
            for answers in product(range(3), repeat=3)
        )
        assert worths[2][item] == pytest.approx(total - posterior[item].max())


def test_a_rater_who_guesses_tells_nothing_and_a_closed_one_is_not_asked() -> None:
    tables = np.stack([np.full((2, 2), 0.5), np.eye(2)])
    who = Eligible(np.array([0, 2]), np.array([0, 1], np.int32), np.array([True, False]))
    assert expected_information(np.array([[0.5, 0.5]]), tables, eligible=who).tolist() == [0.0, -1.0]
    assert expected_gain_of_several(np.array([[0.5, 0.5]]), tables, eligible=who, labels=2).tolist() == [0.0]


def test_a_perfect_rater_tells_the_whole_entropy() -> None:
    who = Eligible(np.array([0, 1]), np.array([0], np.int32))
    found = expected_information(np.array([[0.25, 0.75]]), np.eye(2)[None], eligible=who)
    assert found[0] == pytest.approx(-(0.25 * np.log(0.25) + 0.75 * np.log(0.75)))


@pytest.mark.parametrize(
    ("posterior", "tables", "message"),
    [
        ([[0.5, 0.6]], np.eye(2)[None], "posterior"),
        ([[np.nan, 1.0]], np.eye(2)[None], "posterior"),
        ([[0.5, 0.5]], np.ones((1, 2, 2)), "tables"),
        ([[0.5, 0.5]], np.eye(3)[None], "do not fit"),
        ([[0.5, 0.5]] * 2, np.eye(2)[None], "2 items, eligible has 1"),
        ([[0.5, 0.5]], np.zeros((0, 2, 2)), "no table"),
    ],
)
def test_shapes_and_chances_are_checked(posterior: list[list[float]], tables: np.ndarray, message: str) -> None:
    who = Eligible(np.array([0, 1]), np.array([0], np.int32))
    with pytest.raises(ValueError, match=message):
        expected_information(np.array(posterior), tables, eligible=who)


def test_who_is_eligible_must_hang_together() -> None:
    with pytest.raises(ValueError, match="begin with 0"):
        Eligible(np.array([0, 1]), np.zeros(2, np.int32))
    with pytest.raises(ValueError, match="must not fall"):
        Eligible(np.array([0, 2, 1, 2]), np.zeros(2, np.int32))
    with pytest.raises(ValueError, match="1 marks is_open"):
        Eligible(np.array([0, 2]), np.zeros(2, np.int32), np.ones(1, bool))
    with pytest.raises(ValueError, match="cannot look"):
        expected_gain_of_several(
            np.array([[1.0]]), np.ones((1, 1, 1)), eligible=Eligible(np.array([0, 0]), np.zeros(0, np.int32)), labels=7
        )
