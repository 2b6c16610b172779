"""The command centre, a project's page and its items, as people see them."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from smo.jobs import facts
from tests.apps.reporting.department import Department

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")]


@pytest.fixture
def measured(settings):
    """A project that misses its accuracy target and met another, with what is not measured beside."""
    department = Department("comments", "Comments <b>FR</b>")
    department.target("decision_accuracy", 0.95)
    department.target("turnaround", 0.5)
    old = timezone.now() - timedelta(days=2)
    items = department.items(200, at=old)
    department.finish(items[:180], at=old + timedelta(hours=1))
    decisions = department.decide(items, at=old)
    before = department.decide(department.items(10, queued=False), at=old - timedelta(days=14))
    draw = department.draw(strata={"all": 2000})
    department.audit(draw, decisions, wrong=20)
    department.audit(draw, before)
    department.flag(items[0])
    department.import_of()
    facts.refresh(settings.LAKE_URL)
    return department


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_r10_the_board_says_which_project_needs_a_decision(signed_in, measured) -> None:
    response = signed_in("delivery_manager").get("/board")
    text = text_of(response)
    assert "One project needs a decision" in text
    assert "misses its target for: Decision accuracy" in text
    assert "s-urgent" in response.content.decode()
    for words in ("Not met", "Met", "Not measured", "No item answered by two people", "1 open flag"):
        assert words in text
    assert "<b>FR</b>" not in response.content.decode(), "names are text, never markup"


def test_before_the_first_project_the_board_teaches_the_next_step(signed_in) -> None:
    text = text_of(signed_in("delivery_manager").get("/board"))
    assert "No project runs yet" in text


def test_a_project_page_answers_first_and_offers_the_next_step(signed_in, measured) -> None:
    response = signed_in("delivery_manager").get("/projects/comments")
    text = text_of(response)
    assert "misses: Decision accuracy" in text
    assert "at least 95" in text
    assert "Set a target" in text
    assert "Import published" in text
    assert "every case" in text
    assert "week by week" in text
    assert "as of" in text


def test_nothing_planned_offers_to_plan_audits(signed_in, db) -> None:
    Department("empty", "Empty")
    text = text_of(signed_in("delivery_manager").get("/projects/empty"))
    assert "No audit plan" in text
    assert "Plan audits" in text


def test_no_critical_error_found_says_what_cannot_be_excluded(signed_in, settings) -> None:
    department = Department("clean", "Clean")
    decisions = department.decide(department.items(400))
    department.audit(department.draw(strata={"all": 4000}), decisions)
    facts.refresh(settings.LAKE_URL)
    text = text_of(signed_in("delivery_manager").get("/projects/clean"))
    assert "No critical error was seen in 400 audits; up to 0.7" in text
    assert "400 of 400" in text


def test_items_behind_a_number_come_in_pages_and_filtered(signed_in, measured) -> None:
    client = signed_in("delivery_manager")
    first = client.get("/projects/comments/evidence/decision_accuracy")
    assert first.content.decode().count("<tr>") == 51
    following = re.search(r'href="([^"]*after=[^"]*)"', first.content.decode()).group(1).replace("&amp;", "&")
    assert client.get(following).status_code == 200
    wrong = client.get("/projects/comments/evidence/decision_accuracy?only=against")
    assert wrong.content.decode().count("<tr>") == 21


@pytest.mark.parametrize("address", ["?period=8d", "?after=x", "/../nothing"])
def test_bad_addresses_are_refused_in_words(signed_in, measured, address) -> None:
    response = signed_in("delivery_manager").get(f"/projects/comments/evidence/backlog{address}")
    assert response.status_code in {404, 409}


def test_someone_without_numbers_sees_none_of_it(signed_in, measured) -> None:
    client = signed_in("annotator")
    for address in ("/board", "/projects/", "/projects/comments", "/projects/comments/evidence/agreement"):
        assert client.get(address).status_code in {403, 404}
