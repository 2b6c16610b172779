"""The statements of the claim path. Each takes row locks in one order: assignment, own slot, then other slots unwaited.

Slots are locked FOR NO KEY UPDATE, because the foreign keys of assignments and decisions take KEY SHARE on them.
"""

from typing import Final

from smo.kernel.audit import ENTRY_INSERT
from smo.labeling.queries.claims import CLAIM_COLUMNS
from smo.labeling.rules import MOST_AT_ONCE, MOST_HELD

# What is bound to work that begins now: the newest published questions, and the guideline in force.
_BOUND: Final = """
    SELECT p.id AS project_id, p.code, p.lease_seconds,
        (SELECT v.id FROM catalog_schemaversion v
            WHERE v.schema_id = p.schema_id AND v.published_at IS NOT NULL ORDER BY v.number DESC LIMIT 1
        ) AS schema_version_id,
        (SELECT g.id FROM catalog_guidelineversion g
            WHERE g.policy_id = p.policy_id AND g.effective_at <= %(at)s::timestamptz
            ORDER BY g.effective_at DESC LIMIT 1
        ) AS guideline_version_id
"""

# Asked slot by slot, by both columns of its index. As NOT EXISTS it may be planned as a join that reads all that the
# person has ever done for each slot; as IS NULL it is taken for so rare that a sort of the whole queue looks cheap.
_NOT_MINE: Final = """
    NOT coalesce((SELECT true FROM labeling_assignment m WHERE m.person_id = %(person)s::uuid AND m.slot_id = s.key
        AND m.state IN ('live', 'decided', 'skipped') LIMIT 1), false)
    AND NOT coalesce((SELECT true FROM labeling_answersseen n WHERE n.item_id = s.item_id
        AND n.person_id = %(person)s::uuid LIMIT 1), false)
"""
_OPEN: Final = f"s.queue_id = %(queue)s::uuid AND s.is_open AND {_NOT_MINE}"

_ROOM: Final = f"""
    SELECT least(%(how_many)s::int, greatest(0, {MOST_HELD} - count(*))) FROM labeling_assignment m
    WHERE m.person_id = %(person)s::uuid AND m.queue_id = %(queue)s::uuid AND m.state = 'live'
"""  # noqa: S608 - put together from constants alone

# Open slots in the order of priority and arrival, beginning after the person's last one. What is more urgent than that
# comes first, but only so much of it is looked through: someone who has done thousands of urgent items that others
# have still to do would walk over all of them for each label. The limits inside are fixed, so that the planner knows
# how few rows come; the one outside stops the reading and the locking.
_PICKED: Final = f"""
    SELECT c.key, c.item_id, c.priority FROM (
        SELECT * FROM (SELECT s.key, s.item_id, s.priority FROM labeling_slot s
            WHERE s.key = ANY(ARRAY(
                SELECT u.key FROM labeling_slot u
                WHERE u.queue_id = %(queue)s::uuid AND u.is_open AND u.priority > %(after_priority)s::smallint
                ORDER BY u.priority DESC, u.key LIMIT 50))
            AND s.is_open AND {_NOT_MINE} ORDER BY s.priority DESC, s.key
            LIMIT {MOST_AT_ONCE} FOR NO KEY UPDATE OF s SKIP LOCKED) urgent
        UNION ALL
        SELECT * FROM (SELECT s.key, s.item_id, s.priority FROM labeling_slot s
            WHERE s.priority = %(after_priority)s::smallint AND s.key > %(after_key)s::bigint AND {_OPEN}
            ORDER BY s.key LIMIT {MOST_AT_ONCE} FOR NO KEY UPDATE OF s SKIP LOCKED) ahead
        UNION ALL
        SELECT * FROM (SELECT s.key, s.item_id, s.priority FROM labeling_slot s
            WHERE s.priority < %(after_priority)s::smallint AND {_OPEN}
            ORDER BY s.priority DESC, s.key LIMIT {MOST_AT_ONCE} FOR NO KEY UPDATE OF s SKIP LOCKED) less_urgent
    ) c LIMIT ({_ROOM})
"""  # noqa: S608 - put together from constants alone

_WAITED_FOR: Final = f"""
    SELECT w.key, w.item_id, w.priority FROM (SELECT s.key, s.item_id, s.priority FROM labeling_slot s WHERE {_OPEN}
        ORDER BY s.priority DESC, s.key LIMIT 1 FOR NO KEY UPDATE OF s) w LIMIT ({_ROOM})
"""  # noqa: S608 - put together from constants alone


