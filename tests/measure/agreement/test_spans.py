"""Spans: overlap in code points, empty judgements, types, and spans that cannot be right."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smo.measure.agreement.span_pairs import compare, marks
from smo.measure.agreement.spans import span_agreement, span_problems
from tests.measure import public_sets


def spans_of(*rows: tuple) -> pl.DataFrame:
    schema = {"item": pl.String, "rater": pl.String, "start": pl.Int64, "end": pl.Int64, "type": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def judgements_of(*rows: tuple[str, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"item": pl.String, "rater": pl.String}, orient="row")


BOTH = judgements_of(("i", "a"), ("i", "b"))


def test_spans_characters_in_common() -> None:
    found = span_agreement(spans_of(("i", "a", 0, 4, "x"), ("i", "b", 2, 8, "x")), BOTH)
    assert found.character_f1.value == pytest.approx(2 * 2 / 10)
    assert found.exact_match.value == 0.0


def test_spans_split_or_joined_marks_are_the_same_characters() -> None:
    spans = spans_of(("i", "a", 0, 6, "x"), ("i", "b", 0, 3, "x"), ("i", "b", 3, 6, "x"), ("i", "b", 1, 4, "y"))
    found = span_agreement(spans, BOTH)
    assert found.exact_match.value == 1.0
    assert found.n_spans == 4


def test_spans_nothing_marked_by_both_is_agreement_and_told_apart() -> None:
    judgements = judgements_of(("i", "a"), ("i", "b"), ("j", "a"), ("j", "b"))
    found = span_agreement(spans_of(("i", "a", 0, 4, "x")), judgements)
    assert found.character_f1.value == 0.5
    assert found.both_empty.value == 0.5
    assert (found.character_f1_marked.value, found.character_f1_marked.n) == (0.0, 1)


def test_spans_types_are_compared_apart() -> None:
    spans = spans_of(("i", "a", 0, 4, "x"), ("i", "b", 0, 4, "x"), ("i", "a", 9, 12, "y"))
    found = span_agreement(spans, BOTH)
    assert found.per_type["x"].value == 1.0
    assert found.per_type["y"].value == 0.0


def test_spans_without_a_pair_are_not_measured() -> None:
    found = span_agreement(spans_of(("i", "a", 0, 4, "x")), judgements_of(("i", "a")))
    assert found.character_f1.value is None
    assert found.character_alpha.value is None


def test_spans_a_rater_with_spans_counts_also_without_a_judgement() -> None:
    found = span_agreement(spans_of(("i", "a", 0, 4, None), ("i", "b", 0, 4, None)), judgements_of())
    assert found.character_f1.value == 1.0


def test_spans_alpha_of_identical_and_of_random_marks() -> None:
    texts = pl.DataFrame({"item": ["i"], "text": ["x" * 20]})
    same = spans_of(("i", "a", 0, 5, "x"), ("i", "b", 0, 5, "x"))
    assert span_agreement(same, BOTH, texts=texts).character_alpha.value == pytest.approx(1.0)
    apart = spans_of(("i", "a", 0, 10, "x"), ("i", "b", 10, 20, "x"))
    assert span_agreement(apart, BOTH, texts=texts).character_alpha.value < -0.8


def test_spans_alpha_equals_the_definition() -> None:
    rng = np.random.default_rng(2)
    rows, matrix = [], []
    for item in range(6):
        for rater in "abc":
            start = int(rng.integers(0, 8))
            end = start + int(rng.integers(1, 6))
            rows.append((f"i{item}", rater, start, end, "x"))
            matrix.append(((np.arange(14) >= start) & (np.arange(14) < end)).astype(int))
    marked = np.array(matrix).reshape(6, 3, 14).transpose(0, 2, 1).reshape(-1, 3)
    ones = marked.sum(axis=1)
    total = marked.size
    observed = (2 * ones * (3 - ones) / 2).sum()
    expected = 2 * ones.sum() * (total - ones.sum()) / (total - 1)
    spans = spans_of(*rows)
    texts = pl.DataFrame({"item": [f"i{item}" for item in range(6)], "text": ["é" * 14] * 6})
    found = span_agreement(spans, spans.select("item", "rater"), texts=texts).character_alpha
    assert found.value == pytest.approx(1 - observed / expected)
    assert found.low < found.value < found.high


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 12), st.integers(1, 6)), max_size=12))
def test_spans_overlap_equals_sets_of_characters(rows) -> None:
    spans = spans_of(*(("i", rater, start, start + length, "x") for rater, start, length in rows))
    sets = {rater: set() for rater in "ab"}
    for rater, start, length in rows:
        sets[rater] |= set(range(start, start + length))
    found = compare(marks(spans, BOTH))
    total = len(sets["a"]) + len(sets["b"])
    assert found.f1[0] == pytest.approx(1.0 if total == 0 else 2 * len(sets["a"] & sets["b"]) / total)
    assert found.differing[0] == len(sets["a"] ^ sets["b"])
    assert found.marked[0] == total


def test_spans_outside_their_text_count_code_points() -> None:
    texts = pl.DataFrame({"item": ["i"], "text": ["a\U0001f600\u0639\u0301"]})  # four code points, more bytes and units
    spans = spans_of(
        ("i", "a", 0, 4, "x"),
        ("i", "a", 3, 5, "x"),
        ("i", "a", 2, 2, "x"),
        ("i", "a", -1, 1, "x"),
        ("k", "a", 0, 1, "x"),
    )
    found = span_problems(spans, texts)
    assert found["problem"].to_list() == ["outside_text", "empty_or_reversed", "negative_start", "no_text"]
    assert found["length"].to_list() == [4, 4, 4, None]


def test_spans_that_are_no_numbers() -> None:
    spans = pl.DataFrame({"item": ["i"], "rater": ["a"], "start": ["two"], "end": ["4"], "type": ["x"]})
    assert span_problems(spans, pl.DataFrame({"item": ["i"], "text": ["abcd"]}))["problem"].to_list() == [
        "not_a_number"
    ]
    assert span_agreement(spans, BOTH).n_spans == 0


def test_spans_of_the_public_set() -> None:
    place = public_sets.folder("toxic_spans")
    spans = pl.read_csv(place / "spans.csv.gz", schema_overrides={"item_id": pl.String})
    spans = spans.rename({"item_id": "item", "annotator_id": "rater"})
    texts = pl.read_ndjson(place / "items.jsonl.gz").rename({"item_id": "item"}).select("item", "text")
    problems = span_problems(spans, texts)
    assert problems["problem"].value_counts().rows() == [("outside_text", 92)]
    found = span_agreement(spans, public_sets.labels("toxic_spans").select("item", "rater"), texts=texts)
    assert found.n_spans == 46_300
    assert found.character_f1.n == 15_950
    assert 0.2 < found.character_f1_marked.value < found.character_f1.value < 0.5
