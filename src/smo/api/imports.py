"""Imports: a file comes in parts, is mapped, checked, staged and published whole, or cancelled."""

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from smo.api.callers import caller
from smo.api.pages import Made, Rows, all_of
from smo.intake import actions, queries

router = Router(tags=["imports"])


class ImportIn(Schema):
    """A file that will come: its name, what it holds, and how many bytes it has."""

    kind: Literal["items", "decisions", "gold", "predictions"]
    file_name: str = Field(max_length=255)
    size: int = Field(ge=1)


class Part(Schema):
    """Where the sent part begins."""

    offset: int = Field(ge=0)


class Received(Schema):
    """How many bytes have come; the next part begins there."""

    bytes_received: int


class MappingIn(Schema):
    """Which column is what; `make_questions` makes questions of columns that the schema does not know."""

    mapping: dict[str, str]
    make_questions: bool = False


class Step(Schema):
    """What begins now: staging or publishing."""

    step: str


@router.get("/projects/{slug:project}/imports", response=Rows[queries.ImportRow], summary="A project's imports")
def imports(request: HttpRequest, project: str) -> object:
    """Newest first."""
    return all_of(queries.imports(by=caller(request), project=project))


@router.post("/projects/{slug:project}/imports", response={201: Made}, summary="Begin an import")
def begin_upload(request: HttpRequest, *, project: str, sent: ImportIn) -> dict[str, UUID]:
    """Then send its parts, one after the other."""
    made = actions.begin_upload(
        by=caller(request), project=project, kind=sent.kind, file_name=sent.file_name, size=sent.size
    )
    return {"id": made}


@router.get("/imports/{uuid:import_id}", response=queries.ImportState, summary="Where an import stands")
def import_state(request: HttpRequest, import_id: UUID) -> queries.ImportState:
    """With its first faults, each with row, column and remedy."""
    return queries.import_state(by=caller(request), import_id=import_id)


@router.put(
    "/imports/{uuid:import_id}/content",
    response=Received,
    summary="Send a part of the file",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
def append_part(request: HttpRequest, *, import_id: UUID, part: Query[Part]) -> dict[str, int]:
    """The bytes themselves are the body. A part that came twice is taken once; a lost one is named by its place."""
    received = actions.append_part(by=caller(request), import_id=import_id, offset=part.offset, data=request.body)
    return {"bytes_received": received}


@router.post("/imports/{uuid:import_id}/content/end", response={204: None}, summary="Say that the file is whole")
def finish_upload(request: HttpRequest, import_id: UUID) -> None:
    """Refused while bytes are missing."""
    actions.finish_upload(by=caller(request), import_id=import_id)


@router.get("/imports/{uuid:import_id}/columns", response=actions.Look, summary="The file's columns and first rows")
def look_into(request: HttpRequest, import_id: UUID) -> actions.Look:
    """With a guess at what each column is."""
    return actions.look_into(by=caller(request), import_id=import_id)


@router.put("/imports/{uuid:import_id}/mapping", response={204: None}, summary="Say which column is what")
def map_import(request: HttpRequest, *, import_id: UUID, sent: MappingIn) -> None:
    """Until staging has begun it may be said anew."""
    actions.map_import(
        by=caller(request), import_id=import_id, mapping=sent.mapping, make_questions=sent.make_questions
    )


@router.post("/imports/{uuid:import_id}/check", response=actions.DryRun, summary="Try an import without taking a row")
def check_import(request: HttpRequest, import_id: UUID) -> actions.DryRun:
    """The first faults, each with row, column, value and remedy."""
    return actions.check_import(by=caller(request), import_id=import_id)


@router.post("/imports/{uuid:import_id}/steps", response={202: Step}, summary="Let an import go on")
def request_step(request: HttpRequest, import_id: UUID) -> dict[str, str]:
    """Stages a mapped import, publishes a staged one; in the background, whole or not at all."""
    return {"step": actions.request_step(by=caller(request), import_id=import_id)}


@router.get("/imports/{uuid:import_id}/rejected", response=Rows[queries.Refused], summary="The rows that were refused")
def rejected(request: HttpRequest, *, import_id: UUID, after: int = 0) -> dict[str, Any]:
    """At most 1000, from the row after `after` in the file's order."""
    rows = (row for row in queries.rejected(by=caller(request), import_id=import_id) if row.row > after)
    found = [row for row, _ in zip(rows, range(1000), strict=False)]
    return {"rows": found, "next": str(found[-1].row) if len(found) == 1000 else None}


@router.delete("/imports/{uuid:import_id}", response={204: None}, summary="Cancel an import")
def cancel_import(request: HttpRequest, import_id: UUID) -> None:
    """What was staged is dropped; what was published stays."""
    actions.cancel_import(by=caller(request), import_id=import_id)
