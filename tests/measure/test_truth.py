"""Truth meets ratings: types of ids and labels, foreign labels, doubled keys."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smo.measure.aggregation.posterior import Dense, Sparse
from smo.measure.ratings import Ratings
from smo.measure.truth import item_truth, label_codes, truth_codes, truth_frame
from smo.measure.votes import dense_votes, pairs, votes_of
from tests.measure.build import frames, ratings_of


@pytest.mark.parametrize("values", [["1", "2.0", None, "x"], [1.0, 2.0, None, 9.0], [1, 2, None, 9]])
def test_truth_numbers_match_however_they_are_written(values) -> None:
    assert label_codes(pl.Series(values), (2.0, 1.0)).tolist() == [1, 0, -1, -2]


def test_truth_text_matches_exactly() -> None:
    assert label_codes(pl.Series(["a", "A", "a ", None]), ("a", "b")).tolist() == [0, -2, -2, -1]
    assert label_codes(pl.Series([], dtype=pl.String), ("a",)).tolist() == []
    assert label_codes(pl.Series(["a"]), ()).tolist() == [-2]


def test_truth_items_of_another_type_are_matched() -> None:
    ratings = ratings_of((("a", "b"),))
    assert truth_codes(ratings, pl.DataFrame({"item": ["1", "x"], "label": ["b", "a"]})).tolist() == [-1, 1]
    assert item_truth(ratings, None).null_count() == 2


def test_truth_the_first_of_two_keys_counts_and_columns_are_demanded() -> None:
    assert truth_frame(pl.DataFrame({"item": [1, 1], "label": ["a", "b"]})).rows() == [(1, "a")]
    with pytest.raises(ValueError, match="label is missing"):
        truth_frame(pl.DataFrame({"item": [1]}))


@settings(max_examples=60, deadline=None)
@given(frames())
def test_truth_votes_sum_to_the_ratings(frame) -> None:
    ratings = Ratings.from_frame(frame, item="item", rater=None, label="label")
    seen = pairs(ratings)
    assert seen.votes.sum() == ratings.n_ratings
    if ratings.n_items:
        assert dense_votes(ratings)[seen.item, seen.code].tolist() == seen.votes.tolist()
        listed = votes_of(ratings, pl.int_range(ratings.n_items, eager=True).to_numpy())
        assert [sum(vote["n"] for vote in votes) for votes in listed] == dense_votes(ratings).sum(axis=1).tolist()


@settings(max_examples=60, deadline=None)
@given(frames(), st.integers(0, 4))
def test_truth_dense_and_sparse_posteriors_answer_alike(frame, code) -> None:
    ratings = Ratings.from_frame(frame, item="item", rater=None, label="label")
    if not ratings.n_items:
        return
    seen, votes = pairs(ratings), dense_votes(ratings)
    dense = Dense(votes / votes.sum(axis=1, keepdims=True))
    sparse = Sparse(seen.start, seen.code, dense.mass[seen.item, seen.code], votes[:, 0] * 0, votes[0] * 0)
    items = pl.int_range(ratings.n_items, eager=True).to_numpy()
    codes = items * 0 + min(code, votes.shape[1] - 1)
    for one, other in zip(dense.best(), sparse.best(), strict=True):
        assert one.tolist() == other.tolist()
    assert dense.second().tolist() == sparse.second().tolist()
    assert dense.at(items, codes).tolist() == sparse.at(items, codes).tolist()
    assert dense.wins(items, codes).tolist() == sparse.wins(items, codes).tolist()
    assert sparse.dense().tolist() == dense.dense().tolist()
    for one, other in zip(dense.long(0.01), sparse.long(0.01), strict=True):
        assert one.tolist() == other.tolist()


@pytest.mark.parametrize("kind", ["to_pandas", "to_arrow"])
def test_truth_may_be_a_table_of_pandas_or_arrow(kind):
    table = getattr(pl.DataFrame({"item": [1], "label": ["yes"]}), kind)()
    assert truth_frame(table).rows() == [(1, "yes")]


def test_truth_of_another_kind_is_refused_with_a_remedy():
    with pytest.raises(ValueError, match="a mapping from item to label, or a table"):
        truth_frame(7)


def test_two_spellings_of_one_item_keep_the_truth_of_the_others_in_place():
    frame = pl.DataFrame({"item": [1, 2, 3], "rater": list("aaa"), "label": list("xyx")})
    ratings = Ratings.from_frame(frame, item="item", rater="rater", label="label")
    truth = pl.DataFrame({"item": ["1", "01", "3"], "label": ["x", "y", "y"]})
    assert item_truth(ratings, truth).to_list() == ["x", None, "y"]
