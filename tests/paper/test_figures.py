"""Numbers are printed with as many decimals as their interval allows, and never bare."""

import pytest

from smo.measure.estimate import Estimate
from smo.measure.intervals import proportion
from smo.paper import figures

NARROW = "\u202f"
SPACE = "\u00a0"


def _share(value: float, low: float, high: float, n: int = 600) -> Estimate:
    return Estimate(value, low, high, n, "probability_audit", "wilson")


def test_figures_a_share_in_a_sentence() -> None:
    printed = figures.share_sentence(proportion(582, 600, basis="probability_audit"))
    assert printed == f"97.0{NARROW}% (95.6–98.0, n{SPACE}600, audits)"


@pytest.mark.parametrize(
    ("low", "high", "printed"),
    [(0.93, 0.99, "97"), (0.95, 0.98, "97.1"), (0.969, 0.973, "97.12"), (0.92, 0.97121, "97")],
)
def test_figures_decimals_follow_the_width(low: float, high: float, printed: str) -> None:
    assert figures.share(_share(0.9712, low, high)) == f"{printed}{NARROW}%"


def test_figures_below_twenty_it_is_k_of_n() -> None:
    assert figures.share(proportion(17, 19, basis="gold")) == "17 of 19"
    assert figures.share(proportion(18, 20, basis="gold")).endswith("%")


def test_figures_exact_ends_need_no_decimals() -> None:
    assert figures.share_sentence(proportion(640, 640, basis="gold")).startswith(f"100{NARROW}% (99.58–100")


def test_figures_what_is_not_measured_says_so() -> None:
    nothing = Estimate(None, None, None, 0, "gold", "none")
    assert figures.share_sentence(nothing) == figures.coefficient_sentence(None) == "not measured"
    assert figures.share(nothing) == figures.NOTHING


def test_figures_a_negative_interval_has_no_dash_between_signs() -> None:
    printed = figures.coefficient_sentence(Estimate(-0.04, -0.1, 0.02, 80, "overlap", "alpha"))
    assert printed == f"-0.04 (-0.10 to 0.02, n{SPACE}80)"


@pytest.mark.parametrize(
    ("seconds", "printed"),
    [(8.44, "8.4|s"), (47.2, "47|s"), (60.0, "1|min"), (700, "12|min"), (15_120, "4|h 12|min"), (7200, "2|h")],
)
def test_figures_durations_read_as_people_say_them(seconds: float, printed: str) -> None:
    assert figures.duration(seconds) == printed.replace("|", NARROW)


def test_figures_a_list_never_ends_in_and_one_more() -> None:
    assert figures.listed(["a", "b", "c"], 2) == "a, b and c"
    assert figures.listed(["a", "b", "c", "d"], 2) == "a, b and 2 more"


def test_figures_a_label_in_a_sentence_is_one_line() -> None:
    assert figures.quoted("place of\nbirth") == "“place of birth”"
    assert len(figures.quoted("x" * 400)) < 60
