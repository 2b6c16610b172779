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
