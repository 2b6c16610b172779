"""Label schemas and their versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from smo.catalog import models
from smo.catalog.rules.projects import projects_in_reach
from smo.catalog.rules.schema import Schema, parse_schema
from smo.kernel.errors import NotFound
from smo.kernel.permissions import Actor, Verb

# Published versions never change, so each is read and parsed once in a process.
_published: Final[dict[UUID, "SchemaView"]] = {}
_MOST_KEPT: Final = 500


@dataclass(frozen=True, slots=True)
class SchemaView:
    """One version with its questions; `definition` is what they were read from."""

    id: UUID
    schema_code: str
    schema_name: str
    number: int
    schema: Schema
    is_published: bool
    definition: Mapping[str, Any]
    revision: int
    published_at: datetime | None
    saved_by: UUID | None
    saved_at: datetime | None


@dataclass(frozen=True, slots=True)
class SchemaRow:
    """One schema: which version is asked, whether one is being written, who asks it."""

    code: str
    name: str
    in_force: int | None
    draft: int | None
    questions: int
    projects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SchemaVersionRow:
    """One version in a schema's history."""

    id: UUID
    number: int
    is_published: bool
    published_at: datetime | None
    published_by: UUID | None
    questions: int
    revision: int


@dataclass(frozen=True, slots=True)
class SchemaDetail:
    """A schema with its versions, the newest first."""

    code: str
    name: str
    versions: tuple[SchemaVersionRow, ...]
    projects: tuple[tuple[str, str], ...]

    @property
    def in_force(self) -> SchemaVersionRow | None:
        """The version that new claims are bound to."""
        return next((row for row in self.versions if row.is_published), None)

    @property
    def draft(self) -> SchemaVersionRow | None:
        """The version that is being written."""
        return next((row for row in self.versions if not row.is_published), None)


def schema_version(version_id: UUID) -> SchemaView:
    """One version with its questions. Errors: NotFound."""
    known = _published.get(version_id)
    if known is not None:
        return known
    row = models.SchemaVersion.objects.select_related("schema").filter(pk=version_id).first()
    if row is None:
        raise NotFound(schema_version=version_id)
    view = SchemaView(
        id=row.id,
        schema_code=row.schema.code,
        schema_name=row.schema.name,
        number=row.number,
        schema=parse_schema(row.definition),
        is_published=row.published_at is not None,
        definition=row.definition,
        revision=row.revision,
        published_at=row.published_at,
        saved_by=row.saved_by or row.created_by,
        saved_at=row.saved_at or row.created_at,
    )
    if view.is_published:
        if len(_published) >= _MOST_KEPT:
            _published.clear()
        _published[version_id] = view
    return view


def schemas(*, by: Actor) -> tuple[SchemaRow, ...]:
    """The schemas of the projects that this actor may see; every schema for whoever sees all."""
    rows = _visible(by).prefetch_related("versions", "projects").order_by("name", "code")
    return tuple(_row(row) for row in rows)


def schema(*, by: Actor, code: str) -> SchemaDetail:
    """One schema with its versions. Errors: NotFound."""
    row = _visible(by).prefetch_related("versions", "projects").filter(code=code).first()
    if row is None:
        raise NotFound(schema=code)
    versions = sorted(row.versions.all(), key=lambda version: -version.number)
    reach = projects_in_reach(by, Verb.VIEW_CATALOG)
    return SchemaDetail(
        row.code,
        row.name,
        tuple(_version_row(version) for version in versions if version.published_at or _may_see_drafts(by)),
        tuple((project.code, project.name) for project in row.projects.all() if reach is None or project.code in reach),
    )


def _may_see_drafts(by: Actor) -> bool:
    return bool(by.verbs() & {Verb.MANAGE_POLICIES, Verb.MANAGE_PROJECTS})


def _visible(by: Actor) -> QuerySet[models.LabelSchema]:
    reach = projects_in_reach(by, Verb.VIEW_CATALOG)
    if reach is None:
        return models.LabelSchema.objects.all()
    used = models.Project.objects.filter(code__in=reach).values("schema")
    return models.LabelSchema.objects.filter(Q(pk__in=used))


def _row(row: models.LabelSchema) -> SchemaRow:
    versions = sorted(row.versions.all(), key=lambda version: -version.number)
    published = next((version for version in versions if version.published_at), None)
    draft = next((version for version in versions if not version.published_at), None)
    shown = published or draft
    return SchemaRow(
        row.code,
        row.name,
        published.number if published else None,
        draft.number if draft else None,
        len(shown.definition["questions"]) if shown else 0,
        tuple(sorted(project.code for project in row.projects.all())),
    )


def _version_row(row: models.SchemaVersion) -> SchemaVersionRow:
    count = len(row.definition["questions"])
    is_published = row.published_at is not None
    return SchemaVersionRow(row.id, row.number, is_published, row.published_at, row.published_by, count, row.revision)
