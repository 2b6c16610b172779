"""The adjudication queue and the doubtful labels: what is in them, in which order, and cut to the top."""

import polars as pl
import pytest

from smo.measure.aggregation.adjudication import adjudication_queue
from smo.measure.aggregation.consensus import aggregate
from smo.measure.classifiers.label_errors import label_errors
from smo.measure.ratings import Ratings
from tests.measure import public_sets
from tests.measure.build import from_counts, ratings_of


def crowd(rows: dict[str, str]) -> Ratings:
    """Items by name, with one letter per rater."""
    table = [(item, f"r{at}", label) for item, given in rows.items() for at, label in enumerate(given) if label != "."]
    frame = pl.DataFrame(table, schema=["item", "rater", "label"], orient="row")
    return Ratings.from_frame(frame, item="item", rater="rater", label="label")


def skilled_crowd() -> Ratings:
    """Three careful raters and two who always say x; item `odd` has the two and one careful vote against it."""
    easy = {f"i{at:02}": ("xxxxx" if at % 2 else "yyyxx") for at in range(40)}
    return crowd({**easy, "odd": "yy.xx", "even": "yx.xx"})


def test_adjudication_ties_come_before_close_majorities() -> None:
    ratings = from_counts([[2, 1], [1, 1], [4, 0], [2, 2], [3, 1]])
    queue = adjudication_queue(ratings, aggregate(ratings, "majority"))
    assert queue.select("item", "reason", "rank").rows() == [(3, "tie", 1), (1, "tie", 2), (0, "one_vote", 3)]
    assert queue["votes"][0].to_list() == [{"label": "0", "n": 2}, {"label": "1", "n": 2}]


def test_adjudication_single_answers_are_not_close() -> None:
    ratings = from_counts([[1, 0], [0, 1]])
    assert adjudication_queue(ratings, aggregate(ratings, "majority")).is_empty()


def test_adjudication_weak_posteriors_come_weakest_first() -> None:
    ratings = skilled_crowd()
    found = aggregate(ratings)
    queue = adjudication_queue(ratings, found)
    undecided = found.items().filter(~pl.col("decided"))
    assert set(queue["item"]) == set(undecided["item"])
    assert queue["expected_error"].is_sorted(descending=True)
    assert set(queue["reason"]) == {"weak_posterior"}


def test_adjudication_is_cut_to_the_top_and_leaves_gold_out() -> None:
    ratings = from_counts([[1, 1]] * 10)
    found = aggregate(ratings, "majority", gold={0: 0, 1: 1})
    queue = adjudication_queue(ratings, found, at_most=3)
    assert queue["item"].to_list() == [2, 3, 4]
    assert adjudication_queue(ratings, found, at_most=0).is_empty()


def test_label_errors_a_key_that_everyone_contradicts() -> None:
    ratings = skilled_crowd()
    keys = {f"i{at:02}": ("x" if at % 2 else "y") for at in range(40)} | {"i03": "y"}
    found = label_errors(ratings, aggregate(ratings), gold=keys)
    assert found.row(0)[:3] == ("i03", "y", "x")
    assert found["kind"][0] == "gold"
    assert found["probability"][0] > 0.99


def test_label_errors_do_not_believe_a_key_because_it_was_clamped() -> None:
    ratings = skilled_crowd()
    clamped = aggregate(ratings, gold={"i03": "y"})
    assert clamped.items().filter(pl.col("item") == "i03")["label"].to_list() == ["y"]
    assert "i03" in label_errors(ratings, clamped, gold={"i03": "y"})["item"].to_list()


def test_label_errors_a_key_that_settles_a_tie_is_not_doubtful() -> None:
    rows = {f"i{at:02}": ("xx" if at % 4 else "yy") for at in range(40)} | {"even": "xy"}
    ratings = crowd(rows)
    assert label_errors(ratings, aggregate(ratings), gold={"even": "y"}).is_empty()
    assert label_errors(ratings, aggregate(ratings), gold={"i01": "y"})["item"].to_list() == ["i01"]


def test_label_errors_a_majority_of_the_unskilled() -> None:
    ratings = crowd(
        {**{f"i{at:02}": ("xxxxx" if at % 2 else "yyyxx") for at in range(40)}, "odd": ".yyxx", "low": "y..xx"}
    )
    found = label_errors(ratings, aggregate(ratings))
    assert found.filter(pl.col("kind") == "consensus").select("item", "given", "suggested").rows() == [
        ("low", "x", "y")
    ]


def test_label_errors_gold_with_a_label_that_nobody_gave() -> None:
    ratings = ratings_of((("x",), ("x",)))
    found = label_errors(ratings, aggregate(ratings, "majority"), gold={0: "policy_9"})
    assert found.select("given", "suggested", "probability").rows() == [("policy_9", "x", 0.75)]


@pytest.mark.parametrize("at_most", [0, 2])
def test_label_errors_are_cut_to_the_top(at_most) -> None:
    ratings = from_counts([[2, 0]] * 5)
    found = label_errors(ratings, aggregate(ratings, "majority"), gold=dict.fromkeys(range(5), 1), at_most=at_most)
    assert found.height == at_most
    assert found.columns == ["item", "given", "suggested", "probability", "n", "votes", "kind"]


def test_label_errors_one_answer_is_not_contradicted() -> None:
    ratings = crowd({**{f"i{at:02}": ("xxxxx" if at % 2 else "yyyxx") for at in range(40)}, "lone": "...x."})
    assert "lone" not in label_errors(ratings, aggregate(ratings))["item"].to_list()


def test_label_errors_of_the_public_sets_are_mostly_errors() -> None:
    wrong = []
    for name in ("D_PosSent", "RTE", "Web", "Dog", "ZC_in"):
        ratings, truth = public_sets.aggregation(name)
        found = label_errors(ratings, aggregate(ratings), at_most=10_000)
        keyed = found.join(truth.with_columns(pl.col("label").cast(pl.String)), on="item")
        wrong += (keyed["given"] != keyed["label"]).to_list()
    assert len(wrong) > 100
    assert sum(wrong) / len(wrong) > 0.7


def test_label_errors_of_a_majority_are_never_certain_and_the_larger_one_is_surer() -> None:
    rows = [(1, "x")] * 3 + [(2, "x")] * 10
    ratings = Ratings.from_frame(
        pl.DataFrame(rows, schema=["item", "label"], orient="row"), item="item", rater=None, label="label"
    )
    found = label_errors(ratings, aggregate(ratings, "majority"), gold={1: "y", 2: "y"})
    assert found["item"].to_list() == [2, 1]
    assert found["probability"].to_list() == pytest.approx([11 / 12, 4 / 5])
