"""One item's whole way: made, imported, labeled by two, audited blind, found wrong, and read in the changed number."""

import base64
import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import Locator, Page, expect

from smo.jobs import relay, schedule, worker
from smo.kernel.clock import today
from smo.kernel.permissions import SYSTEM
from smo.labeling.models import Decision
from smo.people import actions as people
from tests.browser.conftest import PASSWORD

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "hatecheck"
ITEMS = DATA / "items.jsonl.gz"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.skipif(not ITEMS.exists(), reason=f"the shared data set hatecheck is not at {DATA}"),
]

LABELED = 20
AUDITED = 10
OTHER_MIND = frozenset({3, 10})  # of the twenty, where the second person sees it differently
DROP = """([zone, name, packed]) => {
  const bytes = Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0));
  const dragged = new DataTransfer();
  dragged.items.add(new File([bytes], name));
  for (const kind of ["dragover", "drop"])
    zone.dispatchEvent(new DragEvent(kind, { dataTransfer: dragged, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def background(monkeypatch, settings, tmp_path) -> Callable[[], None]:
    """What the worker does meanwhile, done at once: events become tasks, and every task that waits is worked off."""
    monkeypatch.setattr(schedule, "SCHEDULE", ())
    monkeypatch.setattr(schedule, "LOOPS", ())
    settings.ANCHOR_DIR = tmp_path / "anchors"
    faults: list[BaseException] = []

    def work() -> None:
        try:
            while relay.relay_once():
                worker.run(concurrency=1, wait=False)
        except BaseException as fault:  # the thread would swallow it
            faults.append(fault)
        finally:
            connections.close_all()  # a thread's connections are its own, and nobody closes them for it

    def done() -> None:
        alone = threading.Thread(target=work)  # the browser's loop runs in this thread
        alone.start()
        alone.join()
        assert faults == []

    return done


@pytest.fixture
def seat(open_browser, live_server, transactional_db) -> Callable[[str, str], Page]:
    """A window in which somebody new who holds this role has signed in."""

    def taken(role: str, name: str) -> Page:
        email = f"{name.split(maxsplit=1)[0].lower()}@example.org"
        person_id = people.create_person(by=SYSTEM, name=name)
        people.create_account(by=SYSTEM, person_id=person_id, email=email, password=PASSWORD)
        people.grant_role(by=SYSTEM, person_id=person_id, role=role)
        page = open_browser()
        page.goto(f"{live_server.url}/accounts/login/")
        page.get_by_label("Email").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", level=1).wait_for()
        return page

    return taken


def make_project(page: Page, url: str) -> None:
    """A product, a project from the template for hate with two people for each item, and its target."""
    page.goto(f"{url}/office/products")
    page.get_by_label("Name").fill("Video site")
    page.get_by_label("Code").fill("video")
    page.get_by_label("Code").press("Enter")
    expect(page.get_by_role("rowheader", name="Video site")).to_be_visible()
    page.goto(f"{url}/projects/add")
    page.locator("input[name=template][value=hate]").check()
    page.get_by_label("Name").fill("HateCheck")
    page.get_by_label("Product").select_option("video")
    page.get_by_label("People who decide each item").fill("2")
    page.get_by_role("button", name="Make the project").click()
    page.wait_for_url(re.compile("/projects/hatecheck/settings$"))
    page.goto(f"{url}/projects/hatecheck/targets")
    page.get_by_label("KPI").select_option("decision_accuracy")
    page.get_by_label("Target", exact=True).fill("95")
    page.get_by_label("Target", exact=True).press("Enter")
    expect(page.get_by_role("table")).to_contain_text("Decision accuracy")


def bring_items(page: Page, url: str, background: Callable[[], None]) -> None:
    """The file is dropped, mapped, tried, checked as a whole and published."""
    page.goto(f"{url}/projects/hatecheck/imports")
    packed = base64.b64encode(ITEMS.read_bytes()).decode()
    page.evaluate(DROP, [page.locator(".s-drop").element_handle(), ITEMS.name, packed])
    page.get_by_role("button", name="Send the file").click()
    page.get_by_role("heading", name=ITEMS.name).wait_for()
    assert [page.locator(f"#role-{role}").input_value() for role in ("key", "text", "language")] == [
        "item_id", "text", "lang",
    ]  # fmt: skip
    page.get_by_role("button", name="Try these columns").click()
    expect(page.get_by_role("region", name="Tried on the first rows")).to_contain_text("rows can be taken")
    page.get_by_role("button", name="Check the whole file").click()
    expect(page.get_by_role("status")).to_be_visible()
    background()
    page.get_by_role("button", name="Publish 3,901 rows").click()
    background()
    expect(page.get_by_role("status").filter(has_text="published")).to_be_visible()


def approve(page: Page, url: str) -> None:
    """The policy owner puts the template's guideline in force, without which nothing goes live."""
    page.goto(f"{url}/policies/hatecheck")
    page.get_by_role("link", name="Approve the draft").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("approved by")).to_be_visible()


def open_work(page: Page, url: str, background: Callable[[], None]) -> None:
    """The project goes live, and a queue hands each item to two people."""
    page.goto(f"{url}/projects/hatecheck/settings")
    page.locator("a[href$='to=live']").click()
    page.locator("form:has(input[name=state][value=live]) button[type=submit]").click()
    page.wait_for_url(re.compile("/settings$"))
    expect(page.get_by_text("Live ·")).to_be_visible()
    page.goto(f"{url}/queues/add?project=hatecheck")
    page.get_by_label("Project").select_option("hatecheck")
    page.get_by_label("Name").fill("English")
    page.get_by_label("People for each item").fill("2")
    page.get_by_role("button", name="Add this queue").click()
    background()
    page.goto(f"{url}/queues/")
    expect(page.get_by_role("heading", level=1)).to_have_text("3,901 items wait for a decision")


