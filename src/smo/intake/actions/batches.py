"""Small batches of items come in at once, checked as a file's rows are."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from smo.intake import models
from smo.intake.actions.mapping import map_import
from smo.intake.actions.publishing import publish_items
from smo.intake.actions.staging import stage_import
from smo.intake.actions.uploads import receive_import
from smo.intake.queries.imports import rejected
from smo.intake.rules.faults import RowsRefused
from smo.intake.rules.mapping import ITEM_ROLES
from smo.kernel.permissions import Actor

MOST_ROWS: Final = 1000


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a batch: ids by item key, and how many the project had already."""

    import_id: UUID
    items: Mapping[str, UUID]
    new: int
    known: int


@transaction.atomic
def add_items(*, by: Actor, project: str, rows: Sequence[Mapping[str, Any]]) -> Added:
    """Bring up to 1,000 items in, published at once: all of them or, when one cannot be taken, none.

    A row holds `key` (or `item_key`), and `text` or `turns`, and may hold language, market, surface, source,
    received_at, score, inclusion_probability; all else is kept in its meta. Errors: RowsRefused, with each row's.
    """
    if not rows or len(rows) > MOST_ROWS:
        raise RowsRefused(faults=[], most=MOST_ROWS)
    rows = [_with_key(row) for row in rows]
    lines = (json.dumps(row, default=str).encode() + b"\n" for row in rows)
    import_id = receive_import(by=by, project=project, kind="items", file_name="batch.jsonl", content=lines)
    roles = [role for role in ITEM_ROLES if any(row.get(role) is not None for row in rows)]
    map_import(by=by, import_id=import_id, mapping={role: role for role in roles})
    stage_import(by=by, import_id=import_id)
    found = models.Import.objects.get(pk=import_id)
    if found.rows_rejected:
        faults = [
            {name: getattr(fault, name) for name in ("row", "column", "value", "code", "reason", "remedy")}
            for fault in rejected(by=by, import_id=import_id)
        ]
        raise RowsRefused(faults=faults, most=MOST_ROWS)
    publish_items(by=by, import_id=import_id)
    found.refresh_from_db()
    keys = [str(row["key"]) for row in rows if row.get("key") is not None]
    ids = models.Item.objects.filter(project_id=found.project_id, item_key__in=keys).values_list("item_key", "id")
    return Added(import_id, dict(ids), found.rows_new, found.rows_known)


def _with_key(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with its id under one name, whichever it was sent under."""
    plain = {name: value for name, value in row.items() if name != "item_key"}
    return plain if "item_key" not in row else {"key": row["item_key"], **plain}
