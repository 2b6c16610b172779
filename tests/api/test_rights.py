"""Every endpoint x every role, from the table of grants; every endpoint x every way in which a token can be wrong."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern

from smo.api.urls import urls
from smo.kernel.clock import now
from smo.kernel.permissions import SYSTEM, Scope, Verb
from smo.people import actions, models, queries
from smo.people.rules import ROLES
from tests.api.world import ENDPOINTS, Endpoint, made

REFUSED = {403, 404}


@pytest.fixture
def world(db, settings, tmp_path) -> dict[str, str]:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    return made()


class Undo(Exception):
    """Nothing of a call is kept, so that each begins in the same world."""


def called(client: Client, endpoint: Endpoint, world: dict[str, str]) -> tuple[int, Any]:
    """Status and body of one call, which changes nothing for the next."""
    path = endpoint.path
    for part, value in world.items():
        path = path.replace(part, value)
    sent = {} if endpoint.body is None else {"data": json.dumps(endpoint.body), "content_type": "application/json"}
    try:
        with transaction.atomic():
            response = client.generic(endpoint.method, f"/api/v1/{path}", **sent)
            answer = response.status_code, json.loads(response.content) if response.content else None
            raise Undo
    except Undo:
        return answer


def refusals(client: Client, world: dict[str, str]) -> Iterator[tuple[Endpoint, int, Any]]:
    for endpoint in ENDPOINTS:
        yield (endpoint, *called(client, endpoint, world))


def test_the_table_names_every_endpoint() -> None:
    patterns = [pattern for pattern in urls[0] if isinstance(pattern, URLPattern)]
    asked = {str(pattern.pattern) for pattern in patterns} - {"", "openapi.json", "health"}
    assert {endpoint.path.split("?")[0] for endpoint in ENDPOINTS} == asked


@pytest.mark.parametrize("role", ["", *ROLES])
def test_each_role_gets_what_its_verbs_allow_and_nothing_else(role: str, signed_in, world) -> None:
    client = signed_in(role)
    held = frozenset(ROLES.get(role, frozenset()))
    found = [(endpoint, status, body) for endpoint, status, body in refusals(client, world)]
    wrong = [one for one in found if not as_granted(*one, held=held)]
    assert wrong == []


def as_granted(endpoint: Endpoint, status: int, body: Any, *, held: frozenset[str]) -> bool:
    """Is this the answer that these verbs allow?"""
    if endpoint.is_held:
        return status in REFUSED
    if endpoint.verb is None or held & {endpoint.verb, *endpoint.also}:
        return status == endpoint.good
    return refused(endpoint, status, body)


def refused(endpoint: Endpoint, status: int, body: Any) -> bool:
    """Is nothing to be seen or done here?"""
    return status in REFUSED or body == {"task": None} or (endpoint.is_list and status == 200 and seen(body) == [])


def seen(body: dict[str, Any]) -> list[Any]:
    """What a list shows of others: oneself is no secret."""
    return [row for row in body["rows"] if "email" not in row]


def test_a_visitor_gets_nothing(world) -> None:
    for endpoint, status, body in refusals(Client(), world):
        assert (status, body["code"]) == (401, "not_signed_in"), endpoint


def token_for(account: actions.NewAccount, verbs: set[str], scope: Scope) -> actions.NewToken:
    by = queries.actor(account.account_id)
    return actions.create_token(by=by, name="x", verbs=verbs, expires_at=now() + timedelta(days=1), scope=scope)


def program(token: actions.NewToken) -> Client:
    return Client(headers={"Authorization": f"Bearer {token.secret}"}, enforce_csrf_checks=True)


def test_a_token_that_has_ended_or_was_revoked_or_never_was_opens_no_endpoint(member, world) -> None:
    account = member("admin")
    ended, revoked = (token_for(account, set(Verb), Scope()) for _ in range(2))
    long_ago = now() - timedelta(days=9)
    models.ApiToken.objects.filter(pk=ended.id).update(created_at=long_ago, expires_at=long_ago + timedelta(days=1))
    actions.revoke_token(by=SYSTEM, token_id=revoked.id)
    unknown = Client(headers={"Authorization": "Bearer smo_abcdefgh_notmadehere"})
    for client in (program(ended), program(revoked), unknown):
        for endpoint, status, body in refusals(client, world):
            assert (status, body["code"]) == (401, "token_not_valid"), endpoint


def test_a_token_with_all_verbs_opens_what_its_person_may_and_without_the_verb_nothing(member, world) -> None:
    account = member("admin")
    whole = program(token_for(account, set(Verb), Scope()))
    found = [(endpoint, status, body) for endpoint, status, body in refusals(whole, world)]
    assert [one for one in found if not as_granted(*one, held=frozenset(Verb))] == []
    wrong = []
    for endpoint in ENDPOINTS:
        if endpoint.verb is not None:
            others = set(Verb) - {endpoint.verb, *endpoint.also}
            status, body = called(program(token_for(account, others, Scope())), endpoint, world)
            wrong += [] if refused(endpoint, status, body) else [(endpoint, status, body)]
    assert wrong == []


def test_a_token_of_another_project_opens_nothing_of_this_one(member, world) -> None:
    elsewhere = program(token_for(member("admin"), set(Verb), Scope(project="another-project")))
    everywhere = {"products", "markets", "languages", "policies", "schemas"}  # known to whoever may see a project
    guarded = [one for one in refusals(elsewhere, world) if one[0].verb and one[0].path not in everywhere]
    assert [one for one in guarded if not refused(*one)] == []
