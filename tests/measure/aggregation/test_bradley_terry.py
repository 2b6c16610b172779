"""Bradley-Terry: against the published fit of baseball teams, Hunter's MM, a general optimiser, and bad tables."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from smo.measure.aggregation import bradley_terry as module
from smo.measure.aggregation.bradley_terry import PRIOR_GAMES, bradley_terry, win_chance

# Agresti 2002, Categorical Data Analysis, table 10.10: American League 1987, wins of the row over the column.
TEAMS = ("Milwaukee", "Detroit", "Toronto", "New York", "Boston", "Cleveland", "Baltimore")
WINS = (
    (0, 7, 9, 7, 7, 9, 11),
    (6, 0, 7, 5, 11, 9, 9),
    (4, 6, 0, 7, 7, 8, 12),
    (6, 8, 6, 0, 6, 7, 10),
    (6, 2, 6, 7, 0, 7, 12),
    (4, 4, 5, 6, 6, 0, 6),
    (2, 4, 1, 3, 1, 7, 0),
)
# The same source: log strengths less Baltimore's.
PUBLISHED = (1.581, 1.436, 1.294, 1.248, 1.108, 0.684, 0.0)


def baseball() -> pl.DataFrame:
    rows = [(a, b, a) for i, a in enumerate(TEAMS) for j, b in enumerate(TEAMS) for _ in range(WINS[i][j])]
    return pl.DataFrame(rows, schema=["left", "right", "winner"], orient="row")


def strengths(frame: pl.DataFrame, **options: object) -> dict[object, float]:
    found = bradley_terry(frame, **options)  # type: ignore[arg-type]
    return dict(found.items.select("item", "strength").iter_rows())


def simulated(rng: np.random.Generator, *, n: int, tie: float | None = None, place: float = 0.0) -> pl.DataFrame:
    truth = np.linspace(-1.5, 1.5, 8)
    left = rng.integers(0, 8, n)
    right = (left + rng.integers(1, 8, n)) % 8
    middle = -np.inf if tie is None else tie
    logits = np.stack(
        [truth[left] + place, truth[right], np.full(n, middle) + (truth[left] + truth[right] + place) / 2]
    )
    outcome = (logits + rng.gumbel(size=logits.shape)).argmax(axis=0)
    winner = pl.Series([(a, b, None)[o] for a, b, o in zip(left, right, outcome, strict=True)], dtype=pl.Int64)
    return pl.DataFrame({"left": left, "right": right, "winner": winner})


def test_the_published_baseball_strengths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PRIOR_GAMES", 1e-9)
    found = strengths(baseball())
    assert [round(found[team] - found["Baltimore"], 3) for team in TEAMS] == list(PUBLISHED)


def test_the_standard_error_of_a_difference_is_near_the_published(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PRIOR_GAMES", 1e-6)
    se = bradley_terry(baseball()).items["se"].to_numpy()
    assert np.all((se > 0.18) & (se < 0.32))  # the published one of Milwaukee less Baltimore is .34, near se * sqrt 2


def test_equals_the_minorisation_of_hunter_with_the_same_prior() -> None:
    wins, strength = np.array(WINS, float), np.ones(7)
    for _ in range(5000):
        pull = ((wins + wins.T) / (strength[:, None] + strength[None, :])).sum(1) + 2 * PRIOR_GAMES / (strength + 1)
        strength = (wins.sum(1) + PRIOR_GAMES) / pull
    log = np.log(strength)
    found = strengths(baseball())
    assert np.allclose([found[team] for team in TEAMS], log - log.mean(), atol=1e-7)


def test_ties_and_left_place_are_found_again_and_the_maximum_is_one() -> None:
    found = bradley_terry(simulated(np.random.default_rng(4), n=6000, tie=-0.3, place=0.4), order_effect=True)
    assert found.tie.low is not None
    assert found.tie.low < -0.3 < found.tie.high
    assert found.left.low is not None
    assert found.left.low < 0.4 < found.left.high
    assert np.abs(found.items["strength"].to_numpy() - np.linspace(-1.5, 1.5, 8)).max() < 0.2


def test_no_other_point_has_a_higher_log_posterior() -> None:
    frame = simulated(np.random.default_rng(1), n=200, tie=-0.5)
    rows = module._rows(frame, left="left", right="right", winner="winner", rater=None)
    _, sides = module.encode(pl.concat([rows["left"], rows["right"]]))
    games, free = module._games(rows, sides, n_items=8), np.array([True, True])
    ours = module._newton(games, np.zeros(10), free=free)
    best = optimize.minimize(lambda at: -module._log_posterior(games, at, free=free)[1], np.zeros(10), method="BFGS")
    assert module._log_posterior(games, ours.at, free=free)[1] >= -best.fun - 1e-8
    assert np.allclose(ours.at, best.x, atol=1e-3)


def test_a_rater_who_answers_in_reverse_is_found_and_does_not_harm() -> None:
    rng = np.random.default_rng(7)
    frame = simulated(rng, n=1500).with_columns(pl.Series("rater", rng.integers(0, 5, 1500)))
    loser = pl.when(pl.col("winner") == pl.col("left")).then(pl.col("right")).otherwise(pl.col("left"))
    turned = frame.with_columns(pl.when(pl.col("rater") == 0).then(loser).otherwise(pl.col("winner")).alias("winner"))
    found = bradley_terry(turned, rater="rater")
    reliability = dict(found.raters.select("rater", "reliability").iter_rows())
    assert reliability[0] < 0.2
    assert min(reliability[who] for who in range(1, 5)) > 0.8
    truth = np.linspace(-1.5, 1.5, 8)
    fits = {column: bradley_terry(turned, rater=column).items["strength"].to_numpy() for column in ("rater", None)}
    assert np.corrcoef(fits["rater"], truth)[0, 1] > 0.99
    assert np.abs(fits["rater"] - truth).mean() < np.abs(fits[None] - truth).mean()


def test_groups_that_never_met_are_said_and_not_compared() -> None:
    frame = pl.DataFrame({"left": list("aacc"), "right": list("bbdd"), "winner": list("abcd")})
    found = bradley_terry(frame)
    assert found.items["group"].n_unique() == 2
    assert "2 groups" in found.warnings[0]
    assert win_chance(found, "a", over="b") == pytest.approx(0.5)
    with pytest.raises(ValueError, match="never compared, not even"):
        win_chance(found, "a", over="c")
    with pytest.raises(ValueError, match="never compared: z"):
        win_chance(found, "a", over="z")


def test_an_item_that_always_won_stays_finite_and_is_said() -> None:
    frame = pl.DataFrame({"left": ["a"] * 50, "right": ["b"] * 50, "winner": ["a"] * 50})
    found = bradley_terry(frame)
    assert found.items["strength"].is_finite().all()
    assert "2 items won or lost every time" in found.warnings[0]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("a", "a", "a")], "itself"),
        ([("a", "b", "c")], "neither"),
        ([(None, "b", "b")], "have none"),
    ],
)
def test_bad_comparisons_are_refused(rows: list[tuple[str | None, ...]], message: str) -> None:
    frame = pl.DataFrame(rows, schema=dict.fromkeys(("left", "right", "winner"), pl.String), orient="row")
    with pytest.raises(ValueError, match=message):
        bradley_terry(frame)


def test_no_comparisons_and_a_missing_column() -> None:
    empty = pl.DataFrame(schema=dict.fromkeys(("left", "right", "winner"), pl.String))
    assert bradley_terry(empty).items.is_empty()
    assert bradley_terry(empty).warnings == ("there are no comparisons",)
    with pytest.raises(ValueError, match="no column winner"):
        bradley_terry(empty.drop("winner"))


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(1, 4), st.integers(0, 2)), min_size=1, max_size=40), st.randoms()
)
def test_order_of_rows_sides_and_names_do_not_matter(rows: list[tuple[int, int, int]], random: object) -> None:
    games = [(a, (a + d) % 5, (a, (a + d) % 5, None)[o]) for a, d, o in rows]
    frame = pl.DataFrame(games, schema=dict.fromkeys(("left", "right", "winner"), pl.Int64), orient="row")
    plain = strengths(frame)
    swapped = strengths(frame.sample(fraction=1, shuffle=True, seed=3).rename({"left": "right", "right": "left"}))
    named = strengths(frame.with_columns(pl.all().cast(pl.String)))
    assert plain == pytest.approx(swapped, abs=1e-6)
    assert list(plain.values()) == pytest.approx([named[str(item)] for item in plain], abs=1e-6)
