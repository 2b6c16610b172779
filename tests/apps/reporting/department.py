"""A small department as rows: a product, a project, people, items, decisions, audits."""

import itertools
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from smo.catalog.models import LabelSchema, Product, Project, SchemaVersion, Target
from smo.intake.models import Import, Item
from smo.kernel.ids import new_id
from smo.labeling.models import Assignment, Decision, Flag, Queue, Slot
from smo.people.models import Person
from smo.quality.models import Audit, Draw, Finding, Plan

DEFINITION = {
    "questions": [
        {"key": "violation", "type": "choice", "title": "Does it break a rule?", "is_required": True, "per": "item",
         "config": {"labels": ["yes", "no"]}},
        {"key": "kinds", "type": "multichoice", "title": "Which?", "is_required": False, "per": "item",
         "config": {"labels": ["hate", "spam"]}},
        {"key": "level", "type": "scale", "title": "How bad?", "is_required": False, "per": "item",
         "config": {"low": 0, "high": 4}},
        {"key": "why", "type": "text", "title": "Why?", "is_required": False, "per": "item", "config": {}},
        {"key": "turn_rule", "type": "choice", "title": "Turn", "is_required": False, "per": "turn",
         "config": {"labels": ["safe", "unsafe"]}},
    ]
}  # fmt: skip
NOBODY = UUID(int=0)
_numbers = itertools.count()


@dataclass
class Department:
    """One project and what belongs to it."""

    code: str = "comments"
    name: str = "Comments"
    project: Project = field(init=False)
    schema: SchemaVersion = field(init=False)
    queue: Queue = field(init=False)
    people: list[Person] = field(init=False)

    def __post_init__(self) -> None:
        at = timezone.now()
        product, _ = Product.objects.get_or_create(
            code="social", defaults={"id": new_id(), "name": "Social", "created_at": at}
        )
        schema = LabelSchema.objects.create(id=new_id(), code=f"{self.code}-schema", name="S", created_at=at)
        self.schema = SchemaVersion.objects.create(
            id=new_id(), schema=schema, number=1, definition=DEFINITION, created_by=NOBODY, created_at=at,
            published_by=NOBODY, published_at=at,
        )  # fmt: skip
        self.project = Project.objects.create(
            id=new_id(), code=self.code, name=self.name, product=product, schema=schema, state="live",
            created_by=NOBODY, created_at=at,
        )  # fmt: skip
        self.queue = Queue.objects.create(
            id=new_id(), project=self.project, name="Main", created_by=NOBODY, created_at=at
        )
        self.people = [Person.objects.create(id=new_id(), name=f"P{n}", created_at=at) for n in range(3)]

    def items(self, n: int, *, at: datetime | None = None, market: str = "FR", queued: bool = True) -> list[Item]:
        """So many items, in the queue unless they came as past work."""
        at = at or timezone.now()
        made = [
            Item(id=new_id(), project=self.project, item_key=f"k{next(_numbers)}", text="harmless", market=market,
                 language_declared="fr", received_at=at)
            for _ in range(n)
        ]  # fmt: skip
        Item.objects.bulk_create(made)
        if queued:
            Slot.objects.bulk_create([Slot(queue=self.queue, item=item, received_at=at) for item in made])
        return made

    def decide(
        self, items: list[Item], *, label: str = "no", person: int = 0, at: datetime | None = None, **given: object
    ) -> list[Decision]:
        """One decision of one person about each."""
        values = {
            "project": self.project, "queue": self.queue, "person": self.people[person], "outcome": "decided",
            "answers": {"violation": label}, "received_at": at or timezone.now(), "active_ms": 20_000,
            "schema_version": self.schema, **given,
        }  # fmt: skip
        made = [Decision(id=new_id(), item=item, submit_key=new_id(), **values) for item in items]
        return Decision.objects.bulk_create(made)

    def finish(self, items: list[Item], at: datetime) -> None:
        """The items are final."""
        Slot.objects.filter(item__in=items).update(final_at=at, decided=1)

    def draw(self, *, purpose: str = "estimate", strata: dict[str, int]) -> Draw:
        """A sample of strata of these sizes."""
        number = next(_numbers)
        plan = Plan.objects.create(
            id=new_id(), project=self.project, name=f"Plan {number}", purpose=purpose, design="stratified",
            sample_size=600, seed=1, created_by=NOBODY, created_at=timezone.now(),
        )  # fmt: skip
        return Draw.objects.create(
            id=new_id(), plan=plan, number=1, seed=1, frame_from=datetime(2026, 1, 1, tzinfo=UTC),
            frame_to=timezone.now(), frame_size=sum(strata.values()), frame_hash=b"",
            strata=[{"stratum": name, "size": size, "drawn": 150} for name, size in strata.items()],
            drawn_by=NOBODY, drawn_at=timezone.now(),
        )  # fmt: skip

    def audit(
        self, draw: Draw, decisions: list[Decision], *, wrong: int = 0, stratum: str = "all", severity: str = "S2",
        state: str = "filed",
    ) -> list[Audit]:  # fmt: skip
        """An audit of each decision, of which the first so many are wrong."""
        at = timezone.now()
        is_filed = state == "filed"
        made = [
            Audit(
                id=new_id(), draw=draw, project=self.project, decision=decision, item_id=decision.item_id,
                stratum=stratum, inclusion_probability=0.5, position=place, state=state, auditor=self.people[2],
                own_label_locked_at=at if is_filed else None, filed_at=at if is_filed else None,
                is_correct=place >= wrong if is_filed else None,
            )
            for place, decision in enumerate(decisions)
        ]  # fmt: skip
        Audit.objects.bulk_create(made)
        Finding.objects.bulk_create(
            Finding(
                id=new_id(), audit=audit, outcome_class="A2", severity=severity, severity_by_rule=severity,
                cause="annotator", counts_for=["person", "product"], disputable_until=at + timedelta(days=3),
                filed_by=self.people[2], filed_at=at,
            )
            for audit in made[:wrong]
        )  # fmt: skip
        return made

    def target(self, kpi: str, value: float, **given: object) -> Target:
        """What a KPI should reach."""
        return Target.objects.create(
            id=new_id(), project=self.project, kpi=kpi, value=value, starts_on=datetime(2020, 1, 1).date(),
            set_by=NOBODY, set_at=timezone.now(), **given,
        )  # fmt: skip

    def import_of(self, kind: str = "decisions") -> Import:
        """An import that was published just now."""
        at = timezone.now()
        return Import.objects.create(
            id=new_id(), project=self.project, kind=kind, file_name="past.csv", path="", state="published",
            requested_by=NOBODY, created_at=at, published_at=at, ended_at=at,
        )  # fmt: skip

    def flag(self, item: Item, assignment: Assignment | None = None) -> Flag:
        """Somebody says that the guideline is unclear."""
        return Flag.objects.create(
            id=new_id(), project=self.project, item=item, assignment=assignment, person=self.people[0],
            text="Which rule?", raised_at=timezone.now(),
        )  # fmt: skip


def shuffled(rows: list, seed: int = 1) -> list:
    """The same in another order."""
    return random.Random(seed).sample(rows, len(rows))
