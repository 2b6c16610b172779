"""How items, decisions, answers and flags become facts: some days of each at once, and which days have changed."""
# ruff: noqa: S608 - the statements are put together from constants of this file; values are parameters

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import pyarrow as pa
from django.db import connection

from smo.measure.facts import ANSWER, DECISION, FLAG, ITEM
from smo.warehouse.reading import copied

_SLICE: Final = """
    p.code AS project, r.code AS product, i.id AS item, i.market AS market,
    coalesce(nullif(i.language_declared, ''), i.language_detected) AS language"""
_NAMED: Final = """
    JOIN catalog_project p ON p.id = i.project_id
    JOIN catalog_product r ON r.id = p.product_id"""
_DUE: Final = "s.received_at + p.due_hours * interval '1 hour'"
_DAY: Final = "({} AT TIME ZONE 'UTC')::date"

_ITEMS: Final = f"""
    SELECT {_DAY.format("s.received_at")} AS day, s.received_at AS at, {_SLICE}, s.queue_id AS queue,
        CASE WHEN s.final_at <= {_DUE} THEN 'on_time' WHEN s.final_at IS NOT NULL THEN 'late'
             WHEN {_DUE} < %(now)s THEN 'past_due' ELSE 'open' END AS state,
        {_DUE} AS due_at, s.final_at AS final_at,
        extract(epoch FROM s.final_at - s.received_at)::float8 / 3600 AS hours
    FROM labeling_slot s JOIN intake_item i ON i.id = s.item_id {_NAMED}
    WHERE s.received_at >= %(first)s AND s.received_at < %(after)s
        AND {_DAY.format("s.received_at")} = ANY(%(days)s::date[])"""

# Active seconds are the tool's; handling runs by the server's clock. An imported decision may have neither.
_DECISIONS: Final = f"""
    SELECT {_DAY.format("d.received_at")} AS day, d.received_at AS at, d.id AS decision, {_SLICE},
        d.queue_id AS queue, d.person_id AS person, h.kind AS person_kind, d.outcome AS outcome, d.reason AS reason,
        d.decision_mode AS mode, d.brought_by_id IS NOT NULL AS is_imported, d.is_late AS is_late,
        d.assignment_id IS NOT NULL
            AND EXISTS (SELECT FROM labeling_flag f WHERE f.assignment_id = d.assignment_id) AS is_flagged,
        s.final_at IS NOT NULL AS is_final, s.final_at AS final_at, i.received_at AS item_received_at,
        d.schema_version_id AS schema_version, d.guideline_version_id AS guideline_version,
        d.active_ms::float8 / 1000 AS active_seconds,
        extract(epoch FROM d.received_at - coalesce(d.opened_at, d.claimed_at))::float8 AS handle_seconds,
        d.idle_ms::float8 / 1000 AS idle_seconds, d.view_mode AS view_mode, d.translation_used AS translation_used,
        d.prelabel_shown AS prelabel_shown, d.tool_version AS tool_version, i.surface AS surface, i.source AS source,
        i.model_score AS model_score, i.inclusion_probability AS inclusion_probability
    FROM labeling_decision d JOIN intake_item i ON i.id = d.item_id {_NAMED}
        JOIN people_person h ON h.id = d.person_id LEFT JOIN labeling_slot s ON s.item_id = d.item_id
    WHERE d.retracted_at IS NULL AND d.received_at >= %(first)s AND d.received_at < %(after)s
        AND {_DAY.format("d.received_at")} = ANY(%(days)s::date[])"""

# As the label types write an answer into a table; free text may hold content and stays out.
_LABEL: Final = """
    CASE q.type
        WHEN 'multichoice' THEN coalesce(
            nullif((SELECT string_agg(one, '|' ORDER BY one COLLATE "C")
                    FROM jsonb_array_elements_text(CASE jsonb_typeof(a.given) WHEN 'array' THEN a.given END) one), ''),
            'none')
        WHEN 'scale' THEN (a.given #>> '{}')::float8::text
        WHEN 'span' THEN coalesce(
            (SELECT jsonb_agg(jsonb_build_array(one->'start', one->'end', one->'type')
                              ORDER BY (one->>'start')::int, (one->>'end')::int, one->>'type')::text
             FROM jsonb_array_elements(CASE jsonb_typeof(a.given) WHEN 'array' THEN a.given END) one), '[]')
        ELSE a.given #>> '{}' END"""
_ANSWERS: Final = f"""
    WITH q AS MATERIALIZED (
        SELECT v.id AS version, e.value->>'key' AS key, e.value->>'type' AS type, e.ordinality = 1 AS is_main,
               coalesce(e.value->>'per', 'item') AS per
        FROM catalog_schemaversion v, jsonb_array_elements(v.definition->'questions') WITH ORDINALITY e
        WHERE v.published_at IS NOT NULL AND e.value->>'type' <> 'text')
    SELECT {_DAY.format("d.received_at")} AS day, d.received_at AS at, d.id AS decision, {_SLICE},
        d.person_id AS person, h.kind AS person_kind, q.version AS schema_version, q.key AS question,
        q.is_main AS is_main, q.type AS type, a.turn AS turn, {_LABEL} AS label
    FROM labeling_decision d JOIN intake_item i ON i.id = d.item_id {_NAMED}
        JOIN people_person h ON h.id = d.person_id
        JOIN q ON q.version = d.schema_version_id
        CROSS JOIN LATERAL (
            SELECT NULL::int AS turn, d.answers->q.key AS given WHERE q.per <> 'turn'
            UNION ALL
            SELECT t.key::int, t.value FROM jsonb_each(
                CASE WHEN q.per = 'turn' AND jsonb_typeof(d.answers->q.key) = 'object' THEN d.answers->q.key END) t
        ) a
    WHERE d.retracted_at IS NULL AND d.outcome = 'decided' AND a.given IS NOT NULL AND a.given <> 'null'
        AND d.received_at >= %(first)s AND d.received_at < %(after)s
        AND {_DAY.format("d.received_at")} = ANY(%(days)s::date[])"""

