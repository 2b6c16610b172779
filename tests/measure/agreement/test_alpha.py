"""Krippendorff's alpha against the published table and the krippendorff package."""

from dataclasses import replace
from itertools import pairwise

import krippendorff
import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings

from smo.measure.agreement import krippendorff_alpha, merge, patterns, per_label_alpha, subtract
from smo.measure.agreement.alpha import LEVELS, _disagreement, _influence, label_totals
from smo.measure.agreement.sets import jaccard_distance, masi_distance
from smo.measure.ratings import Ratings
from tests.measure import build

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def of(frame: pl.DataFrame) -> Ratings:
    return Ratings.from_frame(frame, item="item", rater="rater", label="label")


def oracle(ratings: Ratings, level: object) -> float:
    counts = ratings.counts()
    domain = list(ratings.labels) if not isinstance(ratings.labels[0], str) else list(range(len(ratings.labels)))
    return float(krippendorff.alpha(value_counts=counts, value_domain=domain, level_of_measurement=level))


@pytest.mark.parametrize(("level", "value"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_of_the_canonical_table(level: str, value: float) -> None:
    estimate = krippendorff_alpha(build.ratings_of(build.CANONICAL), level)
    assert estimate.value == pytest.approx(value, abs=5e-4)
    assert estimate.n == 11
    assert estimate.low < estimate.value < estimate.high


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("seed", range(6))
def test_alpha_equals_the_krippendorff_package(level: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = [(30, 2, 2, 60), (40, 5, 7, 150), (300, 4, 5, 900), (12, 40, 30, 300), (2, 3, 357, 700), (50, 9, 3, 60)][
        seed
    ]
    items, labels, raters, n = shape
    ratings = of(build.random_frame(rng, items=items, labels=labels, raters=raters, n=n))
    assert krippendorff_alpha(ratings, level).value == pytest.approx(oracle(ratings, level), abs=1e-12)


@pytest.mark.parametrize("distance", [jaccard_distance, masi_distance])
def test_alpha_of_sets_equals_the_krippendorff_package(distance) -> None:
    rng = np.random.default_rng(3)
    frame = build.random_frame(rng, items=60, labels=6, raters=4, n=200)
    names = pl.Series(["", "a", "a|b", "b", "a|c|d", "b|c", "d"])
    ratings = of(frame.with_columns(names.gather(frame["label"]).alias("label")))
    matrix = distance(ratings.labels)
    metric = lambda v1, v2, i1, i2, n_v, dtype=np.float64: matrix[i1, i2].astype(dtype)  # noqa: E731
    assert krippendorff_alpha(ratings, matrix).value == pytest.approx(oracle(ratings, metric), abs=1e-12)


@pytest.mark.parametrize("level", LEVELS)
@quick
@given(frame=build.frames())
def test_alpha_of_any_table_equals_the_package_or_says_why_not(level: str, frame: pl.DataFrame) -> None:
    ratings = of(frame)
    estimate = krippendorff_alpha(ratings, level)
    if estimate.value is None:
        assert estimate.warnings
        pairable = ratings.counts()[np.diff(ratings.item_start) > 1]
        assert (pairable.sum(axis=0) > 0).sum() < 2
        return
    assert estimate.value == pytest.approx(oracle(ratings, level), abs=1e-12)
    assert estimate.value <= 1 + 1e-12
    if estimate.low is not None:
        assert estimate.low <= estimate.value <= estimate.high <= 1 + 1e-12


@pytest.mark.parametrize("level", LEVELS)
@quick
@given(frame=build.frames())
def test_alpha_does_not_depend_on_the_order_of_rows(level: str, frame: pl.DataFrame) -> None:
    shuffled = frame.sample(fraction=1, shuffle=True, seed=1)
    assert krippendorff_alpha(of(shuffled), level) == krippendorff_alpha(of(frame), level)


@quick
@given(frame=build.frames())
def test_nominal_alpha_does_not_depend_on_the_names(frame: pl.DataFrame) -> None:
    renamed = frame.with_columns(
        label=9 - pl.col("label"), rater=pl.col("rater") * 7, item=(20 - pl.col("item")).cast(pl.String)
    )
    first, second = krippendorff_alpha(of(frame)), krippendorff_alpha(of(renamed))
    assert (first.value is None) == (second.value is None)
    if first.value is not None:
        assert (second.value, second.n) == (pytest.approx(first.value, abs=1e-12), first.n)


@quick
@given(frame=build.frames())
def test_equal_weights_change_nothing_but_the_stated_effective_n(frame: pl.DataFrame) -> None:
    weighted = frame.with_columns(pl.lit(1.0).alias("w"))
    ratings = Ratings.from_frame(weighted, item="item", rater="rater", label="label", weight="w")
    first, second = krippendorff_alpha(of(frame), "interval"), krippendorff_alpha(ratings, "interval")
    assert (first.value, first.low, first.high) == (second.value, second.low, second.high)
    assert second.value is None or second.n_kish == pytest.approx(second.n)


def test_a_weight_of_three_has_the_value_of_three_copies() -> None:
    rng = np.random.default_rng(0)
    frame = build.random_frame(rng, items=40, labels=3, raters=4, n=120)
    weighted = frame.with_columns((1 + 2 * (pl.col("item") % 2 == 0)).alias("w"))
    copies = pl.concat(
        [frame, *(frame.filter(pl.col("item") % 2 == 0).with_columns(pl.col("item") + c) for c in (100, 200))]
    )
    one = Ratings.from_frame(weighted, item="item", rater="rater", label="label", weight="w")
    for level in LEVELS:
        first, second = krippendorff_alpha(one, level), krippendorff_alpha(of(copies), level)
        assert first.value == pytest.approx(second.value, abs=1e-12)
        assert first.n == one.select(np.diff(one.item_start) > 1).n_items
        assert first.high - first.low > second.high - second.low  # copies pretend to be evidence, weights do not


@pytest.mark.parametrize("level", LEVELS)
def test_shards_equal_the_whole_and_subtract_exactly(level: str) -> None:
    rng = np.random.default_rng(5)
    ratings = of(build.random_frame(rng, items=400, labels=5, raters=6, n=1500))
    shard = rng.integers(0, 16, ratings.n_items)
    states = [patterns(ratings.select(shard == s)) for s in range(16)]
    whole = patterns(ratings)
    total = states[0]
    for state in states[1:]:
        total = merge(total, state)
    for field in ("key", "start", "label", "count", "items", "weight"):
        assert (getattr(total, field) == getattr(whole, field)).all()
    first, second = krippendorff_alpha(total, level), krippendorff_alpha(ratings, level)
    assert first == second
    rest = total
    for state in states[8:]:
        rest = subtract(rest, state)
    half = patterns(ratings.select(shard < 8))
    for field in ("key", "start", "label", "count", "items"):
        assert (getattr(rest, field) == getattr(half, field)).all()


def test_shards_with_other_labels_or_items_are_refused() -> None:
    yes, no = build.ratings_of((("a", "b"), ("a", "b"))), build.ratings_of((("a", "c"), ("a", "c")))
    with pytest.raises(ValueError, match="different labels"):
        merge(patterns(yes), patterns(no))
    with pytest.raises(ValueError, match="never added"):
        subtract(patterns(yes.select([True, False])), patterns(yes.select([False, True])))


def test_undefined_values_are_states_not_faults() -> None:
    nothing = krippendorff_alpha(of(pl.DataFrame(schema={"item": pl.Int64, "rater": pl.Int64, "label": pl.String})))
    single = krippendorff_alpha(build.ratings_of((("a", None), (None, "b"))))
    one_label = krippendorff_alpha(build.ratings_of((("a", "a"), ("a", "a"))))
    text = krippendorff_alpha(build.ratings_of((("a", "b"), ("a", "b"))), "interval")
    negative = krippendorff_alpha(build.ratings_of(((-1, 2), (-1, 2))), "ratio")
    assert [e.value for e in (nothing, single, one_label, text, negative)] == [None] * 5
    assert (nothing.n, single.n, one_label.n) == (0, 0, 2)
    assert "not numbers" in text.warnings[0]
    assert "below 0" in negative.warnings[0]
    with pytest.raises(ValueError, match="unknown level"):
        krippendorff_alpha(build.ratings_of(build.CANONICAL), "nominel")
    with pytest.raises(ValueError, match="5 x 5"):
        krippendorff_alpha(build.ratings_of(build.CANONICAL), np.zeros((2, 2)))


def test_perfect_agreement_keeps_an_honest_lower_end() -> None:
    lows = [krippendorff_alpha(build.ratings_of((["a", "b"] * n, ["a", "b"] * n))).low for n in (2, 10, 100)]
    assert all(low < high < 1 for low, high in pairwise(lows))
    assert lows[0] == pytest.approx(1 - 2 * (1 - 0.05**0.25))  # a dissent costs 1 / 0.5 where halves are equal


def test_warnings_name_skew_and_few_items() -> None:
    skewed = krippendorff_alpha(build.two_by_two(6, 4, 4, 986))
    assert any("98." in warning or "99." in warning for warning in skewed.warnings)
    assert any("only 11 items" in w for w in krippendorff_alpha(build.ratings_of(build.CANONICAL)).warnings)


def test_alpha_by_label_is_alpha_of_the_label_against_the_rest() -> None:
    rng = np.random.default_rng(8)
    frame = build.random_frame(rng, items=80, labels=4, raters=4, n=230)
    every = per_label_alpha(of(frame))
    assert list(every) == [1.0, 2.0, 3.0, 4.0]
    for label, estimate in every.items():
        binary = krippendorff_alpha(of(frame.with_columns(pl.col("label") == label)))
        for field in ("value", "low", "high", "n"):
            assert getattr(estimate, field) == pytest.approx(getattr(binary, field), abs=1e-10)


@pytest.mark.parametrize("level", LEVELS)
def test_the_influence_of_an_item_is_the_slope_of_alpha(level: str) -> None:
    """The variance rests on derivatives: compare them with small changes of one item's weight."""
    rng = np.random.default_rng(2)
    frame = build.random_frame(rng, items=30, labels=4, raters=4, n=90)
    pairs = patterns(of(frame)).pairable()
    found = _disagreement(pairs, label_totals(pairs), metric=level)
    observed, total = float(pairs.weight @ found.observed), float(pairs.weight @ pairs.size)
    influence = _influence(pairs, found, observed=observed, total=total)
    for place in range(len(pairs.items)):
        ends = []
        for step in (1e-5, -1e-5):
            weight = pairs.weight.copy()
            weight[place] += step
            ends.append(krippendorff_alpha(replace(pairs, weight=weight), level).value)
        assert influence[place] == pytest.approx((ends[0] - ends[1]) / 2e-5, abs=1e-7)


def test_alpha_per_label_of_weights_that_are_all_zero_is_not_measured_without_a_warning_of_numpy():
    frame = pl.DataFrame({"i": [1, 1, 2, 2], "y": list("abaa"), "w": [0.0] * 4})
    ratings = Ratings.from_frame(frame, item="i", rater=None, label="y", weight="w")
    with np.errstate(all="raise"):
        assert not any(found.is_measured for found in per_label_alpha(ratings).values())
