"""The mixed model: recovers what made the data, agrees with a fixed-effects fit, shrinks, and covers."""

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from smo.measure.people.case_mix import adjusted_rates
from smo.measure.people.mixed_logistic import MixedData, fit_mixed_logistic


def made(seed: int, *, people: int = 40, per_cell: int = 40, spread: float = 0.5) -> tuple[pl.DataFrame, np.ndarray]:
    """People with unequal mixes of three kinds of work; -> rows and each person's effect."""
    rng = np.random.default_rng(seed)
    effect = rng.normal(0, spread, people)
    rows = []
    for person in range(people):
        share = rng.dirichlet([1.0, 1.0, 1.0])
        for level, base in enumerate((-3.0, -2.0, -1.0)):
            n = int(rng.poisson(3 * per_cell * share[level]))
            rows.append((f"p{person:03}", "abc"[level], n, int(rng.binomial(n, special.expit(base + effect[person])))))
    return pl.DataFrame(rows, schema=["who", "work", "n", "events"], orient="row"), effect


def test_case_mix_recovers_the_truth() -> None:
    frame, effect = made(1, people=200, per_cell=100)
    found = adjusted_rates(frame, person="who", mix=["work"])
    assert found.has_converged
    assert found.spread == pytest.approx(0.5, abs=0.08)
    level = dict(found.levels.select("level", "log_odds").rows())
    base = {"a": -3.0, "b": -2.0, "c": -1.0}
    absent = next(iter(set(base) - set(level)))
    for name, value in level.items():
        assert value == pytest.approx(base[name] - base[absent], abs=0.1)
    assert np.corrcoef(found.people["log_odds"], effect)[0, 1] > 0.9


def test_case_mix_intervals_cover_and_raw_rates_do_not() -> None:
    hits, raw_hits, seen = 0, 0, 0
    for seed in range(12):
        frame, effect = made(seed, per_cell=25)
        share = frame.group_by("work").agg(pl.col("n").sum()).sort("work")["n"].to_numpy()
        truth = special.expit(np.array([-3.0, -2.0, -1.0]) + effect[:, None]) @ (share / share.sum())
        people = adjusted_rates(frame, person="who", mix=["work"]).people
        hits += int(((people["low"].to_numpy() <= truth) & (truth <= people["high"].to_numpy())).sum())
        half = people["value"].to_numpy() - people["low"].to_numpy()
        raw_hits += int((np.abs(people["raw"].to_numpy() - truth) <= half).sum())
        seen += truth.size
    assert 0.87 < hits / seen < 0.93
    assert raw_hits / seen < 0.75


def test_case_mix_equals_the_fixed_effects_fit_where_everybody_is_well_known() -> None:
    frame, _ = made(3, people=8, per_cell=4000)
    found = adjusted_rates(frame, person="who", mix=["work"])
    dummies = frame.select(
        pl.col("n"),
        pl.col("events"),
        *(pl.col("who").eq(name).cast(pl.Float64).alias(name) for name in frame["who"].unique().sort()),
        *(pl.col("work").eq(name).cast(pl.Float64).alias(name) for name in found.levels["level"]),
    )
    x = dummies.drop("n", "events").to_numpy()
    y = np.column_stack([frame["events"], frame["n"] - frame["events"]])
    oracle = sm.GLM(y, x, family=sm.families.Binomial()).fit()
    assert found.levels["log_odds"].to_list() == pytest.approx(oracle.params[8:].tolist(), abs=0.01)
    own = found.people["log_odds"].to_numpy()
    assert own - own.mean() == pytest.approx(oracle.params[:8] - oracle.params[:8].mean(), abs=0.04)


def test_case_mix_turns_the_raw_order_round() -> None:
    rows = {"who": list("aabb"), "work": ["easy", "hard"] * 2, "n": [100, 300, 300, 100], "events": [2, 26, 9, 12]}
    people = adjusted_rates(pl.DataFrame(rows), person="who", mix=["work"]).people
    assert people["raw"][0] > people["raw"][1]
    assert people["value"][0] < people["value"][1]


