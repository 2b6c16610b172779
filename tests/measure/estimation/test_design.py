"""Totals, ratios and shares of drawn samples: textbook forms, shards, domains, clusters, and what is refused."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smo.measure.estimation.complex_share import fay_feuer, korn_graubard, logit_ends, share_ends
from smo.measure.estimation.design import DESIGN_SUMS, Drawn, design_sums, ratio, share, total
from smo.measure.estimation.weighted import Strata, linearised_variance
from smo.measure.intervals import clopper_pearson

BASIS = "probability_audit"
SIZES, N_H, K_H = np.array([60_000, 30_000, 8_000, 2_000]), 150, [2, 6, 15, 36]


def r13() -> Drawn:
    stratum = np.repeat(np.arange(4), N_H)
    y = np.concatenate([np.arange(N_H) < k for k in K_H]).astype(float)
    return Drawn.of(y, (N_H / SIZES)[stratum], stratum=stratum)


def drawn_from(rng: np.random.Generator, n: int, *, with_clusters: bool) -> Drawn:
    stratum = rng.integers(0, 3, n)
    cluster = stratum * 100 + rng.integers(0, 6, n) if with_clusters else None
    chance = np.array([0.2, 0.5, 0.9])[stratum]
    return Drawn.of((rng.random(n) < 0.4).astype(float), chance, stratum=stratum, cluster=cluster)


def test_design_r13_is_the_stratified_vector() -> None:
    found = share(design_sums(r13()), basis=BASIS)
    four = Strata.of([N_H] * 4, successes=K_H, size=SIZES)
    assert found.value == pytest.approx(0.0328, abs=5e-5)
    assert found.n_effective == pytest.approx(found.value * (1 - found.value) / linearised_variance(four))
    assert found.n_kish == pytest.approx(328.4, abs=0.05)
    assert (found.method, found.n, found.successes) == ("hajek_logit", 600, 59)


def test_design_a_simple_random_sample_is_the_textbook() -> None:
    rng = np.random.default_rng(3)
    y, whole = rng.gamma(2, 3, 80), 500
    found = total(design_sums(Drawn.of(y, 80 / whole)), basis=BASIS, confidence=0.95)
    error = whole * np.sqrt((1 - 80 / whole) * y.var(ddof=1) / 80)
    assert found.value == pytest.approx(whole * y.mean())
    assert found.high - found.value == pytest.approx(1.9904502 * error, rel=1e-6)  # t with 79 degrees


def test_design_a_ratio_is_linearised() -> None:
    rng = np.random.default_rng(4)
    x = rng.gamma(2, 3, 60)
    y = 0.3 * x + rng.normal(0, 0.2, 60)
    found = ratio(design_sums(Drawn.of(y, 60 / 600, x=x)), basis=BASIS)
    value = y.sum() / x.sum()
    error = np.sqrt((1 - 0.1) * (y - value * x).var(ddof=1) / 60) / x.mean()
    assert found.value == pytest.approx(value)
    assert found.high - found.value == pytest.approx(1.6710930 * error, rel=1e-6)


def test_design_one_cluster_per_row_changes_nothing_and_equal_rows_of_a_cluster_count_once() -> None:
    rng = np.random.default_rng(5)
    y, chance = (rng.random(40) < 0.3).astype(float), 0.1
    plain = design_sums(Drawn.of(y, chance))
    own = design_sums(Drawn.of(y, chance, cluster=np.arange(40)))
    assert plain.equals(own)
    twice = design_sums(Drawn.of(np.repeat(y, 2), chance, cluster=np.repeat(np.arange(40), 2)))
    once, doubled = share(plain, basis=BASIS), share(twice, basis=BASIS)
    assert doubled.n_effective == pytest.approx(once.n_effective)
    assert (doubled.n, once.n) == (80, 40)


@given(st.integers(0, 2**32 - 1), st.integers(2, 120), st.booleans())
def test_design_shards_add_up_and_order_is_nothing(seed, n, with_clusters) -> None:
    rng = np.random.default_rng(seed)
    drawn = drawn_from(rng, n, with_clusters=with_clusters)
    whole = design_sums(drawn)
    shard = rng.integers(0, 3, 400)[drawn.cluster if with_clusters else np.arange(n)]
    parts = [design_sums(pick(drawn, shard == one)) for one in range(3) if (shard == one).any()]
    added = pl.concat(parts).group_by("stratum").sum().sort("stratum")
    assert np.allclose(added.select(DESIGN_SUMS).to_numpy(), whole.select(DESIGN_SUMS).to_numpy(), rtol=1e-12)
    shuffled = design_sums(pick(drawn, rng.permutation(n)))
    assert share(shuffled, basis=BASIS).value == pytest.approx(share(whole, basis=BASIS).value, rel=1e-12)


def pick(drawn: Drawn, rows) -> Drawn:
    columns = (drawn.y, drawn.weight, drawn.x, drawn.stratum, drawn.cluster, drawn.unit_probability)
    return Drawn(*(None if one is None else one[rows] for one in columns))


@given(st.integers(0, 2**32 - 1), st.floats(1e-3, 1e3))
def test_design_the_scale_of_weights_is_nothing_without_a_finite_whole(seed, factor) -> None:
    rng = np.random.default_rng(seed)
    y, weight = (rng.random(50) < 0.4).astype(float), rng.uniform(1, 9, 50)
    one, other = (share(design_sums(Drawn(y, weight * scale)), basis=BASIS) for scale in (1.0, factor))
    assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high), rel=1e-6)
    assert one.n_kish == pytest.approx(other.n_kish)


@given(st.integers(0, 2**32 - 1), st.integers(1, 60))
def test_design_an_interval_holds_its_value(seed, n) -> None:
    found = share(design_sums(drawn_from(np.random.default_rng(seed), n, with_clusters=n % 2 == 0)), basis=BASIS)
    assert 0 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1


def test_design_a_census_has_width_0() -> None:
    rng = np.random.default_rng(6)
    y = (rng.random(30) < 0.5).astype(float)
    sums = design_sums(Drawn.of(y, 1.0, stratum=rng.integers(0, 3, 30)))
    found, whole = share(sums, basis=BASIS), total(sums, basis=BASIS)
    assert (found.low, found.high, found.method) == (found.value, found.value, "census")
    assert (whole.low, whole.high) == (y.sum(), y.sum())


def test_design_a_domain_keeps_the_units_of_its_strata() -> None:
    rng = np.random.default_rng(7)
    y, domain = (rng.random(200) < 0.4).astype(float), rng.integers(0, 2, 200)
    sums = design_sums(Drawn.of(y, 0.1, stratum=rng.integers(0, 2, 200)), domain)
    assert sums["units"].to_list() == sums.filter(pl.col("domain") == 0)["units"].to_list() * 2
    one = share(sums.filter(pl.col("domain") == 1), basis=BASIS)
    assert one.value == pytest.approx(y[domain == 1].mean(), abs=0.02)
    assert one.n == (domain == 1).sum()
    alone = share(design_sums(Drawn.of(y[domain == 1], 0.1)), basis=BASIS)
    assert one.n_effective == pytest.approx(alone.n_effective, rel=0.1)


def test_design_independent_coins_vary_more_than_a_fixed_size() -> None:
    sums = design_sums(Drawn.of(np.full(50, 3.0), 0.1))
    fixed, coins = (total(sums, basis=BASIS, is_fixed_size=one) for one in (True, False))
    assert fixed.low == fixed.high == pytest.approx(1500)
    assert coins.high - coins.low > 500


def test_design_nothing_and_one_alone() -> None:
    empty = design_sums(Drawn.of(np.zeros(0), 0.5))
    for finish in (total, ratio, share):
        assert not finish(empty, basis=BASIS).is_measured
    alone = design_sums(Drawn.of([2.0], 0.5))
    for finish in (total, ratio):
        assert (finish(alone, basis=BASIS).low, len(finish(alone, basis=BASIS).warnings)) == (None, 1)
    none = share(design_sums(Drawn.of([0.0] * 3, 0.5, cluster=[1, 1, 1])), basis=BASIS)
    assert none.high > 0.9  # one cluster alone says next to nothing


def test_design_strata_of_one_unit_are_joined() -> None:
    stratum = np.array([0, 1, 2, 2, 2])
    found = share(design_sums(Drawn.of([1, 0, 1, 0, 1], 0.01, stratum=stratum)), basis=BASIS)
    assert 0 < found.low < found.value < found.high < 1


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Drawn.of([1.0], 0.0), "0 belongs to no drawn case"),
        (lambda: Drawn.of([1.0], -0.1), "0 belongs to no drawn case"),
        (lambda: Drawn.of([1.0], 1.2), "at most 1"),
        (lambda: Drawn.of([1.0], float("nan")), "above 0"),
        (lambda: Drawn(np.ones(2), np.array([1.0, np.inf])), "weight"),
        (lambda: Drawn(np.ones(2), np.array([1.0, 0.0])), "weight"),
        (lambda: Drawn(np.array([1.0, np.nan]), np.ones(2)), "finite number"),
        (lambda: Drawn(np.ones(2), np.ones(3)), "one length"),
        (lambda: share(design_sums(Drawn.of([7.0, 1.0], 0.5)), basis=BASIS), "0 and 1"),
        (lambda: korn_graubard(0.5, -1.0, n=10), "variance at least 0"),
        (lambda: korn_graubard(0.5, float("nan"), n=10), "variance at least 0"),
        (lambda: logit_ends(0.0, 0.1), "no log odds"),
    ],
)
def test_design_bad_input_is_refused(make, words) -> None:
    with pytest.raises(ValueError, match=words):
        make()


def test_design_korn_graubard_is_clopper_pearson_for_a_plain_sample() -> None:
    found = korn_graubard(0.1, 0.1 * 0.9 / 50, n=50)
    assert found == pytest.approx(tuple(float(end) for end in clopper_pearson(5, 50)))
    wider = korn_graubard(0.1, 0.1 * 0.9 / 50, n=50, degrees=8)
    assert wider[0] < found[0] < found[1] < wider[1]


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_design_equal_weights_make_fay_and_feuer_exact(both) -> None:
    k, n = both
    found = fay_feuer(k / n, k * (n - k) / n**3, largest=1 / n)
    assert found == pytest.approx(tuple(float(end) for end in clopper_pearson(k, n)), abs=1e-9)


def test_design_few_effective_cases_take_the_exact_interval() -> None:
    assert share_ends(0.0, 0.0, n=40)[2] == "fay_feuer"
    assert share_ends(0.02, 0.02 * 0.98 / 100, n=100)[2] == "fay_feuer"
    assert share_ends(0.2, 0.2 * 0.8 / 100, n=100)[2] == "hajek_logit"


def test_design_equals_samplics_for_strata_of_clusters() -> None:
    """samplics 0.6.1, TaylorEstimator: value and ends at 90 % (t with 27 degrees) of mean, total and ratio."""
    place = np.arange(240)
    stratum, x = place // 80, 1 + (place % 5) / 2
    y = ((place * 7919) % 11 < (3 + stratum)).astype(float)
    weight = np.array([10.0, 4.0, 1.5])[stratum] * (1 + 0.1 * (place % 3))
    plain, of_x = (design_sums(Drawn(y, weight, below, stratum, place // 8)) for below in (None, x))
    for found, theirs in (
        (ratio(plain, basis=BASIS), (0.3120713054322708, 0.2575220887517827, 0.3666205221127589)),
        (total(plain, basis=BASIS), (425.4, 350.57741234419495, 500.222587655805)),
        (ratio(of_x, basis=BASIS), (0.15602563749896842, 0.129217913558941, 0.18283336143899584)),
    ):
        assert (found.value, found.low, found.high) == pytest.approx(theirs, rel=1e-10)


@pytest.mark.parametrize("column", ["stratum", "cluster"])
def test_a_sample_refuses_a_row_without_a_stratum_or_cluster(column):
    with pytest.raises(ValueError, match="names its stratum and its cluster"):
        Drawn.of([1, 0, 1], 0.5, **{column: [None, "a", "a"]})
