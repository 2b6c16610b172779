"""Kappas, AC1 and percent agreement against published tables and statsmodels."""

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from scipy import stats
from statsmodels.stats import inter_rater

from smo.measure import agreement
from smo.measure.agreement import pairs as agreement_pairs
from smo.measure.agreement.kappa import credit
from smo.measure.ratings import Ratings
from tests.measure import build

quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ALL = (
    agreement.percent_agreement,
    agreement.fleiss_kappa,
    agreement.gwet_ac1,
    agreement.gwet_ac2,
    agreement.cohen_kappa,
)


def of(frame: pl.DataFrame) -> Ratings:
    return Ratings.from_frame(frame, item="item", rater="rater", label="label")


def test_cohen_of_the_published_tables() -> None:
    assert agreement.cohen_kappa(build.two_by_two(20, 5, 10, 15)).value == pytest.approx(0.400, abs=1e-12)
    assert agreement.cohen_kappa(build.two_by_two(6, 4, 4, 986)).value == pytest.approx(0.596, abs=5e-4)


def test_the_skewed_table_shows_why_one_coefficient_is_not_enough() -> None:
    ratings = build.two_by_two(6, 4, 4, 986)
    assert agreement.percent_agreement(ratings).value == pytest.approx(0.992)
    assert agreement.gwet_ac1(ratings).value == pytest.approx(0.992, abs=5e-4)
    assert agreement.specific_agreement(ratings)["yes"].value == pytest.approx(0.6)
    assert agreement.prevalence(ratings)["yes"].value == pytest.approx(0.01)
    assert agreement.fleiss_kappa(ratings).warnings


def test_percent_agreement_of_two_raters_has_the_plain_wilson_interval() -> None:
    estimate = agreement.percent_agreement(build.two_by_two(60, 10, 8, 22))
    assert (estimate.n, estimate.value) == (100, 0.82)
    assert estimate.n_effective == pytest.approx(99, abs=0.5)  # n - 1: the variance of a sample


@pytest.mark.parametrize("seed", range(4))
def test_fleiss_equals_statsmodels(seed: int) -> None:
    counts = np.random.default_rng(seed).multinomial(5, [0.5, 0.3, 0.2], size=40)
    found = agreement.fleiss_kappa(build.from_counts(counts.tolist()))
    assert found.value == pytest.approx(inter_rater.fleiss_kappa(counts), abs=1e-12)


@pytest.mark.parametrize(("weights", "theirs"), [(None, None), ("linear", "linear"), ("quadratic", "quadratic")])
def test_cohen_equals_statsmodels(weights: str | None, theirs: str | None) -> None:
    rng = np.random.default_rng(4)
    first = rng.integers(1, 5, 200)
    second = np.where(rng.random(200) < 0.6, first, rng.integers(1, 5, 200))
    table = np.zeros((4, 4))
    np.add.at(table, (first - 1, second - 1), 1)
    found = agreement.cohen_kappa(build.ratings_of((first.tolist(), second.tolist())), weights)
    expected = inter_rater.cohens_kappa(table, wt=theirs)
    assert found.value == pytest.approx(expected.kappa, abs=1e-12)
    assert (found.high - found.low) / (2 * 1.6525) == pytest.approx(expected.std_kappa, rel=0.03)


def test_cohen_of_many_is_the_mean_over_pairs_weighted_by_shared_items() -> None:
    rng = np.random.default_rng(6)
    frame = build.random_frame(rng, items=60, labels=3, raters=5, n=180)
    total = weight = 0.0
    for a in range(5):
        for b in range(a + 1, 5):
            pair = frame.filter(pl.col("rater").is_in([a, b]))
            estimate = agreement.cohen_kappa(of(pair))
            if estimate.value is not None:
                total += estimate.value * estimate.n
                weight += estimate.n
    assert agreement.cohen_kappa(of(frame)).value == pytest.approx(total / weight, abs=1e-12)


def test_ac2_with_equal_or_nothing_credit_is_ac1() -> None:
    ratings = of(build.random_frame(np.random.default_rng(1), items=50, labels=4, raters=4, n=150))
    first, second = agreement.gwet_ac1(ratings), agreement.gwet_ac2(ratings, np.eye(4))
    for field in ("value", "low", "high", "n"):
        assert getattr(first, field) == pytest.approx(getattr(second, field), abs=1e-12)


