"""Changes to labeling: queues, claims, decisions and flags."""

from smo.labeling.actions.claims import claim_items, expire_claims, extend_claims, release_claims
from smo.labeling.actions.decisions import Submitted, retract_decision, submit_decision
from smo.labeling.actions.flags import answer_flag, raise_flag
from smo.labeling.actions.queues import (
    change_queue,
    create_queue,
    fill_queues,
    prioritise_items,
    set_queue_state,
)
from smo.labeling.actions.seen import note_answers_seen
from smo.labeling.queries.claims import Claim
from smo.labeling.rules import QueueSettings, Submission

__all__ = [
    "Claim",
    "QueueSettings",
    "Submission",
    "Submitted",
    "answer_flag",
    "change_queue",
    "claim_items",
    "create_queue",
    "expire_claims",
    "extend_claims",
    "fill_queues",
    "note_answers_seen",
    "prioritise_items",
    "raise_flag",
    "release_claims",
    "retract_decision",
    "set_queue_state",
    "submit_decision",
]
