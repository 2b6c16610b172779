"""Staged rows meet what is there already: doubled and known rows are set aside, answers are read by the questions."""

import json
from collections.abc import Sequence
from typing import Any, Final

from django.db import connection

from smo.catalog.rules.schema import Schema
from smo.intake import models
from smo.intake.actions.questions import schema_for
from smo.intake.rules.answers import answer_of, question_for
from smo.intake.rules.faults import FAULTS, MOST_SHOWN
from smo.kernel.permissions import Actor

# A row leaves staging for the list of the rejected. `column` tells which cell, by its column's name here.
_REJECT: Final = """
WITH gone AS (DELETE FROM intake_staged s USING ({rows}) found
              WHERE s.brought_by_id = %(id)s AND s.row = found.row RETURNING s.*),
     told AS (INSERT INTO intake_rejected (brought_by_id, row, line, "column", value, code)
              SELECT brought_by_id, row, line, %(column)s, left(coalesce({value}, ''), 200), %(code)s FROM gone
              ORDER BY row RETURNING row, line, "column", value, code)
SELECT row, line, "column", value, code FROM told ORDER BY row
"""
_DOUBLED: Final = """
SELECT row FROM (SELECT row, row_number() OVER (PARTITION BY {by} ORDER BY row) AS place
                 FROM intake_staged WHERE brought_by_id = %(id)s) numbered WHERE place > 1
"""
_TAKEN: Final = """
SELECT s.row FROM intake_staged s JOIN intake_item i ON i.project_id = %(project)s AND i.item_key = s.item_key
WHERE s.brought_by_id = %(id)s AND i.id <> s.new_id
  AND NOT (i.text = s.text AND i.turns IS NOT DISTINCT FROM s.turns)
"""
_KNOWN: Final = """
DELETE FROM intake_staged s USING intake_item i
WHERE s.brought_by_id = %(id)s AND i.project_id = %(project)s AND i.item_key = s.item_key AND i.id <> s.new_id
"""
_FIND_ITEMS: Final = """
UPDATE intake_staged s SET item_id = i.id FROM intake_item i
WHERE s.brought_by_id = %(id)s AND i.project_id = %(project)s AND i.item_key = s.item_key
"""
_NO_ITEM: Final = "SELECT row FROM intake_staged WHERE brought_by_id = %(id)s AND item_id IS NULL"
_NAME_NOBODY: Final = """
UPDATE intake_staged s SET rater = 'Anonymous ' || numbered.place
FROM (SELECT row, row_number() OVER (PARTITION BY item_id, question ORDER BY row) AS place
      FROM intake_staged WHERE brought_by_id = %(id)s AND rater IS NULL) numbered
WHERE s.brought_by_id = %(id)s AND s.row = numbered.row
"""
_DIFFERENT: Final = """
SELECT question, label FROM intake_staged WHERE brought_by_id = %(id)s AND label IS NOT NULL
GROUP BY question, label ORDER BY min(row)
"""
_READ: Final = """
UPDATE intake_staged s SET question = r.key, answer = r.answer
FROM jsonb_to_recordset(%(read)s::jsonb) AS r(question text, label text, key text, answer jsonb)
WHERE s.brought_by_id = %(id)s AND s.question IS NOT DISTINCT FROM r.question AND s.label = r.label
"""
_UNREAD: Final = """
SELECT s.row FROM intake_staged s
JOIN jsonb_to_recordset(%(unread)s::jsonb) AS r(question text, label text)
  ON s.question IS NOT DISTINCT FROM r.question AND s.label = r.label WHERE s.brought_by_id = %(id)s
"""
_OUTSIDE: Final = """
SELECT s.row FROM intake_staged s JOIN intake_item i ON i.id = s.item_id
WHERE s.brought_by_id = %(id)s AND s.question = ANY(%(questions)s) AND EXISTS (
  SELECT FROM jsonb_array_elements(s.answer) span WHERE (span->>'end')::bigint > char_length(i.text))
"""