def test_ac2_of_a_table_worked_by_hand() -> None:
    ratings = build.ratings_of(((1, 2, 3, 3), (1, 3, 3, 1)))  # credits 1, 3/4, 1, 0; shares 3/8, 1/8, 4/8
    shares = np.array([3, 1, 4]) / 8
    chance = (3 + 4 * 0.75) / 6 * float(shares @ (1 - shares))
    expected = (2.75 / 4 - chance) / (1 - chance)
    assert agreement.gwet_ac2(ratings, "quadratic").value == pytest.approx(expected, abs=1e-12)


def test_credit_follows_the_numbers_not_their_places() -> None:
    assert credit((0.0, 1.0, 10.0), "linear")[0].tolist() == [1.0, 0.9, 0.0]
    assert credit(("a", "b", "c"), "quadratic")[0].tolist() == [1.0, 0.75, 0.0]
    with pytest.raises(ValueError, match="unknown weights"):
        credit(("a",), "cubic")
    with pytest.raises(ValueError, match="1 on the diagonal"):
        credit(("a", "b"), np.zeros((2, 2)))


@quick
@given(frame=build.frames())
def test_every_coefficient_of_any_table_is_in_range_or_says_why_not(frame: pl.DataFrame) -> None:
    ratings = of(frame)
    by_label = (agreement.specific_agreement, agreement.prevalence, agreement.per_label_alpha)
    estimates = [measure(ratings) for measure in ALL]
    for estimate in (*estimates, *(e for measure in by_label for e in measure(ratings).values())):
        if estimate.value is None:
            assert estimate.warnings
        elif estimate.low is not None:
            assert min(-1, estimate.value) <= estimate.low <= estimate.value + 1e-12
            assert estimate.value - 1e-12 <= estimate.high <= 1 + 1e-12


@quick
@given(frame=build.frames())
def test_the_order_of_rows_and_the_names_of_raters_do_not_matter(frame: pl.DataFrame) -> None:
    changed = frame.sample(fraction=1, shuffle=True, seed=2).with_columns(rater=pl.col("rater") + 100)
    assert [measure(of(changed)) for measure in ALL] == [measure(of(frame)) for measure in ALL]


def test_specific_agreement_of_more_raters_weighs_pairs_by_item() -> None:
    ratings = build.from_counts([[3, 0], [2, 1], [0, 2], [1, 0]])
    found = agreement.specific_agreement(ratings)
    assert found[0.0].value == pytest.approx((3 + 1) / 5)  # of a's ratings, the share of others who say a
    assert found[1.0].value == pytest.approx(2 / 3)
    assert found[0.0].n == 2


def test_prevalence_knows_that_ratings_of_an_item_are_alike() -> None:
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"item": np.repeat(np.arange(200), 5), "label": np.repeat(rng.integers(0, 2, 200), 5)})
    ratings = Ratings.from_frame(frame, item="item", rater=None, label="label")
    found = agreement.prevalence(ratings)[1.0]
    assert (found.n, found.successes) == (1000, int(frame["label"].sum()))
    assert found.n_effective == pytest.approx(199, abs=1)
    assert sum(e.value for e in agreement.prevalence(ratings).values()) == pytest.approx(1)


def test_pairs_of_people() -> None:
    frame = build.random_frame(np.random.default_rng(3), items=100, labels=3, raters=4, n=300)
    found = agreement.pair_agreement(of(frame), at_least=10)
    wide = frame.pivot("rater", index="item", values="label")
    assert found.height == 6
    assert found["agreement"].is_sorted()
    for a, b, n, share, low, high, kappa, kappa_low, kappa_high in found.rows():
        both = wide.select(str(a), str(b)).drop_nulls()
        assert n == both.height
        theirs = inter_rater.cohens_kappa(np.histogram2d(*both.to_numpy().T, bins=3)[0])
        assert kappa == pytest.approx(theirs.kappa, abs=1e-12)
        spread = theirs.std_kappa * np.sqrt(n / (n - 1)) / (1 - kappa**2) * stats.t.ppf(0.95, n - 1)
        assert (kappa_low, kappa_high) == pytest.approx(tuple(np.tanh(np.arctanh(kappa) + spread * np.array([-1, 1]))))
        assert share == pytest.approx((both[str(a)] == both[str(b)]).mean())
        assert low < share < high
    assert agreement.pair_agreement(of(frame), at_least=1000).is_empty()


