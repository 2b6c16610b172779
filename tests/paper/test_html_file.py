"""The page: safe whatever the cells hold, complete, and readable by machines that read aloud."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from smo.paper.report.compose import Extent, composed
from smo.paper.report.html_file import page, write_html
from tests.paper.sample_report import ARABIC, CHINESE, SCRIPT, empty, report


class Tags(HTMLParser):
    """All start tags with their attributes, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def full() -> str:
    return page(report(), composed(report()))


@pytest.fixture(scope="module")
def bare() -> str:
    return page(empty(), composed(empty()))


def test_markup_in_cells_is_inert(full: str) -> None:
    tags = Tags(full).seen
    assert sum(tag == "script" for tag, _ in tags) == 1
    assert not [tag for tag, _ in tags if tag in {"img", "iframe", "object", "link", "form"}]
    assert not [name for _, attributes in tags for name in attributes if name.startswith("on")]
    assert SCRIPT not in full
    assert "&lt;script&gt;window.hacked=1" in full


def test_only_our_script_may_run(full: str) -> None:
    script = re.search(r"<script>(.*?)</script>", full, re.DOTALL).group(1)  # type: ignore[union-attr]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src &#39;sha256-{digest}&#39;" in full or f"script-src 'sha256-{digest}'" in full
    assert "default-src 'none'" in full


def test_nothing_is_loaded(full: str) -> None:
    tags = Tags(full).seen
    assert not [a for _, a in tags if a.get("src")]
    assert all((a.get("href") or "#").startswith("#") for _, a in tags)
    assert "@import" not in full
    assert "url(" not in full


@pytest.mark.parametrize("which", ["full", "bare"])
def test_headings_go_down_one_level_at_a_time(which: str, request: pytest.FixtureRequest) -> None:
    levels = [int(tag[1]) for tag, _ in Tags(request.getfixturevalue(which)).seen if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 or levels.count(1) == 1
    assert levels.count(1) == 1
    steps = [(a, b) for a, b in pairwise(levels) if b > a + 1]
    assert not steps


@pytest.mark.parametrize("which", ["full", "bare"])
def test_every_link_inside_the_page_leads_somewhere(which: str, request: pytest.FixtureRequest) -> None:
    tags = Tags(request.getfixturevalue(which)).seen
    ids = [a["id"] for _, a in tags if "id" in a]
    assert len(ids) == len(set(ids))
    targets = {(a.get("href") or "#")[1:] for tag, a in tags if tag == "a"}
    assert targets <= set(ids)
    named = {a["aria-labelledby"] for _, a in tags if "aria-labelledby" in a}
    assert named <= set(ids)


def test_tables_and_charts_can_be_read_aloud(full: str) -> None:
    tags = Tags(full).seen
    assert all(a.get("scope") == "col" for tag, a in tags if tag == "th")
    charts = [a for tag, a in tags if tag == "svg" and a.get("role") == "img"]
    assert len(charts) == 3 + 6  # three of page one, six of the task: a table draws the coefficients
    assert all(len(a.get("aria-label") or "") > 40 for a in charts)
    plain = [a for tag, a in tags if tag == "svg" and a.get("role") != "img"]
    assert all(a.get("aria-hidden") == "true" for a in plain)


def test_states_are_words_and_not_colours_only(full: str) -> None:
    for words in ("Met", "Not met", "Not enough evidence", "Not measured"):
        assert f"</svg>{words}</span>" in full


def test_item_text_waits_until_it_is_asked_for(full: str) -> None:
    boxes = [a for tag, a in Tags(full).seen if tag == "input"]
    assert len(boxes) == 25 * 2 + 1 * 2  # 25 of 30 to adjudicate and one doubtful key, in each of two tasks
    assert not [a for a in boxes if "checked" in a]
    assert ".smo-veil input:not(:checked) ~ bdi { filter: blur(5px)" in full


def test_text_of_any_script_is_kept_and_isolated(full: str) -> None:
    assert f"<bdi>{ARABIC}</bdi>" in full
    assert f"<bdi>{CHINESE}</bdi>" in full


def test_without_content_no_item_text_is_in_the_file() -> None:
    for silent in (
        page(report(), composed(report(), Extent(has_content=False))),
        page(replace(report(), has_content=False), composed(replace(report(), has_content=False))),
    ):
        assert f"<bdi>{ARABIC}</bdi>" not in silent
        assert not [a for tag, a in Tags(silent).seen if tag == "input"]
        assert 'id="smo-show"' not in silent


def test_long_lists_say_how_many_more_there_are(full: str) -> None:
    assert "and 5 more in report.xlsx" in full  # of 30 items to adjudicate
    assert "and 15 more in report.xlsx" in full  # of 40 people


def test_people_are_listed_by_name_and_those_to_look_at_stay(full: str) -> None:
    everyone = full[full.index("<bdi>Everyone</bdi>") :]
    names = re.findall(r'<td class="smo-name"><bdi>rater ([0-9]+)</bdi>', everyone[: everyone.index("</table>")])
    assert [int(name) for name in names] == sorted(int(name) for name in names)
    assert "39" in names, "a person with something to look at was cut from the list"


def test_what_was_read_can_be_proved(full: str) -> None:
    assert "9f2c" * 16 in full
    assert "smo report labels_w47.parquet --gold keys.csv --target 0.95" in full
    assert "23 Nov 2026 08:12 UTC" in full
    assert "C:\\data" not in full.split("<article")[1], "page one names the file, not somebody's folders"


def test_an_empty_report_says_so(bare: str) -> None:
    assert "Nothing can be said yet" in bare
    assert "Nothing reaches its target yet." in bare
    assert "Not measured: the labels carry no rater ids." in bare


def test_lone_surrogates_do_not_stop_the_file(tmp_path: Path) -> None:
    broken = replace(report(), headline="half an emoji \ud83d")
    write_html(broken, tmp_path / "report.html", document=composed(empty()))
    assert "half an emoji" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_cell_of_megabytes_does_not_make_a_page_of_megabytes() -> None:
    one = report().tasks[0]
    long = "x" * 3_000_000
    pairs = (replace(one.confusion[0], label_a=long),)
    items = (replace(one.adjudicate[0], item=long, text=long),)
    huge = replace(one, title=long, confusion=pairs, adjudicate=items, raters=(replace(one.raters[0], rater=long),))
    silent = replace(report(), tasks=(replace(huge, title="task"),))
    assert len(page(silent, composed(silent))) < 400_000
