"""What waits for somebody in the projects that one sees: flags without an answer, audits, imports on their way."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from smo.kernel.permissions import Actor
from smo.reporting.queries.reach import projects_seen

_WAITING: Final = """
    SELECT p.code, p.name, 'flags', count(*), min(f.raised_at), ''
    FROM labeling_flag f JOIN catalog_project p ON p.id = f.project_id
    WHERE f.answered_at IS NULL AND p.code = ANY(%(codes)s) GROUP BY 1, 2
    UNION ALL
    SELECT p.code, p.name, 'audits', count(*), min(w.drawn_at), ''
    FROM quality_audit a JOIN quality_draw w ON w.id = a.draw_id JOIN catalog_project p ON p.id = a.project_id
    WHERE a.state = 'drawn' AND p.code = ANY(%(codes)s) GROUP BY 1, 2
    UNION ALL
    SELECT p.code, p.name, m.state, m.rows_read, m.created_at, m.file_name
    FROM intake_import m JOIN catalog_project p ON p.id = m.project_id
    WHERE m.state NOT IN ('published', 'cancelled', 'failed') AND p.code = ANY(%(codes)s)
    ORDER BY 5 LIMIT 200"""


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """So much of one thing in one project, the oldest since then; for an import its state and file."""

    project: str
    name: str
    what: str
    count: int
    since: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits, by kind, the oldest first."""

    flags: tuple[WaitingRow, ...]
    audits: tuple[WaitingRow, ...]
    imports: tuple[WaitingRow, ...]


def waiting(*, by: Actor, project: str = "") -> Waiting:
    """What waits in the projects whose numbers this actor may see, or in one of them."""
    codes = list(projects_seen(by).values_list("code", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"codes": [code for code in codes if project in {"", code}]})
        rows = [WaitingRow(*row) for row in cursor.fetchall()]
    kinds = {"flags", "audits"}
    flags, audits = (tuple(row for row in rows if row.what == kind) for kind in ("flags", "audits"))
    return Waiting(flags, audits, tuple(row for row in rows if row.what not in kinds))
