"""The pages as people meet them: by mouse, by keyboard, in the dark, from right to left, on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]

PLACES = ("/", "/office/people", "/office/people/add", "/office/roles", "/office/audit-trail", "/office/sign-ins")
ARABIC = "العربيّة"


def contrast(page: Page) -> list[str]:
    """Texts whose colour stands out less than WCAG AA asks for (4.5, or 3 for large ones)."""
    return page.evaluate(
        """() => {
          const linear = (v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
          const light = (c) => { const [r, g, b] = c.map(linear);
            return .2126 * r + .7152 * g + .0722 * b; };
          const parse = (c) => (c.match(/[\\d.]+/g) || []).map(Number);
          const ground = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
            if (c.length === 3 || c[3] > .99) return c.slice(0, 3); } return [255, 255, 255]; };
          const faint = [];
          for (const e of document.querySelectorAll("body *")) {
            const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
            if (!own || !e.checkVisibility() || e.closest(".s-heard, .s-skip, svg, option")) continue;
            const style = getComputedStyle(e);
            const [a, b] = [light(parse(style.color).slice(0, 3)), light(ground(e))].sort((x, y) => y - x);
            const needed = parseFloat(style.fontSize) >= 18.5 && style.fontWeight >= 600 ? 3 : 4.5;
            const ratio = (a + .05) / (b + .05);
            if (ratio < needed) faint.push(`${e.textContent.trim().slice(0, 40)} ${ratio.toFixed(2)}`);
          }
          return faint;
        }"""
    )


def beyond_the_edge(page: Page) -> int:
    """How many pixels the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_an_administrator_adds_a_person_who_signs_in(enter, open_browser, live_server) -> None:
    page = enter()
    page.get_by_role("link", name="Add people").click()
    page.get_by_label("Name", exact=True).fill("Mira Sol")
    page.get_by_label("Email address").fill("mira@example.org")
    page.get_by_label("Role", exact=True).select_option(label="Annotator")
    page.get_by_role("button", name="Add this person").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Added: Mira Sol")
    password = page.locator("smo-copy code").inner_text()

    other = open_browser()
    other.goto(live_server.url)
    other.get_by_label("Email").fill("mira@example.org")
    other.get_by_label("Password").fill(password)
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_text("choose a password of your own")).to_be_visible()
    other.get_by_label("Current Password").fill(password)
    other.get_by_label("New Password", exact=True).fill("quite another 58 words")
    other.get_by_label("New Password (again)").fill("quite another 58 words")
    other.get_by_role("button", name="Change Password").click()
    other.goto(live_server.url)
    expect(other.get_by_role("heading", level=1)).to_have_text("Nothing waits for you")
    expect(other.get_by_role("navigation", name="Places").first).not_to_contain_text("Audit trail")


def test_the_list_narrows_while_one_types_and_the_address_keeps_it(enter, live_server) -> None:
    page = enter()
    page.goto(f"{live_server.url}/office/people")
    with page.expect_response(re.compile("search=nobody")):
        page.get_by_role("searchbox").press_sequentially("nobody")
    expect(page.get_by_text("Nobody matches")).to_be_visible()
    expect(page).to_have_url(re.compile(r"search=nobody"))
    page.reload()
    expect(page.get_by_text("Nobody matches")).to_be_visible()


def test_the_trail_is_checked_without_leaving_the_page(enter, live_server) -> None:
    page = enter()
    page.goto(f"{live_server.url}/office/audit-trail")
    page.get_by_role("link", name="Check now").click()
    expect(page.locator("#verification")).to_contain_text("Whole")
    expect(page).to_have_url(f"{live_server.url}/office/audit-trail")


def test_everything_is_reached_by_the_keyboard(enter, live_server) -> None:
    page = enter()
    page.goto(f"{live_server.url}/office/people")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Add people")).to_be_focused()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    menu = page.locator(".s-top smo-menu summary")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(menu).to_be_focused()


def test_dark_is_one_click_stays_and_follows_the_system_before(enter, open_browser, live_server) -> None:
    page = enter()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "light"
    page.locator(".s-top smo-menu summary").click()
    with page.expect_response(re.compile("/theme")):
        page.get_by_role("button", name="Dark").click()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    page.goto(f"{live_server.url}/office/roles")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    night = open_browser(scheme="dark")
    night.goto(live_server.url)
    assert night.evaluate("document.documentElement.dataset.bsTheme") == "dark"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(enter, live_server, scheme: str) -> None:
    page = enter(scheme=scheme)
    for path in PLACES:
        page.goto(live_server.url + path)
        assert contrast(page) == [], path


def test_arabic_runs_from_right_to_left(enter, live_server) -> None:
    page = enter()
    page.locator(".s-top smo-menu summary").click()
    page.get_by_role("button", name=ARABIC).click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    for path in PLACES:
        page.goto(live_server.url + path)
        nav, main = page.locator(".s-nav").bounding_box(), page.locator("main").bounding_box()
        assert nav is not None
        assert main is not None
        assert nav["x"] > main["x"], path
        assert beyond_the_edge(page) == 0, path
        assert page.evaluate("document.fonts.check('14px \"Noto Sans Arabic\"', 'سجل')"), path


def test_a_phone_has_tabs_at_the_thumb_and_nothing_wider_than_itself(enter, live_server) -> None:
    page = enter(width=390, height=844)
    for path in PLACES:
        page.goto(live_server.url + path)
        assert beyond_the_edge(page) == 0, path
        expect(page.locator(".s-tabs")).to_be_in_viewport()
        expect(page.locator(".s-nav")).to_be_hidden()
        low = page.evaluate(
            "[...document.querySelectorAll('.s-tabs a, main .s-button')].filter((e) => e.checkVisibility()"
            " && e.getBoundingClientRect().height < 36).map((e) => e.textContent)"
        )
        assert low == [], path
    page.locator(".s-tabs summary").click()
    page.locator(".s-tabs").get_by_role("link", name="Roles").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What each role may do")


def test_without_script_the_pages_still_serve(chromium, live_server, admin) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_label("Email").fill("admin@example.org")
    page.get_by_label("Password").fill("three words of mine 47")
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{live_server.url}/office/people")
    page.get_by_role("searchbox").fill("nobody")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("Nobody matches")).to_be_visible()
    page.locator(".s-top smo-menu summary").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    context.close()


def test_no_page_loads_more_script_than_its_budget(enter, live_server) -> None:
    page = enter()
    sizes = []
    page.on("response", lambda got: sizes.append(len(got.body())) if got.url.endswith(".js") else None)
    page.goto(f"{live_server.url}/office/people", wait_until="networkidle")
    assert 0 < sum(sizes) < 250_000  # the limit is for compressed bytes; these are not even compressed
