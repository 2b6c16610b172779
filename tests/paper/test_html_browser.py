"""The page in a real browser: nothing runs, nothing is loaded, nothing overflows; the two buttons work."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from smo.paper.report.html_file import write_html
from tests.paper.sample_report import report

CHROMIUM = Path(os.environ.get("CHROMIUM_PATH", "/usr/bin/chromium"))
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium: set CHROMIUM_PATH"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    write_html(report(), path)
    return path


def opened(browser: Browser, file: Path, width: int, scheme: str = "light") -> tuple[Page, list[str]]:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: request.url.startswith("file:") or said.append(request.url))
    page.goto(file.as_uri())
    return page, said


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_page_never_scrolls_sideways_and_stays_silent(browser: Browser, file: Path, width: int) -> None:
    page, said = opened(browser, file, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("window.hacked") is None
    assert said == []
    page.close()


def test_colours_follow_the_system_and_the_button(browser: Browser, file: Path) -> None:
    page, _ = opened(browser, file, 1280, "dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(18, 22, 26)"
    page.get_by_role("button", name="Light colours").click()
    assert page.evaluate(ground) == "rgb(245, 246, 248)"
    page.get_by_role("button", name="Dark colours").click()
    assert page.evaluate(ground) == "rgb(18, 22, 26)"
    page.close()


def test_item_text_is_shown_one_by_one_and_all_at_once(browser: Browser, file: Path) -> None:
    page, _ = opened(browser, file, 1280)
    blurred = (
        "[...document.querySelectorAll('.smo-veil bdi')].filter(e => getComputedStyle(e).filter !== 'none').length"
    )
    every = page.evaluate("document.querySelectorAll('.smo-veil bdi').length")
    assert page.evaluate(blurred) == every > 0
    page.locator(".smo-veil input").first.check()
    assert page.evaluate(blurred) == every - 1
    page.get_by_role("button", name="Show all item text").click()
    assert page.evaluate(blurred) == 0
    page.get_by_role("button", name="Blur item text").click()
    assert page.evaluate(blurred) == every
    page.close()


def test_on_a_phone_the_contents_are_folded(browser: Browser, file: Path) -> None:
    page, _ = opened(browser, file, 390)
    assert page.locator("#smo-list").get_attribute("open") is None
    page.get_by_text("Contents", exact=True).click()
    assert page.get_by_role("link", name="Method").is_visible()
    page.close()
