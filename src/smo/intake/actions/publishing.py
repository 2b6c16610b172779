"""What is staged becomes the project's, whole and at once; until then nobody sees a row of it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import UUID

from django.db import DatabaseError, connection, transaction

from smo.catalog import queries as catalog
from smo.intake import models
from smo.intake.actions.rows_of_imports import STATES, drop_files, drop_staging, held_import, note, refuse_unless
from smo.intake.actions.settling import set_known_aside
from smo.intake.events import AnswersPublished, ImportRequested, ItemsPublished
from smo.intake.rules.faults import FAULTS, NothingToPublish, SchemaChangedMeanwhile
from smo.kernel import outbox
from smo.kernel.clock import now
from smo.kernel.permissions import Actor

_NEXT: Final = {STATES.MAPPED: STATES.STAGING, STATES.STAGED: STATES.PUBLISHING}
_PUBLISH_ITEMS: Final = """
INSERT INTO intake_item (id, project_id, item_key, kind, text, turns, meta, language_declared, language_detected,
                         market, surface, source, model_score, inclusion_probability, received_at, brought_by_id)
SELECT new_id, %(project)s, item_key, kind, text, turns, coalesce(meta, '{}'), coalesce(language, ''), '',
       coalesce(market, ''), coalesce(surface, ''), coalesce(source, ''), score, inclusion_probability,
       coalesce(at, %(now)s), %(id)s
FROM intake_staged WHERE brought_by_id = %(id)s
ON CONFLICT (project_id, item_key) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Publishing:
    """An import whose staged rows are being published in this transaction."""

    import_id: UUID
    project_id: UUID
    project: str
    file_name: str
    schema_version_id: UUID | None


@transaction.atomic
def request_step(*, by: Actor, import_id: UUID) -> str:
    """Ask for the next step of an import, staging or publishing, to be done in the background; its new state."""
    row = held_import(by=by, import_id=import_id)
    refuse_unless(row=row, states=tuple(_NEXT))
    row.state = _NEXT[models.ImportState(row.state)]
    row.save(update_fields=["state"])
    outbox.publish(ImportRequested(row.id))
    return row.state


def begin_publishing(*, by: Actor, import_id: UUID) -> Publishing | None:
    """Hold a staged import for publishing in the caller's transaction; none when it was published already.

    Errors: ImportOver when it was cancelled, ImportNotReady, NothingToPublish, SchemaChangedMeanwhile.
    """
    row = held_import(by=by, import_id=import_id)
    if row.state == STATES.PUBLISHED:
        return None
    refuse_unless(row=row, states=(STATES.STAGED, STATES.PUBLISHING))
    if not row.rows_staged and not row.rows_known:
        raise NothingToPublish(rejected=row.rows_rejected)
    version = None
    if row.kind != models.ImportKind.ITEMS:
        version = catalog.binding(row.project_id, now()).schema_version_id
        if str(version) != row.mapping.get("schema_version"):
            raise SchemaChangedMeanwhile(project=row.project.code)
    return Publishing(row.id, row.project_id, row.project.code, row.file_name, version)


def end_publishing(*, by: Actor, publishing: Publishing, new: int, known: int = 0, refused: int = 0) -> None:
    """Count what came in, tell of it, and empty the staging. `refused` contradict what was there before."""
    row = held_import(by=by, import_id=publishing.import_id)
    row.rows_new, row.rows_known = new, row.rows_known + known
    row.rows_rejected += refused
    if refused:
        row.faults = [*row.faults, _contradicting(row.kind, refused)]
    row.state, row.published_at, row.fault = STATES.PUBLISHED, now(), ""
    row.ended_at = row.published_at
    row.save()
    counts = {"rows": new, "known": row.rows_known, "rejected": row.rows_rejected, "digest": row.sha256}
    note(row=row, by=by, verb="import_published", details=counts)
    is_items = row.kind == models.ImportKind.ITEMS
    told = ItemsPublished(row.project.code, row.id)
    outbox.publish(told if is_items else AnswersPublished(row.project.code, row.id, row.kind))
    drop_staging(import_id=row.id)
    transaction.on_commit(partial(drop_files, row=row))


def _contradicting(kind: str, count: int) -> dict[str, object]:
    code = "decided_already" if kind == models.ImportKind.DECISIONS else "predicted_already"
    reason, remedy = FAULTS[code]
    where = {"row": None, "line": None, "column": "", "value": str(count)}
    return {**where, "code": code, "reason": reason, "remedy": remedy}


@transaction.atomic
def publish_items(*, by: Actor, import_id: UUID) -> None:
    """Publish an import of items. Of two imports with one item, the first to get there brings it."""
    publishing = begin_publishing(by=by, import_id=import_id)
    if publishing is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(_PUBLISH_ITEMS, {"id": import_id, "project": publishing.project_id, "now": now()})
        new = int(cursor.rowcount)
    row = held_import(by=by, import_id=import_id)
    if new < row.rows_staged:  # someone else published some of them since they were staged
        set_known_aside(row=row)
        row.save()
    end_publishing(by=by, publishing=publishing, new=new)


@transaction.atomic
def note_failure(*, by: Actor, import_id: UUID, why: str) -> None:
    """Keep why the last step failed and go back to the step before it, so that it can be asked for again."""
    row = held_import(by=by, import_id=import_id)
    back = {STATES.STAGING: STATES.MAPPED, STATES.PUBLISHING: STATES.STAGED}.get(models.ImportState(row.state))
    if back is None:
        return
    row.fault, row.state = why, back
    row.save(update_fields=["fault", "state"])


@contextmanager
def alone(*, by: Actor, import_id: UUID) -> Iterator[bool]:
    """Whether nobody else works on this import; while one does, no second can begin. Released when a worker dies."""
    del by  # who reads which import is asked by the step itself
    key = import_id.int >> 65
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        is_mine = bool(cursor.fetchone()[0])
    try:
        yield is_mine
    finally:
        if is_mine:
            with suppress(DatabaseError), connection.cursor() as cursor:  # a connection that is gone holds nothing
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
