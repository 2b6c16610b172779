"""The endpoints: typed answers, refusals as problems, and the contract that says so.

Who may call what stands in tests/web/test_routes.py.
"""

import json
import re

import pytest
from django.db import OperationalError
from django.test import Client

from smo.api import health
from smo.kernel.permissions import SYSTEM, Scope
from smo.people import actions


@pytest.mark.django_db
def test_health_answers_everyone_and_tells_nothing_else() -> None:
    response = Client().get("/api/v1/health")
    assert response.json() == {"status": "ok"}


@pytest.mark.django_db
def test_health_says_when_the_database_is_away(monkeypatch) -> None:
    def away() -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(health.connection, "ensure_connection", away)
    response = Client().get("/api/v1/health")
    assert response.status_code == 503
    assert response.json()["code"] == "database_unavailable"


@pytest.mark.django_db
def test_a_stranger_gets_a_problem_not_a_page() -> None:
    response = Client().get("/api/v1/people")
    assert response.status_code == 401
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "not_signed_in"


def test_me_is_who_asks_with_roles_and_where_they_hold(signed_in, django_capture_on_commit_callbacks) -> None:
    client = signed_in("trainer")
    person_id = client.get("/api/v1/me").json()["id"]
    with django_capture_on_commit_callbacks(execute=True):
        actions.grant_role(by=SYSTEM, person_id=person_id, role="auditor", scope=Scope(project="p7"))
    roles = {role["role"]: role for role in client.get("/api/v1/me").json()["roles"]}
    assert set(roles) == {"trainer", "auditor"}
    assert roles["auditor"]["scope"]["project"] == "p7"
    assert "view_people" in roles["trainer"]["verbs"]


def test_people_come_fifty_at_a_time(signed_in) -> None:
    for number in range(60):
        actions.create_person(by=SYSTEM, name=f"Rater {number:02}", kind="imported")
    client = signed_in("qa_manager")
    first = client.get("/api/v1/people").json()
    second = client.get("/api/v1/people", {"after": first["next"]}).json()
    assert len(first["rows"]) == 50
    assert second["next"] is None
    names = [row["name"] for row in (*first["rows"], *second["rows"])]
    assert len(names) == len(set(names)) == 61
    assert names == sorted(names, key=str.lower)


def test_one_person_and_one_whom_nobody_knows(signed_in, member) -> None:
    client = signed_in("qa_manager")
    known = member("annotator").person_id
    assert client.get(f"/api/v1/people/{known}").json()["email"] == "annotator@example.org"
    unknown = client.get("/api/v1/people/00000000-0000-7000-8000-000000000009")
    assert unknown.status_code == 404
    assert unknown.json()["code"] == "not_found"


def test_what_cannot_be_read_is_named(signed_in) -> None:
    response = signed_in("qa_manager").get("/api/v1/people", {"state": "asleep", "after": "x"})
    assert response.status_code == 422
    assert {error["loc"][-1] for error in response.json()["errors"]} == {"state", "after"}


def test_a_refusal_names_the_verb(signed_in) -> None:
    response = signed_in("annotator").get("/api/v1/audit-entries")
    assert response.status_code == 403
    assert response.json() | {"title": "", "detail": ""} == {
        "type": "about:blank",
        "title": "",
        "status": 403,
        "code": "permission_denied",
        "detail": "",
        "parameters": {"verb": "view_audit_trail"},
    }


def test_the_trail_can_be_read_and_checked(signed_in, member) -> None:
    person_id = member("annotator").person_id
    client = signed_in("compliance")
    rows = client.get("/api/v1/audit-entries", {"person_id": person_id}).json()["rows"]
    assert [row["verb"] for row in rows] == ["role_granted", "account_created", "person_created"]
    assert rows[1]["personal"] == {"email": "annotator@example.org"}
    checked = client.get("/api/v1/audit-verification").json()
    assert checked["is_intact"] is True
    assert checked["entries"] >= 3


def test_who_must_choose_a_password_first_is_told_so(db) -> None:
    made = actions.add_member(by=SYSTEM, name="New", email="new@example.org", role="compliance")
    client = Client()
    client.post("/accounts/login/", {"login": made.email, "password": made.password})
    response = client.get("/api/v1/people")
    assert response.status_code == 403
    assert response.json()["code"] == "password_change_due"


@pytest.mark.django_db
def test_the_contract_names_every_endpoint_with_words_typed_answers_and_refusals() -> None:
    document = Client().get("/api/v1/openapi.json").json()
    assert len(document["paths"]) > 6
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation["summary"], path
            assert operation["description"], path
            answers = operation["responses"]
            good = [status for status in answers if status.startswith("2")]
            assert good, path
            for status in good:
                assert status == "204" or "schema" in next(iter(answers[status]["content"].values())), path
            if operation.get("security"):
                assert {"401", "403", "404", "422", "500"} <= set(answers), path


@pytest.mark.django_db
def test_the_contract_refers_only_to_what_it_holds_and_names_each_operation_once() -> None:
    document = Client().get("/api/v1/openapi.json").json()
    text = json.dumps(document)
    for part in re.findall(r'"#/components/([^"]+)"', text):
        kind, name = part.split("/")
        assert name in document["components"][kind], part
    ids = [operation["operationId"] for operations in document["paths"].values() for operation in operations.values()]
    assert len(ids) == len(set(ids))
