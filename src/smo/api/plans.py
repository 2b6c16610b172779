"""Sampling plans and their draws."""

from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import AwareDatetime

from smo.api.callers import caller
from smo.api.pages import Made, Rows, all_of, given
from smo.api.queues import OfProject
from smo.quality import actions, queries

router = Router(tags=["plans"])


class PlanIn(Schema):
    """How decisions of a project are sampled. A plan of a name that is taken is its next version."""

    project: str
    name: str
    purpose: Literal["estimate", "detect", "decide"] = "estimate"
    design: str = "simple_random"
    strata_by: tuple[str, ...] = ()
    sample_size: int = 100
    allocation: str = "proportional"
    minimum_per_stratum: int = 0
    maximum_per_stratum: int = 0
    blind_mode: Literal["single", "double"] = "single"
    seed: int | None = None


class FrameIn(Schema):
    """The decisions of which days are sampled; from the first moment, up to the second, which does not belong."""

    frame_from: AwareDatetime
    frame_to: AwareDatetime


@router.get("/plans", response=Rows[queries.PlanRow], summary="Sampling plans")
def plans(request: HttpRequest, wanted: Query[OfProject]) -> object:
    """With how much was drawn, served and filed."""
    return all_of(queries.plans(by=caller(request), project=wanted.project))


@router.post("/plans", response={201: Made}, summary="Make a sampling plan")
def create_plan(request: HttpRequest, sent: PlanIn) -> dict[str, UUID]:
    """Its seed is kept, so that a draw can be drawn again."""
    return {"id": actions.create_plan(by=caller(request), plan=actions.NewPlan(**given(sent)))}


@router.get("/plans/{uuid:plan_id}", response=queries.PlanDetail, summary="One sampling plan")
def plan(request: HttpRequest, plan_id: UUID) -> queries.PlanDetail:
    """With the versions of its name."""
    return queries.plan(by=caller(request), plan_id=plan_id)


@router.delete("/plans/{uuid:plan_id}", response={204: None}, summary="Close a sampling plan")
def close_plan(request: HttpRequest, plan_id: UUID) -> None:
    """Its audits that nobody did are handed out no more; what was filed stays."""
    actions.close_plan(by=caller(request), plan_id=plan_id)


@router.get("/plans/{uuid:plan_id}/draws", response=Rows[queries.DrawRow], summary="What was drawn")
def draws(request: HttpRequest, plan_id: UUID) -> object:
    """With seed, frame hash and inclusion probability by stratum."""
    return all_of(queries.draws(by=caller(request), plan_id=plan_id))


@router.post("/plans/{uuid:plan_id}/draws", response={201: Made}, summary="Draw a sample")
def draw_sample(request: HttpRequest, *, plan_id: UUID, sent: FrameIn) -> dict[str, UUID]:
    """From the decisions of these days that the plan has not drawn before."""
    drawn = actions.draw_sample(by=caller(request), plan_id=plan_id, frame_from=sent.frame_from, frame_to=sent.frame_to)
    return {"id": drawn}


@router.get("/draws/{uuid:draw_id}/replay", response=queries.Replay, summary="Draw again and compare")
def replay(request: HttpRequest, draw_id: UUID) -> queries.Replay:
    """Whether seed and frame give the same sample today."""
    return queries.replay(by=caller(request), draw_id=draw_id)


@router.get(
    "/plans/{uuid:plan_id}/progress", response=Rows[queries.DrawProgress], summary="How far a plan's audits are"
)
def progress(request: HttpRequest, plan_id: UUID) -> object:
    """By draw."""
    return all_of(queries.progress(by=caller(request), plan_id=plan_id))
