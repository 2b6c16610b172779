"""The projects whose numbers someone may see, and what else their pages need to know of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from smo.catalog.models import Project
from smo.kernel.errors import NotFound
from smo.kernel.permissions import Actor, Scope, Verb
from smo.reporting.rules import Setup

_SETUP: Final = """
    SELECT p.code,
        (SELECT count(*) FROM quality_plan n
         WHERE n.project_id = p.id AND n.purpose = 'estimate' AND n.state = 'active') AS plans,
        (SELECT count(*) FROM quality_audit a WHERE a.project_id = p.id AND a.state = 'drawn') AS audits_waiting,
        p.overlap,
        EXISTS (SELECT FROM labeling_decision d WHERE d.project_id = p.id)::int AS decisions
    FROM catalog_project p WHERE p.code = ANY(%s)"""
_BACKLOG: Final = """
    SELECT p.code, count(s.key) AS waiting, min(s.received_at) AS oldest
    FROM labeling_slot s JOIN labeling_queue q ON q.id = s.queue_id JOIN catalog_project p ON p.id = q.project_id
    WHERE s.final_at IS NULL AND p.code = ANY(%s)
    GROUP BY 1"""
_BACKLOG_OF_MARKET: Final = """
    SELECT p.code, count(s.key) AS waiting, min(s.received_at) AS oldest
    FROM labeling_slot s JOIN labeling_queue q ON q.id = s.queue_id JOIN catalog_project p ON p.id = q.project_id
        JOIN intake_item i ON i.id = s.item_id
    WHERE s.final_at IS NULL AND p.code = ANY(%s) AND i.market = %s
    GROUP BY 1"""


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many items wait, and since when the oldest."""

    waiting: int = 0
    oldest_received_at: datetime | None = None


def projects_seen(by: Actor, verb: Verb = Verb.VIEW_NUMBERS, *, market: str = "") -> QuerySet[Project]:
    """The projects in which this is allowed; for one market a grant of that market is enough."""
    held = [grant.scope for grant in by.grants if verb in grant.verbs]
    whole = {scope.project for scope in held if scope.covers(Scope(project=scope.project, market=market))}
    rows = Project.objects.select_related("product").order_by("name", "code")
    return rows if "" in whole else rows.filter(code__in=whole)


def project_seen(by: Actor, code: str, *, market: str = "") -> Project:
    """One of them. Errors: NotFound."""
    found = projects_seen(by, market=market).filter(code=code).first()
    if found is None:
        raise NotFound(project=code)
    return found


def setups(codes: Sequence[str]) -> dict[str, Setup]:
    """By project: what decides why something cannot be measured there."""
    return {row[0]: Setup(*row[1:]) for row in _rows(_SETUP, [list(codes)])}


def backlogs(codes: Sequence[str], *, market: str = "") -> dict[str, Backlog]:
    """By project: what waits now."""
    query, given = (_BACKLOG_OF_MARKET, [list(codes), market]) if market else (_BACKLOG, [list(codes)])
    return {row[0]: Backlog(*row[1:]) for row in _rows(query, given)}


def _rows(query: str, given: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return list(cursor.fetchall())
