"""The desk as annotators meet it: without a mouse, without a network, with hostile texts, in both directions."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from smo.kernel.permissions import SYSTEM
from smo.labeling.models import Assignment, Decision, Flag, Slot
from smo.people import actions as people
from tests.browser.test_pages import contrast
from tests.web.work import EVERY_TYPE, PER_TURN, Made, labeled_project, renew_guideline

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]

PASSWORD = "three words of mine 47"
EMOJI = "I like it 😀 you donkey 👩‍👩‍👧 really"
ARABIC = "هذا النص يصف حمارا في الحقل"
HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script> a\u202eb\u200bc'


@pytest.fixture
def annotator(settings, tmp_path, transactional_db) -> None:
    """Someone who labels."""
    settings.UPLOAD_DIR = tmp_path / "uploads"
    person_id = people.create_person(by=SYSTEM, name="Lena Nord")
    people.create_account(by=SYSTEM, person_id=person_id, email="lena@example.org", password=PASSWORD)
    people.grant_role(by=SYSTEM, person_id=person_id, role="annotator")


@pytest.fixture
def cut_off(chromium) -> Iterator[Page]:
    """A window whose network will fail, about which a browser complains."""
    context = chromium.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def sit_down(live_server, open_browser, annotator) -> Callable[..., Page]:
    """A window in which the annotator sits at a queue."""

    def seated(work: Made, page: Page | None = None, **how: object) -> Page:
        page = page or open_browser(**how)
        sign_in(page, live_server.url)
        page.goto(f"{live_server.url}/desk/")
        page.get_by_role("button", name=re.compile("Start")).click()
        page.locator(".s-card").wait_for()
        return page

    return seated


def sign_in(page: Page, url: str) -> None:
    page.goto(f"{url}/accounts/login/")
    page.get_by_label("Email").fill("lena@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", level=1).wait_for()


def item(page: Page) -> str:
    """The key of the item that is shown."""
    return page.locator(".s-card-head bdi").first.inner_text()


def submit(page: Page, before: str) -> None:
    page.keyboard.press("Control+Enter")
    expect(page.locator(".s-card-head bdi").first).not_to_have_text(before)


def saved(count: int) -> None:
    assert Decision.objects.filter(retracted_at=None).count() == count


def settled(page: Page) -> None:
    """Everything that was submitted has arrived."""
    expect(page.locator("s-desk")).to_have_attribute("data-saving", "sent")


def test_peers_row_16_items_of_every_type_are_labeled_without_a_mouse(sit_down) -> None:
    rows = [{"key": "emoji", "text": EMOJI}, {"key": "arabic", "text": ARABIC, "language": "ar"}]
    page = sit_down(labeled_project(questions=EVERY_TYPE, rows=rows))
    press = page.keyboard.press
    assert item(page) == "emoji"
    for key in ("5", "2", "q"):  # violation yes, severity 2, angry
        press(key)
    press("m")
    for _word in range(6):
        press("ArrowRight")  # I like it 😀 you donkey
    press("7")
    expect(page.locator(".s-marks li")).to_have_count(1)
    expect(page.locator("[data-body] mark")).to_have_text("donkey")
    press("t")
    page.keyboard.type("because 5 of them 7")
    press("Escape")
    expect(page.locator("[data-tell=progress]")).to_have_text("4 of 4 answered")
    submit(page, "emoji")
    press("6")
    press("e")
    press("m")
    press("ArrowLeft")  # Arabic runs to the left: the first word
    press("Shift+ArrowLeft")
    press("7")
    expect(page.locator("[data-body] mark")).to_have_text("هذا النص")
    press("Control+Enter")
    expect(page.get_by_role("heading", name="Nothing is left for you here")).to_be_visible()
    settled(page)
    first, second = (row.answers for row in Decision.objects.order_by("received_at"))
    start = EMOJI.index("donkey")
    assert first == {
        "violation": "yes",
        "severity": 2,
        "tone": ["angry"],
        "where": [{"start": start, "end": start + 6, "type": "insult"}],
        "why": "because 5 of them 7",
    }
    assert second["where"] == [{"start": 0, "end": len("هذا النص"), "type": "insult"}]
    assert "severity" not in second


def test_turns_of_a_conversation_are_labeled_one_by_one(sit_down) -> None:
    turns = [
        {"role": "user", "text": "hello"},
        {"role": "assistant", "text": "good day"},
        {"role": "user", "text": "and now"},
        {"role": "assistant", "text": "something bad 😀 here"},
    ]
    page = sit_down(labeled_project(questions=PER_TURN, rows=[{"key": "chat", "turns": turns}]))
    expect(page.locator(".s-turn[data-active]")).to_contain_text("good day")
    page.keyboard.press("1")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".s-turn[data-active]")).to_contain_text("something bad")
    page.keyboard.press("2")
    for key in ("m", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    page.keyboard.press("3")
    expect(page.locator(".s-turn[data-active] mark")).to_have_text("bad")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Nothing is left for you here")).to_be_visible()
    settled(page)
    answers = Decision.objects.get().answers
    assert answers == {
        "turn_rule": {"1": "safe", "3": "unsafe"},
        "words": {"3": [{"start": 10, "end": 13, "type": "unsafe"}]},
    }


def test_peers_row_1_the_next_item_is_there_at_once(sit_down) -> None:
    rows = [{"key": f"i{n}", "text": f"text {n}"} for n in range(12)]
    page = sit_down(labeled_project(rows=rows))
    expect(page.locator("[data-tell=ready]")).to_have_text("Ready: 3")
    took = page.evaluate(
        """async () => {
          const times = [];
          for (let n = 0; n < 6; n++) {
            const before = document.querySelector(".s-card");
            const start = performance.now();
            document.dispatchEvent(new KeyboardEvent("keydown", { key: "1", code: "Digit1", bubbles: true }));
            const how = { key: "Enter", code: "Enter", ctrlKey: true, bubbles: true };
            document.dispatchEvent(new KeyboardEvent("keydown", how));
            while (document.querySelector(".s-card") === before) await new Promise(requestAnimationFrame);
            times.push(performance.now() - start);
            await new Promise((done) => setTimeout(done, 400));
          }
          return times;
        }"""
    )
    assert sorted(took)[len(took) // 2] <= 100, took
    settled(page)
    saved(6)


def test_peers_row_9_an_answer_survives_a_lost_network_and_a_closed_tab(sit_down, live_server, cut_off) -> None:
    work = labeled_project(rows=[{"key": f"i{n}", "text": f"text {n}"} for n in range(6)])
    page = sit_down(work, cut_off)
    expect(page.locator("[data-tell=ready]")).to_have_text("Ready: 3")
    context = page.context
    context.set_offline(True)
    for _item in range(2):
        before = item(page)
        page.keyboard.press("1")
        submit(page, before)
    expect(page.locator("[data-tell=saving]")).to_contain_text("Kept in this browser: 2")
    saved(0)
    sealed = page.evaluate(
        """() => new Promise((done) => { const asked = indexedDB.open("smo-unsent");
          asked.onsuccess = () => { const all = asked.result.transaction("answers").objectStore("answers").getAll();
          all.onsuccess = () => done(all.result.map((row) => new TextDecoder("latin1").decode(row.data))); }; })"""
    )
    assert len(sealed) == 2
    assert not any("violation" in text or "claim_id" in text for text in sealed)
    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(f"{live_server.url}/desk/queue/{work.queue_id}")
    settled(again)
    saved(2)
    again.reload()
    settled(again)
    saved(2)
    assert Slot.objects.filter(decided=1).count() == 2


def test_peers_row_17_an_answer_is_taken_back_even_after_the_next_item(sit_down) -> None:
    page = sit_down(labeled_project(rows=[{"key": f"i{n}", "text": f"text {n}"} for n in range(4)]))
    first = item(page)
    page.keyboard.press("2")
    submit(page, first)
    settled(page)
    saved(1)
    page.keyboard.press("z")
    expect(page.locator(".s-card-head bdi").first).to_have_text(first)
    expect(page.get_by_role("radio", name="no")).to_be_checked()
    saved(0)
    page.keyboard.press("1")
    submit(page, first)
    settled(page)
    assert Decision.objects.get(retracted_at=None).answers == {"violation": "yes"}
    page.reload()
    page.locator(".s-card").wait_for()
    page.keyboard.press("z")
    expect(page.locator(".s-card-head bdi").first).to_have_text(first)


def test_hostile_text_is_only_text_and_what_is_invisible_is_marked(sit_down) -> None:
    page = sit_down(
        labeled_project(rows=[{"key": "hostile", "text": HOSTILE}, {"key": "long", "text": "word " * 200_000}])
    )
    if item(page) != "hostile":
        page.keyboard.press("1")
        submit(page, "long")
    title = page.title()
    expect(page.locator("[data-body]")).to_contain_text("<script>document.title=2</script>")
    assert page.locator("[data-body] img, [data-body] script").count() == 0
    assert page.locator("[data-body] .s-sign").evaluate_all("(all) => all.map((s) => s.dataset.sign)") == [
        "RLO",
        "ZWSP",
    ]
    page.keyboard.press("1")
    submit(page, "hostile")
    assert page.title() == title
    assert len(page.locator("[data-body]").inner_text()) < 25_000
    page.get_by_role("button", name="Show all").click()
    assert len(page.locator("[data-body]").inner_text()) > 900_000


def test_skip_unclear_and_no_unique_answer_by_keyboard(sit_down) -> None:
    page = sit_down(labeled_project(rows=[{"key": f"i{n}", "text": f"text {n}"} for n in range(4)]))
    first = item(page)
    page.keyboard.press("u")
    page.keyboard.type("Does 1 irony count?")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-tell=note]")).to_contain_text("Sent to those who keep the guideline")
    assert Flag.objects.get().text == "Does 1 irony count?"
    assert page.get_by_role("radio", checked=True).count() == 0
    page.keyboard.press("k")
    page.keyboard.press("2")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".s-card-head bdi").first).not_to_have_text(first)
    second = item(page)
    page.keyboard.press("n")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".s-card-head bdi").first).not_to_have_text(second)
    settled(page)
    outcomes = set(Decision.objects.values_list("outcome", "reason"))
    assert outcomes == {("skipped", "too_hard"), ("no_unique_answer", "")}


def test_a_new_guideline_is_fetched_before_the_next_answer(sit_down) -> None:
    page = sit_down(labeled_project(rows=[{"key": f"i{n}", "text": f"text {n}"} for n in range(9)]))
    expect(page.locator("[data-tell=ready]")).to_have_text("Ready: 3")
    newer = renew_guideline("chats")
    before = item(page)
    page.keyboard.press("1")
    submit(page, before)
    expect(page.locator("s-guideline [data-version]")).to_have_attribute("data-version", str(newer))
    expect(page.locator("[data-tell=note]")).to_contain_text("new version")
    before = item(page)
    page.keyboard.press("1")
    submit(page, before)
    settled(page)
    assert Decision.objects.order_by("received_at").last().seen_guideline_version_id == newer


def test_signing_out_asks_about_unsent_answers_and_wipes_them(sit_down, live_server, cut_off) -> None:
    page = sit_down(labeled_project(rows=[{"key": f"i{n}", "text": f"text {n}"} for n in range(4)]), cut_off)
    expect(page.locator("[data-tell=ready]")).to_have_text("Ready: 3")
    page.route("**/desk/decisions", lambda route: route.abort())
    before = item(page)
    page.keyboard.press("1")
    submit(page, before)
    asked: list[str] = []
    page.once("dialog", lambda said: (asked.append(said.message), said.dismiss()))
    page.locator("smo-menu summary").click()
    with page.expect_event("dialog"):
        page.get_by_role("button", name="Sign out").click()
    expect(page.locator(".s-card")).to_be_visible()
    assert "could not be sent yet: 1" in asked[0]
    page.once("dialog", lambda said: said.accept())
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("login"))
    sign_in(page, live_server.url)
    page.unroute("**/desk/decisions")
    page.goto(f"{live_server.url}/desk/")
    page.get_by_role("link", name=re.compile("Go on")).click()
    settled(page)
    saved(0)


def test_an_answer_that_is_refused_keeps_its_words(sit_down, cut_off) -> None:
    page = sit_down(labeled_project(rows=[{"key": f"i{n}", "text": f"text {n}"} for n in range(4)]), cut_off)
    first = item(page)
    Assignment.objects.filter(item__item_key=first).update(state="expired")
    Slot.objects.filter(item__item_key=first).update(taken=0, decided=1)
    page.keyboard.press("2")
    submit(page, first)
    line = page.locator(".s-refused-line")
    expect(line).to_contain_text(first)
    page.reload()
    expect(line).to_contain_text("not needed")
    line.locator("summary").click()
    expect(line.locator("pre")).to_contain_text('"violation": "no"')
    line.get_by_role("button").click()
    expect(line).to_have_count(0)
    saved(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_wider_than_the_window_and_every_text_stands_out(sit_down, scheme: str) -> None:
    rows = [{"key": f"i{n}", "text": EMOJI} for n in range(3)]
    page = sit_down(labeled_project(questions=EVERY_TYPE, rows=rows), width=390, height=844, scheme=scheme)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
        beyond = "(all) => all.filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.className)"
        assert page.locator(".s-card-content, .s-card-questions, .s-desk-foot, .s-desk-top").evaluate_all(beyond) == []
        assert contrast(page) == []
