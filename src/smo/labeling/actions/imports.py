"""Decisions made with other tools become decisions here: one for each item and rater, their answers by question."""

import json
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from smo.catalog import queries as catalog
from smo.catalog.rules.schema import Schema
from smo.intake import actions as intake
from smo.intake import queries as intake_queries
from smo.kernel.clock import now
from smo.kernel.permissions import Actor
from smo.people import actions as people

# A rater who answered one question about one item again decided again: each round is a decision of its own. Spans are
# rows of one answer. The key of a decision names project, item, rater and round, so that a file that comes twice
# brings nothing twice.
_PUBLISH: Final = """
WITH person AS (SELECT * FROM jsonb_each_text(%(persons)s::jsonb) AS p(rater, id)),
numbered AS (
  SELECT s.*, s.question = ANY(%(spans)s) AS is_span, CASE WHEN s.question = ANY(%(spans)s) THEN 1 ELSE
    row_number() OVER (PARTITION BY s.item_id, s.rater, s.question ORDER BY s.at, s.row) END AS round
  FROM intake_staged s WHERE s.brought_by_id = %(id)s),
answered AS (
  SELECT item_id, rater, round, question, (array_agg(answer ORDER BY row))[1] AS answer, min(row) AS row,
         max(at) AS at, min(started_at) AS started_at, max(elapsed_ms) AS elapsed_ms,
         (array_agg(new_id ORDER BY row))[1] AS id
  FROM numbered WHERE NOT is_span GROUP BY item_id, rater, round, question
  UNION ALL
  SELECT item_id, rater, 1, question, coalesce(jsonb_agg(span ORDER BY row) FILTER (WHERE span IS NOT NULL), '[]'),
         min(row), max(at), min(started_at), max(elapsed_ms), (array_agg(new_id ORDER BY row))[1]
  FROM numbered LEFT JOIN LATERAL jsonb_array_elements(answer) AS span ON true
  WHERE is_span GROUP BY item_id, rater, question),
decided AS (
  SELECT item_id, rater, round, jsonb_object_agg(question, answer) AS answers, max(at) AS at,
         min(started_at) AS started_at, max(elapsed_ms) AS elapsed_ms, (array_agg(id ORDER BY row))[1] AS id
  FROM answered GROUP BY item_id, rater, round),
keyed AS (
  SELECT d.*, p.id::uuid AS person_id, md5(concat_ws('/', %(project)s, item_id, p.id, round))::uuid AS submit_key
  FROM decided d JOIN person p USING (rater)),
stored AS (
  INSERT INTO labeling_decision (
    id, project_id, item_id, person_id, outcome, answers, reason, note, submit_key, submitted_digest, claimed_at,
    opened_at, received_at, active_ms, decision_mode, translation_used, prelabel_shown, view_mode, tool_version,
    schema_version_id, is_late, brought_by_id)
  SELECT id, %(project)s, item_id, person_id, 'decided', answers, '', '', submit_key,
         sha256(convert_to(answers::text, 'UTF8')), started_at, started_at, coalesce(at, %(now)s), elapsed_ms, 'human',
         false, false, 'full', 'import', %(schema)s, false, %(id)s
  FROM keyed ORDER BY id ON CONFLICT (submit_key) DO NOTHING RETURNING submit_key)
SELECT (SELECT count(*) FROM stored),
       (SELECT count(*) FROM keyed k JOIN labeling_decision d USING (submit_key) WHERE d.answers = k.answers),
       (SELECT count(*) FROM keyed)
"""


@transaction.atomic
def publish_decisions(*, by: Actor, import_id: UUID) -> None:
    """Publish an import of past decisions. Errors: as `intake.begin_publishing`."""
    publishing = intake.begin_publishing(by=by, import_id=import_id)
    if publishing is None:
        return
    version = publishing.schema_version_id
    schema = catalog.schema_version(version).schema if version else Schema(())
    names = intake_queries.staged_names(import_id)
    persons = people.ensure_raters(by=by, names=names, kind="imported", project=publishing.project)
    spans = [question.key for question in schema.questions if question.type == "span" and question.per == "item"]
    values: dict[str, Any] = {
        "id": import_id, "project": publishing.project_id, "now": now(), "schema": version, "spans": spans,
        "persons": json.dumps({name: str(person) for name, person in persons.items()}),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_PUBLISH, values)
        new, known, every = cursor.fetchone()
    intake.end_publishing(by=by, publishing=publishing, new=new, known=known, refused=every - new - known)
