"""A live project whose items were decided by two people, an auditor, and those who plan and read audits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache

from smo.catalog import models as catalog
from smo.intake import models as intake
from smo.kernel.clock import now
from smo.kernel.ids import new_id
from smo.kernel.permissions import SYSTEM, Actor, Grant, Scope
from smo.labeling import models as labeling
from smo.people import models as people
from smo.people.rules import ROLES
from smo.quality import actions, models
from smo.quality.queries import AuditTask

DEFINITION = {
    "questions": [
        {"key": "violation", "type": "choice", "title": "Does it break a rule?", "is_required": True, "per": "item",
         "config": {"labels": ["yes", "no"]}},
        {"key": "where", "type": "span", "title": "Where?", "is_required": False, "per": "item",
         "config": {"types": ["slur"]}, "show_when": {"question": "violation", "any_of": ["yes"]}},
        {"key": "why", "type": "text", "title": "Why?", "is_required": False, "per": "item", "config": {}},
    ]
}  # fmt: skip
RULES = {"H1": "S2", "H2": "S3", "H3": "S4"}
NO = {"violation": "no"}
YES = {"violation": "yes"}


@pytest.fixture(autouse=True)
def own_cache(settings) -> None:
    """Nothing is remembered from another test's database."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


def make_actor(name: str, *, role: str, **scope: str) -> Actor:
    """A person who holds a role within a scope, as a row and in the actor."""
    row = people.Person.objects.create(id=new_id(), name=name, created_at=now())
    holding = people.Grant(id=new_id(), person=row, role=people.Role.objects.get(name=role), granted_at=now())
    holding.starts_on = (now() - timedelta(days=2)).date()
    holding.set_scope(Scope(**scope))
    holding.save(force_insert=True)
    return Actor(row.id, (Grant(role, frozenset(str(verb) for verb in ROLES[role]), Scope(**scope)),))


@dataclass(frozen=True)
class Department:
    """What tests audit."""

    project: catalog.Project
    schema: catalog.SchemaVersion
    guideline: catalog.GuidelineVersion
    queue: labeling.Queue

    @property
    def code(self) -> str:
        return self.project.code

    def items(self, many: int, **values: Any) -> list[intake.Item]:
        """So many items."""
        rows = [
            intake.Item(id=new_id(), project=self.project, item_key=uuid4().hex, text="You fool, go away",
                        received_at=now() - timedelta(days=3), **values)
            for _ in range(many)
        ]  # fmt: skip
        return intake.Item.objects.bulk_create(rows)

    def decide(self, items: list[intake.Item], by: Actor, **values: Any) -> list[labeling.Decision]:
        """Everyone of these items decided by one person."""
        given = {"outcome": "decided", "answers": NO, "received_at": now() - timedelta(days=1)}
        given |= {"schema_version": self.schema, "guideline_version": self.guideline}
        rows = [
            labeling.Decision(id=new_id(), project=self.project, item=item, queue=self.queue, person_id=by.id,
                              submit_key=uuid4(), **given | values)
            for item in items
        ]  # fmt: skip
        return labeling.Decision.objects.bulk_create(rows)

    def plan(self, by: Actor, **values: Any) -> UUID:
        """A plan with this one's defaults."""
        return actions.create_plan(by=by, plan=actions.NewPlan(**{"project": self.code, "name": "Weekly"} | values))

    def draw(self, by: Actor, plan_id: UUID, *, start: datetime | None = None, end: datetime | None = None) -> UUID:
        """A draw over the last week."""
        first = start or now() - timedelta(days=7)
        return actions.draw_sample(by=by, plan_id=plan_id, frame_from=first, frame_to=end or now())


def make_department(code: str = "hate", *, lease_seconds: int = 1800) -> Department:
    """A live project with questions, rules and a queue."""
    at = now() - timedelta(days=40)
    product = catalog.Product.objects.create(id=new_id(), code=f"{code}-app", name="App", created_at=at)
    policy = catalog.Policy.objects.create(id=new_id(), code=f"{code}-policy", name="Policy", created_at=at)
    schema = catalog.LabelSchema.objects.create(id=new_id(), code=f"{code}-schema", name="Schema", created_at=at)
    made = {"created_by": SYSTEM.id, "created_at": at}
    published = {"published_by": SYSTEM.id, "published_at": at}
    version = catalog.SchemaVersion.objects.create(
        id=new_id(), schema=schema, number=1, definition=DEFINITION, **made, **published
    )
    approved = {"approved_by": SYSTEM.id, "approved_at": at, "effective_at": at}
    guideline = catalog.GuidelineVersion.objects.create(id=new_id(), policy=policy, number=11, **made, **approved)
    for position, (rule, severity) in enumerate(RULES.items()):
        catalog.Rule.objects.create(
            id=new_id(), version=guideline, code=rule, title=rule, severity=severity, position=position
        )
    parts = {"product": product, "policy": policy, "schema": schema, "state": "live", "lease_seconds": lease_seconds}
    project = catalog.Project.objects.create(id=new_id(), code=code, name=f"Project {code}", **parts, **made)
    queue = labeling.Queue.objects.create(id=new_id(), project=project, name="All", **made)
    return Department(project, version, guideline, queue)


@pytest.fixture
def house(db) -> Department:
    """A live project."""
    return make_department()


@pytest.fixture
def ann(db) -> Actor:
    """Someone who labels."""
    return make_actor("Ann", role="annotator")


@pytest.fixture
def bea(db) -> Actor:
    """Someone else who labels."""
    return make_actor("Bea", role="annotator")


@pytest.fixture
def auditor(db) -> Actor:
    """Someone who audits."""
    return make_actor("Olga", role="auditor")


@pytest.fixture
def manager(db) -> Actor:
    """Someone who plans audits and reads findings."""
    return make_actor("Quan", role="qa_manager")


@pytest.fixture
def drawn(house, ann, manager) -> UUID:
    """Three decisions of Ann, each drawn for audit."""
    house.decide(house.items(3), ann)
    return house.draw(manager, house.plan(manager, sample_size=3))


def label(by: Actor, task: AuditTask, *, answers: dict[str, Any] | None = None, outcome: str = "decided") -> UUID:
    """Lock an own label; the key with which it was sent."""
    key = uuid4()
    actions.lock_own_label(
        by=by, audit_id=task.id, submit_key=key, outcome=outcome, answers=NO if answers is None else answers,
        active_ms=9000,
    )  # fmt: skip
    return key


@pytest.fixture
def compared(auditor, drawn) -> Callable[..., AuditTask]:
    """An audit that was labeled and revealed."""

    def task(**own: Any) -> AuditTask:
        found = actions.claim_audit(by=auditor)
        assert found is not None
        label(auditor, found, **own)
        actions.reveal(by=auditor, audit_id=found.id)
        return found

    return task


def state_of(audit_id: UUID) -> str:
    """Where an audit stands in the database."""
    return models.Audit.objects.get(pk=audit_id).state
