"""Projects: how they are set up, where they stand, what they should reach, how far they are."""

from collections.abc import Mapping
from datetime import date
from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from smo.api.callers import caller
from smo.api.pages import Made, Revision, Rows, all_of, given
from smo.catalog import actions, queries
from smo.labeling import queries as labeling

router = Router(tags=["projects"])


class Settings(Schema):
    """How a project works. Its code, which grants and facts name, never changes."""

    name: str
    product: str
    policy: str = ""
    schema_code: str = ""
    purpose: str = ""
    markets: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    overlap: int = 1
    lease_seconds: int = 1800
    shows_model_score: bool = False
    time_zone: str = "UTC"
    due_hours: int = 24
    dispute_hours: int = 72
    severity_points: Mapping[str, float] = {}

    def of(self, code: str) -> actions.ProjectSettings:
        """The settings under this code; `schema` is no field name that pydantic leaves free."""
        values = {name: getattr(self, name) for name in Settings.model_fields}
        return actions.ProjectSettings(code=code, schema=values.pop("schema_code"), **values)


class ProjectIn(Settings):
    """A new project; a template brings a policy, a guideline and a schema with it."""

    code: str
    template: str = ""


class Changed(Settings):
    """All settings anew, with the revision that they were made from."""

    revision: int


class StateIn(Schema):
    """Only a live project hands out work."""

    state: Literal["draft", "live", "paused", "closed"]


class TargetIn(Schema):
    """What a KPI should reach from a day on; it ends the target before it."""

    kpi: str
    value: float
    starts_on: date
    market: str = ""
    minimum_n: int | None = None


@router.get("/projects", response=Rows[queries.ProjectRow], summary="The projects that one may see")
def projects(request: HttpRequest) -> object:
    """By product and name."""
    return all_of(queries.projects(by=caller(request)))


@router.post("/projects", response={201: Made}, summary="Set up a project")
def create_project(request: HttpRequest, sent: ProjectIn) -> dict[str, UUID]:
    """It begins as a draft."""
    settings = Settings.of(sent, sent.code)
    return {"id": actions.create_project(by=caller(request), settings=settings, template=sent.template)}


@router.get("/projects/{slug:project}", response=queries.ProjectDetail, summary="One project")
def project(request: HttpRequest, project: str) -> queries.ProjectDetail:
    """With the revision that a change must name."""
    return queries.project(by=caller(request), code=project)


@router.put("/projects/{slug:project}", response=Revision, summary="Change a project")
def change_project(request: HttpRequest, *, project: str, sent: Changed) -> dict[str, int]:
    """Refused with `edited_meanwhile` when somebody else saved since that revision."""
    settings = Settings.of(sent, project)
    saved = actions.change_project(by=caller(request), project=project, revision=sent.revision, settings=settings)
    return {"revision": saved}


@router.put("/projects/{slug:project}/state", response={204: None}, summary="Start, pause or close a project")
def set_project_state(request: HttpRequest, *, project: str, sent: StateIn) -> None:
    """A project goes live once it has a published schema and an effective guideline."""
    actions.set_project_state(by=caller(request), project=project, state=sent.state)


@router.get("/projects/{slug:project}/targets", response=Rows[queries.TargetRow], summary="A project's targets")
def targets(request: HttpRequest, *, project: str, on: date | None = None) -> object:
    """All of them, or those that hold on a day."""
    return all_of(queries.targets(by=caller(request), project=project, on=on))


@router.post("/projects/{slug:project}/targets", response={201: Made}, summary="Set a target")
def set_target(request: HttpRequest, *, project: str, sent: TargetIn) -> dict[str, UUID]:
    """Ends the one before it; the past is not rewritten."""
    return {"id": actions.set_target(by=caller(request), target=actions.NewTarget(project=project, **given(sent)))}


@router.get("/projects/{slug:project}/work", response=Rows[labeling.AtWork], summary="Who is working now")
def who_is_working(request: HttpRequest, project: str) -> object:
    """By name, never ranked."""
    return all_of(labeling.who_is_working(by=caller(request), project=project))