_FLAGS: Final = f"""
    SELECT {_DAY.format("f.raised_at")} AS day, f.raised_at AS at, f.id AS flag, {_SLICE}, g.queue_id AS queue,
        f.person_id AS person, f.guideline_version_id AS guideline_version, f.rule_code AS rule,
        f.answered_at AS answered_at
    FROM labeling_flag f JOIN intake_item i ON i.id = f.item_id {_NAMED}
        LEFT JOIN labeling_assignment g ON g.id = f.assignment_id
    WHERE f.raised_at >= %(first)s AND f.raised_at < %(after)s
        AND {_DAY.format("f.raised_at")} = ANY(%(days)s::date[])"""

# What has changed is told by when it was written: an imported decision by its import, others by the server's clock.
# A decision may make its item final, and so change what is said of the others on that item.
_TOUCHED: Final = """
    WITH touched AS (
        SELECT item_id FROM labeling_decision WHERE received_at >= %(since)s
        UNION SELECT item_id FROM labeling_decision WHERE retracted_at >= %(since)s
        UNION SELECT item_id FROM labeling_flag WHERE raised_at >= %(since)s
        UNION SELECT item_id FROM labeling_decision
            WHERE cardinality(%(imports)s::uuid[]) > 0 AND brought_by_id = ANY(%(imports)s::uuid[]))"""
_CHANGED_DECISIONS: Final = f"""{_TOUCHED}
    SELECT DISTINCT {_DAY.format("received_at")} FROM labeling_decision
    WHERE item_id IN (SELECT item_id FROM touched)"""
_CHANGED_ITEMS: Final = f"""{_TOUCHED}
    SELECT DISTINCT {_DAY.format("s.received_at")} FROM labeling_slot s JOIN intake_item i ON i.id = s.item_id
        JOIN catalog_project p ON p.id = i.project_id
    WHERE s.received_at >= %(since)s OR i.brought_by_id = ANY(%(imports)s::uuid[])
        OR (s.final_at IS NULL AND {_DUE} BETWEEN %(since)s AND %(now)s)
        OR s.item_id IN (SELECT item_id FROM touched)"""
_CHANGED_FLAGS: Final = """
    SELECT DISTINCT (raised_at AT TIME ZONE 'UTC')::date FROM labeling_flag
    WHERE raised_at >= %(since)s OR answered_at >= %(since)s"""
_LONG_AGO: Final = datetime(1, 1, 2, tzinfo=UTC)


def item_facts(days: Collection[date], *, now: datetime) -> pa.Table:
    """The items that came to queues on these days, with how they stand now."""
    return rows(_ITEMS, days, schema=ITEM, now=now)


def decision_facts(days: Collection[date], *, now: datetime) -> pa.Table:
    """The decisions of these days; those that were retracted are not among them."""
    return rows(_DECISIONS, days, schema=DECISION, now=now)


def answer_facts(days: Collection[date], *, now: datetime) -> pa.Table:
    """The answers of the decisions of these days, question by question."""
    return rows(_ANSWERS, days, schema=ANSWER, now=now)


def flag_facts(days: Collection[date], *, now: datetime) -> pa.Table:
    """The flags raised on these days."""
    return rows(_FLAGS, days, schema=FLAG, now=now)


def changed_items(since: datetime | None, *, now: datetime) -> tuple[date, ...]:
    """Days of which items have changed; all days without a moment."""
    return changed_days(_CHANGED_ITEMS, since, now=now)


def changed_decisions(since: datetime | None, *, now: datetime) -> tuple[date, ...]:
    """Days of which decisions, and so their answers, have changed."""
    return changed_days(_CHANGED_DECISIONS, since, now=now)


def changed_flags(since: datetime | None, *, now: datetime) -> tuple[date, ...]:
    """Days of which flags have changed."""
    return changed_days(_CHANGED_FLAGS, since, now=now)


def rows(query: str, days: Collection[date], *, schema: pa.Schema, now: datetime) -> pa.Table:
    """The facts of some days by one query, streamed."""
    chosen = sorted(days)
    if not chosen:
        return schema.empty_table()
    first = datetime.combine(chosen[0], time(), UTC)
    after = datetime.combine(chosen[-1], time(), UTC) + timedelta(days=1)
    params = {"first": first, "after": after, "days": chosen, "now": now}
    with connection.cursor() as cursor:
        return copied(cursor.cursor, query, params=params, schema=schema)


def changed_days(query: str, since: datetime | None, *, now: datetime) -> tuple[date, ...]:
    """The days that a query tells, in order."""
    moment = since or _LONG_AGO
    with connection.cursor() as cursor:
        params: dict[str, Any] = {"since": moment, "now": now, "imports": _imports(cursor, moment)}
        cursor.execute(query, params)
        return tuple(sorted(day for (day,) in cursor.fetchall()))


def _imports(cursor: Any, since: datetime) -> Sequence[str]:
    cursor.execute("SELECT id::text FROM intake_import WHERE published_at >= %s", [since])
    return [one for (one,) in cursor.fetchall()]
