"""Home: what waits for each role, what changed, and the one next step."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from smo.catalog import actions as catalog
from smo.kernel.permissions import SYSTEM
from smo.labeling import actions as labeling
from smo.people import actions as people
from smo.people.rules import ROLES
from smo.quality import actions as quality
from tests.web.audited import drawn, person
from tests.web.work import labeled_project


def home_of(client) -> str:
    response = client.get("/")
    assert response.status_code == 200
    return response.content.decode()


def test_an_annotator_is_led_to_the_queue_in_which_items_are_ready(signed_in) -> None:
    work = labeled_project("chats")
    page = home_of(signed_in("annotator"))
    assert "2 items are ready." in page
    assert reverse("desk:queues-queue", args=[work.queue_id]) in page
    assert "<h1>One thing waits for you</h1><p><bdi>Chats with AI, safety: English, tier 2</bdi>" in page


def test_a_paused_queue_gives_an_annotator_nothing_and_its_lead_a_task(signed_in) -> None:
    work = labeled_project("chats")
    labeling.set_queue_state(by=SYSTEM, queue_id=work.queue_id, state="paused")
    assert reverse("desk:queues-queue", args=[work.queue_id]) not in home_of(signed_in("annotator"))
    page = home_of(signed_in("team_lead"))
    assert "is paused" in page
    assert "2 items wait." in page


def test_a_question_on_the_guideline_waits_for_who_answers_and_its_answer_is_news(signed_in, member) -> None:
    work = labeled_project("chats")
    client = signed_in("annotator")
    person_id = client.get("/api/v1/me").json()["id"]
    asker = people_actor(person_id)
    (claim,) = labeling.claim_items(by=asker, queue_id=work.queue_id)
    flag_id = labeling.raise_flag(by=asker, claim_id=claim.id, text="Is satire meant?")
    lead = signed_in("team_lead")
    assert "1 question on a guideline" in home_of(lead)
    labeling.answer_flag(by=person("team_lead", name="Other Lead"), flag_id=flag_id, answer="Satire is free.")
    assert "1 question on a guideline" not in home_of(lead)
    assert "Satire is free." in home_of(client)
    assert "Satire is free." not in home_of(signed_in("planner"))


def people_actor(person_id: str):
    """The annotator who is signed in, as an actor."""
    made = person("annotator", name="Spare")
    return type(made)(id=type(made.id)(person_id), grants=made.grants)


def test_drawn_audits_wait_for_an_auditor_and_unfiled_ones_for_their_planner(signed_in) -> None:
    drawn("audited")
    page = home_of(signed_in("auditor"))
    assert "2 audits wait." in page
    assert reverse("auditing:audits") in page
    assert "0 of 2 audits are filed." in home_of(signed_in("qa_manager"))


def test_a_plan_that_drew_nothing_waits_for_its_planner(signed_in) -> None:
    labeled_project("chats")
    quality.create_plan(by=SYSTEM, plan=quality.NewPlan("chats", "Weekly", sample_size=5))
    assert "Nothing was drawn yet." in home_of(signed_in("qa_manager"))


def test_a_draft_of_a_guideline_waits_for_who_approves(signed_in) -> None:
    labeled_project("chats")
    version = catalog.draft_guideline(by=SYSTEM, policy="chats-policy")
    page = home_of(signed_in("policy_owner"))
    assert "Version 2 is a draft." in page
    assert reverse("policy:guideline", args=[version]) in page
    assert "version 1 is in force" in page


def test_an_empty_house_is_set_up_step_by_step(signed_in) -> None:
    client = signed_in("admin")
    assert "<h1><bdi>Add a product</bdi></h1>" in home_of(client)
    catalog.create_product(by=SYSTEM, code="app", name="App")
    page = home_of(client)
    assert "<h1><bdi>Set up a project</bdi></h1>" in page
    assert "The first way through" in page
    labeled_project("chats")
    assert "The first way through" not in home_of(client)
    assert "The first way through" not in home_of(signed_in("annotator"))


def test_a_role_that_was_given_is_news(signed_in, django_capture_on_commit_callbacks) -> None:
    client = signed_in("trainer")
    with django_capture_on_commit_callbacks(execute=True):
        people.grant_role(by=SYSTEM, person_id=client.get("/api/v1/me").json()["id"], role="auditor")
    assert "You were given a role: Auditor" in home_of(client)


@pytest.mark.parametrize("role", ["", *ROLES])
def test_home_asks_a_bounded_number_of_questions_whatever_there_is(role: str, signed_in) -> None:
    client = signed_in(role)
    drawn("audited")
    home_of(client)
    with CaptureQueriesContext(
        connection,
    ) as few:
        home_of(client)
    for number in range(3):
        labeled_project(f"more-{number}")
        quality.create_plan(by=SYSTEM, plan=quality.NewPlan(f"more-{number}", f"Weekly {uuid4()}", sample_size=5))
    with CaptureQueriesContext(connection) as many:
        home_of(client)
    assert len(many) <= len(few) + 1
    assert len(many) <= 45
