"""The gap between gold and blind audits: a question where it is plain, silence where it is not."""

import polars as pl
import pytest

from smo.measure.people.gold_gap import gold_gap, gold_gaps


def test_gold_gap_worked_example() -> None:
    found = gold_gap((297, 300), (182, 200), confidence=0.95)
    assert (found.gap.value, found.gap.low, found.gap.high) == pytest.approx((0.08, 0.0425, 0.1283), abs=1e-4)
    assert found.p_value == pytest.approx(1.5e-5, rel=0.01)
    assert found.is_asked


def test_gold_gap_worse_on_gold_is_no_question_to_the_gold() -> None:
    assert not gold_gap((182, 200), (297, 300)).is_asked
    assert gold_gap((182, 200), (297, 300)).p_value < 0.001


def test_gold_gap_many_people_are_tested_together() -> None:
    rows = [(f"p{at:02}", 98, 100, 90, 100) for at in range(30)] + [("z", 297, 300, 182, 200), ("y", 5, 5, 0, 0)]
    people = pl.DataFrame(rows, schema=["rater", "gold_right", "gold_n", "blind_right", "blind_n"], orient="row")
    found = gold_gaps(people)
    assert gold_gap((98, 100), (90, 100)).is_asked
    assert found.filter(pl.col("is_asked"))["rater"].to_list() == ["z"]
    assert found.filter(rater="y").select("value", "p_value", "adjusted", "is_asked").row(0) == (
        None,
        None,
        None,
        False,
    )
    assert gold_gaps(people.head(0)).is_empty()


def test_gold_gap_of_odd_counts() -> None:
    assert not gold_gap((0, 0), (5, 10)).gap.is_measured
    assert gold_gap((10, 10), (10, 10)).p_value == 1.0
    with pytest.raises(ValueError, match="between"):
        gold_gap((11, 10), (5, 10))