def press(page: Page, question: str, value: str) -> None:
    """The key that stands on an answer."""
    box = page.locator(f"[data-question={question}] input[value={value}]").first
    page.keyboard.press(box.get_attribute("data-key") or "")
    expect(box).to_be_checked()


def answer(page: Page, label: str) -> None:
    press(page, "hate", label)
    if label == "hate":
        press(page, "target", "sex")


def label_twenty(page: Page, url: str, *, others: frozenset[int]) -> dict[str, str]:
    """Twenty items by keyboard alone; what was answered on which. Every second is hate, but where one thinks else."""
    page.goto(f"{url}/desk/")
    page.get_by_role("button", name=re.compile("Start")).focus()
    page.keyboard.press("Enter")
    head = page.locator(".s-card-head bdi").first
    head.wait_for()
    said: dict[str, str] = {}
    for number in range(LABELED):
        key = head.inner_text()
        said[key] = "hate" if (number % 2 == 0) != (number in others) else "not_hate"
        answer(page, said[key])
        page.keyboard.press("Control+Enter")
        expect(head).not_to_have_text(key)
    expect(page.locator("s-desk")).to_have_attribute("data-saving", "sent")
    page.keyboard.press("b")  # a break: what is prefetched goes back into the queue
    page.wait_for_url(lambda address: "/desk/queue/" not in address)
    return said


def draw(page: Page, url: str) -> None:
    """A simple random plan over today's decisions."""
    page.goto(f"{url}/audits/plans/add?project=hatecheck")
    page.get_by_label("Name").fill("Weekly sample")
    page.get_by_label("Audits in each draw").fill(str(AUDITED))
    page.get_by_role("button", name="Make the plan").click()
    page.wait_for_url(re.compile(r"/audits/plans/[0-9a-f-]{36}$"))
    page.get_by_label("From").fill(today("UTC").isoformat())
    page.get_by_label("To, this day included").fill(today("UTC").isoformat())
    page.get_by_role("button", name=f"Draw {AUDITED}").click()
    expect(page.get_by_role("heading", name="Draw 1")).to_be_visible()
    expect(page.locator("dd", has_text=f"{2 * LABELED} decisions")).to_be_visible()


def audit_all(page: Page, url: str, *, truth: dict[str, str], undisputed: set[str]) -> dict[str, bool]:
    """Every audit that waits, blind and by keyboard alone: whether it found a fault, by item.

    The first item that two people had alike is judged otherwise. Of two answers about one item only one is audited.
    """
    page.goto(f"{url}/audits/")
    page.get_by_role("button", name="Start the next audit").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/audits/[0-9a-f-]{36}$"))
    found: dict[str, bool] = {}
    while page.get_by_role("heading", level=1).inner_text() != "No audit waits for you":
        here = page.url
        assert page.request.get(f"{here}/compare").status == 403, "not before the own label is locked"
        (key,) = (key for key in truth if page.get_by_text(key, exact=True).count())
        is_first = key in undisputed and not undisputed & found.keys()
        label = {"hate": "not_hate", "not_hate": "hate"}[truth[key]] if is_first else truth[key]
        answer(page, label)
        page.keyboard.press("Control+Enter")
        page.wait_for_url(re.compile("/compare$"))
        found[key] = page.locator(".s-compare-differs").count() > 0
        if found[key]:
            for sign in ("a", "2" if label == "hate" else "1", "c", "1", "w"):
                page.keyboard.press(sign)
            page.keyboard.type("The rule is plain here")
            page.keyboard.press("Control+Enter")
        else:
            page.keyboard.press("n")
        page.wait_for_url(re.compile("(?<!/compare)$"))
    return found


def number(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))


def test_one_item_goes_all_the_way_from_a_file_to_a_changed_number(seat, live_server, background) -> None:
    url = live_server.url
    manager = seat("delivery_manager", "Mona Manager")
    make_project(manager, url)
    bring_items(manager, url, background)
    manager.goto(f"{url}/projects/hatecheck/settings")
    expect(manager.get_by_text("Not ready to be live.")).to_be_visible()
    approve(seat("policy_owner", "Pia Owner"), url)
    open_work(manager, url, background)

    first = label_twenty(seat("annotator", "Anna North"), url, others=frozenset())
    second = label_twenty(seat("annotator", "Bela South"), url, others=OTHER_MIND)
    assert list(second) == list(first), "both met the same items"
    assert Decision.objects.values("person", "item").distinct().count() == 2 * LABELED

    manager.goto(f"{url}/projects/hatecheck")
    expect(number(manager, "Decision accuracy")).to_contain_text("Not measured")
    draw(manager, url)
    auditor = seat("auditor", "Cora Auditor")
    undisputed = {key for key, label in first.items() if second[key] == label}
    found = audit_all(auditor, url, truth=first, undisputed=undisputed)
    wrong = {key for key, is_wrong in found.items() if is_wrong}
    assert wrong & undisputed
    background()

    manager.goto(f"{url}/projects/hatecheck")
    accuracy = number(manager, "Decision accuracy")
    expect(accuracy).to_contain_text(f"{len(found) - len(wrong)} of {len(found)}")
    expect(accuracy).to_contain_text("Not enough evidence")
    expect(number(manager, "Agreement")).to_contain_text("pairs that agree 90")
    accuracy.get_by_role("link", name="Decision accuracy", exact=True).click()
    manager.get_by_role("link", name="Only wrong ones").click()
    listed = manager.get_by_role("rowheader").locator("bdi")
    expect(listed).to_have_count(len(wrong))
    assert set(listed.all_inner_texts()) == wrong