def _claiming(picked: str, *, when_mine: str) -> str:
    return f"""
WITH bound AS MATERIALIZED ({_BOUND}
    FROM labeling_queue q JOIN catalog_project p ON p.id = q.project_id
    WHERE q.id = %(queue)s::uuid AND q.state <> 'paused' AND p.state = 'live'
), picked AS MATERIALIZED ({picked}
), made AS (
    INSERT INTO labeling_assignment (id, slot_id, item_id, queue_id, person_id, state, claimed_at, expires_at,
        schema_version_id, guideline_version_id)
    SELECT (%(ids)s::uuid[])[row_number() OVER (ORDER BY k.priority DESC, k.key)], k.key, k.item_id, %(queue)s::uuid,
        %(person)s::uuid, 'live', %(at)s::timestamptz,
        %(at)s::timestamptz + make_interval(secs => b.lease_seconds), b.schema_version_id, b.guideline_version_id
    FROM picked k, bound b WHERE b.schema_version_id IS NOT NULL
    {when_mine}
    RETURNING *
), counted AS (
    UPDATE labeling_slot s SET taken = s.taken + 1 FROM made a WHERE s.key = a.slot_id
)
SELECT {CLAIM_COLUMNS}
FROM made a JOIN bound p ON true JOIN intake_item i ON i.id = a.item_id ORDER BY a.id
"""  # noqa: S608 - put together from constants alone


CLAIM: Final = _claiming(_PICKED, when_mine="ON CONFLICT DO NOTHING")
# In a transaction of its own: who waits must hold nothing. No row means that nothing is left; what another tab of the
# same person took meanwhile fails instead, for the wait ends with a picture of the queue from before it.
CLAIM_WAITING: Final = _claiming(_WAITED_FOR, when_mine="")

# One answer: the claim ends, its slot counts, the decision and its entry in the trail stand. No row: it was too late.
STORE: Final = f"""
WITH ended AS (
    UPDATE labeling_assignment a
    SET state = %(state)s, ended_at = %(at)s::timestamptz, opened_at = %(opened_at)s::timestamptz
    WHERE a.id = %(claim)s::uuid AND a.person_id = %(person)s::uuid AND a.state = %(was)s
    RETURNING a.*
), counted AS (
    UPDATE labeling_slot s
    SET taken = s.taken - %(gives_back)s::int, decided = s.decided + %(counts)s::int,
        final_at = CASE WHEN s.decided + %(counts)s::int >= s.wanted THEN %(at)s::timestamptz ELSE s.final_at END
    FROM ended e WHERE s.key = e.slot_id
        AND (%(gives_back)s::int = 1 OR s.wanted > s.taken + s.decided)
    RETURNING s.key
), stored AS (
    INSERT INTO labeling_decision (id, project_id, item_id, queue_id, assignment_id, person_id, outcome, answers,
        reason, note, confidence, submit_key, submitted_digest, claimed_at, opened_at, received_at, client_elapsed_ms,
        client_at, active_ms, idle_ms, decision_mode, translation_used, prelabel_shown, view_mode, tool_version,
        schema_version_id, guideline_version_id, seen_guideline_version_id, is_late)
    SELECT %(id)s::uuid, q.project_id, e.item_id, e.queue_id, e.id, e.person_id, %(outcome)s, %(answers)s::jsonb,
        %(reason)s, %(note)s, %(confidence)s::smallint, %(submit_key)s::uuid, %(digest)s::bytea, e.claimed_at,
        %(opened_at)s::timestamptz, %(at)s::timestamptz, %(elapsed_ms)s::bigint, %(client_at)s::timestamptz,
        %(active_ms)s::bigint, %(idle_ms)s::bigint, %(mode)s, %(translation_used)s::bool, %(prelabel_shown)s::bool,
        %(view_mode)s, %(tool_version)s, e.schema_version_id,
        (SELECT g.id FROM catalog_guidelineversion g
            WHERE g.policy_id = p.policy_id AND g.effective_at <= %(opened_at)s::timestamptz
            ORDER BY g.effective_at DESC LIMIT 1),
        coalesce((SELECT g.id FROM catalog_guidelineversion g
            WHERE g.id = %(seen)s::uuid AND g.policy_id = p.policy_id), e.guideline_version_id),
        %(is_late)s::bool
    FROM ended e JOIN counted c ON c.key = e.slot_id JOIN labeling_queue q ON q.id = e.queue_id
    JOIN catalog_project p ON p.id = q.project_id
    RETURNING id, item_id, outcome
)
{ENTRY_INSERT}
SELECT %(entry)s::uuid, %(at)s::timestamptz, %(person)s::uuid, 'decision_made', 'decision', d.id::text,
    jsonb_build_object('item', d.item_id, 'outcome', d.outcome)
FROM stored d RETURNING id
"""  # noqa: S608 - put together from constants alone

