"""Findings for those who may read them; what somebody is still blind to is left empty for them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from smo.intake import queries as intake
from smo.intake.queries import Content
from smo.kernel.errors import NotFound
from smo.kernel.permissions import Actor, Scope, Verb, may
from smo.quality import models
from smo.quality.queries.blindness import masked_items
from smo.quality.queries.reach import projects_within
from smo.quality.rules.refusals import BlindToItem


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding in a list. `is_masked`: the reader is blind to the item, so what was found is left empty."""

    id: UUID
    audit_id: UUID
    project: str
    plan_name: str
    item_id: UUID
    item_key: str
    outcome_class: str
    severity: str
    question: str
    cause: str
    status: str
    person_name: str
    filed_by_name: str
    filed_at: datetime
    is_masked: bool


@dataclass(frozen=True, slots=True)
class FindingsPage:
    """Some findings, newest first; `next` continues after the last one."""

    rows: tuple[FindingRow, ...]
    next: UUID | None


@dataclass(frozen=True, slots=True)
class FindingDetail(FindingRow):
    """One finding whole; content and both answers only for those who may see items."""

    severity_by_rule: str
    severity_reason: str
    caught: str
    rule_code: str
    evidence: Mapping[str, Any]
    comment: str
    coaching_note: str
    counts_for: tuple[str, ...]
    disputable_until: datetime
    schema_version_id: UUID | None
    guideline_version_id: UUID | None
    own_answers: Mapping[str, Any] | None
    original_answers: Mapping[str, Any] | None
    content: Content | None


def findings(
    *,
    by: Actor,
    project: str = "",
    severity: str = "",
    outcome_class: str = "",
    after: UUID | None = None,
    limit: int = 50,
) -> FindingsPage:
    """Findings within one's reach, newest first; of those to whose item one is blind only that there is one."""
    wanted = {"audit__project__code": project, "severity": severity, "outcome_class": outcome_class, "pk__lt": after}
    rows = _visible(by).filter(**{name: value for name, value in wanted.items() if value})
    if severity or outcome_class:  # a filter would tell what a row hides
        rows = rows.exclude(audit__item__in=_blind_among(by, rows))
    found = list(rows.order_by("-pk")[: limit + 1])
    page = found[:limit]
    blind = masked_items(by=by, item_ids={row.audit.item_id for row in page})
    shown = tuple(_row(row, is_masked=row.audit.item_id in blind) for row in page)
    return FindingsPage(shown, page[-1].id if len(found) > limit else None)


def finding(*, by: Actor, finding_id: UUID) -> FindingDetail:
    """One finding. Errors: NotFound, also beyond one's reach; BlindToItem."""
    row = _visible(by).filter(pk=finding_id).first()
    if row is None:
        raise NotFound(finding_id=finding_id)
    audit = row.audit
    if masked_items(by=by, item_ids=[audit.item_id]):
        raise BlindToItem(finding_id=finding_id)
    sees = may(by, Verb.VIEW_ITEMS, scope=Scope(project=audit.project.code))
    same = ("severity_by_rule", "severity_reason", "caught", "rule_code", "evidence", "comment", "coaching_note")
    return FindingDetail(
        **asdict(_row(row, is_masked=False)),
        **{name: getattr(row, name) for name in (*same, "disputable_until")},
        counts_for=tuple(row.counts_for),
        schema_version_id=audit.schema_version_id,
        guideline_version_id=audit.guideline_version_id,
        own_answers=audit.own_answers if sees else None,
        original_answers=audit.decision.answers if sees else None,
        content=intake.content([audit.item_id])[audit.item_id] if sees else None,
    )


def _visible(by: Actor) -> QuerySet[models.Finding]:
    audits = models.Audit.objects.filter(projects_within(by, Verb.VIEW_FINDINGS))
    rows = models.Finding.objects.filter(audit__in=audits)
    return rows.select_related(
        "audit__project", "audit__item", "audit__draw__plan", "audit__decision__person", "filed_by"
    )


def _blind_among(by: Actor, rows: QuerySet[models.Finding]) -> frozenset[UUID]:
    return masked_items(by=by, item_ids=rows.values_list("audit__item_id", flat=True))


def _row(row: models.Finding, *, is_masked: bool) -> FindingRow:
    told = ("outcome_class", "severity", "question", "cause")
    return FindingRow(
        id=row.id,
        audit_id=row.audit_id,
        project=row.audit.project.code,
        plan_name=row.audit.draw.plan.name,
        item_id=row.audit.item_id,
        item_key=row.audit.item.item_key,
        **{name: "" if is_masked else getattr(row, name) for name in told},
        status=row.status,
        person_name="" if is_masked else row.audit.decision.person.name,
        filed_by_name=row.filed_by.name,
        filed_at=row.filed_at,
        is_masked=is_masked,
    )
