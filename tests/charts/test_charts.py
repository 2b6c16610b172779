"""Every chart is valid Vega-Lite, draws its rows, and says in words what it draws."""

import re

import altair
import pytest

from smo.charts.agreement import agreement
from smo.charts.confusion import Bar, confusion
from smo.charts.draw import for_page, svg
from smo.charts.figure import Figure
from smo.charts.handle_times import Line, handle_times
from smo.charts.label_shares import label_shares
from smo.charts.models_against_people import models_against_people
from smo.charts.rater_intervals import rater_intervals
from smo.charts.slices_against_target import slices_against_target
from smo.charts.theme import LIGHT
from smo.charts.whiskers import Mark, common_scale, elided
from smo.measure.estimate import Estimate
from smo.measure.state import State

WORDS = {"title": "What it says", "note": "What is drawn", "width": 246}


def estimate(value: float | None, low: float | None = None, high: float | None = None) -> Estimate:
    return Estimate(value, low, high, n=600, basis="gold", method="wilson")


MARKS = [
    Mark("German", estimate(0.967, 0.952, 0.978), "96.7", State.MET),
    Mark("Arabic", estimate(0.91, 0.889, 0.927), "91.0", State.NOT_MET),
    Mark("French", estimate(0.962, 0.947, 0.973), "96.2", State.NOT_ENOUGH),
    Mark("a language with a long name", estimate(0.97, 0.2, 1.0), "97", State.NOT_ENOUGH, is_marked=True),
    Mark("nobody looked", estimate(None), "–", State.NOT_MEASURED),
]
BARS = [Bar("veiled insult as no rule", 61, "61"), Bar("slur as no rule", 0, "0"), Bar("3 other pairs", 27, "27")]
BINS = [(5.0, 10), (10.0, 200), (20.0, 0), (40.0, 12)]


def all_figures() -> dict[str, Figure]:
    return {
        "slices": slices_against_target(MARKS, target=0.95, is_share=True, **WORDS),
        "agreement": agreement(MARKS, target=0.667, **WORDS),
        "people": rater_intervals(MARKS, **WORDS),
        "models": models_against_people(MARKS, people=0.9, is_share=False, **WORDS),
        "labels": label_shares(MARKS, **WORDS),
        "confusion": confusion(BARS, **WORDS),
        "times": handle_times(
            BINS, [Line(8.0, "median 8 s"), Line(31.0, "P90 31 s")], ticks=[Line(10, "10 s")], **WORDS
        ),
    }


def texts(drawn: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", drawn)


@pytest.mark.parametrize("question", sorted(all_figures()))
def test_a_chart_is_valid_vega_lite(question: str) -> None:
    figure = all_figures()[question]
    altair.LayerChart.from_dict(figure.spec)  # raises on what the schema does not know
    assert figure.description.startswith("What it says. What is drawn.")


@pytest.mark.parametrize("question", sorted(all_figures()))
def test_a_chart_draws_all_its_words_inside_its_size(question: str) -> None:
    figure = all_figures()[question]
    drawn = svg(figure.spec)
    width = float(re.search(r'width="([0-9.]+)"', drawn).group(1))  # type: ignore[union-attr]
    assert texts(drawn)
    assert width <= figure.width + 4, "words stand outside the chart"


@pytest.mark.parametrize("question", sorted(all_figures()))
def test_on_a_page_no_colour_is_fixed(question: str) -> None:
    page = for_page(svg(all_figures()[question].spec), description="x")
    assert not re.findall(r"#[0-9a-fA-F]{6}", page), "a fixed colour does not follow light and dark"
    assert "var(--" in page


def test_each_token_has_its_own_colour_so_that_a_colour_names_one_token() -> None:
    assert len(set(LIGHT.values())) == len(LIGHT)


def test_slices_stand_from_low_to_high_and_unmeasured_last() -> None:
    drawn = svg(all_figures()["slices"].spec)
    names = [text for text in texts(drawn) if text in {"Arabic", "French", "German", "nobody looked"}]
    assert names == ["Arabic", "French", "German", "nobody looked"]


def test_people_stay_in_the_order_given() -> None:
    drawn = svg(all_figures()["people"].spec)
    names = [text for text in texts(drawn) if text in {"Arabic", "French", "German"}]
    assert names == ["German", "Arabic", "French"]


def test_an_interval_far_longer_than_the_spread_is_cut() -> None:
    scale = common_scale([mark.estimate for mark in MARKS], 0.95, is_share=True)
    assert scale.low > 0.5, "one wide interval must not flatten the others"
    assert scale.at(0.2) == 0


def test_a_scale_holds_target_and_values_and_stays_a_share() -> None:
    scale = common_scale([estimate(1.0, 0.99, 1.0)], 0.95, is_share=True)
    assert scale.low <= 0.95
    assert scale.high == 1.0
    assert common_scale([], None) == common_scale([estimate(None)])


def test_axis_words() -> None:
    coefficient = common_scale([estimate(0.5, 0.4, 0.6)], 0.667)
    assert coefficient.tick(0.667) == ".67"
    assert coefficient.tick(-0.2) == "-.20"
    assert common_scale([estimate(0.9)], 0.95, is_share=True).tick(0.95) == "95"


def test_markup_in_a_name_stays_text() -> None:
    mark = Mark("<img src=x onerror=1>", estimate(0.9, 0.8, 0.95), "90", State.MET)
    figure = slices_against_target([mark], target=0.95, is_share=True, **{**WORDS, "width": 640})
    page = for_page(svg(figure.spec), description='"><script>alert(1)</script>')
    assert "<img" not in page
    assert "<script" not in page
    assert "&lt;img src=x onerror=1&gt;" in page


def test_names_are_cut_with_an_ellipsis() -> None:
    assert elided("Portuguese", 200) == "Portuguese"
    assert elided("Portuguese", 40) == "Portu…"


def test_a_histogram_without_ratings_is_drawn_without_bars() -> None:
    figure = handle_times([(5.0, 0)], [Line(1.0, "median 1 s")], ticks=[], **WORDS)
    assert "median 1 s" in texts(svg(figure.spec))
