"""People to act with."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.core.cache import cache

from smo.kernel.permissions import SYSTEM, Actor
from smo.people import actions, queries


@pytest.fixture(autouse=True)
def own_cache(settings) -> None:
    """A cache of the test's own: actors are kept by account, and numbers of accounts repeat between databases."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture
def as_role(db) -> Callable[[str], Actor]:
    """Someone who holds this role everywhere and acts through an account."""

    def member(role: str) -> Actor:
        added = actions.add_member(by=SYSTEM, name=f"Some {role}", email=f"{role}@example.org", role=role)
        return queries.actor(added.account_id)

    return member


@pytest.fixture
def admin(as_role) -> Actor:
    """Someone who may do everything."""
    return as_role("admin")


@pytest.fixture
def annotator(as_role) -> Actor:
    """Someone who may do little."""
    return as_role("annotator")


@pytest.fixture
def someone(db) -> UUID:
    """A person without account or role."""
    return actions.create_person(by=SYSTEM, name="Mira Sol")
