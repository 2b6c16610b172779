"""What is read from labeling: queues, claims, decisions, flags, and from whom an item's answers are kept."""

from smo.labeling.queries.blindness import masked_items
from smo.labeling.queries.claims import Claim, held_claims, open_claims
from smo.labeling.queries.decisions import (
    ItemDecision,
    ItemDecisions,
    RecentDecision,
    decisions_of_item,
    recent_decisions,
)
from smo.labeling.queries.flags import FlagPage, FlagRow, flag, flags, flags_waiting
from smo.labeling.queries.queues import (
    AtWork,
    Progress,
    ProjectHead,
    QueueHead,
    QueueRow,
    progress,
    project_head,
    queue,
    queue_head,
    queues,
    who_is_working,
)

__all__ = [
    "AtWork",
    "Claim",
    "FlagPage",
    "FlagRow",
    "ItemDecision",
    "ItemDecisions",
    "Progress",
    "ProjectHead",
    "QueueHead",
    "QueueRow",
    "RecentDecision",
    "decisions_of_item",
    "flag",
    "flags",
    "flags_waiting",
    "held_claims",
    "masked_items",
    "open_claims",
    "progress",
    "project_head",
    "queue",
    "queue_head",
    "queues",
    "recent_decisions",
    "who_is_working",
]
