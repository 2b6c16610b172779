"""Spellings that mean one label, and those that do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smo.tables.spelling import folded, spelling_groups


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hate", "Hate"),
        ("hate", " hate "),
        ("hate", "hate."),
        ("1", "1.0"),
        ("café", "cafe"),
        ("ＡＢ", "ab"),
        ("not hate", "not_hate"),
        ("not hate", "not-hate"),
        ("hate\u200b", "hate"),
        ("a|B", "A|b"),
        ("Straße", "STRASSE"),
    ],
)
def test_one_label_in_two_spellings(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1", "-1"),
        (".5", "5"),
        ("1234567", "1234568"),
        ("1", "10"),
        ("hate", "hat"),
        ("a|b", "a"),
        ("+", "-"),
        ("?", "!"),
    ],
)
def test_two_labels(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@given(st.text(max_size=20))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(st.dictionaries(st.text(max_size=5), st.integers(1, 100), max_size=20))
def test_groups_hold_each_label_once(counts: dict[str, int]) -> None:
    labels = [label for group in spelling_groups(counts) for label in group]
    assert len(labels) == len(set(labels))
    assert set(labels) <= set(counts)
