"""Queues: made, changed, opened and paused, and filled with items that have no place yet."""

from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from smo.kernel import audit, outbox
from smo.kernel.clock import now
from smo.kernel.ids import new_id
from smo.kernel.permissions import Actor, Scope, Verb, require
from smo.labeling import models, rules
from smo.labeling.events import QueueChanged
from smo.labeling.queries.prepared import rows
from smo.labeling.queries.queues import ProjectHead, project_head, queue_head

FILLED_AT_ONCE: Final = 20_000  # more is placed in the background

_NO_PLACE: Final = """
    i.project_id = %(project)s::uuid AND NOT EXISTS (SELECT FROM labeling_slot s WHERE s.item_id = i.id)
    AND NOT EXISTS (SELECT FROM labeling_decision d WHERE d.item_id = i.id AND d.assignment_id IS NULL)
"""

# Each item without a place gets one in the queue that names its market and language most exactly. Items with answers
# from other tools have been decided already.
_FILL: Final = f"""
WITH placed AS (
    INSERT INTO labeling_slot (queue_id, item_id, priority, wanted, taken, decided, received_at)
    SELECT q.id, i.id, 0, q.overlap, 0, 0, i.received_at
    FROM intake_item i CROSS JOIN LATERAL (
        SELECT q.id, q.overlap FROM labeling_queue q
        WHERE q.project_id = i.project_id AND q.state <> 'draining' AND q.market IN ('', i.market)
            AND q.language IN ('', coalesce(nullif(i.language_declared, ''), i.language_detected))
        ORDER BY (q.market <> '')::int + (q.language <> '')::int DESC, q.priority DESC, q.created_at, q.id LIMIT 1
    ) q
    WHERE {_NO_PLACE} ORDER BY i.received_at, i.id
    ON CONFLICT (item_id) DO NOTHING
    RETURNING queue_id
)
SELECT queue_id, count(*) AS placed FROM placed GROUP BY queue_id
"""  # noqa: S608 - put together from constants alone

_WAITING: Final = f"""
SELECT count(*) AS waiting FROM (SELECT FROM intake_item i WHERE {_NO_PLACE} LIMIT {FILLED_AT_ONCE + 1}) w
"""  # noqa: S608 - put together from constants alone

# Another overlap holds for what is not final yet; what was answered or is being answered is never undone by it.
_REWANT: Final = """
UPDATE labeling_slot s SET wanted = greatest(%(overlap)s::int, s.taken + s.decided),
    final_at = CASE WHEN s.decided >= greatest(%(overlap)s::int, s.taken + s.decided) THEN %(at)s::timestamptz END
WHERE s.queue_id = %(queue)s::uuid AND s.final_at IS NULL AND s.wanted <> %(overlap)s::int
RETURNING s.key
"""

_PUT_FIRST: Final = """
UPDATE labeling_slot s SET priority = %(priority)s::smallint
WHERE s.queue_id = %(queue)s::uuid AND s.item_id = ANY(%(items)s::uuid[]) AND s.final_at IS NULL
RETURNING s.item_id
"""


@transaction.atomic
def create_queue(*, by: Actor, project: str, settings: rules.QueueSettings) -> UUID:
    """Make a queue and place the items that wait for one like it."""
    head = project_head(code=project)
    chosen = _checked(by, head, settings=settings)
    row = models.Queue(id=new_id(), project_id=head.id, created_by=by.id, created_at=now())
    _save(row, chosen)
    audit.record(by=by, verb="queue_created", subject=_subject(row.id), details=_details(head.code, chosen))
    _fill_soon(by, head)
    return row.id