# Leases that have run out. Claims that a submit holds right now are left to it.
EXPIRE: Final = """
WITH gone AS (
    SELECT a.id FROM labeling_assignment a WHERE a.state = 'live' AND a.expires_at < %(at)s::timestamptz
    ORDER BY a.expires_at LIMIT %(how_many)s::int FOR NO KEY UPDATE SKIP LOCKED
), ended AS (
    UPDATE labeling_assignment a SET state = 'expired', ended_at = %(at)s::timestamptz
    FROM gone g WHERE a.id = g.id RETURNING a.slot_id
), counted AS (
    UPDATE labeling_slot s SET taken = s.taken - e.many
    FROM (SELECT slot_id, count(*) AS many FROM ended GROUP BY slot_id) e WHERE s.key = e.slot_id
)
SELECT count(*) AS expired FROM ended
"""

RELEASE: Final = """
WITH ended AS (
    UPDATE labeling_assignment a SET state = 'released', ended_at = %(at)s::timestamptz
    WHERE a.person_id = %(person)s::uuid AND a.state = 'live'
        AND (%(claims)s::uuid[] IS NULL OR a.id = ANY(%(claims)s::uuid[]))
    RETURNING a.slot_id
), counted AS (
    UPDATE labeling_slot s SET taken = s.taken - e.many
    FROM (SELECT slot_id, count(*) AS many FROM ended GROUP BY slot_id) e WHERE s.key = e.slot_id
)
SELECT count(*) AS released FROM ended
"""

# A longer lease. What was opened keeps the questions and the guideline that it was opened with.
EXTEND: Final = f"""
UPDATE labeling_assignment a
SET expires_at = %(at)s::timestamptz + make_interval(secs => b.lease_seconds),
    opened_at = CASE WHEN a.id = ANY(%(opened)s::uuid[]) THEN coalesce(a.opened_at, %(at)s::timestamptz)
        ELSE a.opened_at END,
    schema_version_id = CASE WHEN a.opened_at IS NOT NULL OR a.id = ANY(%(opened)s::uuid[])
        THEN a.schema_version_id ELSE coalesce(b.schema_version_id, a.schema_version_id) END,
    guideline_version_id = CASE WHEN a.opened_at IS NOT NULL OR a.id = ANY(%(opened)s::uuid[])
        THEN a.guideline_version_id ELSE b.guideline_version_id END
FROM (SELECT q.id AS queue_id, b.* FROM labeling_queue q CROSS JOIN LATERAL ({_BOUND}
    FROM catalog_project p WHERE p.id = q.project_id) b) b
WHERE b.queue_id = a.queue_id AND a.person_id = %(person)s::uuid AND a.state = 'live'
    AND a.id = ANY(%(claims)s::uuid[])
RETURNING a.id
"""  # noqa: S608 - put together from constants alone

# A decision is taken back: its claim lives again, with a new lease, if its slot has room.
RETRACT: Final = """
WITH taken_back AS (
    UPDATE labeling_decision d SET retracted_at = %(at)s::timestamptz
    WHERE d.id = %(decision)s::uuid AND d.retracted_at IS NULL
    RETURNING d.assignment_id, (d.outcome <> 'skipped')::int AS counted
), counted AS (
    UPDATE labeling_slot s SET decided = s.decided - t.counted, taken = s.taken + 1, final_at = NULL
    FROM taken_back t JOIN labeling_assignment a ON a.id = t.assignment_id
    WHERE s.key = a.slot_id AND s.wanted >= s.taken + 1 + s.decided - t.counted
    RETURNING s.key
)
UPDATE labeling_assignment a
SET state = 'live', ended_at = NULL, opened_at = NULL, claimed_at = %(at)s::timestamptz,
    expires_at = %(at)s::timestamptz + make_interval(secs => p.lease_seconds)
FROM taken_back t, counted c, labeling_queue q JOIN catalog_project p ON p.id = q.project_id
WHERE a.id = t.assignment_id AND a.slot_id = c.key AND q.id = a.queue_id
RETURNING a.id
"""
