"""Queues: what waits in each now, how old it is, and who works on it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from smo.catalog.models import Project
from smo.kernel.errors import NotFound
from smo.kernel.permissions import Actor, Scope, Verb, may, require
from smo.labeling.models import Queue
from smo.labeling.queries.prepared import rows

MOST_COUNTED: Final = 1000  # "1000 and more" says as much, and costs nothing


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One queue with what waits in it. `ready` counts to 1,000 at most; `mine` is what the asker holds of it."""

    id: UUID
    project: str
    project_name: str
    project_state: str
    name: str
    market: str
    language: str
    priority: int
    overlap: int
    state: str
    ready: int
    backlog: int
    oldest_received_at: datetime | None
    in_work: int
    mine: int

    @property
    def is_handing_out(self) -> bool:
        """Would a claim be answered with work, if there is any?"""
        return self.state != "paused" and self.project_state == "live"

    @property
    def has_more(self) -> bool:
        """Is more ready than was counted?"""
        return self.ready >= MOST_COUNTED


@dataclass(frozen=True, slots=True)
class QueueHead:
    """What a queue is, for decisions about it."""

    id: UUID
    project: str
    project_id: UUID
    project_state: str
    name: str
    market: str
    language: str
    priority: int
    overlap: int
    state: str
    has_schema: bool

    @property
    def scope(self) -> Scope:
        """Where its work lies."""
        return Scope(project=self.project, market=self.market, language=self.language)


@dataclass(frozen=True, slots=True)
class ProjectHead:
    """What labeling needs to know of a project."""

    id: UUID
    code: str
    name: str
    state: str
    overlap: int
    markets: tuple[str, ...]
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a project's items are, as of now."""

    items: int
    placed: int
    backlog: int
    final: int
    in_work: int
    decisions: int
    flags_open: int
    oldest_received_at: datetime | None


@dataclass(frozen=True, slots=True)
class AtWork:
    """What one person holds in one queue."""

    person_id: UUID
    person_name: str
    queue_id: UUID
    queue_name: str
    held: int
    last_claimed_at: datetime
    last_decision_at: datetime | None


_QUEUES: Final = f"""
SELECT q.id, p.code AS project, p.name AS project_name, p.state AS project_state, q.name, q.market, q.language,
    q.priority, q.overlap, q.state,
    (SELECT count(*) FROM (SELECT FROM labeling_slot s WHERE s.queue_id = q.id AND s.is_open
        LIMIT {MOST_COUNTED}) r) AS ready,
    (SELECT count(*) FROM labeling_slot s WHERE s.queue_id = q.id AND s.final_at IS NULL) AS backlog,
    (SELECT s.received_at FROM labeling_slot s WHERE s.queue_id = q.id AND s.final_at IS NULL
        ORDER BY s.received_at LIMIT 1) AS oldest_received_at,
    coalesce(l.in_work, 0) AS in_work, coalesce(l.mine, 0) AS mine
FROM labeling_queue q JOIN catalog_project p ON p.id = q.project_id
LEFT JOIN (
    SELECT a.queue_id, count(*) AS in_work, count(*) FILTER (WHERE a.person_id = %(person)s::uuid) AS mine
    FROM labeling_assignment a WHERE a.state = 'live' GROUP BY a.queue_id
) l ON l.queue_id = q.id
WHERE q.id = ANY(%(queues)s::uuid[])
ORDER BY p.name, p.code, q.priority DESC, q.name
"""  # noqa: S608 - put together from constants alone

_HEAD: Final = """
SELECT q.id, p.code AS project, p.id AS project_id, p.state AS project_state, q.name, q.market, q.language, q.priority,
    q.overlap, q.state, EXISTS (SELECT FROM catalog_schemaversion v
        WHERE v.schema_id = p.schema_id AND v.published_at IS NOT NULL) AS has_schema
FROM labeling_queue q JOIN catalog_project p ON p.id = q.project_id WHERE q.id = %(queue)s::uuid
"""

