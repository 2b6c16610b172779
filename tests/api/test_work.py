"""The way of an item through the API alone: bad bodies, blindness, repeated submits, pages of lists."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from smo.intake import actions as intake
from smo.kernel.permissions import SYSTEM
from smo.labeling import actions as labeling
from smo.people import actions as people
from tests.api.test_rights import called
from tests.api.world import ENDPOINTS, made
from tests.web.audited import drawn, person
from tests.web.work import labeled_project

JSON = "application/json"


def sent(client: Client, path: str, **body: Any) -> Any:
    response = client.post(f"/api/v1/{path}", json.dumps(body), JSON)
    assert response.status_code < 300, response.content
    return response.json() if response.content else None


def test_no_body_however_bad_is_a_fault_of_ours(signed_in, db, settings, tmp_path) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    world = made()
    client = signed_in("admin")
    wrong: tuple[Any, ...] = (10**12, -1, 1.5, "", "x" * 5000, "\u202e", None, [], {}, [[]], {"a": {"b": [1]}}, True)
    faults = []
    for endpoint in ENDPOINTS:
        for name in endpoint.body or {}:
            for value in wrong:
                bad = type(endpoint)(endpoint.method, endpoint.path, None, {**(endpoint.body or {}), name: value})
                status, body = called(client, bad, world)
                if status >= 500 or (status >= 400 and not {"status", "code", "title"} <= set(body)):
                    faults.append((endpoint.method, endpoint.path, name, value, status, body))
    assert faults == []


def test_two_people_label_by_api_and_a_submit_that_comes_twice_counts_once(signed_in) -> None:
    work = labeled_project("chats")
    client = signed_in("annotator")
    (first,) = sent(client, f"queues/{work.queue_id}/claims")["rows"]
    assert first["item"]["text"] in {"one", "two"}
    answer = {
        "submit_key": str(uuid4()),
        "schema_version_id": first["claim"]["schema_version_id"],
        "answers": {"violation": "no"},
    }
    stored = sent(client, f"claims/{first['claim']['id']}/decision", **answer)
    again = sent(client, f"claims/{first['claim']['id']}/decision", **answer)
    assert again["decision"] == stored["decision"]
    assert (stored["is_repeat"], again["is_repeat"]) == (False, True)
    (second,) = stored["claims"]
    assert second["claim"]["item_id"] != first["claim"]["item_id"]
    skipped = {"submit_key": str(uuid4()), "schema_version_id": second["claim"]["schema_version_id"]}
    sent(client, f"claims/{second['claim']['id']}/skip", reason="not_my_language", **skipped)
    assert client.get("/api/v1/claims").json()["rows"] == []
    back = sent(client, f"decisions/{stored['decision']}/retraction")
    assert back["claim"]["item_id"] == first["claim"]["item_id"]
    assert sent(client, "claims/release")["count"] == 1


def test_an_answer_outside_the_schema_is_named_by_question(signed_in) -> None:
    work = labeled_project("chats")
    client = signed_in("annotator")
    (first,) = sent(client, f"queues/{work.queue_id}/claims")["rows"]
    answer = {
        "submit_key": str(uuid4()),
        "schema_version_id": first["claim"]["schema_version_id"],
        "answers": {"violation": "maybe"},
    }
    response = client.post(f"/api/v1/claims/{first['claim']['id']}/decision", json.dumps(answer), JSON)
    assert response.status_code == 422
    assert response.json()["parameters"]["faults"][0]["question"] == "violation"


def test_peers_row_4_nobody_who_may_still_decide_reads_what_others_decided(
    signed_in, django_capture_on_commit_callbacks
) -> None:
    work = labeled_project("chats", overlap=2)
    other = person("annotator", name="Other")
    (claim,) = labeling.claim_items(by=other, queue_id=work.queue_id)
    submission = labeling.Submission(claim.id, uuid4(), claim.schema_version_id, answers={"violation": "yes"})
    labeling.submit_decision(by=other, submission=submission)
    lead = signed_in("team_lead")
    read = lead.get(f"/api/v1/items/{claim.item_id}/decisions").json()
    assert (read["is_masked"], len(read["rows"])) == (False, 1)
    person_id = lead.get("/api/v1/me").json()["id"]
    with django_capture_on_commit_callbacks(execute=True):
        people.grant_role(by=SYSTEM, person_id=person_id, role="annotator")
    masked = lead.get(f"/api/v1/items/{claim.item_id}/decisions").json()
    assert (masked["is_masked"], masked["rows"]) == (True, [])


def test_an_audit_by_api_is_blind_until_the_own_label_stands(signed_in) -> None:
    work = drawn("audited")
    client = signed_in("auditor")
    task = sent(client, "audits/claims", project=work.project)["task"]
    assert "answers" not in json.dumps(task)
    audit = f"audits/{task['audit']['id']}"
    early = client.post(f"/api/v1/{audit}/reveal")
    assert (early.status_code, early.json()["code"]) == (403, "reveal_before_label")
    sent(client, f"{audit}/own-label", submit_key=str(uuid4()), answers={"violation": "yes"})
    seen = sent(client, f"{audit}/reveal")
    assert seen["rows"][0]["verdict"] == "differs"
    sent(client, f"{audit}/findings", findings=[{"outcome_class": "A2", "comment": "It names the group."}])
    rows = signed_in("qa_manager").get("/api/v1/findings").json()["rows"]
    assert [row["outcome_class"] for row in rows] == ["A2"]


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_a_list_is_read_page_by_page_without_gap_or_repeat(signed_in, limit: int) -> None:
    work = labeled_project("chats")
    intake.add_items(by=SYSTEM, project=work.project, rows=[{"key": f"m{n}", "text": "x"} for n in range(3)])
    client = signed_in("team_lead")
    keys, after = [], None
    while True:
        page = client.get("/api/v1/projects/chats/items", {"limit": limit} | ({"after": after} if after else {})).json()
        keys += [row["item_key"] for row in page["rows"]]
        after = page["next"]
        if after is None:
            break
    assert sorted(keys) == ["i1", "i2", "m0", "m1", "m2"]


def test_items_that_are_sent_twice_are_added_once_and_bad_rows_are_named(signed_in) -> None:
    labeled_project("chats")
    client = signed_in("delivery_manager")
    rows = [{"key": "n1", "text": "new"}]
    first = sent(client, "projects/chats/items", rows=rows)
    again = sent(client, "projects/chats/items", rows=rows)
    assert (first["new"], again["new"], again["known"]) == (1, 0, 1)
    response = client.post("/api/v1/projects/chats/items", json.dumps({"rows": [{"key": "n2", "text": ""}]}), JSON)
    assert response.json()["code"] == "rows_refused"
    assert response.json()["parameters"]["faults"][0]["row"] == 1
