"""The page of API tokens: made once, shown once, revoked at once."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from smo.people import models


def text(response) -> str:
    return response.content.decode()


def filled(**other: object) -> dict[str, object]:
    return {"name": "nightly export", "days": "30", "verbs": ["view_audit_trail"]} | other


def test_a_token_is_shown_once_opens_the_api_and_is_revoked(signed_in) -> None:
    client = signed_in("compliance")
    shown = re.search(r"<code>(smo_[^<]+)</code>", text(client.post(reverse("tokens:list-make"), filled())))
    assert shown
    secret = shown.group(1)
    program = Client(headers={"Authorization": f"Bearer {secret}"})
    assert program.get("/api/v1/audit-entries").status_code == 200
    listed = text(client.get(reverse("tokens:list")))
    assert "nightly export" in listed
    assert secret not in listed
    token_id = models.ApiToken.objects.get().id
    with_words = client.post(reverse("tokens:list-revoke", args=[token_id]), follow=True)
    assert "The token was revoked." in text(with_words)
    assert models.ApiToken.objects.get().revoked_at is not None


def test_nobody_is_offered_what_they_may_not_do_themselves(signed_in) -> None:
    page = text(signed_in("annotator").get(reverse("tokens:list-make")))
    assert "Label items" in page
    assert "Give roles" not in page


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"name": " "}, "This field is required"),
        ({"verbs": []}, "Choose at least one thing"),
        ({"verbs": ["grant_roles"]}, "not one of the available choices"),
        ({"days": "9999"}, "not one of the available choices"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(signed_in, other: dict[str, object], words: str) -> None:
    page = text(signed_in("compliance").post(reverse("tokens:list-make"), filled(**other)))
    assert words in page
    assert not models.ApiToken.objects.exists()


def test_an_administrator_sees_and_revokes_tokens_of_others_and_nobody_else_does(signed_in) -> None:
    signed_in("compliance").post(reverse("tokens:list-make"), filled())
    token_id = models.ApiToken.objects.get().id
    everyone = reverse("tokens:list") + "?of=everyone"
    stranger = signed_in("planner")
    assert "nightly export" not in text(stranger.get(everyone))
    assert stranger.post(reverse("tokens:list-revoke", args=[token_id])).status_code == 404
    admin = signed_in("admin")
    assert "nightly export" not in text(admin.get(reverse("tokens:list")))
    assert "nightly export" in text(admin.get(everyone))
    assert admin.post(reverse("tokens:list-revoke", args=[token_id])).status_code == 302
    assert models.ApiToken.objects.get().revoked_at is not None


def test_a_lost_second_factor_is_removed_on_the_person_s_page(signed_in, member) -> None:
    someone = member("trainer")
    Authenticator.objects.create(user_id=someone.account_id, type="totp", data={})
    admin = signed_in("admin")
    page = reverse("office:people-person", args=[someone.person_id])
    remove = reverse("office:people-second-factor", args=[someone.person_id])
    assert remove in text(admin.get(page))
    assert "signed out everywhere" in text(admin.get(remove))
    done = text(admin.post(remove, follow=True))
    assert "The second factor was removed." in done
    assert "Second factor removed" in done
    assert not Authenticator.objects.exists()
