"""The four axes of a finding as closed lists: what is wrong, how bad, why, and where it was caught."""

from typing import Final

# Axis A: what is wrong with the decision.
OUTCOME_CLASSES: Final = (
    "A1",  # over-enforcement: acted on what breaks no rule
    "A2",  # under-enforcement: left what breaks one
    "A3a",  # wrong policy
    "A3b",  # wrong rule within the policy
    "A3c",  # wrong severity
    "A3d",  # wrong action
    "A3e",  # wrong target, passage or frame
    "A3f",  # one more violation was missed
    "A4",  # technical: tool, missing media
    "A5",  # process: a step skipped, escalated wrongly or not at all
    "A6",  # documentation: rationale or evidence
    "A7",  # privacy, wellness, security
    "A8",  # format
    "A9",  # no unique answer under the guideline in force
)
# Axis B: how bad; S3 and above are critical and stand on their own.
SEVERITIES: Final = ("S0", "S1", "S2", "S3", "S4")
CRITICAL: Final = frozenset({"S3", "S4"})
# Axis C: why, as far as the auditor can tell.
CAUSES: Final = (
    "annotator",
    "guideline_ambiguity",
    "guideline_conflict",
    "guideline_lag",
    "training_gap",
    "knowledge_decay",
    "attention",
    "speed_pressure",
    "language_culture",
    "translation",
    "context_not_shown",
    "prelabel_anchoring",
    "tool",
    "media_defect",
    "routing",
    "workload",
    "adversarial_content",
    "auditor_error",
    "gold_error",
    "deliberate",
)
# Axis D: where it was caught; the further out, the dearer.
CAUGHT: Final = (
    "self",
    "peer",
    "gold",
    "audit",
    "auditor_audit",
    "lot_inspection",
    "dispute",
    "appeal",
    "client",
    "public",
)
OF_NO_PERSON: Final = frozenset({"A4", "A9"})
OF_THE_CHECK: Final = frozenset({"auditor_error", "gold_error"})  # what was checked is not wrong, the check is
OF_THE_GUIDELINE: Final = frozenset({"guideline_ambiguity", "guideline_conflict", "guideline_lag"})
OF_THE_TOOL: Final = frozenset({"tool", "media_defect", "context_not_shown", "prelabel_anchoring"})


def caught_by(purpose: str) -> str:
    """Where what a plan finds counts as caught; the plan says it, not the auditor.

    >>> caught_by("estimate"), caught_by("decide")
    ('audit', 'lot_inspection')
    """
    return "lot_inspection" if purpose == "decide" else "audit"
