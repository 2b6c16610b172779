"""A live project with two questions, a policy with one guideline version, and people who label."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache

from smo.catalog import models as catalog
from smo.intake import models as intake
from smo.kernel.clock import now
from smo.kernel.ids import new_id
from smo.kernel.permissions import SYSTEM, Actor, Grant, Scope
from smo.labeling import actions
from smo.labeling.rules import QueueSettings, Submission
from smo.people import models as people
from smo.people.rules import ROLES

DEFINITION = {
    "questions": [
        {
            "key": "violation",
            "type": "choice",
            "title": "Does it break a rule?",
            "is_required": True,
            "per": "item",
            "config": {"labels": ["yes", "no"]},
        },
        {
            "key": "where",
            "type": "span",
            "title": "Where?",
            "is_required": False,
            "per": "item",
            "config": {"types": ["slur"]},
            "show_when": {"question": "violation", "any_of": ["yes"]},
        },
    ]
}
ANSWERS = {"violation": "no"}


@pytest.fixture(autouse=True)
def own_cache(settings) -> None:
    """Nothing is remembered from another test's database."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@dataclass(frozen=True)
class Work:
    """What tests label with."""

    project: catalog.Project
    schema_version_id: UUID
    guideline_version_id: UUID

    @property
    def code(self) -> str:
        return self.project.code

    def items(self, many: int, **values: Any) -> list[UUID]:
        """So many new items, in the order in which they came."""
        start = now() - timedelta(hours=1)
        rows = [
            intake.Item(
                id=new_id(),
                project=self.project,
                item_key=f"k{uuid4().hex}",
                text=f"Item number {n}",
                received_at=start + timedelta(milliseconds=n),
                **values,
            )
            for n in range(many)
        ]
        intake.Item.objects.bulk_create(rows)
        return [row.id for row in rows]

    def queue(self, many: int = 0, *, name: str = "All", **settings: Any) -> UUID:
        """A queue with so many items."""
        self.items(many)
        return actions.create_queue(by=SYSTEM, project=self.code, settings=QueueSettings(name, **settings))

    def publish_schema(self) -> UUID:
        """A newer version of the questions."""
        number = catalog.SchemaVersion.objects.filter(schema=self.project.schema).count() + 1
        return _schema_version(self.project.schema, number)

    def put_in_force(self, effective_at) -> UUID:
        """A newer version of the guideline, from a moment on."""
        number = catalog.GuidelineVersion.objects.filter(policy=self.project.policy).count() + 1
        return _guideline_version(self.project.policy, number=number, effective_at=effective_at)


def _schema_version(schema, number: int) -> UUID:
    row = catalog.SchemaVersion(id=new_id(), schema=schema, number=number, definition=DEFINITION)
    row.created_by = row.published_by = SYSTEM.id
    row.created_at = row.published_at = now()
    row.save(force_insert=True)
    return row.id


def _guideline_version(policy, *, number: int, effective_at) -> UUID:
    row = catalog.GuidelineVersion(id=new_id(), policy=policy, number=number)
    row.created_by = row.approved_by = SYSTEM.id
    row.created_at = row.approved_at = now()
    row.effective_at = effective_at
    row.save(force_insert=True)
    return row.id


def make_work(code: str = "hate") -> Work:
    """A live project with everything that labeling needs."""
    at = now()
    product = catalog.Product.objects.create(id=new_id(), code=f"{code}-app", name="App", created_at=at)
    policy = catalog.Policy.objects.create(id=new_id(), code=f"{code}-policy", name="Policy", created_at=at)
    schema = catalog.LabelSchema.objects.create(id=new_id(), code=f"{code}-schema", name="Schema", created_at=at)
    version = _schema_version(schema, 1)
    guideline = _guideline_version(policy, number=1, effective_at=at - timedelta(days=30))
    parts = {"product": product, "policy": policy, "schema": schema, "state": "live"}
    parts |= {"created_by": SYSTEM.id, "created_at": at, "lease_seconds": 1800}
    project = catalog.Project.objects.create(id=new_id(), code=code, name=f"Project {code}", **parts)
    return Work(project, version, guideline)


def make_actor(name: str = "Anh", *, role: str = "annotator", **scope: str) -> Actor:
    """A person who holds a role within a scope."""
    row = people.Person.objects.create(id=new_id(), name=name, created_at=now())
    verbs = frozenset(str(verb) for verb in ROLES[role])
    return Actor(row.id, (Grant(role, verbs, Scope(**scope)),))


def answer(claim, **values: Any) -> Submission:
    """An answer to a claim as a client sends it."""
    sent: dict[str, Any] = {"claim_id": claim.id, "submit_key": uuid4(), "schema_version_id": claim.schema_version_id}
    sent |= {"answers": ANSWERS if values.get("outcome", "decided") == "decided" else {}}
    return Submission(**sent | values)


@pytest.fixture
def work(db) -> Work:
    """A live project."""
    return make_work()


@pytest.fixture
def annotator(db) -> Actor:
    """Someone who labels."""
    return make_actor()


@pytest.fixture
def another(db) -> Actor:
    """Someone else who labels."""
    return make_actor("Bea")


@pytest.fixture
def lead(db) -> Actor:
    """Someone who leads queues."""
    return make_actor("Tariq", role="team_lead")


@pytest.fixture
def at_a_time(monkeypatch) -> Callable[..., None]:
    """Set the clock of labeling to a moment."""

    def set_to(moment) -> None:
        for room in ("claims", "decisions", "queues", "flags"):
            monkeypatch.setattr(f"smo.labeling.actions.{room}.now", lambda: moment)

    return set_to
