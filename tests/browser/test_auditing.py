"""An audit by keyboard alone: blind, then both side by side, then a finding; the next one arrives by itself."""

import re

import pytest
from playwright.sync_api import Page, expect

from smo.kernel.permissions import SYSTEM
from smo.people import actions as people
from smo.quality import queries
from tests.browser.conftest import PASSWORD
from tests.browser.test_pages import beyond_the_edge, contrast
from tests.web.audited import Drawn, a_finding, drawn
from tests.web.work import CHOICE, EVERY_TYPE

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]

ROWS = (
    {"key": "M-1", "text": "Another shop opened \U0001f600 in street nine, how nice.", "language": "en"},
    {
        "key": "M-2",
        "text": "محل جديد في الشارع",
        "language": "ar",
    },
    {"key": "M-3", "text": "<b>third</b> item", "language": "en"},
)
DECIDED = {"violation": "no", "tone": ["calm"], "where": []}


@pytest.fixture
def work(transactional_db) -> Drawn:
    """Three decisions, all drawn."""
    return drawn("comments", rows=ROWS, questions=EVERY_TYPE, answers=DECIDED, name="Weekly sample")


@pytest.fixture
def auditor(open_browser, live_server, work):
    """A window in which an auditor, who is nobody else, has signed in."""

    def entered(**how: object) -> Page:
        person_id = people.create_person(by=SYSTEM, name="Ara Auditor")
        email = "auditor@example.org"
        people.create_account(by=SYSTEM, person_id=person_id, email=email, password=PASSWORD)
        people.grant_role(by=SYSTEM, person_id=person_id, role="auditor")
        return sign_in(open_browser(**how), live_server.url, email)

    return entered


def sign_in(page: Page, url: str, email: str) -> Page:
    page.goto(f"{url}/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", level=1).wait_for()
    return page


def begin(page: Page, url: str) -> str:
    """Start the next audit without the mouse; the address of it."""
    page.goto(f"{url}/audits/")
    page.get_by_role("button", name="Start the next audit").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/audits/[0-9a-f-]{36}$"))
    return page.url


def label_it(page: Page, *, answer: str) -> None:
    """Answer every required question by its key, and lock."""
    box = page.locator(f"[data-question=violation] input[value={answer}]")
    page.keyboard.press(box.get_attribute("data-key") or "")
    if answer == "yes":
        page.keyboard.press("2")
    page.keyboard.press(page.locator("[data-question=tone] input[value=calm]").get_attribute("data-key") or "")
    page.keyboard.press(page.locator("[data-question=where] input[value='']").get_attribute("data-key") or "")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile("/compare$"))


def test_an_audit_goes_by_keyboard_alone_and_the_next_arrives(auditor, live_server, work) -> None:
    page = auditor()
    here = begin(page, live_server.url)
    expect(page.get_by_text("Audit 1 of 3")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("Dana Decider")
    page.keyboard.press("Control+Enter")  # nothing is answered yet: it leads to what is missing
    expect(page.locator("[data-question=violation] input").first).to_be_focused()
    assert page.url == here
    label_it(page, answer="yes")
    expect(page.locator(".s-compare-differs")).to_have_count(2)
    expect(page.locator("body")).not_to_contain_text("Dana Decider")
    for key in ("a", "2"):
        page.keyboard.press(key)
    expect(page.get_by_role("radio", name="Under-enforcement")).to_be_checked()
    expect(page.get_by_role("radio", name="Major")).to_be_checked()  # by the rule table
    expect(page.get_by_role("radio", name="Zero tolerance")).to_be_disabled()
    for key in ("b", "3"):
        page.keyboard.press(key)
    expect(page.get_by_label("Why moved from what the rule says?")).to_be_visible()
    for key in ("b", "2", "c", "1", "w"):
        page.keyboard.press(key)
    page.keyboard.type("Names the group: a b c n 1 2")  # letters are letters while one writes
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: url != f"{here}/compare" and "/compare" not in url)
    expect(page.get_by_text("The finding is filed.")).to_be_visible()
    expect(page.get_by_role("heading", name="Your label")).to_be_visible()
    row = queries.findings(by=SYSTEM, project=work.project).rows[0]
    assert (row.outcome_class, row.severity, row.cause) == ("A2", "S2", "guideline_lag")
    assert queries.finding(by=SYSTEM, finding_id=row.id).comment == "Names the group: a b c n 1 2"


