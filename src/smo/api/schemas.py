"""Label schemas: the questions that people answer, in versions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from smo.api.callers import caller
from smo.api.pages import Made, Revision, Rows, all_of
from smo.api.places import Named
from smo.catalog import actions, queries

router = Router(tags=["schemas"])


class SchemaIn(Named):
    """A schema with the questions of its first draft."""

    definition: dict[str, Any]


class VersionOut(Schema):
    """One version; `definition` holds its questions, `revision` is what a change must name."""

    id: UUID
    schema_code: str
    schema_name: str
    number: int
    is_published: bool
    published_at: datetime | None
    revision: int
    saved_at: datetime | None
    definition: dict[str, Any]


class DefinitionIn(Schema):
    """The questions of a draft, with the revision that they were made from."""

    revision: int
    definition: dict[str, Any]


class Publication(Schema):
    """Which revision is published; without one the newest."""

    revision: int | None = None


@router.get("/schemas", response=Rows[queries.SchemaRow], summary="All label schemas")
def schemas(request: HttpRequest) -> object:
    """Each with the number of its version in force and of its draft."""
    return all_of(queries.schemas(by=caller(request)))


@router.post("/schemas", response={201: Made}, summary="Add a label schema")
def create_schema(request: HttpRequest, sent: SchemaIn) -> dict[str, UUID]:
    """Answers the id of its first version, a draft. Faults are named in `parameters.faults`."""
    made = actions.create_schema(by=caller(request), code=sent.code, name=sent.name, definition=sent.definition)
    return {"id": made}


@router.get("/schemas/{slug:schema_code}", response=queries.SchemaDetail, summary="One label schema with its versions")
def schema(request: HttpRequest, schema_code: str) -> queries.SchemaDetail:
    """Newest version first."""
    return queries.schema(by=caller(request), code=schema_code)


@router.post("/schemas/{slug:schema_code}/versions", response={201: Made}, summary="Draft the next version of a schema")
def draft_schema(request: HttpRequest, schema_code: str) -> dict[str, UUID]:
    """A copy of the newest version; a schema has one draft at a time."""
    return {"id": actions.draft_schema(by=caller(request), schema=schema_code)}


@router.get("/schema-versions/{uuid:schema_version_id}", response=VersionOut, summary="One version of a schema")
def schema_version(request: HttpRequest, schema_version_id: UUID) -> queries.SchemaView:
    """Its questions in their order."""
    found = queries.schema_version(schema_version_id)
    queries.schema(by=caller(request), code=found.schema_code)  # refuses whoever may not see it
    return found


@router.put("/schema-versions/{uuid:schema_version_id}", response=Revision, summary="Save a draft of a schema")
def save_schema(request: HttpRequest, *, schema_version_id: UUID, sent: DefinitionIn) -> dict[str, int]:
    """Refused with `edited_meanwhile` when somebody else saved since that revision."""
    saved = actions.save_schema(
        by=caller(request), version_id=schema_version_id, revision=sent.revision, definition=sent.definition
    )
    return {"revision": saved}


@router.post(
    "/schema-versions/{uuid:schema_version_id}/publication", response={204: None}, summary="Publish a schema version"
)
def publish_schema(request: HttpRequest, *, schema_version_id: UUID, sent: Publication) -> None:
    """From then on it is bound to each item that is claimed."""
    actions.publish_schema(by=caller(request), version_id=schema_version_id, revision=sent.revision)