def test_anonymous_ratings_have_no_pairs() -> None:
    ratings = build.ratings_of(build.CANONICAL, anonymous=True)
    assert agreement.cohen_kappa(ratings).value is None
    assert "no raters" in agreement.cohen_kappa(ratings).warnings[0]
    assert agreement.pair_agreement(ratings).columns[:3] == ["rater_a", "rater_b", "n"]
    assert agreement.pair_agreement(ratings).is_empty()


def test_people_who_use_one_label_have_no_kappa_and_are_named() -> None:
    frame = pl.concat(
        [
            build.frame_of((["a"] * 30, ["a"] * 30)),
            build.frame_of((["a", "b"] * 9, ["a", "b"] * 9)).with_columns(pl.col("item") + 50, pl.col("rater") + 5),
        ]
    )
    found = agreement.cohen_kappa(of(frame))
    assert found.value == 1.0
    assert "1 pairs" in found.warnings[0]
    assert agreement.cohen_kappa(build.ratings_of((["a"] * 3, ["a"] * 3))).value is None


def test_a_rater_is_no_pair_with_himself() -> None:
    frame = pl.DataFrame({"item": [1, 1, 2], "rater": ["x", "x", "y"], "label": ["a", "b", "a"]})
    assert agreement.cohen_kappa(of(frame)).value is None


@pytest.mark.parametrize("direct", [0, 1 << 24])
def test_many_cells_of_pairs_are_counted_exactly(direct: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """More cells than the search table starts with, and the same in a plain table."""
    monkeypatch.setattr(agreement_pairs, "DIRECT", direct)
    frame = build.random_frame(np.random.default_rng(0), items=400, labels=20, raters=30, n=4000)
    ratings = of(frame)
    joined = frame.join(frame, on="item").filter(pl.col("rater") < pl.col("rater_right"))
    expected = joined.group_by("rater", "rater_right").len().sort("rater", "rater_right")
    found = agreement.pair_agreement(ratings, at_least=1).sort("rater_a", "rater_b")
    assert found.select("rater_a", "rater_b").rows() == expected.select("rater", "rater_right").rows()
    assert found["n"].to_list() == expected["len"].to_list()
    small = of(frame.filter(pl.col("rater") < 8, pl.col("item") < 60))
    kappa = agreement.cohen_kappa(small)
    monkeypatch.setattr(agreement_pairs, "DIRECT", (1 << 24) - direct)
    assert agreement.cohen_kappa(small) == kappa


def test_very_many_labels_give_no_credit_but_cost_no_table() -> None:
    n = 5000
    ratings = build.ratings_of((list(range(n)), [*range(n - 1), 0]))
    assert agreement.gwet_ac2(ratings).value is None
    assert "too many" in agreement.cohen_kappa(ratings, "linear").warnings[0]
    assert agreement.cohen_kappa(ratings).value == pytest.approx(1 - 1 / n, abs=1e-6)
    assert agreement.per_label_alpha(ratings)[7.0].value == 1.0


def test_kappa_of_pairs_refuses_weights_and_names_one_busy_person() -> None:
    rng = np.random.default_rng(0)
    rows = [(i, who, int(rng.integers(0, 2))) for i in range(60) for who in ("busy", f"other{i % 5}")]
    frame = pl.DataFrame(rows, schema=["item", "rater", "label"], orient="row")
    assert any("one person is in 100%" in w for w in agreement.cohen_kappa(of(frame)).warnings)
    weighted = Ratings.from_frame(frame.with_columns(w=2.0), item="item", rater="rater", label="label", weight="w")
    with pytest.raises(ValueError, match="leave the weights out"):
        agreement.cohen_kappa(weighted)


def test_two_people_who_never_differ_have_a_kappa_with_an_honest_low_end() -> None:
    found = agreement.pair_agreement(build.two_by_two(30, 0, 0, 30))
    assert found["kappa"].to_list() == [1.0]
    assert 0.85 < found["kappa_low"][0] < 0.95
    assert found["kappa_high"].to_list() == [1.0]
    one_label = agreement.pair_agreement(build.two_by_two(30, 0, 0, 0))
    assert one_label.row(0)[-3:] == (None, None, None)
