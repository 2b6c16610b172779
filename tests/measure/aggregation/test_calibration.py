"""Calibration: it finds the temperature that was put in, is shrunk where gold is small, and tells the truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smo.measure.aggregation import calibration
from smo.measure.aggregation.calibration import Calibration, calibrated, fit_calibration, temperatures
from smo.measure.aggregation.consensus import aggregate
from smo.measure.truth import truth_codes
from tests.measure import public_sets


def overconfident(seed: int, *, n: int, temperature: float, labels: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Chances that are `temperature` too sharp, and labels drawn from the true ones."""
    rng = np.random.default_rng(seed)
    true = rng.dirichlet(np.ones(labels), n)
    known = np.array([rng.choice(labels, p=row) for row in true])
    sharp = true**temperature
    return sharp / sharp.sum(axis=1, keepdims=True), known


@pytest.mark.parametrize("temperature", [1.0, 2.0, 5.0])
def test_calibration_finds_the_temperature_that_was_put_in(temperature) -> None:
    chances, known = overconfident(1, n=4000, temperature=temperature)
    n = np.full(4000, 11)
    found = fit_calibration(chances, known, n_labels=n)
    assert temperatures(found, n_labels=n)[0] == pytest.approx(temperature, rel=0.08)
    assert found.loss <= found.loss_raw + 1e-9


def test_calibration_holds_at_other_numbers_of_labels() -> None:
    """Learned on items with 5 and 20 labels, the temperature of 10 is the one that the correlation gives."""
    parts = [overconfident(seed, n=3000, temperature=1 + (size - 1) * 0.3) for seed, size in ((1, 5), (2, 20))]
    sizes = np.repeat([5, 20], 3000)
    found = fit_calibration(np.vstack([part[0] for part in parts]), np.hstack([p[1] for p in parts]), n_labels=sizes)
    assert temperatures(found, n_labels=np.array([10]))[0] == pytest.approx(3.7, rel=0.08)


def test_calibration_without_gold_is_the_usual() -> None:
    assert fit_calibration(np.full((3, 2), 0.5), np.full(3, -1)).rho == calibration.USUAL_RHO


def test_calibration_small_gold_stays_near_the_usual() -> None:
    chances, known = overconfident(3, n=4, temperature=9.0)
    assert abs(fit_calibration(chances, known, n_labels=np.full(4, 5)).rho - calibration.USUAL_RHO) < 0.25


def test_calibration_slices_part_with_gold_and_keep_the_whole_without() -> None:
    one, two = (overconfident(seed, n=1500, temperature=t) for seed, t in ((4, 1.5), (5, 4.0)))
    slices, n = np.repeat([0, 1], 1500), np.full(3000, 6)
    found = fit_calibration(
        np.vstack([one[0], two[0]]), np.hstack([one[1], two[1]]), n_labels=n, slices=np.where(slices, 3, 0)
    )
    at = temperatures(found, n_labels=np.full(4, 6), slices=np.array([0, 3, 1, -1]))
    assert at[0] < 2.1
    assert at[1] > 3.0
    assert at[2] == at[3]
    assert found.gold_of_slice.tolist() == [1500, 0, 0, 1500]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(1, 30))
def test_calibration_keeps_the_best_label_and_chances(seed, labels, n) -> None:
    rng = np.random.default_rng(seed)
    chances = rng.dirichlet(np.full(labels, 0.3), n)
    soft = calibrated(chances, Calibration(rho=rng.random()), n_labels=rng.integers(0, 50, n))
    assert np.allclose(soft.sum(axis=1), 1.0)
    assert (soft[np.arange(n), chances.argmax(axis=1)] >= soft.max(axis=1) - 1e-12).all()


def test_calibration_order_of_items_does_not_matter() -> None:
    chances, known = overconfident(6, n=200, temperature=3.0)
    order = np.random.default_rng(0).permutation(200)
    one, other = fit_calibration(chances, known), fit_calibration(chances[order], known[order])
    assert one.rho == pytest.approx(other.rho, abs=1e-4)


@pytest.mark.parametrize(
    ("chances", "known", "more", "says"),
    [
        ([[0.5, 0.5]], [2], {}, "beyond"),
        ([[0.5, np.nan]], [0], {}, "sum to 1"),
        ([[0.5, 0.2]], [0], {}, "sum to 1"),
        ([[-0.5, 1.5]], [0], {}, "sum to 1"),
        ([0.5, 0.5], [0, 0], {}, "dimensions"),
        ([[0.5, 0.5]], [0, 1], {}, "known labels for"),
        ([[0.5, 0.5]], [0], {"n_labels": np.array([1, 2])}, "numbers of labels"),
        ([[0.5, 0.5]], [0], {"n_labels": np.array([-1])}, "negative"),
        ([[0.5, 0.5]], [0], {"slices": np.array([1, 2])}, "slices for"),
    ],
)
def test_calibration_bad_input_is_named(chances, known, more, says) -> None:
    with pytest.raises(ValueError, match=says):
        fit_calibration(np.array(chances), np.array(known), **more)


@pytest.mark.parametrize("name", ["D_PosSent", "RTE", "SP_amt", "CF_amt"])
def test_calibration_on_gold_makes_stated_chances_true(name) -> None:
    """With 100 gold items the mean stated chance of all others is right within a few points, where raw it is not."""
    ratings, truth = public_sets.aggregation(name)
    codes = truth_codes(ratings, truth)
    gaps = []
    for seed in range(3):
        gold = truth.sample(100, seed=seed)
        found = aggregate(ratings, gold=gold)
        rest = np.flatnonzero((codes >= 0) & (found.known < 0))
        gaps.append((found.posterior.best()[1][rest] - found.posterior.wins(rest, codes[rest])).mean())
    assert abs(np.mean(gaps)) < 0.03


def test_a_label_that_is_given_too_readily_is_worth_less_where_labels_are_learned_apart() -> None:
    rng = np.random.default_rng(3)
    known = np.repeat([0, 1], 200)
    said = np.where(rng.random(400) < np.where(known == 0, 0.6, 0.98), known, 1 - known)  # label 1 is said too often
    chances = np.where(said[:, None] == np.arange(2), 0.9, 0.1)
    plain, apart = (fit_calibration(chances, known, by_label=each) for each in (False, True))
    soft = calibrated(np.array([[0.9, 0.1], [0.1, 0.9]]), apart)
    for label in (0, 1):
        assert soft[label, label] == pytest.approx((known == said)[said == label].mean(), abs=0.06)
    assert apart.shift_of_label[0] > apart.shift_of_label[1]
    assert apart.loss is not None
    assert plain.loss is not None
    assert apart.loss < plain.loss
    assert not plain.shift_of_label.size
