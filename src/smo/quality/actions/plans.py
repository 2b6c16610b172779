"""Sampling plans: how decisions of a project are chosen for audit."""

import secrets
from dataclasses import asdict, dataclass
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from smo.catalog import queries as catalog
from smo.kernel import audit
from smo.kernel.clock import now
from smo.kernel.errors import NotFound
from smo.kernel.ids import new_id
from smo.kernel.permissions import Actor, Scope, Verb, require
from smo.quality import models
from smo.quality.rules.plans import BLIND_MODES, PURPOSES, SUPPLIED, size_faults, strata_faults
from smo.quality.rules.refusals import PlanNotValid
from smo.shelf import things

_NEEDS: Final = {name: needs for name, needs in things("smo.measure.sampling", "NEEDS").items() if needs <= SUPPLIED}
_STRATA_TYPES: Final = frozenset({"choice", "multichoice", "scale"})
_LARGEST_SEED: Final = 2**63 - 1
LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class NewPlan:
    """What someone wants to sample; `strata_by` holds market, language, queue, person or answer:<question>."""

    project: str
    name: str
    purpose: str = "estimate"
    design: str = "simple_random"
    strata_by: tuple[str, ...] = ()
    sample_size: int = 100
    allocation: str = "proportional"
    minimum_per_stratum: int = 0
    blind_mode: str = "single"
    seed: int | None = None
    maximum_per_stratum: int = 0


@transaction.atomic
def create_plan(*, by: Actor, plan: NewPlan) -> UUID:
    """Plan a sample; a plan of the same name gets a next version, and the one before is closed.

    Errors: PlanNotValid.
    """
    require(by, Verb.DRAW_AUDITS, scope=Scope(project=plan.project))
    project = catalog.project(by=by, code=plan.project)
    name = " ".join(plan.name.split())
    faults = _faults(plan, name) + _answer_faults(plan, project.id)
    if faults:
        raise PlanNotValid(faults=faults)
    before = models.Plan.objects.select_for_update().filter(project=project.id, name=name).order_by("-version").first()
    if before is not None and before.state != models.PlanState.CLOSED:
        _close(by, before)
    row = models.Plan(id=new_id(), project_id=project.id, created_by=by.id, created_at=now())
    for field, value in asdict(plan).items():
        if field != "project":
            setattr(row, field, value)
    row.name, row.version, row.strata_by = name, before.version + 1 if before else 1, list(plan.strata_by)
    row.seed = secrets.randbelow(_LARGEST_SEED) if plan.seed is None else plan.seed
    row.save(force_insert=True)
    record(
        by=by, plan_id=row.id, verb="plan_created", details=asdict(plan) | {"version": row.version, "seed": row.seed}
    )
    return row.id


@transaction.atomic
def close_plan(*, by: Actor, plan_id: UUID) -> None:
    """Draw no more by a plan and hand out no more of it; what is in work may be finished."""
    row = plan_to_change(by=by, plan_id=plan_id)
    if row.state != models.PlanState.CLOSED:
        _close(by, row)


def plan_to_change(*, by: Actor, plan_id: UUID) -> models.Plan:
    """The plan, held until the transaction ends. Errors: NotFound, PermissionDenied."""
    rows = models.Plan.objects.select_for_update(of=("self",)).select_related("project")
    row: models.Plan | None = rows.filter(pk=plan_id).first()
    if row is None:
        raise NotFound(plan_id=plan_id)
    require(by, Verb.DRAW_AUDITS, scope=Scope(project=row.project.code))
    return row


def record(*, by: Actor, plan_id: UUID, verb: str, details: dict[str, Any]) -> None:
    """An entry of the audit trail about a plan."""
    audit.record(by=by, verb=verb, subject=audit.Subject("plan", str(plan_id)), details=details)


def _close(by: Actor, row: models.Plan) -> None:
    row.state = models.PlanState.CLOSED
    row.save(update_fields=["state"])
    record(by=by, plan_id=row.id, verb="plan_closed", details={"name": row.name, "version": row.version})


def _faults(plan: NewPlan, name: str) -> list[str]:
    is_name = 0 < len(name) <= LONGEST_NAME and name.isprintable()
    faults = [] if is_name else [f"A plan needs a name of at most {LONGEST_NAME} characters."]
    if plan.design not in _NEEDS:
        return [*faults, f'"{plan.design}" is no design: {", ".join(_NEEDS)}.']
    if plan.purpose not in PURPOSES:
        faults.append(f'"{plan.purpose}" is no purpose: {", ".join(PURPOSES)}.')
    if plan.blind_mode not in BLIND_MODES:
        faults.append(f'"{plan.blind_mode}" is no blind mode: {", ".join(BLIND_MODES)}.')
    if plan.seed is not None and not -_LARGEST_SEED <= plan.seed <= _LARGEST_SEED:
        faults.append("A seed is a whole number of at most 63 bits.")
    sizes = {"minimum": plan.minimum_per_stratum, "maximum": plan.maximum_per_stratum}
    faults += size_faults(sample_size=plan.sample_size, allocation=plan.allocation, **sizes)
    return faults + strata_faults(plan.strata_by, needs_strata="strata" in _NEEDS[plan.design])


def _answer_faults(plan: NewPlan, project_id: UUID) -> list[str]:
    """Strata by an answer need a question of the item whose answers are few."""
    keys = [name.removeprefix("answer:") for name in plan.strata_by if name.startswith("answer:")]
    bound = catalog.binding(project_id, now()) if keys else None
    if bound is None:
        return []
    if bound.schema_version_id is None:
        return ["The project has no published questions to stratify by."]
    schema = catalog.schema_version(bound.schema_version_id).schema
    asked = {q.key for q in schema.questions if q.per == "item" and q.type in _STRATA_TYPES}
    return [f'"{key}" is no question whose answers could be strata.' for key in keys if key not in asked]