def settle(*, row: models.Import, by: Actor) -> None:
    """Check an import's staged rows against each other and against the project."""
    if row.kind == models.ImportKind.ITEMS:
        _reject(row, _DOUBLED.format(by="item_key"), code="doubled_key", value="s.item_key")
        set_known_aside(row=row)
        return
    _run(row, _FIND_ITEMS)
    _reject(row, _NO_ITEM, code="no_such_item", value="s.item_key")
    if row.kind == models.ImportKind.DECISIONS:
        _run(row, _NAME_NOBODY)
    schema = schema_for(row=row, by=by, labels=_different(row))
    _read_answers(row, schema)
    if row.kind == models.ImportKind.PREDICTIONS:
        _reject(row, _DOUBLED.format(by="item_id, rater, question"), code="doubled_row", value="s.item_key")


def set_known_aside(*, row: models.Import) -> None:
    """Items that the project has already, found by the system: the same content is known, other content is refused."""
    _reject(row, _TAKEN, code="key_taken", value="s.item_key")
    known = _run(row, _KNOWN)
    row.rows_known += known
    row.rows_staged -= known


def _different(row: models.Import) -> list[tuple[str | None, str]]:
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENT, {"id": row.id})
        return list(cursor.fetchall())


def _read_answers(row: models.Import, schema: Schema) -> None:
    """Each different label is read once; what the question does not take is refused with its rows."""
    read: list[dict[str, Any]] = []
    outside: list[dict[str, Any]] = []
    strange: list[dict[str, Any]] = []
    for name, label in _different(row):
        question = question_for(schema, name)
        cell = {"question": name, "label": label}
        if question is None:
            strange.append(cell)
            continue
        try:
            read.append({**cell, "key": question.key, "answer": answer_of(question, label)})
        except (ValueError, TypeError):
            if row.kind == models.ImportKind.PREDICTIONS:  # a model may say what nobody offered it: that is a finding
                read.append({**cell, "key": question.key, "answer": None})
            else:
                outside.append(cell)
    _reject(row, _UNREAD, code="no_such_question", value="s.question", more={"unread": json.dumps(strange)})
    _reject(row, _UNREAD, code="label_outside", value="s.label", more={"unread": json.dumps(outside)})
    _run(row, _READ, more={"read": json.dumps(read)})
    _name_the_main(row, schema)
    spans = [question.key for question in schema.questions if question.type == "span" and question.per == "item"]
    if spans:
        _reject(row, _OUTSIDE, code="span_outside", value="s.label", more={"questions": spans})


def _name_the_main(row: models.Import, schema: Schema) -> None:
    """Scores without a label say nothing of which question they are about unless it is named, or the main one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT question FROM intake_staged WHERE brought_by_id = %s AND label IS NULL", [row.id]
        )
        names = [name for (name,) in cursor.fetchall()]
    for name in names:
        question = question_for(schema, name)
        if question:
            change = "UPDATE intake_staged SET question = %(key)s WHERE brought_by_id = %(id)s AND label IS NULL"
            _run(row, f"{change} AND question IS NOT DISTINCT FROM %(name)s", more={"key": question.key, "name": name})


def _run(row: models.Import, statement: str, *, more: dict[str, Any] | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"id": row.id, "project": row.project_id, **(more or {})})
        return int(cursor.rowcount)


def _reject(row: models.Import, rows: str, *, code: str, value: str, more: dict[str, Any] | None = None) -> None:
    """Turn away the staged rows that a question finds, and count them."""
    field = {"s.item_key": "key", "s.question": "question", "s.label": "label"}[value]
    column = row.mapping.get("columns", {}).get(field, "")
    told = {"id": row.id, "project": row.project_id, "code": code, "column": column, **(more or {})}
    statement = _REJECT.format(rows=rows, value=value.replace("s.", ""))
    with connection.cursor() as cursor:
        cursor.execute(statement, told)
        found: Sequence[tuple[Any, ...]] = cursor.fetchall()
    row.rows_rejected += len(found)
    row.rows_staged -= len(found)
    room = MOST_SHOWN - len(row.faults)
    reason, remedy = FAULTS[code]
    names = ("row", "line", "column", "value", "code")
    shown = [dict(zip(names, values, strict=True)) for values in found[: max(room, 0)]]
    row.faults = [*row.faults, *(fault | {"reason": reason, "remedy": remedy} for fault in shown)]
