"""What the desk's pages and its exchange answer, and whom they refuse."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from smo.kernel.permissions import SYSTEM, Scope
from smo.labeling.models import Assignment, Decision
from smo.people import actions as people
from smo.people.queries import account_id_of
from smo.web.unsent import key_of, owner_of
from tests.web.work import Made, labeled_project

PASSWORD = "three words of mine 47"


@pytest.fixture
def work(db, settings, tmp_path) -> Made:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    return labeled_project(rows=[{"key": f"i{n}", "text": f"text {n}"} for n in range(8)])


@pytest.fixture
def at_desk(work) -> Callable[..., "Desk"]:
    """Someone at the queue, by name, with a role in a scope."""

    def seated(name: str, scope: Scope | None = None) -> "Desk":
        person_id = people.create_person(by=SYSTEM, name=name)
        email = f"{name.lower()}@example.org"
        people.create_account(by=SYSTEM, person_id=person_id, email=email, password=PASSWORD)
        people.grant_role(by=SYSTEM, person_id=person_id, role="annotator", scope=scope or Scope())
        client = Client()
        assert client.post("/accounts/login/", {"login": email, "password": PASSWORD}).status_code == 302
        return Desk(client, work, owner_of(account_id_of(email)))

    return seated


class Desk:
    """A client that speaks as the desk's script does."""

    def __init__(self, client: Client, work: Made, owner: str) -> None:
        self.client, self.work, self.owner = client, work, owner

    def post(self, path: str, sent: Any) -> Any:
        return self.client.post(f"/desk/{path}", sent, content_type="application/json")

    def claim(self, how_many: int = 1) -> list[dict[str, Any]]:
        return self.post(f"queue/{self.work.queue_id}/claims", {"how_many": how_many}).json()["claims"]

    def answer(self, claim: dict[str, Any], **changed: Any) -> dict[str, Any]:
        return {
            "owner": self.owner,
            "claim_id": claim["id"],
            "schema_version_id": claim["schema_version_id"],
            "submit_key": str(uuid4()),
            "answers": {"violation": "yes"},
        } | changed


def test_an_answer_is_taken_and_the_next_item_comes_with_it(at_desk) -> None:
    desk = at_desk("Ann")
    [first] = desk.claim()
    assert 'class="s-card"' in first["html"]
    said = desk.post("decisions", desk.answer(first["claim"], elapsed_ms=10, active_ms=900, idle_ms=5)).json()
    row = Decision.objects.get(pk=said["decision_id"])
    assert (row.answers, row.active_ms, row.idle_ms) == ({"violation": "yes"}, 900, 5)
    [following] = said["claims"]
    assert following["claim"]["id"] != first["claim"]["id"]


def test_the_same_answer_twice_is_one_decision(at_desk) -> None:
    desk = at_desk("Ann")
    sent = desk.answer(desk.claim()[0]["claim"])
    ids = {desk.post("decisions", sent).json()["decision_id"] for _time in range(3)}
    assert len(ids) == Decision.objects.count() == 1


def test_an_answer_is_taken_only_from_the_account_that_made_it(at_desk) -> None:
    ann, bea = at_desk("Ann"), at_desk("Bea")
    sent = ann.answer(ann.claim()[0]["claim"])
    refused = bea.post("decisions", sent)
    assert (refused.status_code, refused.json()["code"]) == (409, "another_account")
    forged = bea.post("decisions", sent | {"owner": bea.owner})
    assert forged.status_code in {403, 404}
    assert Decision.objects.count() == 0


def test_answers_that_do_not_fit_are_told_question_by_question(at_desk) -> None:
    desk = at_desk("Ann")
    claim = desk.claim()[0]["claim"]
    refused = desk.post("decisions", desk.answer(claim, answers={"violation": "maybe"}))
    assert refused.status_code == 409
    assert refused.json()["faults"][0]["question"] == "violation"
    assert Assignment.objects.get(pk=claim["id"]).state == "live"


