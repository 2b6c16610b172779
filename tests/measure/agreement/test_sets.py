"""Distances of sets: worked by hand, and true of any labels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smo.measure.agreement.sets import jaccard_distance, masi_distance, members

label_lists = st.lists(st.lists(st.sampled_from("abcd"), max_size=4).map("|".join), min_size=1, max_size=6)


def test_published_relations_of_sets() -> None:
    labels = ("a|b", "b|a", "a", "a|c", "c", "")
    assert jaccard_distance(labels)[0] == pytest.approx([0, 0, 1 / 2, 2 / 3, 1, 1])
    assert masi_distance(labels)[0] == pytest.approx([0, 0, 1 - 1 / 3, 1 - 1 / 9, 1, 1])
    assert masi_distance(("", ""))[0].tolist() == [0, 0]


def test_an_answer_is_a_set_whatever_its_spaces_and_order() -> None:
    assert members(" threat | hate|hate") == {"hate", "threat"}
    assert members(3.0) == {"3.0"}


@given(labels=label_lists)
def test_distances_are_distances(labels: list[str]) -> None:
    for distance in (jaccard_distance(labels), masi_distance(labels)):
        assert (distance == distance.T).all()
        assert (np.diag(distance) == 0).all()
        assert ((distance >= 0) & (distance <= 1)).all()
    assert (masi_distance(labels) >= jaccard_distance(labels) - 1e-12).all()
