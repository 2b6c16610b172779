"""Projects, what is bound to work in them now, and their targets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from smo.catalog import models
from smo.catalog.rules.projects import missing_for_live, projects_in_reach
from smo.kernel.clock import now
from smo.kernel.errors import NotFound
from smo.kernel.permissions import Actor, Verb


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One project in a list."""

    id: UUID
    code: str
    name: str
    product_code: str
    product_name: str
    state: str
    policy_code: str
    schema_code: str
    markets: tuple[str, ...]
    languages: tuple[str, ...]
    overlap: int


@dataclass(frozen=True, slots=True)
class ProjectDetail:
    """One project with its settings; policy and schema are empty where none is chosen."""

    id: UUID
    code: str
    name: str
    product_code: str
    product_name: str
    policy_code: str
    policy_name: str
    schema_code: str
    schema_name: str
    state: str
    purpose: str
    markets: tuple[str, ...]
    languages: tuple[str, ...]
    overlap: int
    lease_seconds: int
    shows_model_score: bool
    time_zone: str
    due_hours: int
    dispute_hours: int
    severity_points: Mapping[str, float]
    revision: int
    created_at: datetime
    saved_by: UUID
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Binding:
    """What a claim made at a moment is bound to: the questions and the guideline in force."""

    schema_version_id: UUID | None
    guideline_version_id: UUID | None


@dataclass(frozen=True, slots=True)
class TargetRow:
    """What a KPI should reach, from a day to another (not included)."""

    id: UUID
    kpi: str
    market: str
    value: float
    minimum_n: int | None
    starts_on: date
    ends_on: date | None
    set_by: UUID
    set_at: datetime


def projects(*, by: Actor) -> tuple[ProjectRow, ...]:
    """The projects that this actor may see, by product and name."""
    rows = _visible(by).select_related("product", "policy", "schema").order_by("product__name", "name", "code")
    return tuple(
        ProjectRow(
            row.id, row.code, row.name, row.product.code, row.product.name, row.state,
            row.policy.code if row.policy else "", row.schema.code if row.schema else "",
            tuple(row.markets), tuple(row.languages), row.overlap,
        )
        for row in rows
    )  # fmt: skip


def project(*, by: Actor, code: str) -> ProjectDetail:
    """One project. Errors: NotFound."""
    row = _visible(by).select_related("product", "policy", "schema").filter(code=code).first()
    if row is None:
        raise NotFound(project=code)
    return ProjectDetail(
        id=row.id,
        code=row.code,
        name=row.name,
        product_code=row.product.code,
        product_name=row.product.name,
        policy_code=row.policy.code if row.policy else "",
        policy_name=row.policy.name if row.policy else "",
        schema_code=row.schema.code if row.schema else "",
        schema_name=row.schema.name if row.schema else "",
        state=row.state,
        purpose=row.purpose,
        markets=tuple(row.markets),
        languages=tuple(row.languages),
        overlap=row.overlap,
        lease_seconds=row.lease_seconds,
        shows_model_score=row.shows_model_score,
        time_zone=row.time_zone,
        due_hours=row.due_hours,
        dispute_hours=row.dispute_hours,
        severity_points=row.severity_points,
        revision=row.revision,
        created_at=row.created_at,
        saved_by=row.saved_by or row.created_by,
        saved_at=row.saved_at or row.created_at,
    )


def binding(project_id: UUID, at: datetime) -> Binding:
    """The questions and the guideline in force in a project at a moment. Errors: NotFound."""
    schema = models.SchemaVersion.objects.filter(schema=OuterRef("schema"), published_at__lte=at).order_by("-number")
    guideline = models.GuidelineVersion.objects.filter(policy=OuterRef("policy"), effective_at__lte=at)
    rows = models.Project.objects.filter(pk=project_id).values_list(
        Subquery(schema.values("id")[:1]), Subquery(guideline.order_by("-effective_at").values("id")[:1])
    )
    found = rows.first()
    if found is None:
        raise NotFound(project_id=project_id)
    return Binding(*found)


def missing(project_id: UUID) -> tuple[str, ...]:
    """What keeps a project from being live now: `schema`, `guideline`."""
    bound = binding(project_id, now())
    return missing_for_live(
        has_schema=bound.schema_version_id is not None, has_guideline=bound.guideline_version_id is not None
    )


def targets(*, by: Actor, project: str, on: date | None = None) -> tuple[TargetRow, ...]:
    """The targets of a project on a day, or all that ever were, the newest first. Errors: NotFound."""
    if not _visible(by).filter(code=project).exists():
        raise NotFound(project=project)
    rows = models.Target.objects.filter(project__code=project)
    if on is not None:
        rows = rows.filter(Q(ends_on=None) | Q(ends_on__gt=on), starts_on__lte=on)
    return tuple(
        TargetRow(
            row.id, row.kpi, row.market, row.value, row.minimum_n, row.starts_on, row.ends_on, row.set_by, row.set_at
        )
        for row in rows.order_by("kpi", "market", "-starts_on")
    )


def _visible(by: Actor) -> QuerySet[models.Project]:
    reach = projects_in_reach(by, Verb.VIEW_CATALOG)
    return models.Project.objects.all() if reach is None else models.Project.objects.filter(code__in=reach)
