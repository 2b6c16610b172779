"""Changes to evaluation: what models said comes in."""

import json
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from smo.intake import actions as intake
from smo.intake import queries as intake_queries
from smo.kernel.clock import now
from smo.kernel.permissions import Actor
from smo.people import actions as people

_PUBLISH: Final = """
WITH model AS (SELECT * FROM jsonb_each_text(%(models)s::jsonb) AS m(rater, id)),
brought AS (
  SELECT s.new_id, s.item_id, m.id::uuid AS model_id, coalesce(s.question, '') AS question,
         coalesce(s.label, '') AS value, s.score
  FROM intake_staged s JOIN model m USING (rater) WHERE s.brought_by_id = %(id)s),
stored AS (
  INSERT INTO evaluation_prediction (id, project_id, item_id, model_id, question, value, score, recorded_at,
                                     brought_by_id)
  SELECT new_id, %(project)s, item_id, model_id, question, value, score, %(now)s, %(id)s FROM brought ORDER BY new_id
  ON CONFLICT (item_id, model_id, question) DO NOTHING RETURNING id)
SELECT (SELECT count(*) FROM stored),
       (SELECT count(*) FROM brought b JOIN evaluation_prediction p USING (item_id, model_id, question)
        WHERE p.value = b.value AND p.score IS NOT DISTINCT FROM b.score),
       (SELECT count(*) FROM brought)
"""


@transaction.atomic
def publish_predictions(*, by: Actor, import_id: UUID) -> None:
    """Publish an import of predictions; each model is a person of kind model. Errors: as `intake.begin_publishing`."""
    publishing = intake.begin_publishing(by=by, import_id=import_id)
    if publishing is None:
        return
    names = intake_queries.staged_names(import_id)
    models = people.ensure_raters(by=by, names=names, kind="model", project=publishing.project)
    values: dict[str, Any] = {
        "id": import_id, "project": publishing.project_id, "now": now(),
        "models": json.dumps({name: str(person) for name, person in models.items()}),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_PUBLISH, values)
        new, known, every = cursor.fetchone()
    intake.end_publishing(by=by, publishing=publishing, new=new, known=known, refused=every - new - known)
