"""People to ask with, and a department to ask about."""

from collections.abc import Callable

import pytest
from django.core.cache import cache

from smo.kernel.ids import new_id
from smo.kernel.permissions import EVERYWHERE, Actor, Grant, Scope
from smo.people.rules import ROLES
from tests.apps.reporting.department import Department


@pytest.fixture(autouse=True)
def own_lake(settings, tmp_path) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.LAKE_URL = str(tmp_path / "lake")
    cache.clear()


@pytest.fixture
def where(settings, own_lake) -> str:
    return settings.LAKE_URL


@pytest.fixture
def department(db) -> Department:
    return Department()


@pytest.fixture
def acting() -> Callable[..., Actor]:
    """Someone with this role in this scope."""

    def someone(role: str, scope: Scope = EVERYWHERE, *more: str) -> Actor:
        return Actor(new_id(), tuple(Grant(one, frozenset(ROLES[one]), scope) for one in (role, *more)))

    return someone
