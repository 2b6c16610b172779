"""Findings: what an audit found, filed once and for good."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from smo.catalog import queries as catalog
from smo.catalog.rules.schema import Schema
from smo.kernel import audit, outbox
from smo.kernel.clock import now
from smo.kernel.ids import new_id
from smo.kernel.permissions import Actor
from smo.quality import events, models
from smo.quality.actions.audits import audit_in_hand
from smo.quality.rules.comparison import compared, main_differs
from smo.quality.rules.counting import Weighed, counts_for, is_correct
from smo.quality.rules.refusals import (
    AuditFiledAlready,
    DifferenceNotExplained,
    FindingBeforeReveal,
    FindingNotValid,
)
from smo.quality.rules.severity import settled_severity, severity_by_rule
from smo.quality.rules.taxonomy import CAUSES, OUTCOME_CLASSES, SEVERITIES, caught_by

MOST_FINDINGS = 20
LONGEST_TEXT = 4000


@dataclass(frozen=True, slots=True)
class NewFinding:
    """One thing wrong with the decision; without a severity the table's stands. The coaching note never counts."""

    outcome_class: str
    severity: str = ""
    severity_reason: str = ""
    cause: str = ""
    question: str = ""
    rule_code: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    comment: str = ""
    coaching_note: str = ""


@dataclass(frozen=True, slots=True)
class _Bound:
    """What a finding may name: the questions and the rules under which the item was decided, with severities."""

    questions: frozenset[str]
    rules: Mapping[str, str]


def file_findings(*, by: Actor, audit_id: UUID, findings: tuple[NewFinding, ...]) -> None:
    """End an audit with what it found, or with nothing; filed again alike, nothing happens.

    Errors: FindingBeforeReveal (and the attempt is on record), FindingNotValid, SeverityTooFar, SeverityReasonMissing,
    DifferenceNotExplained, AuditFiledAlready, AuditNotYours, AuditWithdrawn, NotFound.
    """
    with transaction.atomic():
        row = audit_in_hand(by=by, audit_id=audit_id)
        if row.revealed_at is None:
            _record(by, row, verb="finding_refused", details={"state": row.state})
        else:
            _file(row, findings, by=by)
    if row.revealed_at is None:  # outside the transaction, so that the entry stays
        raise FindingBeforeReveal(audit_id=audit_id)


def _file(row: models.Audit, findings: tuple[NewFinding, ...], *, by: Actor) -> None:
    bound = _bound(row, wants_rules=any(new.rule_code for new in findings))
    if len(findings) > MOST_FINDINGS:
        raise FindingNotValid(faults=[f"One audit has at most {MOST_FINDINGS} findings."])
    made = [_finding(row, new, bound=bound) for new in findings]
    if row.state == models.AuditState.FILED:
        if _told(row.findings.order_by("id")) != _told(made):
            raise AuditFiledAlready(audit_id=row.id)
        return
    if not findings and _main_differs(row):
        raise DifferenceNotExplained(audit_id=row.id)
    at = now()
    until = at + timedelta(hours=row.project.dispute_hours)
    for finding in made:
        _stamp(finding, by=by, at=at, until=until)
    models.Finding.objects.bulk_create(made)
    row.is_correct = is_correct(Weighed(f.outcome_class, f.severity, f.cause) for f in made)
    row.filed_at, row.state = at, models.AuditState.FILED
    row.save(update_fields=["is_correct", "filed_at", "state"])
    found = [{"class": f.outcome_class, "severity": f.severity, "cause": f.cause} for f in made]
    _record(by, row, verb="audit_filed", details={"is_correct": row.is_correct, "findings": found})
    _publish(row, made)


def _finding(row: models.Audit, new: NewFinding, *, bound: _Bound) -> models.Finding:
    """The row of a finding, with its severity settled. Errors: FindingNotValid and those of the severity."""
    faults = _faults(new, bound)
    if faults:
        raise FindingNotValid(faults=faults)
    by_rule = severity_by_rule(new.outcome_class, bound.rules.get(new.rule_code, ""))
    severity = settled_severity(by_rule, wished=new.severity, reason=new.severity_reason)
    return models.Finding(
        id=new_id(),
        audit=row,
        outcome_class=new.outcome_class,
        severity=severity,
        severity_by_rule=by_rule,
        severity_reason=new.severity_reason.strip() if severity != by_rule else "",
        cause=new.cause,
        caught=caught_by(row.draw.plan.purpose),
        question=new.question,
        rule_code=new.rule_code,
        evidence=dict(new.evidence),
        comment=new.comment.strip(),
        coaching_note=new.coaching_note.strip(),
        counts_for=list(counts_for(Weighed(new.outcome_class, severity, new.cause))),
    )


def _stamp(finding: models.Finding, *, by: Actor, at: datetime, until: datetime) -> None:
    finding.filed_by_id, finding.filed_at, finding.disputable_until = by.id, at, until


def _faults(new: NewFinding, bound: _Bound) -> list[str]:
    lists = (
        (new.outcome_class, OUTCOME_CLASSES, "outcome class"),
        (new.severity or "S0", SEVERITIES, "severity"),
        (new.cause or CAUSES[0], CAUSES, "cause"),
        (new.question, {"", *bound.questions}, "question here"),
        (new.rule_code, {"", *bound.rules}, "rule of the guideline version that holds here"),
    )
    faults = [f'"{value}" is no {kind}.' for value, known, kind in lists if value not in known]
    texts = (new.comment, new.coaching_note, new.severity_reason)
    if any(len(text) > LONGEST_TEXT or "\0" in text for text in texts):
        faults.append(f"A text has at most {LONGEST_TEXT:,} characters, and no NUL.")
    told = json.dumps(dict(new.evidence), default=str)
    if len(told) > LONGEST_TEXT or "\\u0000" in told:
        faults.append(f"Evidence has at most {LONGEST_TEXT:,} characters, and no NUL.")
    return faults


def _bound(row: models.Audit, *, wants_rules: bool) -> _Bound:
    guideline = row.guideline_version_id if wants_rules else None
    version = catalog.guideline_version(guideline) if guideline else None
    rules = {rule.code: rule.severity for rule in version.rules} if version else {}
    return _Bound(frozenset(question.key for question in _schema(row).questions), rules)


def _main_differs(row: models.Audit) -> bool:
    if not row.own_outcome == row.decision.outcome == "decided":
        return False
    schema = _schema(row)
    return main_differs(schema, compared(schema, own=row.own_answers or {}, original=row.decision.answers))


def _schema(row: models.Audit) -> Schema:
    assert row.schema_version_id is not None  # set when it was drawn
    return catalog.schema_version(row.schema_version_id).schema


def _told(findings: Any) -> list[tuple[Any, ...]]:
    """What tells whether the same was filed again."""
    told = ("outcome_class", "severity", "cause", "question", "rule_code", "evidence", "comment", "coaching_note")
    return [tuple(getattr(finding, name) for name in told) for finding in findings]


def _publish(row: models.Audit, made: list[models.Finding]) -> None:
    project = row.project.code
    outbox.publish(events.AuditFiled(project, row.id, row.decision_id, bool(row.is_correct)))
    for finding in made:
        outbox.publish(events.FindingFiled(project, row.id, finding.id, finding.severity))


def _record(by: Actor, row: models.Audit, *, verb: str, details: dict[str, Any]) -> None:
    audit.record(by=by, verb=verb, subject=audit.Subject("audit", str(row.id)), details=details)
