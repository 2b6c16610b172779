"""Priors: each part in the M-step it is for, and a likelihood that never falls under any of them."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smo.measure.aggregation import dawid_skene, priors
from smo.measure.aggregation.consensus import aggregate, consensus_accuracy
from smo.measure.aggregation.models import Assumptions
from smo.measure.ratings import Ratings
from tests.measure.aggregation.crowd import crowd, gold_of


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 5), st.booleans(), st.booleans())
def test_priors_maximise_never_loses(seed, labels, is_tied, has_history) -> None:
    """The M-step raises the expected complete log posterior from wherever it stands."""
    rng = np.random.default_rng(seed)
    counts = rng.gamma(0.5, 8.0, (6, labels, labels))
    history = rng.gamma(0.5, 2.0, counts.shape) if has_history else None
    mean = rng.dirichlet(np.ones(labels) * 3, (2, labels))
    prior = priors.TablePrior(mean, rng.integers(0, 2, 6).astype(np.int32), history, is_tied=is_tied)
    now = priors.start_tables(prior)
    values = []
    for _ in range(6):
        values.append((counts * np.log(now.tables)).sum() + priors.log_prior(now, prior))
        now = priors.maximise(counts, prior, level=now.level)
        assert np.allclose(now.tables.sum(axis=2), 1.0)
        assert now.tables.min() > 0
    assert np.diff(values).min() > -1e-7


def test_priors_a_weak_raters_unseen_label_follows_their_level() -> None:
    """Right in 10 of 100 on one label, a person is not presumed good on the label they never met."""
    counts = np.zeros((2, 3, 3))
    counts[0, 0], counts[1, 0] = [10, 45, 45], [98, 1, 1]
    prior = priors.TablePrior(priors.one_coin_table(0.7, 3)[None], np.zeros(2, np.int32))
    tables = priors.maximise(counts, prior, level=np.zeros(2)).tables
    assert tables[0, 1, 1] < 0.7 < tables[1, 1, 1]


def test_priors_without_votes_the_pool_stands() -> None:
    prior = priors.TablePrior(priors.ordinal_table(0.7, 4)[None], np.zeros(1, np.int32))
    assert np.allclose(priors.start_tables(prior).tables[0], prior.mean[0])


def test_priors_history_speaks_for_who_has_few_votes() -> None:
    """Two against two: the two whose past is good decide, where without a past it is a tie."""
    frame = pl.DataFrame({"item": [1] * 4, "rater": list("abcd"), "label": list("xxyy")})
    ratings = Ratings.from_frame(frame, item="item", rater="rater", label="label")
    past = pl.DataFrame({"rater": list("ccdd"), "label": list("xyxy"), "given": list("xyxy"), "age_days": [0] * 4})
    history = priors.decayed_history(past.with_columns(votes=pl.lit(50)), half_life_days=90)
    assert aggregate(ratings).posterior.dense()[0] == pytest.approx([0.5, 0.5])
    assert aggregate(ratings, assume=Assumptions(history=history)).items()["label"][0] == "y"


def test_priors_history_fades() -> None:
    past = pl.DataFrame({"rater": ["a"] * 2, "label": ["x"] * 2, "given": ["x", "y"], "age_days": [0, 200]})
    assert priors.decayed_history(past, half_life_days=100)["votes"].to_list() == [1.0, 0.25]


@pytest.mark.parametrize(
    ("past", "days", "says"),
    [
        (pl.DataFrame({"rater": ["a"]}), 1, "label"),
        (pl.DataFrame({"rater": ["a"], "label": ["x"], "given": ["x"], "age_days": [-1]}), 1, "age"),
        (pl.DataFrame({"rater": ["a"], "label": ["x"], "given": ["x"], "age_days": [1]}), 0, "half-life"),
        (pl.DataFrame({"rater": ["a"], "label": ["x"], "given": ["x"], "age_days": [1]}), np.nan, "half-life"),
    ],
)
def test_priors_bad_history_is_named(past, days, says) -> None:
    with pytest.raises(ValueError, match=says):
        priors.decayed_history(past, half_life_days=days)


def test_priors_votes_of_a_history_are_finite() -> None:
    history = pl.DataFrame({"rater": ["a"], "label": ["x"], "given": ["x"], "votes": [np.inf]})
    with pytest.raises(ValueError, match="votes"):
        priors.history_counts(history, pl.Series(["a"]), labels=("x",))


@pytest.mark.parametrize("scale", ["nominal", "ordinal"])
def test_priors_objective_never_falls_under_slices_and_scale(scale) -> None:
    ratings, _, _ = crowd(3, labels=4)
    slices = {item: f"s{item % 3}" for item in range(ratings.n_items)}
    past = pl.DataFrame({"rater": ["0"], "label": ["1"], "given": ["2"], "votes": [5.0]})
    found = aggregate(ratings, assume=Assumptions(scale=scale, slices=slices, history=past, model_raters=("3",)))
    assert found.model == "ds_map"
    assert np.diff(found.objective).min() > -1e-8
    assert found.tables.shape == (12, 4, 4)
    assert np.allclose(found.tables.sum(axis=2), 1.0)
    assert found.raters().filter("is_model")["rater"].to_list() == [3]


def test_priors_slices_learn_their_own_prevalence() -> None:
    """Half of the items lie in a slice where nearly all are of one class: one vote of two there says less."""
    one, truth_one, _ = crowd(5, items=400, labels=2, per_item=2, shares=(0.97, 0.03))
    two, truth_two, _ = crowd(6, items=400, labels=2, per_item=2, shares=(0.1, 0.9))
    frames = [
        part.to_frame().with_columns(pl.format(f"{name}-{{}}", "item").alias("item"))
        for name, part in (("a", one), ("b", two))
    ]
    frame = pl.concat(frames)
    ratings = Ratings.from_frame(frame, item="item", rater="rater", label="label")
    truth = {
        f"{name}-{i}": int(code) for name, codes in (("a", truth_one), ("b", truth_two)) for i, code in enumerate(codes)
    }
    slices = {item: item[0] for item in truth}
    whole = consensus_accuracy(aggregate(ratings), truth).value
    parted = consensus_accuracy(aggregate(ratings, assume=Assumptions(slices=slices)), truth).value
    assert parted > whole + 0.03


def test_priors_ordinal_errors_go_to_neighbours() -> None:
    """With few votes the label between the given ones wins on an ordinal scale, when labels are alike otherwise."""
    table = priors.ordinal_table(0.6, 5)
    assert table[0, 1] > 2 * table[0, 3]
    assert np.allclose(table.sum(axis=1), 1.0)


@pytest.mark.parametrize(("scale", "says"), [("cardinal", "no scale")])
def test_priors_unknown_scale_is_named(scale, says) -> None:
    ratings, _, _ = crowd(0, items=5)
    with pytest.raises(ValueError, match=says):
        aggregate(ratings, assume=Assumptions(scale=scale))


def test_priors_model_rater_without_a_rating_is_named() -> None:
    ratings, _, _ = crowd(0, items=5)
    with pytest.raises(ValueError, match="judge"):
        aggregate(ratings, assume=Assumptions(model_raters=("judge",)))


@pytest.mark.parametrize("table", [priors.one_coin_table, priors.ordinal_table])
def test_priors_tables_refuse_what_is_no_chance(table) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        table(1.5, 3)
    with pytest.raises(ValueError, match="at least one label"):
        table(0.5, 0)
    assert table(0.5, 1).tolist() == [[1.0]]


def test_priors_long_items_do_not_vanish() -> None:
    """A thousand votes on one item: chances of 1e-600 and less still decide, also when gold says the improbable."""
    frame = pl.DataFrame({"item": [0] * 1000 + [1], "rater": [*range(1000), 0], "label": [0] * 1000 + [1]})
    ratings = Ratings.from_frame(frame, item="item", rater="rater", label="label")
    for known in ([-1, -1], [1, -1]):
        found = dawid_skene.fit(ratings, np.array(known, np.int32))
        assert np.isfinite(found.objective).all()
        assert found.posterior[0].argmax() == max(known[0], 0)
        assert np.allclose(found.posterior.sum(axis=1), 1.0)


def test_priors_gold_repairs_rare_skill() -> None:
    ratings, truth, tables = crowd(8, items=600, per_item=4)
    found = aggregate(ratings, gold=gold_of(truth, 300))
    skill = np.einsum("rkk->rk", found.tables).mean(axis=1)
    assert np.abs(skill - np.einsum("rkk->rk", tables).mean(axis=1)).mean() < 0.05
