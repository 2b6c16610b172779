"""Changes in quality: plans, draws, audits and findings, each with its audit entry and its news."""

from smo.quality.actions.audits import claim_audit, lock_own_label, reveal, withdraw_audits
from smo.quality.actions.draws import draw_sample
from smo.quality.actions.findings import NewFinding, file_findings
from smo.quality.actions.plans import NewPlan, close_plan, create_plan

__all__ = [
    "NewFinding",
    "NewPlan",
    "claim_audit",
    "close_plan",
    "create_plan",
    "draw_sample",
    "file_findings",
    "lock_own_label",
    "reveal",
    "withdraw_audits",
]
