"""Claims: what a person holds now, with content and what is bound to it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from smo.intake.queries import Content, Turn
from smo.kernel.permissions import Actor
from smo.labeling.queries.prepared import rows

# What a claim is made of: a the assignment, p the project, i the item.
CLAIM_COLUMNS: Final = """
    a.id, a.item_id, a.queue_id, p.code AS project, a.claimed_at, a.expires_at, a.schema_version_id,
    a.guideline_version_id, i.item_key, i.kind, i.text, i.turns, i.meta, i.language_declared, i.language_detected,
    i.market, i.surface, i.source, i.received_at
"""

_HELD: Final = f"""
SELECT {CLAIM_COLUMNS}
FROM labeling_assignment a JOIN labeling_slot s ON s.key = a.slot_id JOIN intake_item i ON i.id = a.item_id
JOIN catalog_project p ON p.id = i.project_id
WHERE a.person_id = %(person)s::uuid AND a.state = 'live'
    AND (%(queue)s::uuid IS NULL OR a.queue_id = %(queue)s::uuid)
    AND (%(claims)s::uuid[] IS NULL OR a.id = ANY(%(claims)s::uuid[]))
ORDER BY a.claimed_at, s.priority DESC, s.key
"""  # noqa: S608 - put together from constants alone

# The claim that a submit is for, if it is this person's, and what is stored under the submit's key already.
_SENT: Final = """
SELECT d.id AS decision_id, d.person_id AS decided_by, d.submitted_digest, d.queue_id AS decided_in, a.*
FROM (SELECT %(claim)s::uuid AS claim, %(submit_key)s::uuid AS submit_key) sent
LEFT JOIN labeling_decision d ON d.submit_key = sent.submit_key
LEFT JOIN (
    SELECT a.id, a.state, a.claimed_at, a.expires_at, a.schema_version_id, a.slot_id, a.queue_id, s.priority,
        q.market, q.language, p.code AS project, i.text, i.turns
    FROM labeling_assignment a JOIN labeling_slot s ON s.key = a.slot_id JOIN labeling_queue q ON q.id = a.queue_id
    JOIN catalog_project p ON p.id = q.project_id JOIN intake_item i ON i.id = a.item_id
    WHERE a.id = %(claim)s::uuid AND a.person_id = %(person)s::uuid
) a ON true
"""

_LIVE_TWIN: Final = """
SELECT n.id FROM labeling_assignment a
JOIN labeling_assignment n ON n.person_id = a.person_id AND n.slot_id = a.slot_id AND n.state = 'live'
WHERE a.id = %(claim)s::uuid AND a.person_id = %(person)s::uuid
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """One item in somebody's hands, until `expires_at`."""

    id: UUID
    item_id: UUID
    queue_id: UUID
    project: str
    claimed_at: datetime
    expires_at: datetime
    schema_version_id: UUID
    guideline_version_id: UUID | None
    content: Content


def open_claims(*, by: Actor, queue_id: UUID | None = None) -> tuple[Claim, ...]:
    """What this person holds, in the order in which it was handed out."""
    found = rows(_HELD, {"person": by.id, "queue": queue_id, "claims": None})
    return tuple(claim_of(row) for row in found)


def held_claims(*, by: Actor, claim_ids: tuple[UUID, ...]) -> tuple[Claim, ...]:
    """Those of these claims that this person holds still."""
    found = rows(_HELD, {"person": by.id, "queue": None, "claims": list(claim_ids)})
    return tuple(claim_of(row) for row in found)


def sent_claim(*, by: Actor, claim_id: UUID, submit_key: UUID) -> Any:
    """What a submit is checked against: the claim, unless it is another's, and the decision under its key."""
    return rows(_SENT, {"claim": claim_id, "person": by.id, "submit_key": submit_key})[0]


def live_twin(*, by: Actor, claim_id: UUID) -> UUID | None:
    """The claim by which this person holds the same item again, after the first one had expired."""
    found = rows(_LIVE_TWIN, {"claim": claim_id, "person": by.id})
    return found[0].id if found else None


def claim_of(row: Any) -> Claim:
    """A row of CLAIM_COLUMNS as a claim."""
    turns = json.loads(row.turns) if row.turns else []
    content = Content(
        item_id=row.item_id,
        item_key=row.item_key,
        kind=row.kind,
        text=row.text,
        turns=tuple(Turn(turn["role"], turn["text"]) for turn in turns),
        meta=json.loads(row.meta),
        language=row.language_declared or row.language_detected,
        market=row.market,
        surface=row.surface,
        source=row.source,
        received_at=row.received_at,
    )
    return Claim(
        row.id,
        row.item_id,
        row.queue_id,
        row.project,
        row.claimed_at,
        row.expires_at,
        row.schema_version_id,
        row.guideline_version_id,
        content,
    )
