"""A catalog to change."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from smo.catalog import actions
from smo.catalog.actions import ProjectSettings
from smo.kernel.permissions import EVERYWHERE, SYSTEM, Actor, Grant, Scope
from smo.people.rules import ROLES


def acting(role: str, scope: Scope = EVERYWHERE) -> Actor:
    """Someone who holds this role there."""
    return Actor(uuid4(), (Grant(role, ROLES[role], scope),))


@pytest.fixture
def product(db) -> str:
    actions.create_product(by=SYSTEM, code="video", name="Video")
    return "video"


@pytest.fixture
def project(product) -> Callable[..., UUID]:
    """A project made from a template."""

    def made(code: str = "comments", template: str = "violation", **settings: object) -> UUID:
        wanted = ProjectSettings(code=code, name=code.title(), product=product, **settings)  # type: ignore[arg-type]
        return actions.create_project(by=SYSTEM, settings=wanted, template=template)

    return made
