"""Estimates in figures: decimals by width, counts where there are few, never bare."""

import pytest

from smo.measure.estimate import Estimate, not_measured
from smo.web import numbers
from smo.web.numbers import THIN, Figures, figures, whisker


def test_the_sentence_of_the_guide() -> None:
    printed = figures(Estimate(0.97, 0.956, 0.980, 600, "probability_audit", "wilson", successes=582))
    assert printed == Figures(f"97.0{THIN}%", "95.6–98.0", "600")


@pytest.mark.parametrize(("width", "places"), [(5.1, 0), (5.0, 1), (0.51, 1), (0.5, 2), (0.01, 2)])
def test_decimals_follow_the_width(width: float, places: int) -> None:
    assert numbers.decimals_for(width) == places


def test_few_cases_are_counts_and_their_interval_bears_the_unit() -> None:
    assert figures(Estimate(1 / 14, 0.016, 0.27, 14, "system_log", "wilson", successes=1)) == Figures(
        "1 of 14", f"2–27{THIN}%", ""
    )


def test_none_found_is_a_count_however_many_were_looked_at() -> None:
    assert figures(Estimate(0.0, 0.0, 0.0042, 640, "gold", "wilson", successes=0)).value == "0 of 640"


def test_nothing_measured_has_no_value() -> None:
    assert figures(not_measured("gold", "no gold item")).value == ""
    assert whisker(not_measured("gold", "no gold item"), ceiling=1.0, width=100) is None


def test_an_interval_that_leaves_the_scale_is_cut_there() -> None:
    drawn = whisker(Estimate(0.1, 0.05, 0.3, 20, "gold", "wilson"), ceiling=0.2, width=100)
    assert drawn == numbers.Whisker(50.0, 25.0, 100.0, is_cut=True)


@pytest.mark.parametrize(
    ("value", "unit", "printed"),
    [(0.734, "alpha", "0.73"), (34.2, "seconds", "34 s"), (252, "seconds", "4 min 12 s"),
     (15_120, "seconds", "4 h 12 min"),
     (200_000, "seconds", "2 d 7 h"), (143.6, "per_hour", "144 an hour"), (12_000, "items", "12,000")],
)  # fmt: skip
def test_amounts_bear_their_units(value: float, unit: str, printed: str) -> None:
    assert numbers.amount(value, unit) == printed


def test_all_right_is_a_count_too() -> None:
    printed = figures(Estimate(1.0, 0.9925, 1.0, 400, "probability_audit", "clopper_pearson", successes=400))
    assert printed == Figures("400 of 400", f"99.2–100.0{THIN}%")


def test_what_is_counted_case_by_case_has_no_interval() -> None:
    assert figures(Estimate(0.862, 0.862, 0.862, 10_900, "system_log", "census", successes=9400)).interval == ""
    assert figures(Estimate(0.0, 0.0, 0.0, 0, "system_log", "census"), "items") == Figures("0")


def test_against_a_target_the_good_side_is_where_better_lies() -> None:
    scale = numbers.Scale(0.9, 1.0)
    good = Estimate(0.97, 0.95, 0.98, 600, "probability_audit", "wilson")
    drawn = numbers.against(good, scale=scale, target=0.95, higher_is_better=True, width=100)
    assert (drawn.target, drawn.good, drawn.good_width, drawn.low) == (50.0, 50.0, 50.0, 50.0)
    mirrored = numbers.against(good, scale=scale, target=0.95, higher_is_better=False, width=100)
    assert (mirrored.good, mirrored.good_width) == (0.0, 50.0)
    wide = Estimate(0.97, 0.85, 0.98, 30, "probability_audit", "wilson")
    assert numbers.against(wide, scale=scale, target=0.95, higher_is_better=True, width=100).is_cut_low
