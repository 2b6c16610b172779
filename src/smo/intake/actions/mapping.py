"""What each column of a file is: looked at, said, and tried on the first rows before anything is stored."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import polars as pl
from django.db import transaction

from smo.intake.actions.rows_of_imports import STATES, held_import, note, refuse_unless
from smo.intake.queries.imports import Refused, file_of, upload_of
from smo.intake.rules.faults import FAULTS, FileNotRead, ImportNotWhole, as_sent
from smo.intake.rules.mapping import guessed, mapping_of
from smo.intake.rules.rows import checked_rows
from smo.kernel.permissions import Actor
from smo.tables.pieces import Prepared, beginning, head, pieces, prepare
from smo.tables.problem import TableFault

SHOWN_ROWS: Final = 8
SHOWN_SIGNS: Final = 120
SHOWN_FAULTS: Final = 20


@dataclass(frozen=True, slots=True)
class Look:
    """The first rows of a file as it stands, and what its columns seem to be."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    guesses: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DryRun:
    """What would become of the first rows. `is_all` when the file has no more."""

    rows: int
    taken: int
    faults: tuple[Refused, ...]
    is_all: bool


def look_into(*, by: Actor, import_id: UUID) -> Look:
    """The first rows of an import's file, with a guess at what its columns are. Errors: FileNotRead."""
    upload = upload_of(by=by, import_id=import_id)
    with tempfile.TemporaryDirectory(prefix="smo-look-") as folder:
        prepared = _beginning(upload.path, Path(folder), file_name=upload.file_name)
        frame = _head(prepared, file_name=upload.file_name)
        guesses = guessed(upload.kind, frame)
    rows = tuple(tuple(_short(cell) for cell in row) for row in frame.head(SHOWN_ROWS).iter_rows())
    return Look(tuple(frame.columns), rows, guesses)


def _head(prepared: Prepared, *, file_name: str) -> pl.DataFrame:
    """The first rows; the columns alone where no row is whole, as in a file that is empty so far or begins hugely."""
    try:
        frame = head(prepared, 200)
    except TableFault as fault:
        raise FileNotRead(why=as_sent(str(fault), kept_as=prepared.name, file_name=file_name)) from fault
    return frame if frame.width else pl.DataFrame(schema=dict.fromkeys(prepared.names, pl.String))


def _short(cell: Any) -> str:
    text = "" if cell is None else str(cell)
    return text if len(text) <= SHOWN_SIGNS else f"{text[:SHOWN_SIGNS]}…"


def _beginning(path: Path, folder: Path, *, file_name: str) -> Prepared:
    """The beginning of a file, however large it is. Errors: FileNotRead."""
    try:
        return prepare(beginning(path, folder=folder), folder=folder)
    except TableFault as fault:
        raise FileNotRead(why=as_sent(str(fault), kept_as=path.name, file_name=file_name)) from fault
    except FileNotFoundError as fault:
        raise FileNotRead(why=f"{file_name}: The file is not here any more. Begin a new import with it.") from fault


@transaction.atomic
def map_import(*, by: Actor, import_id: UUID, mapping: Mapping[str, str], make_questions: bool = False) -> None:
    """Say which column has which role. Errors: RoleUnknown, ColumnUnknown, ColumnMissing, FileNotRead."""
    row = held_import(by=by, import_id=import_id)
    refuse_unless(row=row, states=(STATES.RECEIVED, STATES.MAPPED))
    path = file_of(row.path)
    if not path.is_file() or path.stat().st_size < row.bytes:
        raise ImportNotWhole(received=0, expected=row.bytes)
    with tempfile.TemporaryDirectory(prefix="smo-look-") as folder:
        names = _beginning(path, Path(folder), file_name=row.file_name).names
    said = {role: column for role, column in mapping.items() if column}
    mapping_of(row.kind, said, names=names)
    row.mapping = {"columns": said, "make_questions": make_questions}
    row.state = STATES.MAPPED
    row.save(update_fields=["mapping", "state"])
    note(row=row, by=by, verb="import_mapped", details={"columns": said})


def check_import(*, by: Actor, import_id: UUID) -> DryRun:
    """Try the mapping on the beginning of the file; nothing is stored. Errors: ImportNotReady, FileNotRead."""
    upload = upload_of(by=by, import_id=import_id)
    with tempfile.TemporaryDirectory(prefix="smo-look-") as folder:
        prepared = _beginning(upload.path, Path(folder), file_name=upload.file_name)
        roles = mapping_of(upload.kind, upload.mapping.get("columns", {}), names=prepared.names)
        try:
            piece = next(pieces(prepared, roles.columns), None)
        except TableFault as fault:
            why = as_sent(str(fault), kept_as=upload.path.name, file_name=upload.file_name)
            raise FileNotRead(why=why) from fault
        is_all = prepared.name == upload.path.name
    if piece is None:
        return DryRun(0, 0, (), is_all)
    rows = checked_rows(piece, roles, file=upload.file_name)
    first = rows.rejected.head(SHOWN_FAULTS).iter_rows(named=True)
    faults = tuple(
        Refused(**fault, reason=FAULTS[fault["code"]][0], remedy=FAULTS[fault["code"]][1]) for fault in first
    )
    return DryRun(piece.rows, rows.taken.height, faults, is_all)
