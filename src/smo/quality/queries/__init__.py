"""What is read from quality: plans, draws, audits in hand, comparisons, findings, and who is blind to what."""

from smo.quality.queries.audits import AuditTask, WaitingAudits, WaitingRow, audit_task, claimable, waiting_audits
from smo.quality.queries.blindness import masked_items
from smo.quality.queries.comparisons import Comparison, comparison
from smo.quality.queries.findings import FindingDetail, FindingRow, FindingsPage, finding, findings
from smo.quality.queries.frames import Replay, replay
from smo.quality.queries.plans import (
    DrawRow,
    PlanDetail,
    PlanRow,
    PlanVersion,
    StratumRow,
    draws,
    plan,
    plans,
)
from smo.quality.queries.progress import DrawProgress, progress

__all__ = [
    "AuditTask",
    "Comparison",
    "DrawProgress",
    "DrawRow",
    "FindingDetail",
    "FindingRow",
    "FindingsPage",
    "PlanDetail",
    "PlanRow",
    "PlanVersion",
    "Replay",
    "StratumRow",
    "WaitingAudits",
    "WaitingRow",
    "audit_task",
    "claimable",
    "comparison",
    "draws",
    "finding",
    "findings",
    "masked_items",
    "plan",
    "plans",
    "progress",
    "replay",
    "waiting_audits",
]
