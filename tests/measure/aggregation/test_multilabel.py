"""Sets of labels: found again in a simulation, closed under the taxonomy, blind to order and names."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smo.measure.aggregation.multilabel import aggregate_sets
from smo.measure.ratings import Ratings
from tests.measure import public_sets

LABELS = ("fraud", "hate", "sexual", "threat")
PREVALENCE = np.array([0.5, 0.3, 0.2, 0.05])


def rated(rows: list[tuple[object, object, str]]) -> Ratings:
    frame = pl.DataFrame(rows, schema=["item", "rater", "label"], orient="row", strict=False)
    return Ratings.from_frame(frame, item="item", rater="rater", label="label")


def simulated(seed: int, *, items: int, raters: int, per_item: int) -> tuple[Ratings, np.ndarray, np.ndarray]:
    """Ratings, truth bool[items, 4], and a rater's misses; a rater's strength holds over all labels."""
    rng = np.random.default_rng(seed)
    truth = rng.random((items, 4)) < PREVALENCE
    misses = rng.choice([0.05, 0.15, 0.6], raters)
    rows = []
    for item in range(items):
        for rater in rng.choice(raters, per_item, replace=False):
            flip = rng.random(4) < np.where(truth[item], misses[rater], misses[rater] / 4)
            chosen = [name for name, is_in in zip(LABELS, truth[item] ^ flip, strict=True) if is_in]
            rows.append((item, int(rater), "|".join(chosen) or "none"))
    return rated(rows), truth, misses


def test_beats_the_majority_and_finds_the_raters() -> None:
    ratings, truth, misses = simulated(3, items=600, raters=30, per_item=5)
    found = aggregate_sets(ratings, none="none")
    marked = np.array([[label in name.split("|") for label in LABELS] for name in ratings.label_names])
    shares = np.add.reduceat(marked[ratings.label], ratings.item_start[:-1], axis=0) / 5
    ours, plain = (found.posterior > 0.5) != truth, (shares > 0.5) != truth
    assert found.labels == LABELS
    assert ours.mean() < 0.6 * plain.mean()
    assert np.corrcoef(1 - misses, found.sensitivity.mean(axis=1))[0, 1] > 0.95
    assert np.abs(found.prevalence - truth.mean(axis=0)).max() < 0.02


def test_a_rare_label_borrows_the_raters_strength_from_the_others() -> None:
    ratings, _, misses = simulated(5, items=400, raters=40, per_item=5)
    found = aggregate_sets(ratings, none="none")
    rare = LABELS.index("threat")
    assert np.corrcoef(1 - misses, found.sensitivity[:, rare])[0, 1] > 0.8


def test_a_parent_is_at_least_as_sure_as_its_children_over_two_steps() -> None:
    rows = [(1, "a", "slur"), (1, "b", "threat"), (1, "c", "none"), (2, "a", "none"), (2, "b", "none")]
    tree = {"slur": "hate", "threat": "hate", "hate": "harm"}
    found = aggregate_sets(rated(rows), parents=tree, none="none")
    at = {name: found.posterior[:, place] for place, name in enumerate(found.labels)}
    assert (at["harm"] >= at["hate"]).all()
    assert (at["hate"] >= np.maximum(at["slur"], at["threat"])).all()
    chosen = set(found.items()["labels"][0])
    assert not chosen & {"slur", "threat"} or "harm" in chosen


def test_gold_is_certain_and_may_name_a_label_that_nobody_gave() -> None:
    found = aggregate_sets(rated([(1, "a", "x"), (2, "a", "x")]), gold={1: "y"})
    assert found.posterior[0].tolist() == [0.0, 1.0]
    assert found.items().row(0, named=True)["set"] == "y"


def test_bad_input_is_refused_or_said() -> None:
    with pytest.raises(ValueError, match="circle: a under b under a"):
        aggregate_sets(rated([(1, "r", "a")]), parents={"a": "b", "b": "a"})
    frame = pl.DataFrame({"item": [1, 1], "label": ["a", "a|b"], "w": [1.0, 2.0]})
    with pytest.raises(ValueError, match="weighted"):
        aggregate_sets(Ratings.from_frame(frame, item="item", rater=None, label="label", weight="w"))
    unnamed = aggregate_sets(Ratings.from_frame(frame, item="item", rater=None, label="label"))
    assert "2 answers without a rater" in unnamed.warnings[0]
    assert unnamed.raters().height == 2


def test_nothing_and_a_single_answer() -> None:
    empty = Ratings.from_frame(
        pl.DataFrame(schema={"item": pl.Int64, "rater": pl.String, "label": pl.String}),
        item="item",
        rater="rater",
        label="label",
    )
    assert aggregate_sets(empty).items().is_empty()
    only_none = aggregate_sets(rated([(1, "a", "none")]), none="none")
    assert only_none.items().select("set", "weakest").row(0) == ("", 1.0)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.sets(st.sampled_from("abc"))), min_size=1, max_size=30)
)
def test_order_of_rows_and_names_do_not_matter(rows: list[tuple[int, int, set[str]]]) -> None:
    unique = {(item, who): chosen for item, who, chosen in rows}
    plain = [(item, who, "|".join(sorted(chosen)) or "0") for (item, who), chosen in unique.items()]
    turned = [
        (item, who, "|".join(sorted((name.upper() for name in chosen), reverse=True)) or "0")
        for (item, who), chosen in reversed(unique.items())
    ]
    first, second = (aggregate_sets(rated(each), none="0") for each in (plain, turned))
    assert [name.upper() for name in first.labels] == list(second.labels)
    assert np.allclose(first.posterior, second.posterior, atol=1e-9)


def test_kinds_of_abuse_in_real_dialogues() -> None:
    labels = public_sets.first_answers("convabuse").filter(pl.col("task") == "type")
    found = aggregate_sets(Ratings.from_frame(labels, item="item", rater="rater", label="label"))
    items = found.items()
    assert items.height == labels["item"].n_unique()
    assert (items["labels"].list.len() >= 1).mean() > 0.95


def test_sets_raters_has_a_row_for_the_answers_without_a_rater_and_none_for_nobody():
    frame = pl.DataFrame({"i": [1, 1, 2, 2], "who": ["a", None, "a", "b"], "is": ["h|t", "h", "t", "t"]})
    ratings = Ratings.from_frame(frame, item="i", rater="who", label="is")
    assert aggregate_sets(ratings).raters()["rater"].to_list() == ["a", "a", "b", "b", None, None]
    assert aggregate_sets(ratings.select(np.zeros(2, np.bool_))).raters().height == 0
