"""A file's rows go to staging piece by piece, each in one transaction with the place where the next begins."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import polars as pl
from django.db import connection, transaction

from smo.intake import models
from smo.intake.actions.rows_of_imports import STATES, content_folder, held_import, note, refuse_unless
from smo.intake.actions.settling import settle
from smo.intake.queries.imports import file_of
from smo.intake.rules.faults import FAULTS, MOST_SHOWN, FileChanged, FileNotRead, ImportNotReady, as_sent
from smo.intake.rules.mapping import ColumnRoles, mapping_of
from smo.intake.rules.row_ids import row_ids
from smo.intake.rules.rows import REJECTED, STAGED, checked_rows
from smo.kernel.clock import now
from smo.kernel.permissions import Actor
from smo.tables.pieces import Piece, Place, Prepared, pieces, prepare
from smo.tables.problem import TableFault

_GOING: Final = (STATES.MAPPED, STATES.STAGING)


def stage_import(*, by: Actor, import_id: UUID) -> None:
    """Bring all rows of a mapped import to staging and check them against what is there; goes on where it was cut off.

    Nothing is done when it is staged already. Errors: FileNotRead, FileChanged, ImportNotReady.
    """
    row = _started(by=by, import_id=import_id)
    if row.state == STATES.STAGED:
        return
    try:
        prepared = prepare(file_of(row.path), folder=content_folder(import_id=row.id))
        _refuse_changed(row, prepared)
        roles = mapping_of(row.kind, row.mapping["columns"], names=prepared.names)
        _stage_rows(by, row, prepared=prepared, roles=roles)
    except TableFault as fault:
        why = as_sent(str(fault), kept_as=file_of(row.path).name, file_name=row.file_name)
        _fail(by, import_id, why=why)
        raise FileNotRead(why=why) from fault
    except FileNotFoundError as fault:
        why = f"{row.file_name}: The file is not here any more. Begin a new import with it."
        _fail(by, import_id, why=why)
        raise FileNotRead(why=why) from fault
    with transaction.atomic():
        held = held_import(by=by, import_id=import_id)
        if held.state == STATES.CANCELLED:
            return
        settle(row=held, by=by)
        held.state, held.staged_at = STATES.STAGED, now()
        held.save()
        note(row=held, by=by, verb="import_staged", details=_counts(held))


@transaction.atomic
def _started(*, by: Actor, import_id: UUID) -> models.Import:
    row = held_import(by=by, import_id=import_id)
    refuse_unless(row=row, states=(*_GOING, STATES.STAGED))
    if row.state == STATES.MAPPED:
        row.state = STATES.STAGING
        row.save(update_fields=["state"])
    return row


@transaction.atomic
def _refuse_changed(row: models.Import, prepared: Prepared) -> None:
    """Remember which file it is; one that was begun must still be the same."""
    if row.sha256 and row.sha256 != prepared.sha256:
        raise FileChanged(file=row.file_name)
    if not row.sha256:
        row.sha256 = prepared.sha256
        row.mapping = {**row.mapping, "size": prepared.bytes}
        row.save(update_fields=["sha256", "mapping"])


@transaction.atomic
def _fail(by: Actor, import_id: UUID, *, why: str) -> None:
    row = held_import(by=by, import_id=import_id)
    row.state, row.fault, row.ended_at = STATES.FAILED, why, now()
    row.save(update_fields=["state", "fault", "ended_at"])
    note(row=row, by=by, verb="import_failed")


def _stage_rows(by: Actor, row: models.Import, *, prepared: Prepared, roles: ColumnRoles) -> None:
    start = Place(row.bytes_read, row.rows_read, row.lines_read) if row.rows_read or row.bytes_read else None
    offset, tick = row.bytes_read, 0
    for piece in pieces(prepared, roles.columns, start=start):
        rows = checked_rows(piece, roles, file=row.file_name)
        ids, tick = row_ids(rows.taken.height, after=tick)
        taken = rows.taken.with_columns(new_id=pl.Series(ids, dtype=pl.String))
        if not _stage_piece(by, row.id, piece=piece, rows=taken, rejected=rows.rejected, offset=offset):
            return
        offset = piece.after.offset


@transaction.atomic
def _stage_piece(
    by: Actor, import_id: UUID, *, piece: Piece, rows: pl.DataFrame, rejected: pl.DataFrame, offset: int
) -> bool:
    """Store one piece with the place where the next begins. False when the import was cancelled meanwhile."""
    row = held_import(by=by, import_id=import_id)
    if row.state == STATES.CANCELLED:
        return False
    refuse_unless(row=row, states=(STATES.STAGING,))
    if row.bytes_read != offset:
        raise ImportNotReady(state=row.state)  # someone else stages it
    copy_in(table="intake_staged", rows=rows, import_id=import_id, columns=(*STAGED[row.kind], "new_id"))
    copy_in(table="intake_rejected", rows=rejected, import_id=import_id, columns=REJECTED)
    row.bytes_read, row.rows_read, row.lines_read = piece.after.offset, piece.after.rows, piece.after.lines
    row.rows_staged += rows.height
    row.rows_rejected += rejected.height
    row.faults = [*row.faults, *_first_faults(rejected, MOST_SHOWN - len(row.faults))]
    row.save(update_fields=["bytes_read", "rows_read", "lines_read", "rows_staged", "rows_rejected", "faults"])
    return True


def _first_faults(rejected: pl.DataFrame, room: int) -> list[dict[str, object]]:
    if room <= 0:
        return []
    named = rejected.select(REJECTED).head(room).to_dicts()
    return [fault | {"reason": FAULTS[fault["code"]][0], "remedy": FAULTS[fault["code"]][1]} for fault in named]


def copy_in(*, table: str, rows: pl.DataFrame, import_id: UUID, columns: Sequence[str]) -> None:
    """Rows of an import into a table in one stream, written by the system."""
    if not rows.height:
        return
    told = rows.select(*columns, pl.lit(str(import_id)).alias("brought_by_id"))
    text = told.write_csv(include_header=False, quote_style="necessary", datetime_format="%Y-%m-%d %H:%M:%S%.6f%:z")
    names = ", ".join(f'"{name}"' for name in told.columns)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT csv)") as copy:
        copy.write(text)


def _counts(row: models.Import) -> dict[str, int]:
    return {"rows": row.rows_staged, "rejected": row.rows_rejected}
