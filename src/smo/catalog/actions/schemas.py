"""Label schemas: made, drafted, saved, published."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from smo.catalog import events, models
from smo.catalog.actions.trail import RefusedAs, note
from smo.catalog.rules.names import normal_code, normal_title
from smo.catalog.rules.refusals import CodeTaken, DraftExists, EditedMeanwhile, NotADraft
from smo.catalog.rules.schema import parse_schema
from smo.kernel import outbox
from smo.kernel.clock import now
from smo.kernel.errors import NotFound
from smo.kernel.ids import new_id
from smo.kernel.permissions import Actor, Verb, require


@transaction.atomic
def create_schema(*, by: Actor, code: str, name: str, definition: Mapping[str, Any]) -> UUID:
    """Make a schema with a first draft; gives the draft's id."""
    require(by, Verb.MANAGE_POLICIES)
    return make_schema(by=by, code=code, name=name, definition=definition)


@transaction.atomic
def draft_schema(*, by: Actor, schema: str) -> UUID:
    """Begin a version as a copy of the newest."""
    require(by, Verb.MANAGE_POLICIES)
    row = models.LabelSchema.objects.select_for_update().filter(code=schema).first()
    if row is None:
        raise NotFound(schema=schema)
    newest = row.versions.order_by("-number").first()
    if newest is None or newest.published_at is None:
        raise DraftExists(version_id=str(newest.id) if newest else "")
    version = _add_version(by=by, schema=row, number=newest.number + 1, definition=newest.definition)
    note(by=by, verb="schema_drafted", kind="schema", code=schema, details={"version": version.number})
    return version.id


@transaction.atomic
def save_schema(*, by: Actor, version_id: UUID, revision: int, definition: Mapping[str, Any]) -> int:
    """Save a draft whole; whoever opened an older revision is told. Gives the new revision."""
    require(by, Verb.MANAGE_POLICIES)
    row = _draft(version_id, revision)
    asked = parse_schema(definition)
    row.definition = {"questions": definition["questions"]}
    row.revision, row.saved_by, row.saved_at = row.revision + 1, by.id, now()
    row.save()
    details = {"version": row.number, "revision": row.revision, "questions": len(asked.questions)}
    note(by=by, verb="schema_saved", kind="schema", code=row.schema.code, details=details)
    return row.revision


@transaction.atomic
def publish_schema(*, by: Actor, version_id: UUID, revision: int | None = None) -> None:
    """Let new claims be asked a draft's questions. A revision names the questions that were read."""
    require(by, Verb.MANAGE_POLICIES)
    publish_draft(by=by, version_id=version_id, revision=revision)


def make_schema(*, by: Actor, code: str, name: str, definition: Mapping[str, Any]) -> UUID:
    """A schema with this first draft, for whoever was allowed to make one."""
    parse_schema(definition)
    row = models.LabelSchema(id=new_id(), code=normal_code(code), name=normal_title(name), created_at=now())
    with RefusedAs(CodeTaken(text=row.code)):
        row.save(force_insert=True)
    note(by=by, verb="schema_created", kind="schema", code=row.code, details={"name": row.name})
    return _add_version(by=by, schema=row, number=1, definition={"questions": definition["questions"]}).id


def publish_draft(*, by: Actor, version_id: UUID, revision: int | None = None) -> None:
    """Publish, for whoever was allowed to."""
    row = _draft(version_id, revision)
    parse_schema(row.definition)
    row.published_by, row.published_at = by.id, now()
    row.save()
    note(by=by, verb="schema_published", kind="schema", code=row.schema.code, details={"version": row.number})
    outbox.publish(events.SchemaPublished(row.schema.code, row.id, row.number))


def _add_version(
    *, by: Actor, schema: models.LabelSchema, number: int, definition: Mapping[str, Any]
) -> models.SchemaVersion:
    version = models.SchemaVersion(
        id=new_id(), schema=schema, number=number, definition=definition, created_by=by.id, created_at=now()
    )
    version.save(force_insert=True)
    return version


def _draft(version_id: UUID, revision: int | None) -> models.SchemaVersion:
    rows = models.SchemaVersion.objects.select_for_update(of=("self",)).select_related("schema")
    row = rows.filter(pk=version_id).first()
    if row is None:
        raise NotFound(schema_version=version_id)
    if row.published_at is not None:
        raise NotADraft(number=row.number)
    if revision is not None and row.revision != revision:
        raise EditedMeanwhile(
            by=str(row.saved_by or row.created_by),
            at=(row.saved_at or row.created_at).isoformat(timespec="minutes"),
            revision=row.revision,
        )
    return row