_PROGRESS: Final = """
SELECT (SELECT count(*) FROM intake_item i WHERE i.project_id = %(project)s::uuid) AS items,
    coalesce(sum(w.placed), 0)::bigint AS placed, coalesce(sum(w.backlog), 0)::bigint AS backlog,
    coalesce(sum(w.placed - w.backlog), 0)::bigint AS final, coalesce(sum(w.in_work), 0)::bigint AS in_work,
    (SELECT count(*) FROM labeling_decision d WHERE d.project_id = %(project)s::uuid AND d.retracted_at IS NULL)
        AS decisions,
    (SELECT count(*) FROM labeling_flag f WHERE f.project_id = %(project)s::uuid AND f.answered_at IS NULL)
        AS flags_open,
    min(w.oldest_received_at) AS oldest_received_at
FROM (
    SELECT count(*) AS placed, count(*) FILTER (WHERE s.final_at IS NULL) AS backlog, sum(s.taken) AS in_work,
        min(s.received_at) FILTER (WHERE s.final_at IS NULL) AS oldest_received_at
    FROM labeling_slot s JOIN labeling_queue q ON q.id = s.queue_id WHERE q.project_id = %(project)s::uuid
) w
"""

_AT_WORK: Final = """
SELECT a.person_id, n.name AS person_name, a.queue_id, q.name AS queue_name, count(*) AS held,
    max(a.claimed_at) AS last_claimed_at,
    (SELECT max(d.received_at) FROM labeling_decision d WHERE d.person_id = a.person_id) AS last_decision_at
FROM labeling_assignment a JOIN labeling_queue q ON q.id = a.queue_id JOIN catalog_project p ON p.id = q.project_id
JOIN people_person n ON n.id = a.person_id
WHERE a.state = 'live' AND p.code = %(project)s
GROUP BY a.person_id, n.name, a.queue_id, q.name ORDER BY lower(n.name), a.person_id, q.name
"""


def queues(*, by: Actor, project: str = "") -> tuple[QueueRow, ...]:
    """The queues in which this person may label or which they lead, of one project or of all."""
    found = Queue.objects.filter(_within(by)).values_list("id", "project__code", "market", "language")
    found = found.filter(project__code=project) if project else found
    seen = [
        row[0]
        for row in found
        if any(may(by, verb, scope=Scope(project=row[1], market=row[2], language=row[3])) for verb in _WORK)
    ]
    return tuple(QueueRow(*row) for row in rows(_QUEUES, {"person": by.id, "queues": seen})) if seen else ()


def queue(*, by: Actor, queue_id: UUID) -> QueueRow:
    """One queue. Errors: NotFound, also when there is one that this person may not know of."""
    head = queue_head(queue_id=queue_id)
    if not any(may(by, verb, scope=head.scope) for verb in _WORK):
        raise NotFound(queue_id=queue_id)
    return QueueRow(*rows(_QUEUES, {"person": by.id, "queues": [queue_id]})[0])


def queue_head(*, queue_id: UUID) -> QueueHead:
    """What a queue is; whoever asks checks its scope. Errors: NotFound."""
    found = rows(_HEAD, {"queue": queue_id})
    if not found:
        raise NotFound(queue_id=queue_id)
    return QueueHead(*found[0])


def project_head(*, code: str) -> ProjectHead:
    """What labeling needs of a project; whoever asks checks its scope. Errors: NotFound."""
    row = Project.objects.filter(code=code).first()
    if row is None:
        raise NotFound(project=code)
    return ProjectHead(row.id, row.code, row.name, row.state, row.overlap, tuple(row.markets), tuple(row.languages))


def progress(project_id: UUID) -> Progress:
    """How far a project's items are; whoever asks checks its scope."""
    return Progress(*rows(_PROGRESS, {"project": project_id})[0])


def who_is_working(*, by: Actor, project: str) -> tuple[AtWork, ...]:
    """Who holds work of a project now, by name."""
    require(by, Verb.MANAGE_QUEUES, scope=Scope(project=project))
    return tuple(AtWork(*row) for row in rows(_AT_WORK, {"project": project}))


_WORK: Final = (Verb.LABEL, Verb.MANAGE_QUEUES)


def _within(by: Actor) -> Q:
    """Queues that a grant of this person could reach, as a filter; `may` decides in the end."""
    reached = Q(pk__in=[])
    for grant in by.grants:
        if not grant.verbs.isdisjoint(_WORK):
            parts: dict[str, Any] = {"project__code": grant.scope.project, "market": grant.scope.market}
            parts["language"] = grant.scope.language
            reached |= Q(**{name: value for name, value in parts.items() if value}) | (
                Q() if any(parts.values()) else ~Q(pk__in=[])
            )
    return reached
