"""Calls with an API token: as far as the token reaches, and no further than its person."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from smo.kernel.clock import now
from smo.kernel.permissions import EVERYWHERE, SYSTEM, Scope, Verb
from smo.people import actions, models, queries

JSON = "application/json"


@pytest.fixture
def bearer(member):
    """A program that calls with a token of someone in this role."""

    def made(role: str, *verbs: str, scope: Scope = EVERYWHERE) -> tuple[Client, actions.NewToken]:
        account = member(role)
        by = queries.actor(account.account_id)
        token = actions.create_token(
            by=by, name="a program", verbs=verbs, expires_at=now() + timedelta(days=9), scope=scope
        )
        return Client(headers={"Authorization": f"Bearer {token.secret}"}, enforce_csrf_checks=True), token

    return made


def test_a_token_opens_what_it_names_and_nothing_else(bearer) -> None:
    client, _ = bearer("compliance", Verb.VIEW_AUDIT_TRAIL)
    assert client.get("/api/v1/audit-entries").status_code == 200
    assert client.get("/api/v1/roles").status_code == 403
    assert client.get("/api/v1/me").json()["roles"][0]["verbs"] == ["view_audit_trail"]


def test_a_token_of_one_project_opens_nothing_that_is_everywhere(bearer) -> None:
    client, _ = bearer("compliance", Verb.VIEW_AUDIT_TRAIL, scope=Scope(project="p1"))
    assert client.get("/api/v1/audit-entries").status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["Bearer smo_abcdefgh_x", "Bearer ", "Bearer", "bearer smo_", "Bearer a b c"])
def test_an_unknown_token_is_refused(header: str) -> None:
    response = Client(headers={"Authorization": header}).get("/api/v1/me")
    assert response.status_code == 401
    assert response.json()["code"] in {"token_not_valid", "not_signed_in"}
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_that_is_not_valid_is_refused_also_beside_a_session(signed_in) -> None:
    client = signed_in("admin")
    assert client.get("/api/v1/me").status_code == 200
    assert client.get("/api/v1/me", headers={"Authorization": "Bearer smo_x_y"}).status_code == 401


def test_an_expired_and_a_revoked_token_open_nothing(bearer, django_capture_on_commit_callbacks) -> None:
    client, token = bearer("compliance", Verb.VIEW_AUDIT_TRAIL)
    assert client.get("/api/v1/audit-entries").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        assert client.delete(f"/api/v1/tokens/{token.id}").status_code == 204
    assert client.get("/api/v1/audit-entries").status_code == 401
    other, made = bearer_of_other(bearer)
    early = now() - timedelta(days=1)
    models.ApiToken.objects.filter(pk=made.id).update(created_at=early - timedelta(days=1), expires_at=early)
    assert other.get("/api/v1/me").status_code == 401


def bearer_of_other(bearer):
    return bearer("trainer", Verb.VIEW_ROLES)


def test_a_token_of_a_closed_account_opens_nothing(bearer) -> None:
    client, _ = bearer("compliance", Verb.VIEW_AUDIT_TRAIL)
    assert client.get("/api/v1/audit-entries").status_code == 200
    person_id = models.ApiToken.objects.get().person_id
    actions.deactivate_account(by=SYSTEM, person_id=person_id)
    assert client.get("/api/v1/audit-entries").status_code == 401


def test_a_token_makes_no_token(bearer) -> None:
    client, _ = bearer("compliance", Verb.VIEW_AUDIT_TRAIL)
    sent = {"name": "x", "verbs": ["view_audit_trail"], "expires_at": (now() + timedelta(days=300)).isoformat()}
    assert client.post("/api/v1/tokens", json.dumps(sent), JSON).status_code == 401
    assert models.ApiToken.objects.count() == 1


def test_a_session_makes_sees_and_revokes_ones_own(signed_in, bearer) -> None:
    client = signed_in("compliance")
    sent = {"name": "x", "verbs": ["view_audit_trail"], "expires_at": (now() + timedelta(days=300)).isoformat()}
    response = client.post("/api/v1/tokens", json.dumps(sent), JSON)
    assert response.status_code == 201
    secret = response.json()["secret"]
    assert Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/audit-entries").status_code == 200
    rows = client.get("/api/v1/tokens").json()["rows"]
    assert [row["name"] for row in rows] == ["x"]
    assert secret not in json.dumps(rows)
    assert rows[0]["last_used_on"] is not None
    _, foreign = bearer("trainer", Verb.VIEW_ROLES)
    assert client.delete(f"/api/v1/tokens/{foreign.id}").status_code == 404
    assert client.get("/api/v1/tokens?everyone=true").json()["rows"] == rows


def test_a_token_may_not_do_more_than_its_person(signed_in) -> None:
    sent = {"name": "x", "verbs": ["grant_roles"], "expires_at": (now() + timedelta(days=3)).isoformat()}
    response = signed_in("compliance").post("/api/v1/tokens", json.dumps(sent), JSON)
    assert response.status_code == 409
    assert response.json()["code"] == "token_beyond_own"
