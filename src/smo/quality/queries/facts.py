"""How filed audits and their findings become facts, and which days they change: those of the decisions they judge."""
# ruff: noqa: S608 - the statements are put together from constants of this file; values are parameters

from collections.abc import Collection
from datetime import date, datetime
from typing import Final

import pyarrow as pa

from smo.labeling.queries.facts import changed_days, rows
from smo.measure.facts import AUDIT, FINDING

_SLICE: Final = """
    p.code AS project, r.code AS product, i.id AS item, i.market AS market,
    coalesce(nullif(i.language_declared, ''), i.language_detected) AS language"""
_DAY: Final = "(d.received_at AT TIME ZONE 'UTC')::date"
_THESE: Final = f"d.received_at >= %(first)s AND d.received_at < %(after)s AND {_DAY} = ANY(%(days)s::date[])"

# A finding that was withdrawn or overturned stands no longer; what does not count for the product says nothing of it.
STANDING: Final = "f.status NOT IN ('overturned', 'withdrawn')"
_COUNTED: Final = f"f.audit_id = a.id AND {STANDING} AND 'product' = ANY(f.counts_for)"

# The weight is worked out over all of a stratum's filed audits, whatever their days: the order in which audits are
# served is random, so those filed stand for those not yet.
_AUDITS: Final = f"""
    SELECT {_DAY} AS day, d.received_at AS at, a.id AS audit, d.id AS decision, {_SLICE}, n.id AS plan,
        n.purpose AS purpose, n.design AS design, w.id AS draw, a.stratum AS stratum,
        a.inclusion_probability AS inclusion_probability,
        greatest(coalesce(t.size, 0), g.filed)::float8 / g.filed AS weight, a.is_correct AS is_correct,
        EXISTS (SELECT FROM quality_finding f WHERE {_COUNTED} AND f.severity IN ('S3', 'S4')) AS is_critical,
        coalesce((SELECT max(f.severity) FROM quality_finding f WHERE {_COUNTED}), '') AS severity,
        a.auditor_id AS auditor, d.person_id AS person, d.queue_id AS queue,
        d.schema_version_id AS schema_version, d.guideline_version_id AS guideline_version,
        a.filed_at AS filed_at, a.active_ms::float8 / 1000 AS active_seconds
    FROM quality_audit a
        JOIN labeling_decision d ON d.id = a.decision_id
        JOIN intake_item i ON i.id = d.item_id
        JOIN catalog_project p ON p.id = a.project_id
        JOIN catalog_product r ON r.id = p.product_id
        JOIN quality_draw w ON w.id = a.draw_id
        JOIN quality_plan n ON n.id = w.plan_id
        JOIN (SELECT o.draw_id, o.stratum, count(*) AS filed FROM quality_audit o
              WHERE o.state = 'filed' GROUP BY 1, 2) g ON g.draw_id = a.draw_id AND g.stratum = a.stratum
        LEFT JOIN LATERAL (SELECT (e->>'size')::float8 AS size FROM jsonb_array_elements(w.strata) e
                           WHERE e->>'stratum' = a.stratum LIMIT 1) t ON true
    WHERE a.state = 'filed' AND a.is_correct IS NOT NULL AND d.retracted_at IS NULL AND {_THESE}"""

_FINDINGS: Final = f"""
    SELECT {_DAY} AS day, d.received_at AS at, f.id AS finding, a.id AS audit, d.id AS decision, {_SLICE},
        n.purpose AS purpose, f.outcome_class AS outcome_class, f.severity AS severity, f.cause AS cause,
        f.caught AS caught, f.question AS question, f.rule_code AS rule, f.status AS status,
        array_to_string(f.counts_for, '|') AS counts_for, d.person_id AS person, f.filed_at AS filed_at
    FROM quality_finding f
        JOIN quality_audit a ON a.id = f.audit_id
        JOIN labeling_decision d ON d.id = a.decision_id
        JOIN intake_item i ON i.id = d.item_id
        JOIN catalog_project p ON p.id = a.project_id
        JOIN catalog_product r ON r.id = p.product_id
        JOIN quality_draw w ON w.id = a.draw_id
        JOIN quality_plan n ON n.id = w.plan_id
    WHERE a.state = 'filed' AND d.retracted_at IS NULL AND {STANDING} AND {_THESE}"""

# One audit more in a stratum changes the weight of all others there.
_CHANGED: Final = f"""
    SELECT DISTINCT {_DAY} FROM quality_audit a JOIN labeling_decision d ON d.id = a.decision_id
    WHERE a.filed_at IS NOT NULL AND (d.retracted_at >= %(since)s OR d.brought_by_id = ANY(%(imports)s::uuid[])
        OR a.draw_id IN (SELECT draw_id FROM quality_audit o JOIN labeling_decision c ON c.id = o.decision_id
                         WHERE o.filed_at >= %(since)s OR c.retracted_at >= %(since)s))"""


def audit_facts(days: Collection[date], *, now: datetime) -> pa.Table:
    """The filed audits of the decisions of these days."""
    return rows(_AUDITS, days, schema=AUDIT, now=now)


def finding_facts(days: Collection[date], *, now: datetime) -> pa.Table:
    """The findings that stand on the decisions of these days."""
    return rows(_FINDINGS, days, schema=FINDING, now=now)


def changed_audits(since: datetime | None, *, now: datetime) -> tuple[date, ...]:
    """Days of which audits, and so their findings, have changed; all days without a moment."""
    return changed_days(_CHANGED, since, now=now)
