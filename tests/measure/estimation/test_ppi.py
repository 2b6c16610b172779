"""Prediction-powered means: ppi-python's numbers, sums, strata, tuning, and what is refused."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from smo.measure.estimation.ppi import PPI_SUMS, ppi_mean, ppi_share, ppi_sums, tuned
from smo.measure.intervals import clopper_pearson, wilson

BASIS = "probability_audit"


def audited(rng: np.random.Generator, *, n: int = 300, size: int = 3000, p: float = 0.1) -> tuple:
    truth = rng.random(n + size) < p
    prediction = np.clip(np.where(truth, 0.8, 0.05) + rng.normal(0, 0.1, n + size), 0, 1)
    return np.where(np.arange(n + size) < n, truth, np.nan), prediction


def test_ppi_is_the_mean_of_ppi_python() -> None:
    y, f = worked()
    sums = ppi_sums(y, f)
    found = ppi_mean(sums, basis=BASIS, confidence=0.9)
    assert tuned(sums)[0] == pytest.approx(LAM, abs=1e-10)
    assert found.value == pytest.approx(POINT, abs=1e-8)
    quantiles = stats.norm.ppf(0.95) / stats.t.ppf(0.95, 39)  # theirs: z and n, ours: t and n - 1
    ratio = quantiles * (found.high - found.low) / (ENDS[1] - ENDS[0])
    assert 1 < ratio < (40 / 39) ** 0.5


def worked() -> tuple:
    place = np.arange(440)
    f = (np.sin(place) + 1) / 2
    return np.where(place < 40, (np.sin(place) + 1.2 * np.cos(7.0 * place) > 0).astype(float), np.nan), f


# ppi-python 0.2.3 on `worked()`: ppi_mean_pointestimate and ppi_mean_ci, alpha 0.1; lam is its tuned one.
LAM, POINT, ENDS = 0.5735670806293017, 0.51585316, (0.39848694, 0.63321938)


@given(st.integers(0, 2**32 - 1), st.integers(1, 4))
def test_ppi_shards_add_up_and_order_is_nothing(seed, shards) -> None:
    rng = np.random.default_rng(seed)
    y, f = audited(rng)
    stratum = rng.integers(0, 2, len(y))
    whole, shard = ppi_sums(y, f, stratum=stratum), rng.integers(0, shards, len(y))
    parts = [ppi_sums(y[shard == one], f[shard == one], stratum=stratum[shard == one]) for one in range(shards)]
    added = pl.concat(parts).group_by("stratum").sum().sort("stratum")
    assert np.allclose(added.select(PPI_SUMS).to_numpy(), whole.select(PPI_SUMS).to_numpy(), rtol=1e-12)
    one, other = ppi_mean(whole, basis=BASIS), ppi_mean(added, basis=BASIS)
    assert (one.value, one.low) == pytest.approx((other.value, other.low), rel=1e-9)


def test_ppi_a_good_judge_narrows_and_a_useless_one_costs_nothing() -> None:
    rng = np.random.default_rng(1)
    y, f = audited(rng, n=1000, size=50_000)
    sums = ppi_sums(y, f)
    alone = wilson(np.nansum(y), 1000)
    good = ppi_share(sums, basis=BASIS)
    assert good.high - good.low < 0.5 * float(alone[1] - alone[0])
    noise = ppi_share(ppi_sums(y, rng.random(len(y))), basis=BASIS)
    assert noise.high - noise.low == pytest.approx(float(alone[1] - alone[0]), rel=0.03)
    labels = ppi_share(sums, basis=BASIS, lam=0.0)
    assert labels.value == pytest.approx(np.nanmean(y))


def test_ppi_a_biased_judge_does_not_bias() -> None:
    rng = np.random.default_rng(2)
    values = [ppi_share(ppi_sums(*biased(rng)), basis=BASIS).value for _ in range(300)]
    assert np.mean(values) == pytest.approx(0.1, abs=0.002)


def biased(rng: np.random.Generator) -> tuple:
    y, f = audited(rng, n=400, size=4000)
    return y, np.clip(f + 0.2, 0, 1)


def test_ppi_a_whole_that_is_all_labelled_has_width_0() -> None:
    rng = np.random.default_rng(3)
    y, f = audited(rng, n=200, size=0)
    found = ppi_share(ppi_sums(y, f), basis=BASIS, is_population=True)
    assert (found.low, found.value, found.high, found.method) == (y.mean(), y.mean(), y.mean(), "census")
    half = audited(rng, n=200, size=200)
    one, other = (ppi_mean(ppi_sums(*half), basis=BASIS, is_population=flag) for flag in (True, False))
    assert one.high - one.low < other.high - other.low


def test_ppi_strata_are_weighted_by_their_rows() -> None:
    y = np.array([1, 1, 0, 1, np.nan, np.nan, 0, 0, 1, 0] + [np.nan] * 90)
    stratum = np.array([0] * 6 + [1] * 94)
    found = ppi_mean(ppi_sums(y, np.zeros(100), stratum=stratum), basis=BASIS)
    assert found.value == pytest.approx(0.06 * 0.75 + 0.94 * 0.25)


def test_ppi_without_an_error_in_the_labels_falls_back_on_them() -> None:
    y = np.array([0.0] * 200 + [np.nan] * 2000)
    found = ppi_share(ppi_sums(y, np.full(2200, 0.01)), basis=BASIS)
    assert (found.method, len(found.warnings)) == ("clopper_pearson", 1)
    assert found.high == pytest.approx(float(clopper_pearson(0, 200)[1]))
    perfect = np.arange(2200) % 10 == 0
    exact = ppi_share(ppi_sums(np.where(np.arange(2200) < 200, perfect, np.nan), perfect.astype(float)), basis=BASIS)
    assert exact.low < 0.1 < exact.high


def test_ppi_few_effective_cases_take_the_exact_end() -> None:
    rng = np.random.default_rng(4)
    found = ppi_share(ppi_sums(*audited(rng, n=200, size=200, p=0.01)), basis=BASIS)
    assert found.method in {"ppi++_exact_end", "clopper_pearson"}


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ppi_sums([1.0], [0.5, 0.5]), "one length"),
        (lambda: ppi_sums([1.0, 0.0], [0.5, np.nan]), "finite number"),
        (lambda: ppi_sums([np.inf, 0.0], [0.5, 0.5]), "finite number"),
        (lambda: ppi_mean(ppi_sums([1.0, 0.0], [0.5, 0.4]), basis=BASIS, lam=2.0), "lam"),
        (lambda: ppi_share(ppi_sums([7.0, 0.0], [0.5, 0.4]), basis=BASIS), "0 and 1"),
        (lambda: ppi_mean(ppi_sums([1.0, 0.0], [0.5, 0.4]), basis=BASIS, confidence=1.0), "confidence"),
    ],
)
def test_ppi_bad_input_is_refused(make, words) -> None:
    with pytest.raises(ValueError, match=words):
        make()


def test_ppi_too_few_labels_are_not_measured() -> None:
    for y in ([], [np.nan, np.nan], [1.0, np.nan]):
        assert not ppi_mean(ppi_sums(np.array(y, float), np.zeros(len(y))), basis=BASIS).is_measured
        assert not ppi_share(ppi_sums(np.array(y, float), np.zeros(len(y))), basis=BASIS).is_measured


@pytest.mark.parametrize("stratum", [[None, "a", "a"], ["a"]])
def test_ppi_refuses_a_row_without_a_stratum(stratum):
    with pytest.raises(ValueError, match="each row names its stratum"):
        ppi_sums([1, 0, np.nan], [0.9, 0.2, 0.4], stratum=stratum)
