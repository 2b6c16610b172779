"""Joint spans: bad raters count less, one mark alone does not win, and order and ids do not matter."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smo.measure.aggregation.tokens import aggregate_spans
from tests.measure import public_sets

SPANS = {"item": pl.Int64, "rater": pl.String, "start": pl.Int64, "end": pl.Int64}


def frame(rows: list[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SPANS, orient="row")


def simulated(seed: int) -> tuple[pl.DataFrame, pl.DataFrame, dict[int, tuple[int, int]]]:
    """Two careful raters and three who mark the true word half of the time and a wrong one as often."""
    rng = np.random.default_rng(seed)
    truth = {item: (int(low), int(low) + 8) for item, low in enumerate(rng.integers(0, 80, 300))}
    rows = []
    for item, (low, high) in truth.items():
        for rater in "abcde":
            is_careful = rater in "ab"
            if rng.random() < (0.95 if is_careful else 0.5):
                rows.append((item, rater, low, high))
            if rng.random() < (0.02 if is_careful else 0.6):
                rows.append((item, rater, high + 5, high + 12))
    everyone = pl.DataFrame({"item": list(truth)}).join(pl.DataFrame({"rater": list("abcde")}), how="cross")
    return frame(rows), everyone, truth


def test_careful_raters_outvote_the_careless() -> None:
    spans, everyone, truth = simulated(2)
    found = aggregate_spans(spans, everyone)
    exact = {item: (low, high) for item, low, high in found.spans.select("item", "start", "end").iter_rows()}
    right = np.mean([exact.get(str(item)) == span for item, span in truth.items()])
    votes = found.units.filter(pl.col("votes") >= 3)
    by_votes = dict(
        votes.group_by("item").agg(pl.col("start").min(), pl.col("end").max(), pl.len()).rows_by_key("item")
    )
    majority = np.mean([by_votes.get(str(item), [()])[0][:2] == span for item, span in truth.items()])
    assert right > 0.93
    assert right > majority + 0.05
    specificity = dict(found.raters.select("rater", "specificity").iter_rows())
    assert min(specificity[rater] for rater in "ab") > max(specificity[rater] for rater in "cde") + 0.2


def test_one_mark_among_three_does_not_win() -> None:
    rows = [(item, rater, 10, 20) for item in range(20) for rater in "abc"] + [(0, "a", 40, 45)]
    found = aggregate_spans(frame(rows), frame(rows).select("item", "rater"))
    assert found.spans.filter(pl.col("start") == 40).is_empty()
    assert found.spans.filter(pl.col("start") == 10).height == 20


def test_types_are_joined_apart_and_may_overlap() -> None:
    rows = frame([(1, rater, 0, 9) for rater in "ab"] + [(1, rater, 4, 6) for rater in "ab"])
    typed = rows.with_columns(pl.Series("type", ["insult", "insult", "slur", "slur"]))
    found = aggregate_spans(typed, rows.select("item", "rater"))
    assert found.spans.select("type", "start", "end").rows() == [("insult", 0, 9), ("slur", 4, 6)]


def test_faulty_spans_are_counted_and_texts_cut() -> None:
    rows = frame([(1, "a", 5, 5), (1, "a", -1, 3), (1, "b", 2, 99), (1, "c", 50, 60)])
    found = aggregate_spans(
        rows, rows.select("item", "rater"), texts=pl.DataFrame({"item": [1], "text": ["caf\u00e9!"]})
    )
    assert found.warnings == ("3 spans are empty, reversed, negative or beyond their text",)
    assert found.units.select("start", "end").rows() == [(2, 5)]


def test_nothing_marked_and_nothing_at_all() -> None:
    looked = pl.DataFrame({"item": [1, 1], "rater": ["a", "b"]})
    assert aggregate_spans(frame([]), looked).spans.is_empty()
    empty = aggregate_spans(frame([]), looked.clear())
    assert empty.raters.is_empty()


@pytest.mark.parametrize("at_least", [0.0, 1.0])
def test_bad_input_is_refused(at_least: float) -> None:
    rows = frame([(1, "a", 0, 2)])
    with pytest.raises(ValueError, match="at_least"):
        aggregate_spans(rows, rows.select("item", "rater"), at_least=at_least)
    with pytest.raises(ValueError, match="no column rater"):
        aggregate_spans(rows.drop("rater"), rows.select("item", "rater"))
    with pytest.raises(ValueError, match="the item and the rater of every row"):
        aggregate_spans(frame([(1, None, 0, 2)]), rows.select("item", "rater"))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from("abc"), st.integers(0, 9), st.integers(1, 6)), min_size=1))
def test_order_of_rows_does_not_matter_and_units_cover_the_marks(rows: list[tuple[int, str, int, int]]) -> None:
    spans = frame([(item, rater, start, start + length) for item, rater, start, length in rows])
    found = aggregate_spans(spans, spans.select("item", "rater"))
    again = aggregate_spans(spans.reverse(), spans.select("item", "rater").reverse())
    assert found.units.drop("posterior").equals(again.units.drop("posterior"))
    assert np.allclose(found.units["posterior"], again.units["posterior"])
    marked = {(str(item), at) for item, _, start, length in rows for at in range(start, start + length)}
    units = found.units.select("item", "start", "end").rows()
    assert {(item, at) for item, low, high in units for at in range(low, high)} == marked
    assert (found.units["votes"] <= found.units["n"]).all()


def test_toxic_spans_are_joined() -> None:
    spans = pl.read_csv(public_sets.folder("toxic_spans") / "spans.csv.gz", infer_schema=False)
    names = {"item_id": "item", "annotator_id": "rater"}
    looked = public_sets.first_answers("toxic_spans").select("item", "rater")
    found = aggregate_spans(spans.rename(names).drop("type"), looked)
    assert found.spans.height > 5_000
    assert found.spans["posterior"].is_between(0.5, 1.0).all()
