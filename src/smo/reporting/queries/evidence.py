# ruff: noqa: S608 - the statements are put together from constants of this file; values are parameters
"""The items behind a number, the newest first, as far as this person may see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from smo.kernel.clock import now
from smo.kernel.errors import NotFound
from smo.kernel.permissions import Actor, Scope, Verb, may
from smo.quality import queries as quality
from smo.quality.queries.facts import STANDING
from smo.reporting.queries.numbers import Asked, cells
from smo.reporting.queries.reach import project_seen
from smo.reporting.rules import KpiNotKnown, Period, WhyNot, days_of

PREVIEW: Final = 160
_ITEM: Final = f"i.id, i.item_key, left(coalesce(nullif(i.text, ''), i.turns->0->>'text', ''), {PREVIEW})"
_WORST: Final = (
    f"(SELECT max(f.severity) FROM quality_finding f WHERE f.audit_id = a.id AND {STANDING}"
    " AND 'product' = ANY(f.counts_for))"
)

# Each gives: moment, id for the cursor, item, key, preview, verdict, detail, weight.
_AUDITED: Final = f"""
    SELECT d.received_at AS at, a.id AS cursor, {_ITEM}, {{verdict}} AS verdict, a.stratum AS detail,
        1 / a.inclusion_probability AS weight
    FROM quality_audit a JOIN labeling_decision d ON d.id = a.decision_id JOIN intake_item i ON i.id = a.item_id
        JOIN quality_draw w ON w.id = a.draw_id JOIN quality_plan n ON n.id = w.plan_id
    WHERE a.project_id = %(project)s AND a.state = 'filed' AND n.purpose = 'estimate' AND d.retracted_at IS NULL"""
_DECIDED: Final = f"""
    SELECT d.received_at AS at, d.id AS cursor, {_ITEM}, {{verdict}} AS verdict, d.reason AS detail,
        d.active_ms::float8 / 1000 AS weight
    FROM labeling_decision d JOIN intake_item i ON i.id = d.item_id
    WHERE d.project_id = %(project)s AND d.retracted_at IS NULL AND {{counts}}"""
# One row for an item, its last answer, where there are two. Asked answer by answer, the newest first: as EXISTS it may
# be planned as a join of the project with itself, which took two minutes before the table was first analysed.
_STANDS: Final = "o.item_id = d.item_id AND o.retracted_at IS NULL AND o.outcome = 'decided'"
_ANSWERED: Final = f"""
    SELECT d.received_at AS at, d.id AS cursor, {_ITEM},
        CASE WHEN (SELECT count(DISTINCT o.answers->%(question)s::text) FROM labeling_decision o WHERE {_STANDS}) > 1
             THEN 'differ' ELSE 'agree' END AS verdict,
        '' AS detail, NULL::float8 AS weight
    FROM labeling_decision d JOIN intake_item i ON i.id = d.item_id
    WHERE d.project_id = %(project)s AND d.retracted_at IS NULL AND d.outcome = 'decided'
        AND (SELECT o.id FROM labeling_decision o WHERE {_STANDS} ORDER BY o.received_at DESC, o.id DESC LIMIT 1) = d.id
        AND coalesce((SELECT true FROM labeling_decision o WHERE {_STANDS} AND o.id <> d.id LIMIT 1), false)"""
_QUEUED: Final = f"""
    SELECT s.received_at AS at, i.id AS cursor, {_ITEM},
        CASE WHEN s.final_at <= s.received_at + p.due_hours * interval '1 hour' THEN 'on_time'
             WHEN s.final_at IS NOT NULL THEN 'late'
             WHEN s.received_at + p.due_hours * interval '1 hour' < %(now)s THEN 'past_due'
             ELSE 'open' END AS verdict,
        q.name AS detail, NULL::float8 AS weight
    FROM labeling_slot s JOIN labeling_queue q ON q.id = s.queue_id JOIN intake_item i ON i.id = s.item_id
        JOIN catalog_project p ON p.id = q.project_id
    WHERE q.project_id = %(project)s AND {{counts}}"""
_TIMED: Final = "d.active_ms > 0 AND d.outcome <> 'skipped'"
_OWN: Final = "d.brought_by_id IS NULL"
_FLAGGED: Final = (
    "CASE WHEN EXISTS (SELECT FROM labeling_flag f WHERE f.assignment_id = d.assignment_id)"
    " THEN 'flagged' ELSE 'not_flagged' END"
)
_CRITICAL: Final = f"CASE WHEN {_WORST} IN ('S3', 'S4') THEN 'critical' ELSE 'not_critical' END"
SOURCES: Final[Mapping[str, str]] = {
    "decision_accuracy": _AUDITED.format(verdict="CASE WHEN a.is_correct THEN 'right' ELSE 'wrong' END"),
    "critical_error_accuracy": _AUDITED.format(verdict=_CRITICAL),
    "agreement": _ANSWERED,
    "throughput": _DECIDED.format(verdict="d.outcome", counts=_TIMED),
    "handle_time": _DECIDED.format(verdict="d.outcome", counts=_TIMED),
    "skip_rate": _DECIDED.format(verdict="d.outcome", counts=_OWN),
    "flag_rate": _DECIDED.format(verdict=_FLAGGED, counts=_OWN),
    "turnaround": _QUEUED.format(counts="true"),
    "backlog": _QUEUED.format(counts="s.final_at IS NULL"),
    "backlog_age": _QUEUED.format(counts="s.final_at IS NULL"),
}
# The verdicts that speak against the number, for the filter.
AGAINST: Final[Mapping[str, tuple[str, ...]]] = {
    "decision_accuracy": ("wrong",),
    "critical_error_accuracy": ("critical",),
    "agreement": ("differ",),
    "skip_rate": ("skipped",),
    "flag_rate": ("flagged",),
    "turnaround": ("late", "past_due"),
    "backlog": ("past_due",),
    "backlog_age": ("past_due",),
}
_OLDEST_FIRST: Final = frozenset({"backlog", "backlog_age"})
_TELLS_NO_ANSWER: Final = frozenset({"turnaround", "backlog", "backlog_age"})


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One item behind a number. Key and preview are empty for those who may not see items; a masked verdict too."""

    item_id: UUID
    item_key: str
    at: datetime
    preview: str
    verdict: str
    detail: str
    weight: float | None
    is_masked: bool


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """Some of them, and the cursor of the next page."""

    rows: tuple[EvidenceRow, ...]
    next: str
    why_not: WhyNot | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the items: of a market, of a period, only those that speak against, after a cursor, so many."""

    market: str = ""
    period: Period = Period.ALL
    is_against: bool = False
    after: str = ""
    limit: int = 50


def evidence(*, by: Actor, project: str, kpi: str, wanted: Wanted | None = None) -> EvidencePage:
    """The items behind a project's number. Errors: NotFound, KpiNotKnown."""
    ask = wanted or Wanted()
    row = project_seen(by, project, market=ask.market)
    if kpi not in SOURCES:
        raise KpiNotKnown(kpi=kpi)
    days = days_of(ask.period, today=now().date())
    [cell] = cells(by, (kpi,), asked=Asked((row.code,), ask.market, days))[row.code]
    if cell.why_not is WhyNot.WITHHELD:
        return EvidencePage((), "", WhyNot.WITHHELD)
    query, params = _statement(kpi, row, ask=ask, first_day=days[0])
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        found = cursor.fetchall()
    shown = found[: ask.limit]
    masked = quality.masked_items(by=by, item_ids={one[2] for one in shown})
    sees_items = may(by, Verb.VIEW_ITEMS, scope=Scope(project=row.code, market=ask.market))
    rows = tuple(_row(one, kpi=kpi, masked=masked, sees_items=sees_items) for one in shown)
    if ask.is_against:
        rows = tuple(one for one in rows if not one.is_masked)  # to be among them would tell what is hidden
    return EvidencePage(rows, _cursor(shown[-1]) if len(found) > ask.limit else "", cell.why_not)