def test_case_mix_few_cases_are_drawn_to_the_others() -> None:
    frame, _ = made(4, people=30)
    new = pl.DataFrame({"who": ["new"], "work": ["c"], "n": [2], "events": [2]}, schema=frame.schema)
    people = adjusted_rates(pl.concat([frame, new]), person="who", mix=["work"], target=0.2).people
    row = people.filter(person="new").row(0, named=True)
    assert row["raw"] == 1.0
    assert row["value"] < 0.4
    assert 0 < row["chance_below"] < 1


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 1000))
def test_case_mix_follows_the_people_not_their_rows_or_names(seed) -> None:
    frame, _ = made(seed, people=8)
    there = adjusted_rates(frame, person="who", mix=["work"]).people
    shuffled = pl.concat(
        [frame.with_columns(pl.col("n", "events") * 0), frame.sample(fraction=1, shuffle=True, seed=seed)]
    )
    again = adjusted_rates(shuffled, person="who", mix=["work"]).people
    assert again["value"].to_list() == pytest.approx(there["value"].to_list(), abs=1e-6)
    renamed = frame.with_columns(work=pl.col("work").replace({"a": "z"}), who=pl.format("x{}", "who"))
    assert adjusted_rates(renamed, person="who", mix=["work"]).people["value"].to_list() == pytest.approx(
        there["value"].to_list(), abs=1e-6
    )


def test_case_mix_of_odd_tables() -> None:
    alone = adjusted_rates(pl.DataFrame({"who": ["a"], "n": [10], "events": [0]}), person="who")
    assert 0 < alone.people["value"][0] < 0.2
    perfect = adjusted_rates(
        pl.DataFrame({"who": list("abc"), "work": list("xyx"), "n": [50] * 3, "events": [0] * 3}),
        person="who",
        mix=["work"],
    )
    assert perfect.has_converged
    assert (perfect.people["high"] < 0.2).all()
    rows = pl.DataFrame({"who": ["a", "b"], "events": [True, False]})
    assert adjusted_rates(rows, person="who").people["n"].to_list() == [1, 1]
    frame, _ = made(5, people=3)
    for wrong in (
        lambda: adjusted_rates(frame, person="who", mix=["team"]),
        lambda: adjusted_rates(frame.with_columns(events=pl.col("n") + 1), person="who"),
        lambda: adjusted_rates(frame.with_columns(who=pl.lit(None, pl.String)), person="who"),
        lambda: adjusted_rates(frame.head(0), person="who"),
        lambda: adjusted_rates(frame, person="who", target=1.0),
    ):
        with pytest.raises(ValueError, match=r".+"):
            wrong()


def test_mixed_logistic_variance_is_that_of_the_whole_hessian() -> None:
    """The eliminated form against the inverse of the full matrix."""
    frame, _ = made(6, people=7)
    cells = frame.filter(pl.col("n") > 0)
    person = cells["who"].rank("dense").cast(pl.Int64).to_numpy() - 1
    fixed = np.column_stack(
        [np.ones(cells.height), (cells["work"] == "a").to_numpy(), (cells["work"] == "b").to_numpy()]
    ).astype(float)
    events, n = cells["events"].cast(pl.Float64).to_numpy(), cells["n"].cast(pl.Float64).to_numpy()
    fit = fit_mixed_logistic(MixedData(events, n, person, fixed))
    whole = np.column_stack([np.eye(7)[person], fixed])
    chance = special.expit(whole @ np.concatenate([fit.person, fit.dense]))
    hessian = whole.T @ (whole * (n * chance * (1 - chance))[:, None])
    hessian += np.diag([fit.person_spread**-2] * 7 + [1 / 25] * 3)
    assert fit.person_variance() == pytest.approx(np.diag(np.linalg.inv(hessian))[:7], rel=1e-8)
    gradient = whole.T @ (events - n * chance)
    assert gradient[:7] == pytest.approx(fit.person / fit.person_spread**2, abs=1e-6)
