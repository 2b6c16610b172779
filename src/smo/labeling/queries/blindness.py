"""Blindness: whose eyes are to be kept from what others said about an item, because they have still to decide."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from smo.kernel.clock import now
from smo.kernel.permissions import Actor, Scope, Verb, may
from smo.labeling.queries.prepared import rows
from smo.labeling.rules import UNDO_WINDOW

# Items that are not final, with how this person stands to each: holds it, may still take back the own answer, or has
# not answered and so could be handed it. An answer that can be taken back is not given yet. Who has seen the others'
# answers is handed it no more.
_STANDING: Final = """
SELECT s.item_id, p.code AS project, q.market, q.language,
    bool_or(coalesce(a.state = 'live', false)) AS is_held,
    bool_or(coalesce(a.state IN ('decided', 'skipped'), false)) AS is_answered,
    bool_or(coalesce(a.state IN ('decided', 'skipped') AND a.ended_at > %(since)s::timestamptz, false)) AS is_fresh,
    s.final_at IS NOT NULL OR EXISTS (SELECT FROM labeling_answersseen n
        WHERE n.item_id = s.item_id AND n.person_id = %(person)s::uuid) AS is_closed
FROM labeling_slot s JOIN labeling_queue q ON q.id = s.queue_id JOIN catalog_project p ON p.id = q.project_id
LEFT JOIN labeling_assignment a ON a.slot_id = s.key AND a.person_id = %(person)s::uuid
    AND a.state IN ('live', 'decided', 'skipped')
WHERE s.item_id = ANY(%(items)s::uuid[])
GROUP BY s.key, s.item_id, p.code, q.market, q.language
"""


def masked_items(by: Actor, item_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of these items about which this person has still to decide, or could be asked to."""
    asked, person = list(set(item_ids)), by.person()
    if not asked or Verb.LABEL not in person.verbs():
        return frozenset()
    found = rows(_STANDING, {"person": by.id, "items": asked, "since": now() - UNDO_WINDOW})
    return frozenset(
        row.item_id
        for row in found
        if row.is_held
        or row.is_fresh
        or (
            not row.is_closed
            and not row.is_answered
            and may(person, Verb.LABEL, scope=Scope(project=row.project, market=row.market, language=row.language))
        )
    )
