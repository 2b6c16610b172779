"""Confusion pairs: counts, what the base rates explain, and the adjusted p."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings

from smo.measure.classifiers import confusion
from smo.measure.classifiers.confusion import confusion_pairs
from smo.measure.ratings import Ratings
from tests.measure.build import frames, from_counts, ratings_of


def test_confusion_counts_items_with_both_labels() -> None:
    found = confusion_pairs(from_counts([[2, 1, 0], [1, 1, 0], [0, 1, 1], [3, 0, 0]]))
    rows = {(row["label_a"], row["label_b"]): row for row in found.to_dicts()}
    assert {key: row["n"] for key, row in rows.items()} == {("0", "1"): 2, ("1", "2"): 1}
    assert rows["0", "1"]["share"] == pytest.approx(2 / 3)
    assert found["expected"].sum() < 3.0  # the pair 0-2 never met, and keeps its part of the three


def test_confusion_an_item_counts_once_however_many_rate_it() -> None:
    found = confusion_pairs(from_counts([[300, 57], [1, 1]]))
    assert found["n"].to_list() == [2]


def test_confusion_two_labels_have_no_excess() -> None:
    assert confusion_pairs(from_counts([[1, 2], [2, 1]]))["excess"].to_list() == pytest.approx([0.0])


def test_confusion_against_truth_has_a_direction() -> None:
    ratings = ratings_of((("a", "a", "b", "b", "c", "c"), ("b", "a", "b", "b", "c", "a")))
    found = confusion_pairs(ratings, {0: "a", 1: "a", 2: "b", 3: "b", 4: "c", 5: "c"})
    assert set(found.select("label_a", "label_b", "n").rows()) == {("a", "b", 1), ("c", "a", 1)}
    assert found["share"].to_list() == pytest.approx([0.25, 0.25])
    assert found["expected"].sum() < 2.0


def test_confusion_random_errors_have_no_excess_and_a_real_pair_has() -> None:
    rng = np.random.default_rng(3)
    truth = rng.choice(4, 6000, p=[0.5, 0.3, 0.15, 0.05])
    given_labels = np.where(rng.random(6000) < 0.8, truth, rng.choice(4, 6000, p=[0.5, 0.3, 0.15, 0.05]))
    frame = pl.DataFrame({"item": np.arange(6000), "label": given_labels})
    keys = dict(enumerate(truth.tolist()))
    chance = confusion_pairs(Ratings.from_frame(frame, item="item", rater=None, label="label"), keys)
    assert chance["p_adjusted"].min() > 0.01
    mixed = np.where((truth == 2) & (rng.random(6000) < 0.3), 3, given_labels)
    real = confusion_pairs(
        Ratings.from_frame(frame.with_columns(label=mixed), item="item", rater=None, label="label"), keys
    )
    assert real.row(0)[:2] == ("2", "3")
    assert real["p_adjusted"][0] < 1e-6
    assert real["excess"][0] > 100


@settings(max_examples=100, deadline=None)
@given(frames())
def test_confusion_table_and_join_agree(frame) -> None:
    ratings = Ratings.from_frame(frame, item="item", rater=None, label="label")
    if not ratings.n_items:
        return
    dense, disputed = confusion._dense_pairs(ratings)
    joined, also_disputed = confusion._sparse_pairs(ratings)
    assert dense.rows() == joined.rows()
    assert disputed == also_disputed


def test_confusion_nothing_confused() -> None:
    found = confusion_pairs(from_counts([[2, 0], [0, 2]]))
    assert found.is_empty()
    assert found.columns == confusion_pairs(from_counts([[1, 1]])).columns
    assert confusion_pairs(from_counts([[2, 0]]), {}).is_empty()
