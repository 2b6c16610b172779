"""Observed over expected: the two leads, exact intervals, funnels with and without overdispersion."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smo.measure.people.observed_expected import expected_events, funnel, funnel_limits, observed_expected

RATES = pl.DataFrame({"work": ["easy", "hard"], "rate": [0.02, 0.10]})
LEADS = pl.DataFrame(
    {"lead": list("AABB"), "work": ["easy", "hard"] * 2, "n": [100, 300, 300, 100], "events": [3, 25, 7, 14]}
)


def test_observed_expected_two_leads_neither_of_whom_is_worse() -> None:
    units = expected_events(LEADS, unit="lead", mix=["work"], reference=RATES)
    assert units.select("observed", "expected").rows() == [(28, 32.0), (21, 16.0)]
    found = funnel(units, confidence=0.95).units
    assert found["value"].to_list() == pytest.approx([0.875, 1.3125])
    assert found["low"].to_list() == pytest.approx([0.581, 0.812], abs=1e-3)
    assert found["high"].to_list() == pytest.approx([1.265, 2.006], abs=1e-3)
    assert found["position"].to_list() == ["inside", "inside"]
    single = observed_expected(21, 16, basis="gold", confidence=0.95)
    assert (single.low, single.high) == pytest.approx((0.812, 2.006), abs=1e-3)


def test_observed_expected_from_its_own_rates_adds_up() -> None:
    units = expected_events(LEADS, unit="lead", mix=["work"])
    assert units["observed"].sum() == pytest.approx(units["expected"].sum())
    others = expected_events(LEADS, unit="lead", mix=["work"], leave_out_own=True)
    assert others["expected"].to_list() == pytest.approx(
        [100 * 7 / 300 + 300 * 14 / 100, 300 * 3 / 100 + 100 * 25 / 300]
    )


def test_observed_expected_cells_without_reference_are_counted() -> None:
    odd = pl.concat(
        [LEADS, pl.DataFrame({"lead": ["A"], "work": ["new"], "n": [50], "events": [9]}, schema=LEADS.schema)]
    )
    units = expected_events(odd, unit="lead", mix=["work"], reference=RATES)
    assert units.select("n", "observed", "n_without_reference").row(0) == (400, 28, 50)
    alone = expected_events(odd, unit="lead", mix=["work"], leave_out_own=True)
    assert alone["n_without_reference"].to_list() == [50, 0]


@pytest.mark.parametrize("expected", [0.5, 3.0, 12.0, 80.0, 1000.0])
def test_observed_expected_funnel_limits_hold_what_they_say(expected) -> None:
    rng = np.random.default_rng(int(expected * 10))
    ratio = rng.poisson(expected, 200_000) / expected
    for level in (0.95, 0.998):
        low, high = funnel_limits(expected, level=level)
        assert (ratio > high).mean() <= (1 - level) / 2 + 0.001
        assert (ratio < low).mean() <= (1 - level) / 2 + 0.001


def test_observed_expected_overdispersion_is_found_and_allowed_for() -> None:
    rng = np.random.default_rng(3)
    expected = rng.uniform(20, 200, 300)
    calm = pl.DataFrame({"unit": range(300), "observed": rng.poisson(expected), "expected": expected})
    wild = calm.with_columns(observed=pl.Series(rng.poisson(expected * rng.normal(1, 0.3, 300).clip(0.1) ** 2)))
    assert funnel(calm).extra_sd < 0.05
    found = funnel(wild)
    assert found.overdispersion > 3
    assert found.extra_sd == pytest.approx(0.3, abs=0.06)
    assert (found.units["position"] != "inside").mean() > 0.4
    allowed = funnel(wild, is_overdispersed=True).units
    assert (allowed["position"] != "inside").mean() < 0.1


def test_observed_expected_one_far_unit_does_not_hide_itself() -> None:
    rng = np.random.default_rng(4)
    table = pl.DataFrame({"unit": range(50), "observed": rng.poisson(60, 50), "expected": [60.0] * 50})
    far = table.with_columns(observed=pl.when(pl.col("unit") == 7).then(200).otherwise("observed"))
    found = funnel(far, is_overdispersed=True).units
    assert found.filter(unit=7)["position"][0] == "alarm"
    assert found.filter(unit=7)["adjusted"][0] < 0.001


@given(st.lists(st.tuples(st.integers(0, 300), st.floats(0.1, 300)), min_size=1, max_size=12), st.integers(0, 99))
def test_observed_expected_follows_the_units_not_their_rows(rows, seed) -> None:
    table = pl.DataFrame(rows, schema=["observed", "expected"], orient="row").with_row_index("unit")
    mixed = table.sample(fraction=1, shuffle=True, seed=seed)
    there, again = funnel(table).units, funnel(mixed).units.sort("unit")
    assert there["position"].to_list() == again["position"].to_list()
    assert there["adjusted"].to_list() == pytest.approx(again["adjusted"].to_list())
    assert ((there["low"] <= there["value"]) & (there["value"] <= there["high"])).all()


def test_observed_expected_of_odd_numbers() -> None:
    assert not observed_expected(3, 0, basis="gold").is_measured
    assert observed_expected(0, 5, basis="gold").low == 0
    table = pl.DataFrame({"unit": ["a", "b"], "observed": [3, 0], "expected": [0.0, 3.0]})
    found = funnel(table).units
    assert found["position"].to_list() == ["not_measured", "inside"]
    assert funnel(table.head(0)).units.is_empty()
    for wrong in (
        lambda: observed_expected(-1, 5, basis="gold"),
        lambda: observed_expected(1, float("nan"), basis="gold"),
        lambda: funnel(table.drop("expected")),
        lambda: funnel(table.with_columns(expected=-1.0)),
        lambda: funnel_limits(0.0, level=0.95),
        lambda: funnel_limits(1.0, level=1.0),
        lambda: expected_events(LEADS, unit="lead", mix=[]),
        lambda: expected_events(LEADS.with_columns(n=-1), unit="lead", mix=["work"]),
    ):
        with pytest.raises(ValueError, match=r".+"):
            wrong()
