"""Right answers that somebody brought: one key for each item and question, which may hold several answers."""

from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from smo.intake import actions as intake
from smo.kernel.clock import now
from smo.kernel.permissions import Actor

# Keys that say the same again are known; another key for the same question takes the place of the one before.
_KEYS: Final = """
CREATE TEMP TABLE gold_brought ON COMMIT DROP AS
SELECT (array_agg(new_id ORDER BY row))[1] AS id, item_id, question,
       jsonb_agg(DISTINCT answer) AS answers, coalesce(min(source), '') AS source
FROM intake_staged WHERE brought_by_id = %(id)s GROUP BY item_id, question
"""
_KNOWN: Final = """
DELETE FROM gold_brought b USING quality_goldkey g
WHERE g.item_id = b.item_id AND g.question = b.question AND g.is_active AND g.answers = b.answers
"""
_REPLACED: Final = """
UPDATE quality_goldkey g SET is_active = false FROM gold_brought b
WHERE g.item_id = b.item_id AND g.question = b.question AND g.is_active
"""
_PUBLISH: Final = """
INSERT INTO quality_goldkey (id, project_id, item_id, question, answers, source, is_active, created_by, created_at,
                             brought_by_id)
SELECT id, %(project)s, item_id, question, answers, source, true, %(by)s, %(now)s, %(id)s FROM gold_brought ORDER BY id
"""


@transaction.atomic
def publish_gold(*, by: Actor, import_id: UUID) -> None:
    """Publish an import of gold. Errors: as `intake.begin_publishing`."""
    publishing = intake.begin_publishing(by=by, import_id=import_id)
    if publishing is None:
        return
    values: dict[str, Any] = {"id": import_id, "project": publishing.project_id, "by": by.id, "now": now()}
    with connection.cursor() as cursor:
        cursor.execute(_KEYS, values)
        cursor.execute(_KNOWN)
        known = cursor.rowcount
        cursor.execute(_REPLACED)
        cursor.execute(_PUBLISH, values)
        new = cursor.rowcount
        cursor.execute("DROP TABLE gold_brought")
    intake.end_publishing(by=by, publishing=publishing, new=new, known=known)