@transaction.atomic
def change_queue(*, by: Actor, queue_id: UUID, settings: rules.QueueSettings) -> None:
    """Change a queue. Another overlap holds for items that are not final; items stay where they have their place."""
    before = queue_head(queue_id=queue_id)
    require(by, Verb.MANAGE_QUEUES, scope=before.scope)
    head = project_head(code=before.project)
    chosen = _checked(by, head, settings=settings)
    row = models.Queue.objects.select_for_update().get(pk=queue_id)
    _save(row, chosen)
    if row.overlap != before.overlap:
        rows(_REWANT, {"queue": queue_id, "overlap": row.overlap, "at": now()})
    audit.record(by=by, verb="queue_changed", subject=_subject(queue_id), details=_details(head.code, chosen))
    _fill_soon(by, head)


@transaction.atomic
def set_queue_state(*, by: Actor, queue_id: UUID, state: str) -> None:
    """Open a queue, pause it, or let it run empty. Work that is in hand can be finished in any case."""
    head = queue_head(queue_id=queue_id)
    require(by, Verb.MANAGE_QUEUES, scope=head.scope)
    if state not in rules.QUEUE_STATES:
        raise rules.QueueNotValid(name=head.name)
    models.Queue.objects.filter(pk=queue_id).update(state=state)
    audit.record(by=by, verb="queue_state_set", subject=_subject(queue_id), details={"state": state})
    if state == "open":
        _fill_soon(by, project_head(code=head.project))


@transaction.atomic
def fill_queues(*, by: Actor, project: str) -> int:
    """Give each item without a place one in the queue that fits it best; how many. A second call places nothing."""
    require(by, Verb.MANAGE_QUEUES, scope=Scope(project=project))
    return _filled(by, project_head(code=project))


@transaction.atomic
def prioritise_items(*, by: Actor, queue_id: UUID, item_ids: tuple[UUID, ...], priority: int) -> int:
    """Hand these items of a queue out before those of less priority; how many were still to be decided."""
    require(by, Verb.MANAGE_QUEUES, scope=queue_head(queue_id=queue_id).scope)
    if not -1000 <= priority <= 1000:
        raise rules.SubmissionNotValid(part="priority")
    changed = rows(_PUT_FIRST, {"queue": queue_id, "items": list(item_ids), "priority": priority})
    details = {"priority": priority, "rows": len(changed)}
    audit.record(by=by, verb="items_prioritised", subject=_subject(queue_id), details=details)
    return len(changed)


def _checked(by: Actor, head: ProjectHead, *, settings: rules.QueueSettings) -> rules.QueueSettings:
    chosen = rules.checked_queue(settings)
    require(by, Verb.MANAGE_QUEUES, scope=Scope(project=head.code, market=chosen.market, language=chosen.language))
    rules.check_place(chosen, markets=head.markets, languages=head.languages)
    overlap = chosen.overlap or head.overlap
    return rules.QueueSettings(chosen.name, chosen.market, chosen.language, chosen.priority, overlap)


def _save(row: models.Queue, chosen: rules.QueueSettings) -> None:
    row.name, row.market, row.language = chosen.name, chosen.market, chosen.language
    row.priority, row.overlap = chosen.priority, chosen.overlap or 1
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as fault:
        raise rules.QueueNameTaken(name=chosen.name) from fault


def _fill_soon(by: Actor, head: ProjectHead) -> None:
    """At once when there are few, else in the background."""
    if rows(_WAITING, {"project": head.id})[0].waiting > FILLED_AT_ONCE:
        outbox.publish(QueueChanged(head.code))
    else:
        _filled(by, head)


def _filled(by: Actor, head: ProjectHead) -> int:
    placed: dict[str, int] = {str(row.queue_id): row.placed for row in rows(_FILL, {"project": head.id})}
    total = sum(placed.values())
    if total:
        details = {"rows": total, "queues": placed}
        audit.record(by=by, verb="queues_filled", subject=audit.Subject("project", head.code), details=details)
    return total


def _subject(queue_id: UUID) -> audit.Subject:
    return audit.Subject("queue", str(queue_id))


def _details(project: str, chosen: rules.QueueSettings) -> dict[str, Any]:
    told = {"project": project, "name": chosen.name, "market": chosen.market, "language": chosen.language}
    return told | {"priority": chosen.priority, "overlap": chosen.overlap}