def test_two_audits_without_a_finding_end_with_n(auditor, live_server, work) -> None:
    page = auditor()
    begin(page, live_server.url)
    for left in (2, 1, 0):
        label_it(page, answer="no")
        expect(page.get_by_text("0 of 3 answers differ")).to_be_visible()
        page.keyboard.press("n")
        page.wait_for_url(lambda url: "/compare" not in url)
        expect(page.get_by_text("Filed: no finding.")).to_be_visible()
        assert queries.plan(by=SYSTEM, plan_id=work.plan_id).filed == 3 - left
    expect(page.get_by_role("heading", level=1)).to_have_text("No audit waits for you")


def test_a_second_finding_on_one_decision_is_one_key_away(auditor, live_server, work) -> None:
    page = auditor()
    begin(page, live_server.url)
    label_it(page, answer="yes")
    for key in ("a", "2", "+", "a", "6"):
        page.keyboard.press(key)
    expect(page.locator("s-finding")).to_have_count(2)
    first, second = page.locator("s-finding").all()
    expect(first.get_by_role("radio", name="Under-enforcement")).to_be_checked()
    expect(second.get_by_role("radio", name="Wrong severity")).to_be_checked()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: "/compare" not in url)
    assert {row.outcome_class for row in queries.findings(by=SYSTEM).rows} == {"A2", "A3c"}


def test_the_decision_is_not_shown_before_the_own_label(auditor, live_server) -> None:
    page = auditor()
    here = begin(page, live_server.url)
    refused = page.request.get(f"{here}/compare")
    assert refused.status == 403
    assert "Dana Decider" not in refused.text()
    page.reload()
    expect(page.get_by_role("heading", name="Your label")).to_be_visible()


def test_a_manager_sees_what_a_size_buys_while_typing(work, open_browser, live_server, admin) -> None:
    page = sign_in(open_browser(), live_server.url, "admin@example.org")
    page.goto(f"{live_server.url}/audits/plans/add")
    page.get_by_label("Accuracy you expect, in %").fill("97")
    with page.expect_response(re.compile("sample_size=600")):
        page.get_by_label("Audits in each draw").fill("600")
    expect(page.locator("#buys")).to_contain_text("95.6")
    expect(page.get_by_label("Market")).to_be_hidden()
    page.get_by_role("radio", name="Stratified").check()
    expect(page.get_by_label("Market")).to_be_visible()
    drawn("other", questions=({**CHOICE, "key": "spam", "title": "Is it spam?"},), answers={"spam": "no"})
    page.goto(f"{live_server.url}/audits/plans/add?project=comments")
    page.get_by_label("Name").fill("Kept")
    with page.expect_response(re.compile("project=other")):
        page.get_by_label("Project").select_option("other")
    expect(page.locator("#plan-form input[value='answer:spam']")).to_have_count(1)
    expect(page.get_by_label("Name")).to_have_value("Kept")


def pages_of(work: Drawn, finding_id: object) -> tuple[str, ...]:
    plans = ("/audits/plans", "/audits/plans/add", f"/audits/plans/{work.plan_id}")
    return ("/audits/", *plans, "/audits/findings", f"/audits/findings/{finding_id}")


@pytest.mark.parametrize("how", [{"width": 1280}, {"width": 390, "height": 844}, {"scheme": "dark"}])
def test_every_page_of_auditing_fits_and_stands_out(work, open_browser, live_server, admin, how) -> None:
    finding_id = a_finding(work.project, answers={"violation": "yes", "severity": 2, "tone": [], "where": []})
    page = sign_in(open_browser(**how), live_server.url, "admin@example.org")
    for path in pages_of(work, finding_id):
        page.goto(live_server.url + path)
        assert beyond_the_edge(page) == 0, path
        assert contrast(page) == [], path
    begin(page, live_server.url)
    assert (beyond_the_edge(page), contrast(page)) == (0, [])
    page.locator("[data-question=violation] input[value=no]").check(force=True)
    page.locator("[data-question=tone] input[value=calm]").check(force=True)
    page.locator("[data-question=where] input[value='']").check(force=True)
    page.get_by_role("button", name="Lock and compare").click()
    page.wait_for_url(re.compile("/compare$"))
    assert (beyond_the_edge(page), contrast(page)) == (0, [])
