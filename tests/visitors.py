"""Visitors of pages and endpoints, each with an account of their own; a conftest imports these fixtures."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from smo.kernel.permissions import SYSTEM
from smo.people import actions

PASSWORD = "three words of mine 47"


@pytest.fixture(autouse=True)
def own_settings(settings, tmp_path) -> Iterator[None]:
    """A cache and a lake of the test's own, quick passwords, plain names of static files, English again afterwards."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.LAKE_URL = str(tmp_path / "lake")
    settings.STATIC_ROOT = str(tmp_path)
    settings.UPLOAD_DIR = tmp_path / "uploads"
    cache.clear()
    with translation.override("en"):
        yield


@pytest.fixture
def member(db) -> Callable[..., actions.NewAccount]:
    """Someone with an account, a password of their own, and a role unless it is empty."""

    def made(role: str = "", *, name: str = "", email: str = "") -> actions.NewAccount:
        person_id = actions.create_person(by=SYSTEM, name=name or f"Some {role or 'body'}")
        address = email or f"{role or 'body'}@example.org"
        account = actions.create_account(by=SYSTEM, person_id=person_id, email=address, password=PASSWORD)
        if role:
            actions.grant_role(by=SYSTEM, person_id=person_id, role=role)
        return account

    return made


@pytest.fixture
def signed_in(member) -> Callable[[str], Client]:
    """A browser in which someone with this role is signed in."""

    def browser(role: str) -> Client:
        account = member(role)
        client = Client()
        assert client.post("/accounts/login/", {"login": account.email, "password": PASSWORD}).status_code == 302
        return client

    return browser
