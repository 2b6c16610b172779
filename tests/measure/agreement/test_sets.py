"""Distances of sets: worked by hand, and true of any labels."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smo.measure import agreement
from smo.measure.agreement.sets import jaccard_distance, masi_distance, members, span_distance, spans
from smo.measure.ratings import Ratings

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


span_lists = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 8)), max_size=4)


def written(marked: list[tuple[int, int]]) -> str:
    return "|".join(f"{start}:{start + length}" for start, length in marked)


@given(answers=st.lists(span_lists, min_size=1, max_size=5))
def test_spans_are_as_far_apart_as_the_sets_of_their_characters(answers: list[list[tuple[int, int]]]) -> None:
    characters = ["|".join(f"c{c}" for s, n in marked for c in range(s, s + n)) for marked in answers]
    assert span_distance([written(marked) for marked in answers]) == pytest.approx(jaccard_distance(characters))


def test_alpha_of_marked_spans_by_name_and_by_matrix() -> None:
    marks = {"item": [1, 1, 2, 2, 2], "rater": ["a", "b", "a", "b", "b"], "start": [0, 2, 5, 5, 20]}
    frame = pl.DataFrame(marks).with_columns(end=pl.col("start") + 4)
    looked = pl.DataFrame({"item": [1, 1, 2, 2, 3, 3], "rater": list("ababab")})
    answers = agreement.span_answers(frame, looked)
    assert answers["label"].to_list() == ["0:4", "2:6", "5:9", "5:9|20:24", "", ""]
    ratings = Ratings.from_frame(answers, item="item", rater="rater", label="label")
    named = agreement.krippendorff_alpha(ratings, "spans")
    by_matrix = agreement.krippendorff_alpha(ratings, span_distance(ratings.labels))
    assert (named.value, named.low) == (by_matrix.value, by_matrix.low)
    assert named.method == "krippendorff_spans"
    assert 0 < named.value < 1


def test_sets_by_name_are_sets_by_matrix_and_too_many_are_named() -> None:
    labels = pl.Series(["a", "a|b", "b|c", "c"])
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"item": np.repeat(np.arange(30), 2), "label": labels.gather(rng.integers(0, 4, 60))})
    ratings = Ratings.from_frame(frame, item="item", rater=None, label="label")
    for name, distance in (("masi", masi_distance), ("jaccard", jaccard_distance)):
        matrix = agreement.krippendorff_alpha(ratings, distance(ratings.labels))
        assert agreement.krippendorff_alpha(ratings, name).value == matrix.value
    many = pl.DataFrame({"item": np.arange(10_000) // 2, "label": [f"l{i}" for i in range(10_000)]})
    found = agreement.krippendorff_alpha(Ratings.from_frame(many, item="item", rater=None, label="label"), "masi")
    assert "more than 4096" in found.warnings[0]


@pytest.mark.parametrize("label", ["3", "5:5", "9:3", "-1:4", "a:b", "1:2:3", "1.5:2"])
def test_what_is_no_span_is_refused(label: str) -> None:
    with pytest.raises(ValueError, match="is no span"):
        spans(label)
