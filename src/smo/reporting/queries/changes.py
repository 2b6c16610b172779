"""What changed in a project and could have moved its numbers: imports, guideline versions, questions."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from smo.catalog.models import GuidelineVersion, SchemaVersion
from smo.intake.models import Import
from smo.kernel.clock import now
from smo.kernel.permissions import Actor
from smo.reporting.queries.reach import project_seen

LATEST = 8


@dataclass(frozen=True, slots=True)
class Change:
    """One change: when, what (import, guideline, schema), its name, and how much or why."""

    at: datetime
    what: str
    name: str
    number: int
    note: str


def changes(*, by: Actor, project: str) -> tuple[Change, ...]:
    """The latest first. Errors: NotFound."""
    row = project_seen(by, project)
    found = [*_imports(row.pk), *_guidelines(row.policy_id), *_schemas(row.schema_id)]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True)[:LATEST])


def _imports(project_id: UUID) -> list[Change]:
    rows = Import.objects.filter(project=project_id, published_at__isnull=False).order_by("-published_at")[:LATEST]
    return [
        Change(row.published_at, "import", row.kind, row.rows_new, row.file_name) for row in rows if row.published_at
    ]


def _guidelines(policy_id: UUID | None) -> list[Change]:
    rows = GuidelineVersion.objects.filter(policy=policy_id, effective_at__lte=now()).select_related("policy")
    latest = rows.order_by("-effective_at")[:LATEST]
    return [
        Change(row.effective_at, "guideline", row.policy.name, row.number, row.change_note)
        for row in latest
        if row.effective_at
    ]


def _schemas(schema_id: UUID | None) -> list[Change]:
    rows = SchemaVersion.objects.filter(schema=schema_id, published_at__isnull=False).select_related("schema")
    latest = rows.order_by("-published_at")[:LATEST]
    return [Change(row.published_at, "schema", row.schema.name, row.number, "") for row in latest if row.published_at]
