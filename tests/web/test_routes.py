"""Every address of the house, tried as every role: what is not declared here fails."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from smo.kernel.permissions import SYSTEM, Verb
from smo.people import actions
from smo.people.rules import ROLES
from tests.web import routes as routes_of
from tests.web.routes.kinds import ANYONE, DOOR, HELD, LEADS, OWN, POST, PUBLIC

PERSON = "00000000-0000-7000-8000-000000000001"
GRANT = "00000000-0000-7000-8000-000000000002"

PLACES = [import_module(f"{routes_of.__name__}.{found.name}") for found in iter_modules(routes_of.__path__)]
PAGES: dict[str, str | Verb | frozenset[Verb]] = {
    route: rule for place in PLACES for route, rule in getattr(place, "PAGES", {}).items()
}
CHANGES: dict[str, tuple[Verb, dict[str, str]]] = {
    route: (verb, getattr(place, "SENT", {}))
    for place in PLACES
    for route, verb in getattr(place, "CHANGES", {}).items()
}


ALIKE = {PUBLIC: {200}, POST: {405}, LEADS: {302, 404}}  # whoever asks


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Every pattern below a resolver."""
    for entry in resolver.url_patterns:
        here = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield here
        else:
            yield from routes(entry, here)


def expected(rule: str | Verb | frozenset[Verb], verbs: frozenset[str] | None) -> set[int]:
    """The answers that this rule allows to someone with these verbs; None stands for a visitor."""
    if rule in ALIKE:
        return ALIKE[rule]
    if rule == DOOR:
        return {200} if verbs is None else {302}
    if verbs is None:
        return {302, 401}
    if rule == OWN:
        return {200, 302, 404}
    if rule == ANYONE:
        return {200}
    if rule == HELD:
        return {403, 404}
    enough = rule if isinstance(rule, frozenset) else {rule}  # one of them is enough
    return {200} if enough & verbs else {403, 404}


@pytest.fixture
def places(member) -> dict[str, str]:
    """What stands for the parts of addresses: a person and a role of theirs."""
    person_id = member("trainer", email="subject@example.org").person_id
    grant_id = actions.grant_role(by=SYSTEM, person_id=person_id, role="planner")
    made = dict.fromkeys(("<uuid:person_id>", "<uuidstr:person_id>"), str(person_id))
    made["<uuid:grant_id>"] = str(grant_id)
    for place in PLACES:  # each place's file may make what its addresses name, from what the files before it made
        if hasattr(place, "made"):
            made |= place.made(made)
    return made


def address(route: str, places: dict[str, str]) -> str:
    """The route with its parts filled in."""
    for part, value in places.items():
        route = route.replace(part, value)
    return f"/{route}"


def test_every_route_is_declared() -> None:
    assert set(routes(get_resolver())) == set(PAGES)


@pytest.mark.django_db
def test_a_visitor_sees_the_door_only(places) -> None:
    client = Client()
    for route, rule in PAGES.items():
        response = client.get(address(route, places))
        assert response.status_code in expected(rule, None), (route, response.status_code)
        if response.status_code == 302 and rule not in {LEADS}:
            assert response.url.startswith("/accounts/login/"), route


@pytest.mark.parametrize("role", ["", *ROLES])
def test_each_role_sees_what_its_verbs_allow(role: str, signed_in, places) -> None:
    client = signed_in(role)
    verbs = frozenset(str(verb) for verb in ROLES.get(role, frozenset()))
    for route, rule in PAGES.items():
        if "logout" in route:
            continue
        response = client.get(address(route, places))
        assert response.status_code in expected(rule, verbs), (route, response.status_code)


@pytest.mark.parametrize("role", ["", *(role for role in ROLES if role != "admin")])
def test_no_role_changes_what_its_verbs_do_not_allow(role: str, signed_in, places) -> None:
    client = signed_in(role)
    held = frozenset(ROLES.get(role, frozenset()))
    for route, (verb, sent) in CHANGES.items():
        if verb not in held:
            assert client.post(address(route, places), sent).status_code in {403, 404}, route


@pytest.mark.django_db
def test_a_visitor_changes_nothing(places) -> None:
    for route in CHANGES:
        response = Client().post(address(route, places))
        assert response.status_code == 302
        assert response.url.startswith("/accounts/login/")
