"""Weighted votes of people and model equal those of cleanlab; the queue ranks by cost; audits judge it."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from cleanlab.filter import find_label_issues
from cleanlab.multiannotator import get_label_quality_multiannotator
from hypothesis import given, settings
from hypothesis import strategies as st

from smo.measure.classifiers.crowdlab import crowdlab, model_chances
from smo.measure.classifiers.suspects import confident_learning, precision_at, suspects
from smo.measure.ratings import Ratings


def world(seed: int, *, items: int = 400, labels: int = 3, raters: int = 8, each: tuple[int, ...] = (1, 2, 3, 4)):
    """Ratings of so many raters per item, the model's chances and the truth; every label and rater occurs."""
    rng = np.random.default_rng(seed)
    truth = np.concatenate([np.arange(labels), rng.integers(0, labels, items - labels)])
    skill = rng.uniform(0.55, 0.95, raters)
    rows = []
    for item in range(items):
        for rater in rng.choice(raters, rng.choice(each), replace=False):
            right = rng.random() < skill[rater]
            rows.append((item, f"r{rater}", f"L{truth[item] if right else rng.integers(0, labels)}"))
    chances = rng.dirichlet(np.ones(labels), items) * 0.6
    chances[np.arange(items), truth] += 0.4
    return pl.DataFrame(rows, schema=["item", "rater", "label"], orient="row"), chances, truth


def ratings_of(frame: pl.DataFrame) -> Ratings:
    return Ratings.from_frame(frame, item="item", rater="rater", label="label")


@pytest.mark.parametrize(
    ("seed", "labels", "each", "apart"),
    [(1, 2, (1, 3), 1e-9), (2, 2, (3, 5), 1e-9), (3, 3, (1, 2, 3, 4), 0.03)],  # even votes are settled by other rules
)
def test_crowdlab_posteriors_and_weights_equal_cleanlabs(seed, labels, each, apart) -> None:
    frame, chances, _ = world(seed, labels=labels, each=each)
    found = crowdlab(ratings_of(frame), chances)
    codes = frame.with_columns(pl.col("label").str.slice(1).cast(pl.Int64)).to_pandas()
    wide = pd.DataFrame(codes).pivot(index="item", columns="rater", values="label")
    theirs = get_label_quality_multiannotator(wide, chances, verbose=False, return_weights=True)
    quality = theirs["label_quality"]
    same = found.posterior.argmax(axis=1) == quality["consensus_label"].to_numpy()
    assert same.mean() > 0.99  # its labels are those of the first fit, its qualities of the second
    assert found.model_weight == pytest.approx(float(theirs["model_weight"]), rel=10 * apart)
    np.testing.assert_allclose(found.rater_weight, theirs["annotator_weight"], rtol=10 * apart)
    np.testing.assert_allclose(found.quality[same], quality["consensus_quality_score"].to_numpy()[same], atol=apart)


def test_crowdlab_people_and_model_together_are_better_than_either() -> None:
    frame, chances, truth = world(3, items=3000)
    ratings = ratings_of(frame)
    found = crowdlab(ratings, chances)
    alone = (chances.argmax(axis=1) == truth).mean()
    votes = (crowdlab(ratings, np.full(chances.shape, 1 / 3)).posterior.argmax(axis=1) == truth).mean()
    assert (found.posterior.argmax(axis=1) == truth).mean() > max(alone, votes) + 0.01
    wrong = frame["label"].str.slice(1).cast(pl.Int64).to_numpy() != truth[frame["item"].to_numpy()]
    order = frame.with_row_index().sort("item", "rater", "label")["index"].to_numpy()
    assert found.given_quality[wrong[order]].mean() < found.given_quality[~wrong[order]].mean() - 0.3


def test_crowdlab_order_of_rows_does_not_matter() -> None:
    frame, chances, _ = world(4)
    mixed = frame.sample(fraction=1.0, shuffle=True, seed=1)
    items = ratings_of(mixed).items.to_numpy()
    found = crowdlab(ratings_of(mixed), chances[items])
    wanted = crowdlab(ratings_of(frame), chances[ratings_of(frame).items.to_numpy()])
    back = np.argsort(items)
    first = np.argsort(ratings_of(frame).items.to_numpy())
    np.testing.assert_allclose(found.posterior[back], wanted.posterior[first], atol=1e-12)


def test_crowdlab_other_names_of_labels_move_nothing() -> None:
    frame, chances, _ = world(5)
    turned = frame.with_columns(pl.col("label").replace({"L0": "z", "L1": "y", "L2": "x"}))
    found = crowdlab(ratings_of(turned), chances[:, ::-1])
    np.testing.assert_allclose(found.posterior[:, ::-1], crowdlab(ratings_of(frame), chances).posterior, atol=1e-9)


def test_crowdlab_where_the_model_is_silent_people_decide() -> None:
    frame, chances, _ = world(6)
    chances[:50] = np.nan
    found = crowdlab(ratings_of(frame), chances)
    assert found.warnings == ("50 items have no prediction: people alone decide",)
    assert np.isfinite(found.posterior).all()
    np.testing.assert_allclose(found.posterior.sum(axis=1), 1.0)


