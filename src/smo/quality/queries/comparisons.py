"""The own label beside the one that was audited, from the reveal on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from smo.catalog import queries as catalog
from smo.kernel.errors import NotFound
from smo.kernel.permissions import Actor, Scope, Verb, may
from smo.quality import models
from smo.quality.queries.blindness import masked_items
from smo.quality.rules.blindness import may_see_decider, may_see_original
from smo.quality.rules.comparison import DIFFERS, Compared, compared, suggested_class, suggested_rule
from smo.quality.rules.refusals import RevealBeforeLabel


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both answers question by question; `person_name` is empty while the other person is hidden."""

    audit_id: UUID
    state: str
    own_outcome: str
    own_answers: Mapping[str, Any]
    own_label_locked_at: datetime
    revealed_at: datetime | None
    original_outcome: str
    original_answers: Mapping[str, Any]
    original_at: datetime
    original_note: str
    original_reason: str
    original_guideline_version_id: UUID | None
    schema_version_id: UUID
    person_name: str
    rows: tuple[Compared, ...]
    suggested_class: str
    rule_code: str


def comparison(*, by: Actor, audit_id: UUID) -> Comparison:
    """Both labels: for the auditor once the own one stands, for readers of findings once they are filed.

    Errors: RevealBeforeLabel, NotFound.
    """
    rows = models.Audit.objects.select_related("project", "decision__person", "draw__plan")
    row = rows.filter(pk=audit_id).first()
    if row is None or row.state in {"drawn", "withdrawn"} or not (row.auditor_id == by.id or _reads(by, row)):
        raise NotFound(audit_id=audit_id)
    if not may_see_original(is_locked=row.revealed_at is not None):
        raise RevealBeforeLabel(audit_id=audit_id)
    return _comparison(row, names_decider=_names_decider(by, row))


def _reads(by: Actor, row: models.Audit) -> bool:
    """Readers of findings, unless they are still blind to the item themselves."""
    reads = may(by, Verb.VIEW_FINDINGS, scope=Scope(project=row.project.code)) and row.state == "filed"
    return reads and not masked_items(by=by, item_ids=[row.item_id])


def _names_decider(by: Actor, row: models.Audit) -> bool:
    if row.auditor_id != by.id:
        return True
    return may_see_decider(is_filed=row.state == "filed") and row.draw.plan.blind_mode == "single"


def _comparison(row: models.Audit, *, names_decider: bool) -> Comparison:
    decision = row.decision
    assert row.schema_version_id is not None  # set when it was drawn
    assert row.own_label_locked_at is not None  # the reveal comes after it
    schema = catalog.schema_version(row.schema_version_id).schema
    own, original = row.own_answers or {}, decision.answers
    rows = compared(schema, own=own, original=original)
    return Comparison(
        audit_id=row.id,
        state=row.state,
        own_outcome=row.own_outcome,
        own_answers=own,
        own_label_locked_at=row.own_label_locked_at,
        revealed_at=row.revealed_at,
        original_outcome=decision.outcome,
        original_answers=original,
        original_at=decision.received_at,
        original_note=decision.note,
        original_reason=decision.reason,
        original_guideline_version_id=decision.guideline_version_id,
        schema_version_id=row.schema_version_id,
        person_name=decision.person.name if names_decider else "",
        rows=rows,
        suggested_class=suggested_class(schema, rows),
        rule_code=_rule_code(rows, row.guideline_version_id),
    )


def _rule_code(rows: Sequence[Compared], version_id: UUID | None) -> str:
    """The rule that a differing answer names; the guideline is asked only then."""
    if version_id is None or all(row.verdict != DIFFERS for row in rows):
        return ""
    return suggested_rule(rows, [rule.code for rule in catalog.guideline_version(version_id).rules])
