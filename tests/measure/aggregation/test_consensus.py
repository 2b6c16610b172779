"""The consensus: invariances, gold, ties, fallbacks, and the public sets that it must not lose."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smo.measure.aggregation import dawid_skene, one_coin, priors
from smo.measure.aggregation.consensus import MODELS, AnonymousRatings, aggregate, consensus_accuracy, warm_consensus
from smo.measure.ratings import Ratings
from tests.measure import public_sets
from tests.measure.build import from_counts, random_frame, ratings_of

SKILLED = tuple(model for model in MODELS if model != "majority")


def ratings_from(frame: pl.DataFrame) -> Ratings:
    return Ratings.from_frame(frame, item="item", rater="rater", label="label")


def simulated(seed: int, *, items: int = 60, labels: int = 3, raters: int = 8) -> pl.DataFrame:
    frame = random_frame(np.random.default_rng(seed), items=items, labels=labels, raters=raters, n=items * 4)
    return frame.with_columns(pl.col("label").cast(pl.String))


# accuracy of majority from the table of the field study, least accuracy asked of DS-MAP
PUBLIC = {
    "D_PosSent": (93.4, 95.5),
    "Bluebird": (75.9, 88.0),
    "RTE": (89.7, 92.5),
    "Web": (73.1, 79.0),
    "Dog": (82.2, 83.5),
    "CF_amt": (85.3, 85.0),
    "SP_amt": (94.3, 94.0),
    "ZC_in": (74.0, 76.0),
}


@pytest.mark.parametrize("name", PUBLIC)
def test_consensus_public_set_reaches_what_is_asked(name) -> None:
    ratings, truth = public_sets.aggregation(name)
    by_votes, asked = PUBLIC[name]
    assert 100 * consensus_accuracy(aggregate(ratings, "majority"), truth).value == pytest.approx(by_votes, abs=0.06)
    found = aggregate(ratings, "ds_map")
    assert found.model == "ds_map"
    assert 100 * consensus_accuracy(found, truth).value >= asked


@pytest.mark.parametrize("name", PUBLIC)
def test_consensus_gold_never_costs_accuracy_elsewhere(name) -> None:
    ratings, truth = public_sets.aggregation(name)
    known, rest = truth[::8], truth.filter(pl.int_range(pl.len()) % 8 != 0)
    free = consensus_accuracy(aggregate(ratings, "ds_map"), rest).value
    clamped = aggregate(ratings, "ds_map", gold=known)
    assert consensus_accuracy(clamped, known).value == 1.0
    assert consensus_accuracy(clamped, rest).value >= free - 0.01


@pytest.mark.parametrize("model", SKILLED)
@pytest.mark.parametrize("seed", range(3))
def test_consensus_objective_never_falls(model, seed) -> None:
    steps = np.diff(aggregate(ratings_from(simulated(seed)), model).objective)
    assert len(steps) > 0
    assert steps.min() > -1e-8


@pytest.mark.parametrize("model", MODELS)
def test_consensus_order_of_rows_does_not_matter(model) -> None:
    frame = simulated(7)
    straight = aggregate(ratings_from(frame), model)
    shuffled = aggregate(ratings_from(frame.sample(fraction=1.0, shuffle=True, seed=3)), model)
    assert straight.items().equals(shuffled.items())
    assert np.array_equal(straight.posterior.dense(), shuffled.posterior.dense())
    assert straight.raters().equals(shuffled.raters())


@pytest.mark.parametrize("model", SKILLED)
def test_consensus_names_of_labels_and_raters_do_not_matter(model) -> None:
    frame = simulated(11)
    swapped = frame.with_columns(pl.col("label").replace({"1": "z", "2": "a", "3": "m"}), pl.col("rater") * -1 + 50)
    one, other = (
        aggregate(ratings_from(frame), model).posteriors(),
        aggregate(ratings_from(swapped), model).posteriors(),
    )
    near = 1e-2 if model == "ebcc" else 1e-9  # other names draw other starts
    assert np.allclose(one.select("1", "2", "3").to_numpy(), other.select("z", "a", "m").to_numpy(), atol=near)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(1, 5), st.sampled_from(MODELS))
def test_consensus_posteriors_are_chances(seed, items, labels, model) -> None:
    found = aggregate(ratings_from(simulated(seed, items=items, labels=labels)), model)
    dense = found.posterior.dense()
    assert np.allclose(dense.sum(axis=1), 1.0)
    assert dense.min() >= 0.0
    frame = found.items()
    assert np.allclose(frame["posterior"].to_numpy(), dense.max(axis=1))
    assert frame["n"].sum() == found.ratings.n_ratings


def reference_em(ratings: Ratings, passes: int) -> np.ndarray:
    """Dawid-Skene with the same class prior and M-step, the passes written plainly, item by item."""
    n_labels, item = len(ratings.labels), ratings.item_index()
    drawn = dawid_skene.usual_prior(ratings)
    now = priors.start_tables(drawn)
    prior = np.bincount(ratings.label, minlength=n_labels) + 1.0
    prior /= prior.sum()
    for step in range(passes):
        score = np.tile(np.log(prior), (ratings.n_items, 1))
        for at in range(ratings.n_ratings):
            score[item[at]] += np.log(now.tables[ratings.rater[at], :, ratings.label[at]])
        chance = np.exp(score - score.max(axis=1, keepdims=True))
        chance /= chance.sum(axis=1, keepdims=True)
        if step == passes - 1:
            break
        counts = np.zeros((ratings.n_raters, n_labels, n_labels))
        for at in range(ratings.n_ratings):
            counts[ratings.rater[at], :, ratings.label[at]] += chance[item[at]]
        now = priors.maximise(counts, drawn, level=now.level)
        prior = (chance.sum(axis=0) + 1.0) / (ratings.n_items + n_labels)
    return chance


@pytest.mark.parametrize("labels", [2, 3, 5])
def test_consensus_kernel_equals_the_plain_algorithm(labels) -> None:
    ratings = ratings_from(simulated(5, labels=labels))
    known = np.full(ratings.n_items, -1, np.int32)
    found = dawid_skene.fit(ratings, known, max_passes=6)
    expected = reference_em(ratings, len(found.objective) + (len(found.objective) == 6))
    assert np.abs(found.posterior - expected).max() < 1e-9


def test_consensus_one_coin_equals_tables_with_one_number(monkeypatch) -> None:
    """The sparse fit and a dense one with the same projection find the same posterior."""
    for module in (dawid_skene, one_coin):
        monkeypatch.setattr(module, "TOLERANCE_PER_LABEL", -1.0)  # run all passes: their objectives differ by constants
    ratings = ratings_from(simulated(9, labels=3))
    known = np.full(ratings.n_items, -1, np.int32)

    def one_number(counts, prior, *, level):
        right = np.einsum("rkk->r", counts) + one_coin.PRIOR_VOTES * prior.mean[0, 0, 0]
        share = right / (counts.sum(axis=(1, 2)) + one_coin.PRIOR_VOTES)
        tables = np.stack([priors.one_coin_table(value, counts.shape[1]) for value in share])
        return priors.Tables(tables, level)

    monkeypatch.setattr(dawid_skene, "maximise", one_number)
    dense = dawid_skene.fit(ratings, known).posterior
    sparse = one_coin.fit(ratings, known).posterior.dense()
    assert np.abs(dense - sparse).max() < 1e-6


def test_consensus_finds_the_raters_that_made_the_labels() -> None:
    rng = np.random.default_rng(4)
    truth = rng.integers(0, 3, 4000)
    skill = np.array([0.95, 0.9, 0.8, 0.6, 0.5])
    right = rng.random((4000, 5)) < skill
    given_labels = np.where(right, truth[:, None], (truth[:, None] + rng.integers(1, 3, (4000, 5))) % 3)
    frame = pl.DataFrame({"item": np.repeat(np.arange(4000), 5), "rater": np.tile(np.arange(5), 4000)})
    frame = frame.with_columns(pl.Series("label", given_labels.ravel()))
    found = aggregate(ratings_from(frame))
    assert np.allclose(np.einsum("rkk->rk", found.tables).mean(axis=1), skill, atol=0.03)
    assert consensus_accuracy(found, dict(enumerate(truth.tolist()))).value > 0.94


def test_consensus_a_tie_of_votes_is_undecided() -> None:
    found = aggregate(from_counts([[1, 1, 0], [2, 1, 0], [0, 0, 1]]), "majority").items()
    assert found["decided"].to_list() == [False, True, True]
    assert found["posterior"].to_list() == pytest.approx([0.5, 2 / 3, 1.0])


def test_consensus_a_tie_counts_by_expectation() -> None:
    found = aggregate(from_counts([[1, 1, 0], [1, 1, 0], [1, 1, 1]]), "majority")
    assert consensus_accuracy(found, {0: 0, 1: 2, 2: 1}).value == pytest.approx((1 / 2 + 0 + 1 / 3) / 3)


def test_consensus_anonymous_ratings_have_a_majority_only() -> None:
    ratings = from_counts([[2, 1], [0, 3]])
    assert aggregate(ratings, "majority").items()["label"].to_list() == ["0", "1"]
    assert aggregate(ratings, "majority").raters().is_empty()
    for model in SKILLED:
        with pytest.raises(AnonymousRatings, match="majority"):
            aggregate(ratings, model)


@pytest.mark.parametrize("model", SKILLED)
def test_consensus_answers_without_a_rater_share_one_skill(model) -> None:
    frame = simulated(2).with_columns(pl.when(pl.col("rater") > 2).then("rater").alias("rater"))
    found = aggregate(ratings_from(frame), model)
    assert found.raters()["rater"].to_list() == [3, 4, 5, 6, 7]
    assert "share one skill" in found.warnings[0]
    assert found.items()["n"].sum() == frame.height
    one_name = frame.with_columns(pl.col("rater").fill_null(99))
    assert np.allclose(found.posterior.dense(), aggregate(ratings_from(one_name), model).posterior.dense())


def test_consensus_unknown_model_names_what_exists() -> None:
    with pytest.raises(ValueError, match="majority, one_coin, tied, ds_map"):
        aggregate(from_counts([[1]]), "mace")


def test_consensus_gold_with_a_label_that_nobody_gave() -> None:
    found = aggregate(ratings_of((("x", "y"), ("x", "x"))), "ds_map", gold={0: "z"})
    assert found.items()["label"].to_list()[0] == "z"
    assert found.items()["decided"].to_list()[0]
    assert found.posteriors().columns == ["item", "x", "y", "z"]


def test_consensus_gold_numbers_match_numbers() -> None:
    found = aggregate(ratings_of(((1, 2), (1, 3))), "ds_map", gold=pl.DataFrame({"item": ["0"], "label": ["7.0"]}))
    assert found.items().row(0)[1:4] == ("7", 1.0, True)


@pytest.mark.parametrize("model", MODELS)
def test_consensus_one_label_one_item_one_rater(model) -> None:
    found = aggregate(ratings_of((("x",),)), model)
    assert found.items().rows() == [(0, "x", 1.0, True, 1)]


@pytest.mark.parametrize("model", MODELS)
def test_consensus_no_rating_at_all(model) -> None:
    empty = ratings_from(pl.DataFrame(schema={"item": pl.String, "rater": pl.String, "label": pl.String}))
    if model == "majority":
        assert aggregate(empty, model).items().is_empty()
        assert aggregate(empty, model).posteriors().is_empty()
    else:
        with pytest.raises(AnonymousRatings):
            aggregate(empty, model)


def test_consensus_many_labels_fall_back_to_one_skill() -> None:
    rows = [(item, rater, f"L{item % 50:02}") for item in range(100) for rater in range(3)]
    found = aggregate(ratings_from(pl.DataFrame(rows, schema=["item", "rater", "label"], orient="row")))
    assert (found.asked, found.model) == ("ds_map", "one_coin")
    assert "50 labels" in found.warnings[0]
    assert found.items()["label"].to_list()[:3] == ["L00", "L01", "L02"]
    assert np.allclose(found.posterior.dense().sum(axis=1), 1.0)
    assert found.long_posteriors(0.5).height == 100


def test_consensus_that_turns_unanimous_items_around_is_not_used() -> None:
    """A collapsed fit (all items one label, the rest explained by habits) falls back and says so."""
    ratings = Ratings.from_frame(public_sets.first_answers("toxic_spans"), item="item", rater="rater", label="label")
    found = aggregate(ratings)
    assert (found.asked, found.model) == ("ds_map", "tied")
    assert "not_toxic" in found.warnings[0]
    counts = ratings.counts()
    unanimous = (counts == counts.sum(axis=1, keepdims=True)).any(axis=1)
    kept = found.posterior.best()[0] == counts.argmax(axis=1)
    assert kept[unanimous].mean() > 0.98


def test_consensus_skill_has_its_interval() -> None:
    people = aggregate(ratings_from(simulated(2))).raters()
    assert people["rater"].is_sorted()
    assert (people["low"] < people["skill"]).all()
    assert (people["skill"] < people["high"]).all()


def test_consensus_kernels_warm_up() -> None:
    warm_consensus()


def test_consensus_of_hundreds_of_labels_needs_half_of_the_votes() -> None:
    """Three people who agree among twenty different answers are no consensus; eleven of twenty are."""
    rows = [
        (item, rater, f"{item}-{rater if rater > 2 + 8 * (item % 2) else 0}")
        for item in range(20)
        for rater in range(20)
    ]
    ratings = ratings_from(pl.DataFrame(rows, schema=["item", "rater", "label"], orient="row"))
    for model in ("ds_map", "majority"):
        found = aggregate(ratings, model).items()
        assert found["label"].to_list() == [f"{item}-0" for item in range(20)]
        assert found["decided"].to_list() == [False, True] * 10


def _answers(**columns) -> Ratings:
    frame = pl.DataFrame({"item": [1, 1, 1, 2, 2, 2], "rater": list("abcabc"), "label": list("xxyyyx")} | columns)
    return Ratings.from_frame(frame, item="item", rater="rater", label="label")


@pytest.mark.parametrize("label", ["abc", float("nan"), float("inf")])
def test_aggregate_refuses_gold_that_is_no_number_beside_numbers(label):
    with pytest.raises(ValueError, match="must be finite numbers too"):
        aggregate(_answers(label=[1, 1, 2, 2, 2, 1]), gold={1: label})


def test_aggregate_says_that_no_gold_item_was_rated():
    assert aggregate(_answers(), gold={99: "x"}).warnings == (
        "no gold item is among the items rated: gold taught nothing",
    )
    assert aggregate(_answers(), gold={1: "x"}).warnings == ()


def test_aggregate_says_that_a_rater_answered_twice():
    assert aggregate(_answers(rater=list("aabaab"))).warnings == (
        "2 answers repeat an item that the same rater answered, and count as further votes",
    )


def test_aggregate_of_nothing_says_so():
    with pytest.raises(ValueError, match="there are no ratings"):
        aggregate(_answers().select(np.zeros(2, np.bool_)))
