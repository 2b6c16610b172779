"""Audits: claim one, label it blind, see both, file what is wrong."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from smo.api.callers import caller
from smo.api.pages import Paging, Rows, all_of, given
from smo.api.queues import ItemOut, OfProject
from smo.quality import actions, queries

router = Router(tags=["audits"])


class TaskHead(Schema):
    """What an auditor may know before the own label: the sample's design, not the decision."""

    id: UUID
    project: str
    schema_version_id: UUID
    guideline_version_id: UUID | None
    state: str
    served_at: datetime | None
    expires_at: datetime | None
    plan_name: str
    plan_version: int
    purpose: str
    design: str
    seed: int
    stratum: str
    inclusion_probability: float | None
    position: int
    of: int


class TaskOut(Schema):
    """An audit and the item that it is about."""

    audit: TaskHead
    item: ItemOut


class TaskIfAny(Schema):
    """An audit, or none when nothing waits."""

    task: TaskOut | None


class AuditsWaiting(Schema):
    """How many audits of a plan wait."""

    project: str
    project_name: str
    plan_name: str
    waiting: int


class OwnLabel(Schema):
    """The auditor's own answer. `submit_key` is any UUID of the sender's: sent twice with it, it is stored once."""

    submit_key: UUID
    outcome: Literal["decided", "no_unique_answer", "unavailable"] = "decided"
    answers: dict[str, Any] = Field(default_factory=dict)
    active_ms: int | None = None


class FindingIn(Schema):
    """One thing that is wrong; without a severity that of the table by rule."""

    outcome_class: str
    severity: str = ""
    severity_reason: str = ""
    cause: str = ""
    question: str = ""
    rule_code: str = ""
    evidence: dict[str, Any] = Field(default_factory=dict)
    comment: str = ""
    coaching_note: str = ""


class FindingsIn(Schema):
    """All that is wrong; empty when nothing is."""

    findings: list[FindingIn] = Field(max_length=50)


class FindingsWanted(Paging):
    """Which findings are asked for."""

    project: str = ""
    severity: str = ""
    outcome_class: str = ""


@router.get("/audits/waiting", response=Rows[AuditsWaiting], summary="The audits that wait for who asks")
def waiting_audits(request: HttpRequest) -> object:
    """How many by plan; the audit in one's hands comes with the next claim."""
    return all_of(queries.waiting_audits(by=caller(request)).waiting)


@router.post("/audits/claims", response=TaskIfAny, summary="Claim the next audit")
def claim_audit(request: HttpRequest, sent: OfProject) -> dict[str, Any]:
    """The one that is held already comes again."""
    found = actions.claim_audit(by=caller(request), project=sent.project)
    return {"task": _task(found) if found else None}


@router.get("/audits/{uuid:audit_id}", response=TaskOut, summary="One's own audit")
def audit_task(request: HttpRequest, audit_id: UUID) -> dict[str, Any]:
    """The item, without the decision."""
    return _task(queries.audit_task(by=caller(request), audit_id=audit_id))


@router.post("/audits/{uuid:audit_id}/own-label", response={204: None}, summary="Store one's own label")
def lock_own_label(request: HttpRequest, *, audit_id: UUID, sent: OwnLabel) -> None:
    """It cannot be changed afterwards."""
    actions.lock_own_label(by=caller(request), audit_id=audit_id, **given(sent))


@router.post("/audits/{uuid:audit_id}/reveal", response=queries.Comparison, summary="See the decision beside one's own")
def reveal(request: HttpRequest, audit_id: UUID) -> queries.Comparison:
    """Before one's own label is stored: 403 `reveal_before_label`, and the attempt is kept."""
    return actions.reveal(by=caller(request), audit_id=audit_id)


@router.get("/audits/{uuid:audit_id}/comparison", response=queries.Comparison, summary="The comparison once more")
def comparison(request: HttpRequest, audit_id: UUID) -> queries.Comparison:
    """After it was revealed."""
    return queries.comparison(by=caller(request), audit_id=audit_id)


@router.post("/audits/{uuid:audit_id}/findings", response={204: None}, summary="File the findings and end an audit")
def file_findings(request: HttpRequest, *, audit_id: UUID, sent: FindingsIn) -> None:
    """Empty when nothing is wrong."""
    findings = tuple(actions.NewFinding(**given(one)) for one in sent.findings)
    actions.file_findings(by=caller(request), audit_id=audit_id, findings=findings)


@router.get("/findings", response=Rows[queries.FindingRow], summary="Findings, newest first")
def findings(request: HttpRequest, wanted: Query[FindingsWanted]) -> queries.FindingsPage:
    """What one is blind to is masked."""
    return queries.findings(by=caller(request), **given(wanted))


@router.get("/findings/{uuid:finding_id}", response=queries.FindingDetail, summary="One finding")
def finding(request: HttpRequest, finding_id: UUID) -> queries.FindingDetail:
    """With both labels, severity and its reason."""
    return queries.finding(by=caller(request), finding_id=finding_id)


def _task(found: queries.AuditTask) -> dict[str, Any]:
    return {"audit": found, "item": found.content}
