"""What happened in quality, for whoever wants to hear."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SampleDrawn:
    """Decisions of a project wait for audit."""

    project_code: str
    draw_id: UUID


@dataclass(frozen=True, slots=True)
class AuditFiled:
    """An audit is final; the decision stands or it does not."""

    project_code: str
    audit_id: UUID
    decision_id: UUID
    is_correct: bool


@dataclass(frozen=True, slots=True)
class FindingFiled:
    """Something is wrong with a decision."""

    project_code: str
    audit_id: UUID
    finding_id: UUID
    severity: str