def _statement(kpi: str, row: Any, *, ask: Wanted, first_day: date | None) -> tuple[str, dict[str, Any]]:
    is_ascending = kpi in _OLDEST_FIRST
    sign, order = (">", "ASC") if is_ascending else ("<", "DESC")
    at, after = _read(ask.after)
    inner = SOURCES[kpi]
    inner += " AND i.market = %(market)s" if ask.market else ""
    outer = ["true"]
    outer += [f"(at, cursor) {sign} (%(at)s::timestamptz, %(cursor)s::uuid)"] if after else []
    outer += ["verdict = ANY(%(against)s)"] if ask.is_against and kpi in AGAINST else []
    outer += ["at >= %(first)s"] if first_day else []
    first = datetime.combine(first_day, time(), UTC) if first_day else datetime.now(UTC) - timedelta(days=1)
    params = {
        "project": row.pk, "market": ask.market, "now": now(), "at": at, "cursor": after, "first": first,
        "against": list(AGAINST.get(kpi, ())), "limit": ask.limit + 1, "question": _main_question(row),
    }  # fmt: skip
    where = " AND ".join(outer)
    return f"SELECT * FROM ({inner}) found WHERE {where} ORDER BY at {order}, cursor {order} LIMIT %(limit)s", params


def _main_question(row: Any) -> str:
    newest = row.schema.versions.filter(published_at__isnull=False).order_by("-number").first() if row.schema else None
    questions = newest.definition.get("questions", []) if newest else []
    return str(questions[0]["key"]) if questions else ""


def _row(found: tuple[Any, ...], *, kpi: str, masked: frozenset[UUID], sees_items: bool) -> EvidenceRow:
    at, _, item_id, key, preview, verdict, detail, weight = found
    hides = item_id in masked and kpi not in _TELLS_NO_ANSWER
    return EvidenceRow(
        item_id,
        key if sees_items else "",
        at,
        preview if sees_items else "",
        "" if hides else verdict,
        "" if hides else detail or "",
        None if hides else weight,
        hides,
    )


def _cursor(found: tuple[Any, ...]) -> str:
    return f"{found[0].isoformat()}|{found[1]}"


def _read(cursor: str) -> tuple[datetime | None, UUID | None]:
    """The place after which a page goes on. Errors: NotFound for one that was not made here."""
    if not cursor:
        return None, None
    at, _, last = cursor.partition("|")
    try:
        return datetime.fromisoformat(at.replace(" ", "+")), UUID(last)
    except ValueError as fault:
        raise NotFound(cursor=cursor) from fault
