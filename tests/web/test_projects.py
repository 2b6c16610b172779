"""Projects on their pages: made from a template, set, made live, given targets."""

from html import unescape

import pytest

from smo.catalog import actions, queries
from smo.catalog.actions import ProjectSettings
from smo.kernel.clock import today
from smo.kernel.permissions import SYSTEM

SETTINGS = {
    "name": "Comments", "product": "video", "purpose": "", "policy": "", "schema": "", "overlap": "2",
    "lease_minutes": "30", "due_hours": "24", "dispute_hours": "72", "time_zone": "UTC",
}  # fmt: skip


def text_of(response) -> str:
    return unescape(response.content.decode())


@pytest.fixture
def product(db) -> None:
    actions.create_product(by=SYSTEM, code="video", name="Video")


@pytest.fixture
def project(product) -> str:
    actions.create_project(by=SYSTEM, settings=ProjectSettings("comments", "Comments", "video"), template="violation")
    return "comments"


def test_projects_peers_row_3_one_is_made_with_overlap_in_its_form_and_goes_live(signed_in, product) -> None:
    admin = signed_in("admin")
    assert "What shall people decide here?" in text_of(admin.get("/projects/add"))
    response = admin.post("/projects/add", SETTINGS | {"template": "hate", "code": "", "languages": ["en", "ar"]})
    assert response.url == "/projects/comments/settings"
    assert admin.post("/projects/comments/state", {"state": "live"}).status_code == 302
    found = queries.project(by=SYSTEM, code="comments")
    assert (found.state, found.overlap, found.languages) == ("live", 2, ("en", "ar"))


def test_projects_without_a_product_the_page_says_what_comes_first(signed_in) -> None:
    assert "A product comes first" in text_of(signed_in("delivery_manager").get("/projects/add"))


def test_projects_refusals_stand_at_their_fields(signed_in, project) -> None:
    manager = signed_in("delivery_manager")
    taken = text_of(manager.post("/projects/add", SETTINGS | {"template": "spam", "code": "comments"}))
    assert "Something else bears the code comments already" in taken
    wrong = text_of(manager.post("/projects/add", SETTINGS | {"template": "", "time_zone": "Mars/Olympus"}))
    assert 'id="id_time_zone_fault"' in wrong


def test_projects_what_is_missing_for_live_is_said_with_links(signed_in, product) -> None:
    actions.create_project(by=SYSTEM, settings=ProjectSettings("empty", "Empty", "video"))
    manager = signed_in("delivery_manager")
    page = text_of(manager.get("/projects/empty/settings"))
    assert "published questions" in page
    assert "a guideline in force" in page
    refused = manager.post("/projects/empty/state", {"state": "live"})
    assert "cannot be live" in text_of(refused)
    assert queries.project(by=SYSTEM, code="empty").state == "draft"


def test_projects_a_stale_form_is_told_and_may_be_sent_again(signed_in, project) -> None:
    manager = signed_in("delivery_manager")
    sent = SETTINGS | {"policy": "comments", "schema": "comments", "name": "Mine", "revision": "1"}
    wanted = ProjectSettings("comments", "Theirs", "video", policy="comments", schema="comments")
    actions.change_project(by=SYSTEM, project="comments", revision=1, settings=wanted)
    page = text_of(manager.post("/projects/comments/settings", sent))
    assert "Somebody saved this while you were editing" in page
    assert 'value="Mine"' in page
    assert manager.post("/projects/comments/settings", sent | {"revision": "2"}).status_code == 302
    assert queries.project(by=SYSTEM, code="comments").name == "Mine"


def test_projects_a_target_in_percent_is_set_and_shown(signed_in, project) -> None:
    manager = signed_in("qa_manager")
    sent = {"kpi": "decision_accuracy", "value": "97.5", "minimum_n": "100", "market": ""}
    address = f"/projects/{project}/targets"
    assert manager.post(address, sent | {"starts_on": today("UTC").isoformat()}).status_code == 302
    (row,) = queries.targets(by=SYSTEM, project=project)
    assert (row.value, row.minimum_n) == (0.975, 100)
    assert "97.5" in text_of(manager.get(address))
    late = text_of(manager.post(address, sent | {"starts_on": "2020-01-31"}))
    assert late.count("No target") == 0
    over = text_of(manager.post(address, sent | {"value": "950", "starts_on": today("UTC").isoformat()}))
    assert "at most 100 %" in over


def test_projects_targets_are_read_by_all_and_set_by_few(signed_in, project) -> None:
    reader = signed_in("annotator")
    assert "Set this target" not in text_of(reader.get(f"/projects/{project}/targets"))
    assert reader.post(f"/projects/{project}/targets", {"kpi": "x"}).status_code == 403