def test_crowdlab_one_rating_each_and_raters_without_names() -> None:
    lone = pl.DataFrame({"item": [1, 2], "rater": ["a", "b"], "label": ["x", "y"]})
    found = crowdlab(ratings_of(lone), np.array([[0.2, 0.8], [0.1, 0.9]]))
    assert "no item has two ratings" in found.warnings[0]
    assert found.posterior[0].tolist() == pytest.approx([0.6, 0.4])
    unnamed = Ratings.from_frame(pl.concat([lone, lone]), item="item", rater=None, label="label")
    assert crowdlab(unnamed, np.array([[0.2, 0.8], [0.1, 0.9]])).raters().height == 0
    one = Ratings.from_frame(lone.with_columns(label=pl.lit("x")), item="item", rater="rater", label="label")
    with pytest.raises(ValueError, match="2 to 1000 labels"):
        crowdlab(one, np.ones((2, 1)))
    with pytest.raises(ValueError, match="items x labels"):
        crowdlab(ratings_of(lone), np.ones((3, 2)))


def test_crowdlab_chances_are_matched_to_items_and_checked() -> None:
    ratings = ratings_of(world(7)[0])
    table = pl.DataFrame({"item": [3, 1], "L0": [2.0, 0.0], "L1": [2.0, 5.0]})
    found = model_chances(ratings, table)
    assert found[3].tolist() == [0.5, 0.5, 0.0]
    assert found[1].tolist() == [0.0, 1.0, 0.0]
    assert np.isnan(found[0]).all()
    for bad, said in (
        (table.with_columns(L0=-1.0), "at least 0"),
        (table.with_columns(L0=float("inf")), "finite"),
        (table.with_columns(item=1), "one row per item"),
        (table.select("item"), "column of chances"),
    ):
        with pytest.raises(ValueError, match=said):
            model_chances(ratings, bad)


def test_suspects_are_ranked_by_what_they_cost() -> None:
    frame = pl.DataFrame({"item": ["a", "b", "c"], "label": ["ok", "bad", "ok"]})
    ratings = Ratings.from_frame(frame, item="item", rater=None, label="label")  # labels: bad, ok
    posterior = np.array([[0.6, 0.4], [0.1, 0.9], [0.2, 0.8]])
    given_ = dict(frame.iter_rows())
    assert suspects(ratings, posterior, given=given_)["item"].to_list() == ["b", "a"]
    cost = np.array([[0.0, 10.0], [1.0, 0.0]])  # ok where bad is true costs ten
    dear = suspects(ratings, posterior, given=given_, cost=cost)
    assert dear["item"].to_list() == ["a", "b"]
    assert dear["expected_cost"].to_list() == pytest.approx([6.0, 0.9])
    assert suspects(ratings, posterior, given={}).height == 0
    for bad in (np.eye(2), np.full((2, 2), np.nan), -cost, np.zeros((3, 3))):
        with pytest.raises(ValueError, match="costs are"):
            suspects(ratings, posterior, given=given_, cost=bad)


def test_confident_learning_is_cleanlabs_also_with_a_class_never_used() -> None:
    frame, chances, truth = world(8, items=600)
    first = frame.unique("item", keep="first", maintain_order=True)
    ratings = ratings_of(first)
    codes = ratings.label.astype(int)
    found = confident_learning(ratings, chances, given=first.select("item", "label"), at_most=600)
    wanted = np.flatnonzero(find_label_issues(codes, chances, n_jobs=1))
    assert set(found["item"]) == set(wanted.tolist())
    hits = np.mean([truth[item] != codes[item] for item in found["item"][:50]])
    assert hits > 0.8
    some = {item: "L0" if item % 2 else "L1" for item in range(600)}
    assert confident_learning(ratings, chances, given=some).height > 0
    assert confident_learning(ratings, chances, given=dict.fromkeys(range(600), "L0")).height == 0


@settings(max_examples=50, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=30), st.integers(1, 40))
def test_queue_precision_of_a_census_is_exact_and_of_a_sample_is_not(errors, depth) -> None:
    audits = pl.DataFrame({"rank": np.arange(1, len(errors) + 1), "is_error": errors})
    k, value, low, high, n = precision_at(audits, [depth]).row(0)
    assert n == min(depth, len(errors))
    assert value == pytest.approx(np.mean(errors[:depth]))
    assert low <= value <= high
    assert (low == high) == (depth <= len(errors))
    assert k == depth


def test_queue_precision_weighs_and_refuses() -> None:
    audits = pl.DataFrame({"rank": [1, 5, 9], "is_error": [True, False, True], "weight": [1.0, 3.0, 2.0]})
    assert precision_at(audits, [9])["value"][0] == pytest.approx(0.5)
    assert precision_at(audits.filter(pl.col("rank") > 4), [3])["value"][0] is None
    for bad in ({"rank": [0, 1, 2]}, {"rank": [1, 1, 2]}, {"weight": [0.0, 1.0, 1.0]}, {"weight": [np.inf, 1.0, 1.0]}):
        with pytest.raises(ValueError, match=r"\w"):
            precision_at(audits.with_columns(**{name: pl.Series(column) for name, column in bad.items()}), [2])


@pytest.mark.parametrize("row", [[0.9, 0.9], [-0.5, 1.5], [np.nan, 1.0], [np.inf, 0.0]])
def test_crowdlab_and_suspects_refuse_rows_that_are_no_chances(row):
    frame = pl.DataFrame({"item": [1, 1, 2], "rater": list("aba"), "label": list("xyx")})
    ratings = Ratings.from_frame(frame, item="item", rater="rater", label="label")
    chances = np.array([row, [0.5, 0.5]])
    with pytest.raises(ValueError, match="sums to 1"):
        crowdlab(ratings, chances)
    with pytest.raises(ValueError, match="sums to 1"):
        suspects(ratings, chances, given={1: "x"})
