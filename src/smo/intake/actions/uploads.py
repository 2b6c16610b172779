"""Files arrive in parts, or whole; an import that is not wanted any more leaves nothing behind."""

import os
import re
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from smo.intake import models
from smo.intake.actions.rows_of_imports import OVER, STATES, drop_files, drop_staging, held_import, note, refuse_unless
from smo.intake.queries.imports import file_of
from smo.intake.queries.items import project_ref
from smo.intake.rules.faults import (
    LARGEST_FILE_BYTES,
    FileTooLarge,
    ImportNotWhole,
    ImportOver,
    PartOutOfPlace,
    PartTooLarge,
)
from smo.kernel.clock import now
from smo.kernel.errors import NotFound
from smo.kernel.ids import new_id
from smo.kernel.permissions import Actor, Scope, Verb, require

_NAME_SIGNS = 200
_ENDING: Final = re.compile(r"\.[A-Za-z0-9]{1,10}")


@transaction.atomic
def begin_upload(*, by: Actor, project: str, kind: str, file_name: str, size: int) -> UUID:
    """Make room for a file of so many bytes, which then arrives in parts; its id. Errors: FileTooLarge."""
    require(by, Verb.IMPORT_DATA, scope=Scope(project=project))
    if kind not in models.ImportKind.values:
        raise NotFound(kind=kind)
    if size > LARGEST_FILE_BYTES:
        raise FileTooLarge(size=size, most=LARGEST_FILE_BYTES)
    found, import_id = project_ref(code=project), new_id()
    folder = Path(settings.UPLOAD_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = _plain_name(file_name)
    path = folder / f"{import_id}{_endings(name)}"
    path.touch(mode=0o600)
    row = models.Import(id=import_id, project_id=found.id, kind=kind, file_name=name, path=path.name, bytes=size)
    row.requested_by, row.created_at = by.id, now()
    row.save(force_insert=True)
    note(row=row, by=by, verb="import_begun", details={"bytes": size})
    return import_id


def _plain_name(file_name: str) -> str:
    """A file's name without folders and signs that no name needs."""
    last = file_name.replace("\\", "/").rsplit("/", maxsplit=1)[-1]
    name = "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"|?*').strip(". ")
    return name[-_NAME_SIGNS:] or "file"


def _endings(name: str) -> str:
    """By what a file's name says how it is to be read; not what stands after any other point in it."""
    return "".join(ending for ending in Path(name).suffixes[-2:] if _ENDING.fullmatch(ending))


@transaction.atomic
def append_part(*, by: Actor, import_id: UUID, offset: int, data: bytes) -> int:
    """Add a part at the end of what has arrived; how many bytes there are now. A part that is there already is not
    added again, so that a sender who lost the answer may send it once more.

    Errors: PartOutOfPlace, PartTooLarge.
    """
    row = held_import(by=by, import_id=import_id)
    refuse_unless(row=row, states=(STATES.RECEIVED,))
    path = file_of(row.path)
    there = path.stat().st_size
    if offset + len(data) > row.bytes:
        raise PartTooLarge(size=row.bytes)
    if offset > there:
        raise PartOutOfPlace(expected=there)
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(data)
    return max(there, offset + len(data))


@transaction.atomic
def finish_upload(*, by: Actor, import_id: UUID) -> None:
    """Say that a file is there in full. Errors: ImportNotWhole."""
    row = held_import(by=by, import_id=import_id)
    refuse_unless(row=row, states=(STATES.RECEIVED,))
    path = file_of(row.path)
    there = path.stat().st_size
    if there != row.bytes:
        raise ImportNotWhole(received=there, expected=row.bytes)
    with path.open("rb") as file:
        os.fsync(file.fileno())
    note(row=row, by=by, verb="import_received", details={"bytes": there})


@transaction.atomic
def receive_import(*, by: Actor, project: str, kind: str, file_name: str, content: Iterable[bytes] | Path) -> UUID:
    """Take a file whole: its parts, or the path of one that lies on this machine and stays where it is; its id."""
    size = content.stat().st_size if isinstance(content, Path) else 0
    import_id = begin_upload(by=by, project=project, kind=kind, file_name=file_name, size=size)
    row = models.Import.objects.get(pk=import_id)
    path = file_of(row.path)
    if isinstance(content, Path):
        path.unlink()
        row.path = str(content.resolve())
    else:
        with path.open("wb") as file:
            file.writelines(content)
            row.bytes = file.tell()
    row.save(update_fields=["path", "bytes"])
    finish_upload(by=by, import_id=import_id)
    return import_id


@transaction.atomic
def cancel_import(*, by: Actor, import_id: UUID) -> None:
    """Drop an import with everything that it has staged. One that is being staged stops at its next piece."""
    row = held_import(by=by, import_id=import_id)
    if row.state in OVER:
        raise ImportOver(state=row.state)
    drop_staging(import_id=row.id)
    row.state, row.ended_at, row.rows_staged = STATES.CANCELLED, now(), 0
    row.save(update_fields=["state", "ended_at", "rows_staged"])
    note(row=row, by=by, verb="import_cancelled")
    transaction.on_commit(partial(drop_files, row=row))
