"""What is special to single label types."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smo.labeltypes.choice import spec as choice
from smo.labeltypes.multichoice import spec as multichoice
from smo.labeltypes.scale import spec as scale
from smo.labeltypes.span import spec as span
from smo.labeltypes.text import spec as text


def votes(*labels: str) -> pl.DataFrame:
    return pl.DataFrame({"item": ["i"] * len(labels), "rater": [str(n) for n in range(len(labels))], "label": labels})


def joined(spec: object, *labels: str) -> tuple[str, bool]:
    row = spec.combine(votes(*labels), {}).row(0, named=True)  # type: ignore[attr-defined]
    return row["label"], row["decided"]


def test_a_choice_needs_labels_without_the_bar() -> None:
    assert "must not hold |" in choice.check_config({"labels": ["a|b", "c"]})[0]


def test_choices_join_by_majority() -> None:
    assert joined(choice, "x", "x", "y") == ("x", True)
    assert joined(choice, "1", "1", "0") == ("1", True)


def test_sets_join_label_by_label() -> None:
    assert joined(multichoice, "a|b", "a|c", "a|d") == ("a", True)
    assert joined(multichoice, "a", "b", "c") == ("none", True)
    assert joined(multichoice, "a|b", "a") == ("a", False)
    assert joined(multichoice, "none", "none", "a") == ("none", True)


def test_how_many_labels_may_be_chosen() -> None:
    config = {"labels": ["a", "b", "c"], "at_least": 1, "at_most": 2}
    assert multichoice.check([], config)
    assert multichoice.check(["a", "b", "c"], config)
    assert multichoice.check(["a", "a"], config)
    assert multichoice.check(["a", "c"], config) == []


def test_scales_join_by_their_median() -> None:
    assert joined(scale, "1", "-3", "0") == ("0", True)
    assert joined(scale, "1", "1", "-3") == ("1", True)
    assert joined(scale, "1", "0") == ("0", False)


@pytest.mark.parametrize(("answer", "is_right"), [(0.5, True), (0.3, False), (-0.5, False), (2, True), (2.5, False)])
def test_a_scale_has_steps(answer: float, *, is_right: bool) -> None:
    assert (scale.check(answer, {"low": 0, "high": 2, "step": 0.5}) == []) is is_right


@given(st.integers(-5, 5), st.integers(1, 10), st.integers(0, 10))
def test_every_step_of_a_scale_is_an_answer(low: int, size: int, steps: int) -> None:
    config = {"low": low, "high": low + size}
    assert (scale.check(low + steps, config) == []) is (steps <= size)


def test_spans_join_by_character() -> None:
    assert joined(span, '[[0, 4, "x"]]', '[[2, 6, "x"]]', '[[3, 9, "x"]]') == ('[[2, 6, "x"]]', True)
    assert joined(span, '[[0, 2, "x"], [4, 6, "y"]]', '[[0, 2, "x"], [4, 6, "y"]]') == (
        '[[0, 2, "x"], [4, 6, "y"]]',
        True,
    )
    assert joined(span, "[]", '[[0, 2, "x"]]') == ("[]", False)


def test_offsets_are_code_points() -> None:
    emoji = "👩‍👩‍👧 hi"
    whole = [{"start": 0, "end": len(emoji), "type": "x"}]
    assert span.check_in_text(whole, emoji) == []
    assert emoji[:5] == "👩‍👩‍👧"
    beyond = [{"start": 0, "end": len(emoji.encode("utf-16-le")) // 2, "type": "x"}]
    assert span.check_in_text(beyond, emoji) != []


def test_spans_overlap_only_where_they_may() -> None:
    answer = [{"start": 0, "end": 4, "type": "x"}, {"start": 3, "end": 6, "type": "x"}]
    assert span.check(answer, {"types": ["x"]}) == ["Two spans overlap at 3."]
    assert span.check(answer, {"types": ["x"], "may_overlap": True}) == []


spans = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5)), max_size=4)


@given(st.lists(spans, min_size=1, max_size=4))
def test_joined_spans_are_sound(people: list[list[tuple[int, int]]]) -> None:
    answers = [[{"start": start, "end": start + size, "type": "x"} for start, size in person] for person in people]
    label, _ = joined(span, *(span.to_label(answer) for answer in answers))
    assert span.check(span.from_label(label), {"types": ["x"]}) == []


def test_texts_join_by_wording() -> None:
    assert joined(text, "A cat", "a  cat", "dog") == ("A cat", True)
    assert joined(text, "cat", "dog") == ("cat", False)


def test_a_text_is_counted_in_characters() -> None:
    assert text.check("😀" * 5, {"at_most": 5}) == []
    assert text.check("a\0b", {})