@pytest.mark.parametrize(
    "broken",
    [
        {"claim_id": "x"},
        {"submit_key": None},
        {"answers": []},
        {"elapsed_ms": "soon"},
        {"elapsed_ms": True},
        {"client_at": "yesterday-ish"},
        {"client_at": "2026-13-99T00:00:00Z"},
        {"outcome": "bored"},
        {"answers": {"violation": "\u0000"}},
        {"note": "\ud800"},
    ],
)
def test_what_no_desk_sends_is_refused_and_changes_nothing(at_desk, broken: dict[str, Any]) -> None:
    desk = at_desk("Ann")
    claim = desk.claim()[0]["claim"]
    assert desk.post("decisions", desk.answer(claim, **broken)).status_code == 409
    assert desk.client.post("/desk/decisions", "{", content_type="application/json").status_code == 409
    assert Decision.objects.count() == 0


def test_a_decision_taken_back_returns_with_its_answers(at_desk) -> None:
    desk = at_desk("Ann")
    claim = desk.claim()[0]["claim"]
    decision = desk.post("decisions", desk.answer(claim)).json()["decision_id"]
    [back] = desk.post(f"decisions/{decision}/retract", {}).json()["claims"]
    assert "&quot;violation&quot;: &quot;yes&quot;" in back["html"]
    assert Decision.objects.get().retracted_at is not None
    assert at_desk("Bea").post(f"decisions/{decision}/retract", {}).status_code in {403, 404}


def test_peers_row_4_nobody_sees_anothers_item_or_answer(at_desk) -> None:
    ann, bea = at_desk("Ann"), at_desk("Bea")
    claim = ann.claim()[0]["claim"]
    ann.post("decisions", ann.answer(claim, note="a word of Ann"))
    page = bea.client.get(f"/desk/queue/{bea.work.queue_id}").content.decode()
    assert "a word of Ann" not in page
    assert claim["id"] not in page
    held = ann.claim()[0]["claim"]["id"]
    assert bea.post("claims/extend", {"held": {held: ""}, "opened": []}).json() == {"claims": []}
    bea.post("claims/release", {"claim_ids": [held]})
    assert Assignment.objects.get(pk=held).state == "live"
    assert bea.post(f"claims/{held}/flag", {"text": "hm"}).status_code in {403, 404}


def test_extending_keeps_the_page_unless_the_questions_changed(at_desk) -> None:
    desk = at_desk("Ann")
    claim = desk.claim()[0]["claim"]
    held = {claim["id"]: claim["schema_version_id"]}
    assert "html" not in desk.post("claims/extend", {"held": held, "opened": []}).json()["claims"][0]
    older = {claim["id"]: str(uuid4())}
    assert "html" in desk.post("claims/extend", {"held": older, "opened": []}).json()["claims"][0]


def test_a_queue_of_another_project_is_not_there(at_desk, work) -> None:
    stranger = at_desk("Ann", Scope(project="elsewhere"))
    assert stranger.client.get(f"/desk/queue/{work.queue_id}").status_code in {403, 404}
    assert stranger.post(f"queue/{work.queue_id}/claims", {}).status_code in {403, 404}
    address = f"/desk/queue/{work.queue_id}/guideline/{work.guideline_id}"
    assert stranger.client.get(address).status_code in {403, 404}
    assert "No queue waits for you" in stranger.client.get("/desk/").content.decode()


def test_a_guideline_of_another_policy_is_not_handed_out(at_desk, work) -> None:
    other = labeled_project("other")
    desk = at_desk("Ann", Scope(project=work.project))
    assert desk.client.get(f"/desk/queue/{work.queue_id}/guideline/{work.guideline_id}").status_code == 200
    assert desk.client.get(f"/desk/queue/{work.queue_id}/guideline/{other.guideline_id}").status_code == 404


def test_looking_at_a_queue_takes_nothing(at_desk, work) -> None:
    desk = at_desk("Ann")
    assert desk.client.get(f"/desk/queue/{work.queue_id}").status_code == 200
    assert Assignment.objects.count() == 0
    assert desk.client.post("/desk/", {"queue": str(work.queue_id)}).status_code == 302
    assert Assignment.objects.filter(state="live").count() == 4


def test_keys_of_unsent_answers_differ_by_account_and_use() -> None:
    assert len({key_of(1), key_of(2), owner_of(1), owner_of(2)}) == 4
    assert key_of(1) == key_of(1)
