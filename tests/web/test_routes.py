"""Every address of the house, tried as every role: what is not declared here fails."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from smo.kernel.permissions import ROLES, SYSTEM, Verb
from smo.people import actions

PUBLIC = "public"  # 200 for everyone
DOOR = "door"  # for visitors; who is in is led home
OWN = "own"  # one's own account: whoever is in, sometimes after giving the password again
ANYONE = "anyone"  # whoever is in, each seeing only what they may
POST = "post"  # answers to POST alone
LEADS = "leads"  # leads elsewhere, or to nothing

PERSON = "00000000-0000-7000-8000-000000000001"
GRANT = "00000000-0000-7000-8000-000000000002"

PAGES: dict[str, str | Verb] = {
    "": ANYONE,
    "theme": POST,
    "i18n/setlang/": LEADS,
    "accounts/login/": DOOR,
    "accounts/logout/": OWN,
    "accounts/inactive/": PUBLIC,
    "accounts/reauthenticate/": OWN,
    "accounts/password/change/": OWN,
    "accounts/2fa/": OWN,
    "accounts/2fa/authenticate/": LEADS,
    "accounts/2fa/reauthenticate/": OWN,
    "accounts/2fa/totp/activate/": OWN,
    "accounts/2fa/totp/deactivate/": OWN,
    "accounts/2fa/recovery-codes/": OWN,
    "accounts/2fa/recovery-codes/generate/": OWN,
    "accounts/2fa/recovery-codes/download/": OWN,
    "office/people": ANYONE,
    "office/people/add": Verb.MANAGE_PEOPLE,
    "office/people/<uuid:person_id>": Verb.VIEW_PEOPLE,
    "office/people/<uuid:person_id>/grants/add": Verb.GRANT_ROLES,
    "office/people/<uuid:person_id>/grants/<uuid:grant_id>/end": Verb.GRANT_ROLES,
    "office/people/<uuid:person_id>/deactivate": Verb.MANAGE_ACCOUNTS,
    "office/people/<uuid:person_id>/activate": POST,
    "office/people/<uuid:person_id>/password": Verb.MANAGE_ACCOUNTS,
    "office/roles": Verb.VIEW_ROLES,
    "office/audit-trail": Verb.VIEW_AUDIT_TRAIL,
    "office/audit-trail/verification": Verb.VIEW_AUDIT_TRAIL,
    "office/sign-ins": Verb.VIEW_SIGN_INS,
    "api/v1/": LEADS,
    "api/v1/openapi.json": PUBLIC,
    "api/v1/health": PUBLIC,
    "api/v1/me": ANYONE,
    "api/v1/people": ANYONE,
    "api/v1/people/<uuidstr:person_id>": Verb.VIEW_PEOPLE,
    "api/v1/roles": Verb.VIEW_ROLES,
    "api/v1/audit-entries": Verb.VIEW_AUDIT_TRAIL,
    "api/v1/audit-verification": Verb.VIEW_AUDIT_TRAIL,
}

# What POST changes, and the verb without which nothing changes.
CHANGES: dict[str, Verb] = {
    "office/people/add": Verb.MANAGE_PEOPLE,
    "office/people/<uuid:person_id>/grants/add": Verb.GRANT_ROLES,
    "office/people/<uuid:person_id>/grants/<uuid:grant_id>/end": Verb.GRANT_ROLES,
    "office/people/<uuid:person_id>/deactivate": Verb.MANAGE_ACCOUNTS,
    "office/people/<uuid:person_id>/activate": Verb.MANAGE_ACCOUNTS,
    "office/people/<uuid:person_id>/password": Verb.MANAGE_ACCOUNTS,
}


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Every pattern below a resolver."""
    for entry in resolver.url_patterns:
        here = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield here
        else:
            yield from routes(entry, here)


def expected(rule: str | Verb, verbs: frozenset[str] | None) -> set[int]:
    """The answers that this rule allows to someone with these verbs; None stands for a visitor."""
    if rule == PUBLIC:
        return {200}
    if rule == POST:
        return {405}
    if rule == LEADS:
        return {302, 404}
    if rule == DOOR:
        return {200} if verbs is None else {302}
    if verbs is None:
        return {302, 401}
    if rule == OWN:
        return {200, 302, 404}
    if rule == ANYONE:
        return {200}
    return {200} if rule in verbs else {403, 404}


@pytest.fixture
def places(member) -> dict[str, str]:
    """What stands for the parts of addresses: a person and a role of theirs."""
    person_id = member("trainer", email="subject@example.org").person_id
    grant_id = actions.grant_role(by=SYSTEM, person_id=person_id, role="planner")
    return dict.fromkeys(("<uuid:person_id>", "<uuidstr:person_id>"), str(person_id)) | {
        "<uuid:grant_id>": str(grant_id)
    }


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
def test_no_role_but_admin_changes_people(role: str, signed_in, places) -> None:
    client = signed_in(role)
    held = frozenset(ROLES.get(role, frozenset()))
    for route, verb in CHANGES.items():
        assert verb not in held
        filled = {"name": "New", "email": "new@example.org", "role": "annotator"}
        assert client.post(address(route, places), filled).status_code in {403, 404}, route


@pytest.mark.django_db
def test_a_visitor_changes_nothing(places) -> None:
    for route in CHANGES:
        response = Client().post(address(route, places))
        assert response.status_code == 302
        assert response.url.startswith("/accounts/login/")
