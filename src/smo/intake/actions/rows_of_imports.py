"""An import's row: held while it changes, and what every change to it leaves behind."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from smo.intake import models
from smo.intake.queries.imports import file_of
from smo.intake.rules.faults import ImportNotReady, ImportOver
from smo.kernel import audit
from smo.kernel.errors import NotFound
from smo.kernel.permissions import Actor, Scope, Verb, require

STATES = models.ImportState
OVER = (STATES.PUBLISHED, STATES.CANCELLED)


def held_import(*, by: Actor, import_id: UUID) -> models.Import:
    """The import, held until the end of the transaction. Errors: NotFound, PermissionDenied."""
    rows = models.Import.objects.select_for_update(of=("self",)).select_related("project")
    row = rows.filter(pk=import_id).first()
    if row is None:
        raise NotFound(import_id=import_id)
    require(by, Verb.IMPORT_DATA, scope=Scope(project=row.project.code))
    return row


def refuse_unless(*, row: models.Import, states: tuple[str, ...]) -> None:
    """Go on only from these states; asked by the system at each step. Errors: ImportOver, ImportNotReady."""
    if row.state in OVER and row.state not in states:
        raise ImportOver(state=row.state)
    if row.state not in states:
        raise ImportNotReady(state=row.state)


def note(*, row: models.Import, by: Actor, verb: str, details: Mapping[str, Any] | None = None) -> None:
    """Write the audit entry of a change to an import."""
    told = {"project": row.project.code, "kind": row.kind, "file": row.file_name, **(details or {})}
    audit.record(by=by, verb=verb, subject=audit.Subject("import", str(row.id)), details=told)


def content_folder(*, import_id: UUID) -> Path:
    """Where what was made of an import's file is kept by the system until it is over."""
    return Path(settings.UPLOAD_DIR) / f"{import_id}.content"


def drop_files(*, row: models.Import) -> None:
    """Forget an import's file, where it is ours, and what was made of it by the system."""
    shutil.rmtree(content_folder(import_id=row.id), ignore_errors=True)
    if not Path(row.path).is_absolute():
        file_of(row.path).unlink(missing_ok=True)


def drop_staging(*, import_id: UUID) -> None:
    """Forget what was staged by the system for an import."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM intake_staged WHERE brought_by_id = %s", [import_id])
