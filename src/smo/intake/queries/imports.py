"""Imports: what there are, how far each is, and what was turned away."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from smo.intake import models
from smo.intake.rules.faults import FAULTS
from smo.kernel.errors import NotFound
from smo.kernel.permissions import Actor, Scope, Verb, require

MOST_LISTED = 100
GOING_ON = (models.ImportState.STAGING, models.ImportState.PUBLISHING)


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One import in a list."""

    id: UUID
    project: str
    kind: str
    file_name: str
    state: str
    bytes: int
    rows_read: int
    rows_staged: int
    rows_rejected: int
    rows_new: int
    rows_known: int
    created_at: datetime
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class ImportState:
    """How far one import is. `share_read` is from 0 to 1; `bytes_received` grows while the file is sent."""

    row: ImportRow
    mapping: Mapping[str, Any]
    faults: tuple[Mapping[str, Any], ...]
    fault: str
    bytes_received: int
    share_read: float

    @property
    def is_whole(self) -> bool:
        """Has all of the file arrived?"""
        return self.bytes_received >= self.row.bytes

    @property
    def is_going_on(self) -> bool:
        """Is somebody to look again in a moment?"""
        return self.row.state in GOING_ON


@dataclass(frozen=True, slots=True)
class Mapped:
    """What is needed to read an import's file."""

    import_id: UUID
    project_id: UUID
    project: str
    kind: str
    path: Path
    file_name: str
    mapping: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """One row that was turned away, in words."""

    row: int
    line: int | None
    column: str
    value: str
    code: str
    reason: str
    remedy: str


def imports(*, by: Actor, project: str) -> tuple[ImportRow, ...]:
    """A project's imports, newest first."""
    require(by, Verb.IMPORT_DATA, scope=Scope(project=project))
    rows = models.Import.objects.filter(project__code=project).select_related("project")
    return tuple(_row(row) for row in rows.order_by("-created_at", "-id")[:MOST_LISTED])


def import_state(*, by: Actor, import_id: UUID) -> ImportState:
    """One import. Errors: NotFound, PermissionDenied."""
    row = _visible(by, import_id)
    path = file_of(row.path)
    received = path.stat().st_size if path.is_file() else 0
    share = row.bytes_read / row.bytes if row.bytes else 0.0
    done = row.state not in {"received", "mapped", "staging"}
    return ImportState(_row(row), row.mapping, tuple(row.faults), row.fault, received, 1.0 if done else min(share, 1.0))


def upload_of(*, by: Actor, import_id: UUID) -> Mapped:
    """What is needed to read an import's file. Errors: NotFound, PermissionDenied."""
    row = _visible(by, import_id)
    return Mapped(row.id, row.project_id, row.project.code, row.kind, file_of(row.path), row.file_name, row.mapping)


def rejected(*, by: Actor, import_id: UUID) -> Iterator[Refused]:
    """Every row of an import that was turned away, in the order of the file, without holding them all."""
    _visible(by, import_id)
    rows = models.Rejected.objects.filter(brought_by_id=import_id).order_by("row", "id")
    found = rows.values_list("row", "line", "column", "value", "code")
    return (Refused(*values, *FAULTS[values[-1]]) for values in found.iterator(chunk_size=2000))


def file_of(path: str) -> Path:
    """Where an import's file lies: below the upload folder, which may move with its home, or where it was given."""
    return Path(settings.UPLOAD_DIR) / path


def to_go_on() -> tuple[UUID, ...]:
    """Imports whose work was asked for and is not done, the oldest first."""
    rows = models.Import.objects.filter(state__in=GOING_ON).order_by("created_at")
    return tuple(rows.values_list("id", flat=True))


def staged_names(import_id: UUID) -> tuple[str, ...]:
    """The raters or models whom an import's staged rows name; for publishing only."""
    rows = models.Staged.objects.filter(brought_by_id=import_id, rater__isnull=False)
    found = rows.order_by("rater").values_list("rater", flat=True).distinct()
    return tuple(name for name in found if name is not None)


def _visible(by: Actor, import_id: UUID) -> models.Import:
    row = models.Import.objects.select_related("project").filter(pk=import_id).first()
    if row is None:
        raise NotFound(import_id=import_id)
    require(by, Verb.IMPORT_DATA, scope=Scope(project=row.project.code))
    return row


def _row(row: models.Import) -> ImportRow:
    return ImportRow(
        id=row.id,
        project=row.project.code,
        kind=row.kind,
        file_name=row.file_name,
        state=row.state,
        bytes=row.bytes,
        rows_read=row.rows_read,
        rows_staged=row.rows_staged,
        rows_rejected=row.rows_rejected,
        rows_new=row.rows_new,
        rows_known=row.rows_known,
        created_at=row.created_at,
        published_at=row.published_at,
    )
