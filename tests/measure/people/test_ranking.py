"""Places: equal to joint draws, calibrated, and silent where nothing can be said."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smo.measure.people.ranking import ranking

PEOPLE = st.lists(st.tuples(st.integers(0, 200), st.floats(0, 1)), min_size=1, max_size=12)


def table(n, correct) -> pl.DataFrame:
    return pl.DataFrame({"rater": [f"p{at:03}" for at in range(len(n))], "n": n, "correct": correct})


def ranked(people: pl.DataFrame, **options) -> pl.DataFrame:
    return ranking(people, rng=np.random.default_rng(1), **options)


def test_ranking_equals_many_joint_draws() -> None:
    rng = np.random.default_rng(5)
    n = rng.integers(5, 300, 25)
    correct = rng.binomial(n, rng.beta(18, 2, 25))
    found = ranked(table(n, correct), prior=(0.9, 20.0), best_share=0.2)
    draws = rng.beta(correct + 18, n - correct + 2, size=(40_000, 25))
    rank = (-draws).argsort(axis=1).argsort(axis=1) + 1
    assert found["expected_rank"].to_list() == pytest.approx(rank.mean(axis=0).tolist(), abs=0.12)
    bar = np.quantile(draws, 0.8)
    assert found["chance_best"].to_list() == pytest.approx((draws > bar).mean(axis=0).tolist(), abs=0.02)
    inside = (rank >= found["rank_low"].to_numpy()) & (rank <= found["rank_high"].to_numpy())
    assert (inside.mean(axis=0) > 0.89).all()


def test_ranking_is_calibrated_over_people() -> None:
    rng = np.random.default_rng(6)
    said, true, covered = [], [], []
    for _ in range(6):
        skill = rng.beta(45, 5, 60)
        n = rng.integers(20, 400, 60)
        found = ranked(table(n, rng.binomial(n, skill)), best_share=0.2)
        said += found["chance_best"].to_list()
        true += (skill >= np.quantile(skill, 0.8)).tolist()
        rank = (-skill).argsort().argsort() + 1
        covered += ((rank >= found["rank_low"].to_numpy()) & (rank <= found["rank_high"].to_numpy())).tolist()
    said, true = np.array(said), np.array(true)
    for low, high in ((0, 0.1), (0.1, 0.4), (0.4, 0.8), (0.8, 1.01)):
        part = (said >= low) & (said < high)
        assert true[part].mean() == pytest.approx(said[part].mean(), abs=0.12)
    assert 0.86 < np.mean(covered) < 0.96


def test_ranking_few_answers_never_win_for_being_few() -> None:
    found = ranked(table([4, 500, 500, 500, 500, 500], [4, 480, 470, 460, 450, 440]))
    newcomer = found.row(0, named=True)
    assert newcomer["chance_best"] < 0.5
    assert newcomer["rank_high"] - newcomer["rank_low"] >= 3
    assert newcomer["group"] is None
    assert found["r_value"].to_list()[1] == pytest.approx(1 / 6)
    assert newcomer["r_value"] > 1 / 6


def test_ranking_equal_people_share_their_place() -> None:
    found = ranked(table([100] * 10, [90] * 10))
    assert found["expected_rank"].to_list() == pytest.approx([5.5] * 10, abs=1e-6)
    assert set(found["group"]) == {0}


@settings(max_examples=25, deadline=None)
@given(PEOPLE, st.integers(0, 99))
def test_ranking_follows_the_people_not_their_rows(rows, seed) -> None:
    n = [size for size, _ in rows]
    people = table(n, [round(size * share) for size, share in rows])
    there = ranked(people, prior=(0.8, 10.0))
    assert there.equals(ranked(people.sample(fraction=1, shuffle=True, seed=seed), prior=(0.8, 10.0)))
    known = there.filter(pl.col("n") > 0)
    if known.height > 1:
        assert known["expected_rank"].sum() == pytest.approx(known.height * (known.height + 1) / 2, rel=1e-6)


def test_ranking_of_odd_tables() -> None:
    alone = ranked(table([50], [45])).row(0, named=True)
    assert alone["expected_rank"] is None
    assert alone["value"] is not None
    unseen = ranked(table([0, 30, 40], [0, 20, 30]))
    assert unseen["expected_rank"].null_count() == 1
    assert unseen["value"][0] is None
    assert ranked(table([], []).cast({"n": pl.Int64, "correct": pl.Int64, "rater": pl.String})).is_empty()
    for wrong in (
        lambda: ranked(table([5], [6])),
        lambda: ranked(table([5], [-1])),
        lambda: ranked(table([5, 5], [1, 1]).with_columns(rater=pl.lit("a"))),
        lambda: ranked(table([5], [1]).drop("n")),
        lambda: ranked(table([5], [1]), best_share=1.0),
    ):
        with pytest.raises(ValueError, match=r".+"):
            wrong()


@pytest.mark.parametrize("prior", [(float("nan"), 1.0), (0.9, float("inf")), (-1.0, 1.0), (0.9, -1.0), (0.0, 0.0)])
def test_ranking_refuses_a_prior_that_is_none(prior):
    people = pl.DataFrame({"rater": list("ab"), "n": [10, 20], "correct": [9, 15]})
    with pytest.raises(ValueError, match="a prior is"):
        ranking(people, rng=np.random.default_rng(1), prior=prior)
