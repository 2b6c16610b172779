"""Skill by slice: the worked values, priors of the own slice, severity, sums that add up."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smo.measure.people.skill import pool, shrink
from smo.measure.people.slice_skill import skill_sums, slice_skill


def test_slice_skill_without_slices_is_the_shrinkage_of_one_pool() -> None:
    rng = np.random.default_rng(1)
    n = rng.integers(20, 300, 40)
    correct = rng.binomial(n, rng.beta(45, 5, 40))
    sums = pl.DataFrame({"rater": [f"p{at:02}" for at in range(40)], "n": n, "score": correct})
    found = slice_skill(sums, target=0.9)
    mean, strength = pool(correct, n)
    value, low, high = shrink(correct.astype(float), n.astype(float), mean=mean, strength=strength)
    assert found["value"].to_list() == pytest.approx(value.tolist())
    assert found["low"].to_list() == pytest.approx(low.tolist())
    assert found["high"].to_list() == pytest.approx(high.tolist())


def test_slice_skill_draws_to_the_pool_of_its_own_slice() -> None:
    rng = np.random.default_rng(2)
    rows = []
    for language, mean in (("de", 0.95), ("fi", 0.75)):
        skill = rng.beta(mean * 60, (1 - mean) * 60, 30)
        rows += [(language, f"p{at:02}", 100, int(rng.binomial(100, skill[at]))) for at in range(30)]
    rows += [("de", "new", 3, 3), ("fi", "new", 3, 3)]
    sums = pl.DataFrame(rows, schema=["language", "rater", "n", "score"], orient="row")
    found = slice_skill(sums, by=["language"]).filter(rater="new")
    value = dict(found.select("language", "value").rows())
    assert value["de"] == pytest.approx(0.95, abs=0.02)
    assert value["fi"] == pytest.approx(0.76, abs=0.03)


def test_slice_skill_a_small_slice_borrows_from_all() -> None:
    rows = [("big", f"p{at}", 200, 180 + at % 10) for at in range(20)] + [("small", "x", 5, 2)]
    found = slice_skill(pl.DataFrame(rows, schema=["s", "rater", "n", "score"], orient="row"), by=["s"])
    small = found.filter(s="small").row(0, named=True)
    assert small["raw"] == 0.4
    assert 0.7 < small["prior_mean"] < 0.93
    assert small["value"] > 0.6


def test_slice_skill_intervals_cover_the_skill() -> None:
    rng = np.random.default_rng(3)
    hits, below, said = [], [], []
    for _ in range(20):
        skill = rng.beta(27, 3, 50)
        n = rng.integers(10, 200, 50)
        sums = pl.DataFrame({"rater": [f"p{at:02}" for at in range(50)], "n": n, "score": rng.binomial(n, skill)})
        found = slice_skill(sums, target=0.88)
        hits += ((found["low"].to_numpy() <= skill) & (skill <= found["high"].to_numpy())).tolist()
        below += (skill < 0.88).tolist()
        said += found["chance_below"].to_list()
    assert 0.87 < np.mean(hits) < 0.93
    said, below = np.array(said), np.array(below)
    sure = said > 0.9
    assert below[sure].mean() > 0.88
    assert below[said < 0.1].mean() < 0.12


def test_slice_skill_intervals_cover_with_partial_scores() -> None:
    rng = np.random.default_rng(4)
    hits = []
    for _ in range(20):
        skill = rng.beta(36, 4, 40)
        rows = [
            (f"p{who:02}", score)
            for who, mean in enumerate(skill)
            for score in rng.choice([1.0, 0.8], 60, p=[max(0.0, 1 - 5 * (1 - mean)), min(1.0, 5 * (1 - mean))])
        ]
        frame = pl.DataFrame(rows, schema=["who", "score"], orient="row")
        found = slice_skill(skill_sums(frame, rater="who", score="score"))
        truth = np.maximum(skill, 0.8)
        hits += ((found["low"].to_numpy() <= truth) & (truth <= found["high"].to_numpy())).tolist()
    assert 0.85 < np.mean(hits) < 0.95


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abcdefg"), st.sampled_from("xy"), st.sampled_from([0.0, 0.5, 1.0])),
        min_size=2,
        max_size=60,
    )
)
def test_slice_skill_shards_add_up_to_the_whole(rows) -> None:
    frame = pl.DataFrame(rows, schema=["who", "s", "score"], orient="row")
    whole = skill_sums(frame, rater="who", score="score", by=["s"])
    half = len(rows) // 2
    parts = [skill_sums(part, rater="who", score="score", by=["s"]) for part in (frame[:half], frame[half:])]
    there, again = slice_skill(whole, by=["s"]), slice_skill(pl.concat(parts), by=["s"])
    assert there.select("s", "rater", "n").equals(again.select("s", "rater", "n"))
    assert there["value"].to_list() == pytest.approx(again["value"].to_list(), abs=1e-9)
    assert ((there["low"] <= there["value"]) & (there["value"] <= there["high"])).all()


def test_slice_skill_of_odd_tables() -> None:
    one = slice_skill(pl.DataFrame({"rater": ["a"], "n": [10], "score": [9]}))
    assert 0.5 < one["value"][0] < 1
    unseen = slice_skill(pl.DataFrame({"rater": ["a", "b"], "n": [0, 10], "score": [0, 9]}))
    assert unseen["raw"][0] is None
    assert unseen["chance_below"].null_count() == 2
    empty = slice_skill(
        pl.DataFrame(
            {"rater": [], "n": [], "score": []}, schema={"rater": pl.String, "n": pl.Int64, "score": pl.Float64}
        )
    )
    assert empty.is_empty()
    good = pl.DataFrame({"rater": ["a"], "n": [10], "score": [9]})
    for wrong in (
        lambda: slice_skill(good, by=["s"]),
        lambda: slice_skill(good.with_columns(score=11)),
        lambda: slice_skill(good, target=0.0),
        lambda: skill_sums(pl.DataFrame({"who": ["a"], "score": [1.5]}), rater="who", score="score"),
        lambda: skill_sums(pl.DataFrame({"who": ["a"], "score": [float("nan")]}), rater="who", score="score"),
        lambda: skill_sums(pl.DataFrame({"who": ["a"]}), rater="who", score="score"),
    ):
        with pytest.raises(ValueError, match=r".+"):
            wrong()
