"""One shape for every refusal, whoever refuses: ninja, Django, a rule, or a fault of ours."""

import json

import pytest
from django.test import Client

from smo.people import queries

JSON = "application/json"


def refusal(response, status: int, code: str) -> dict:
    """The problem, after what all problems have in common was checked."""
    body = response.json()
    assert response.status_code == status, body
    assert response.headers["Content-Type"] == "application/problem+json"
    assert {"type", "title", "status", "code"} <= set(body)
    assert (body["status"], body["code"]) == (status, code)
    return body


def test_no_such_endpoint_is_a_problem(signed_in) -> None:
    refusal(signed_in("admin").get("/api/v1/astronauts"), 404, "not_found")
    refusal(signed_in("trainer").get("/api/v2/me"), 404, "not_found")
    assert "html" in Client().get("/nowhere").headers["Content-Type"]


def test_a_method_that_an_endpoint_does_not_take_is_a_problem(signed_in) -> None:
    response = signed_in("admin").put("/api/v1/people")
    refusal(response, 405, "method_not_allowed")
    assert response.headers["Allow"] == "GET"


def test_a_body_that_is_too_large_is_a_problem(signed_in, settings) -> None:
    client = signed_in("admin")
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    refusal(client.post("/api/v1/tokens", json.dumps({"name": "x" * 100}), JSON), 413, "too_large")


def test_a_fault_of_ours_is_a_problem_that_tells_nothing(signed_in, monkeypatch, caplog) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("secret of the house")

    client = signed_in("admin")
    monkeypatch.setattr(queries, "roles", broken)
    response = client.get("/api/v1/roles")
    refusal(response, 500, "failed")
    assert "secret" not in response.content.decode()
    assert "secret of the house" in caplog.text


@pytest.mark.parametrize(
    "body",
    [
        "", "{", "[]", "null", '"x"', "NaN", '{"name": NaN}', '{"name": "a\\u0000b"}', "\xff", "[" * 100_000,
        '{"name": "x\\ud83d", "verbs": ["view_roles"], "expires_at": "2026-12-01T00:00:00Z"}',
        '{"name": 5, "verbs": "all", "expires_at": "soon"}', '{"name": "x", "verbs": [], "expires_at": "2030-01-01"}',
        '{"name": "x", "verbs": ["view_roles"], "expires_at": "2030-01-01T00:00:00"}', '{"verbs": [1]}',
        '{"name": "x", "verbs": ["view_roles"], "expires_at": "9999-12-31T23:59:59Z"}',
        '{"name": "' + "x" * 300 + '", "verbs": ["view_roles"], "expires_at": "2030-01-01T00:00:00Z"}',
        "9" * 5000,
    ],
)  # fmt: skip
def test_a_bad_body_is_a_problem_and_nothing_is_made(signed_in, body: str) -> None:
    response = signed_in("admin").post("/api/v1/tokens", body.encode("latin-1"), JSON)
    assert response.status_code in {400, 409, 422}, response.content
    refusal(response, response.status_code, response.json()["code"])
    assert signed_in("compliance").get("/api/v1/tokens").json()["rows"] == []


def test_a_nul_in_an_address_is_a_problem(signed_in) -> None:
    refusal(signed_in("admin").get("/api/v1/people?search=%00"), 400, "bad_request")


def test_a_session_without_the_token_against_forged_requests_is_refused(signed_in, member) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in("admin").cookies
    refusal(strict.post("/api/v1/tokens", "{}", JSON), 403, "permission_denied")


def test_what_is_not_valid_is_named_but_not_sent_back(signed_in) -> None:
    sent = json.dumps({"name": ["a private thing"], "verbs": ["view_roles"]})
    body = refusal(signed_in("admin").post("/api/v1/tokens", sent, JSON), 422, "not_valid")
    assert {tuple(error["loc"][-1:]) for error in body["errors"]} == {("name",), ("expires_at",)}
    assert "private" not in json.dumps(body)
