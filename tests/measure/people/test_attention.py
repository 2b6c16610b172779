"""Whom to look at: each reason alone, silence without evidence, order by name."""

import polars as pl
import pytest

from smo.measure.people.attention import attention
from smo.measure.ratings import Ratings

NOBODY = {"n": pl.Int64, "correct": pl.Int64, "group": pl.Int64}


def people(**rows: tuple[int, int, int | None]) -> pl.DataFrame:
    """Name = (n, correct, group)."""
    values = [(name, *row) for name, row in rows.items()]
    return pl.DataFrame(values, schema={"rater": pl.String, **NOBODY}, orient="row")


def listed(found: pl.DataFrame) -> list[tuple[str, str]]:
    return found.select("rater", "code").rows()


def test_attention_below_target_needs_the_posterior() -> None:
    accuracy = people(ann=(400, 300, 0), bob=(20, 17, 0), cem=(400, 390, 0), dov=(400, 388, 0), eva=(400, 392, 0))
    found = attention(accuracy, target=0.9)
    assert listed(found) == [("ann", "below_target")]
    assert found["probability"][0] > 0.99
    assert found["reference"][0] == 0.9


def test_attention_below_others_needs_a_separated_group() -> None:
    accuracy = people(ann=(300, 200, 0), bob=(300, 290, 1), cem=(300, 288, 1), dov=(300, 299, 2))
    found = attention(accuracy)
    assert listed(found) == [("ann", "below_others")]
    assert found["value"][0] == pytest.approx(2 / 3)


def test_attention_is_silent_below_twenty_answers() -> None:
    assert attention(people(ann=(19, 0, None), bob=(19, 19, None)), target=0.9).is_empty()
    assert attention(people(), target=0.9).is_empty()


def test_attention_one_answer_must_beat_the_base_rate() -> None:
    rows = [(item, "ann", "yes") for item in range(60)]
    rows += [(item, rater, "yes" if item % 2 else "no") for rater in ("bob", "cem", "dov") for item in range(60)]
    frame = pl.DataFrame(rows, schema=["item", "rater", "label"], orient="row")
    ratings = Ratings.from_frame(frame, item="item", rater="rater", label="label")
    found = attention(people(), ratings=ratings)
    assert listed(found) == [("ann", "one_answer")]
    assert found["reference"][0] == pytest.approx((60 + 90) / 240)
    rare = frame.with_columns(label=pl.when(pl.col("item") == 0).then(pl.lit("no")).otherwise(pl.lit("yes")))
    ratings = Ratings.from_frame(rare, item="item", rater="rater", label="label")
    assert attention(people(), ratings=ratings).is_empty()


def test_attention_speed_and_own_changes() -> None:
    speed = pl.DataFrame({"rater": ["zoe", "ann"], "n": [50, 50], "ratio": [0.2, 0.9], "flagged": [True, False]})
    intra = pl.DataFrame({"rater": ["ann", "bob"], "n": [40, 100], "agreement": [0.5, 0.98], "high": [0.62, 0.99]})
    assert listed(attention(people(), speed=speed, intra=intra)) == [("ann", "changes_own_answers"), ("zoe", "fast")]
