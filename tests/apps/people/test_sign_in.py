"""The door: who comes in, who does not, and what is kept of it."""

import re

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.db import connection
from django.test import Client

from smo.kernel import audit
from smo.kernel.permissions import SYSTEM
from smo.people import actions, queries

LOGIN = "/accounts/login/"
PASSWORD = "correct horse battery"
pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> actions.NewAccount:
    person = actions.create_person(by=SYSTEM, name="Mira Sol")
    return actions.create_account(by=SYSTEM, person_id=person, email="mira@example.org", password=PASSWORD)


def sign_in(client: Client, *, email: str = "mira@example.org", password: str = PASSWORD):
    return client.post(LOGIN, {"login": email, "password": password})


def outcomes() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT outcome FROM people_attempt ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def newest() -> tuple[str, object]:
    entry = audit.entries(limit=1)[0]
    return entry.verb, entry.done_by


def test_sign_in_and_out_are_kept_under_the_own_name(client, member) -> None:
    assert sign_in(client, email=" Mira@Example.org ").status_code == 302
    assert newest() == ("signed_in", member.person_id)
    assert client.post("/accounts/logout/").status_code == 302
    assert newest() == ("signed_out", member.person_id)
    assert outcomes() == ["succeeded"]


@pytest.mark.parametrize(
    ("email", "password", "outcome"),
    [
        ("mira@example.org", "wrong horse battery", "wrong_password"),
        ("nobody@example.org", PASSWORD, "unknown_account"),
    ],
)
def test_sign_in_failures_look_alike_and_are_kept_apart(
    client, member, email: str, password: str, outcome: str
) -> None:
    answer = sign_in(client, email=email, password=password)
    assert answer.status_code == 200
    assert "sessionid" not in answer.cookies
    assert outcomes() == [outcome]
    assert newest() == ("sign_in_failed", SYSTEM.id)
    shown = re.sub(r"nobody|mira|value=\"[^\"]*\"|csrf\S*", "", answer.content.decode())
    other = sign_in(Client(), email="someone@example.org", password="else entirely")
    assert len(shown) - len(re.sub(r"someone|value=\"[^\"]*\"|csrf\S*", "", other.content.decode())) == 0


def test_sign_in_to_a_closed_account_is_kept_and_refused(client, member) -> None:
    actions.create_admin(by=SYSTEM, name="Chief", email="chief@example.org")
    actions.deactivate_account(by=SYSTEM, person_id=member.person_id)
    assert sign_in(client).status_code == 302
    assert client.get("/").status_code == 302
    assert outcomes() == ["inactive_account"]


def test_sign_in_a_session_ends_when_its_account_is_closed(client, member) -> None:
    sign_in(client)
    assert client.get("/").status_code == 200
    actions.deactivate_account(by=SYSTEM, person_id=member.person_id)
    assert client.get("/").status_code == 302


def test_sign_in_is_slowed_down_after_five_wrong_passwords_even_for_the_right_one(client, member) -> None:
    for _ in range(5):
        sign_in(client, password="wrong horse battery")
    assert sign_in(client).status_code in {200, 429}
    assert outcomes() == ["wrong_password"] * 5 + ["too_many"]
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    "path", ["signup/", "email/", "password/reset/", "confirm-email/", "password/set/", "3rdparty/"]
)
def test_sign_in_has_no_other_door(client, path: str) -> None:
    assert client.get(f"/accounts/{path}").status_code == 404


def test_sign_in_with_a_one_time_password_leads_to_ones_own(client) -> None:
    member = actions.add_member(by=SYSTEM, name="Omar", email="omar@example.org")
    sign_in(client, email=member.email, password=member.password)
    form = {"oldpassword": member.password, "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/accounts/password/change/", form).status_code == 302
    assert not queries.signed_in(member.account_id).must_change_password
    assert newest() == ("password_changed", member.person_id)
    assert client.get("/").status_code == 200


def test_sign_in_asks_for_the_second_factor_where_there_is_one(client, member) -> None:
    secret = "JBSWY3DPEHPK3PXP"
    account = type("Account", (), {"pk": member.account_id})
    TOTP(Authenticator(user_id=account.pk, type="totp", data={"secret": get_adapter().encrypt(secret)})).instance.save()
    assert sign_in(client).url.startswith("/accounts/2fa/authenticate")
    assert client.get("/").status_code == 302
    assert outcomes() == []
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    assert client.get("/").status_code == 200
    assert outcomes() == ["succeeded"]
    assert queries.person(by=SYSTEM, person_id=member.person_id).has_second_factor


def test_sign_in_keeps_secrets_of_second_factors_under_a_key_outside_the_database() -> None:
    stored = get_adapter().encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSW" not in stored
    assert get_adapter().decrypt(stored) == "JBSWY3DPEHPK3PXP"


def test_sign_in_cookies_are_out_of_reach_for_scripts_and_other_sites(client, member) -> None:
    cookie = sign_in(client).cookies["smo_session"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
