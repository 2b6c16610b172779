"""Bring a backup back into an empty home: checked first, then whole, with a new epoch of the audit trail."""

import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

import psycopg
from psycopg import sql

from smo.cli import boot, embedded, serving
from smo.cli.backup import DUMP, KEPT, MANIFEST, Manifest, clean, read_manifest
from smo.cli.database import Database, database, make_database
from smo.cli.faults import CommandFault
from smo.cli.progress import say
from smo.config.env import Environment

RESTORING = "smo_restoring"
# Written by pg_dump 17 and newer into every script; older servers do not know it, and it changes nothing here.
UNKNOWN_TO_OLDER = b"SET transaction_timeout"
HEADER_LINES = 60


def unpack(path: Path, folder: Path) -> Manifest:
    """Unpack a backup and check every byte of it. Errors: CommandFault; nothing in the backup is trusted."""
    found: dict[str, tuple[int, str]] = {}
    try:
        with tarfile.open(path, "r:") as tar:
            for member in tar:
                found[member.name] = _unpack_one(tar, member, folder=folder)
    except FileNotFoundError as fault:
        raise CommandFault(f"There is no file {path}.") from fault
    except (tarfile.TarError, EOFError) as fault:
        raise CommandFault(f"{path} is no backup, or it is damaged ({fault}).") from fault
    if found.pop(MANIFEST, None) is None:
        raise CommandFault(f"{path} is no backup, or it was cut off: it has no {MANIFEST}.")
    manifest = read_manifest((folder / MANIFEST).read_text(encoding="utf-8"))
    told = {part.name: (part.bytes, part.sha256) for part in manifest.parts}
    wrong = sorted(name for name in found.keys() | told.keys() if found.get(name) != told.get(name))
    if wrong or DUMP not in told:
        raise CommandFault(f"{path} is damaged: {', '.join(wrong[:5]) or DUMP} is missing or not as it was written.")
    return manifest


def _unpack_one(tar: tarfile.TarFile, member: tarfile.TarInfo, *, folder: Path) -> tuple[int, str]:
    name = PurePosixPath(member.name)
    kept = len(name.parts) > 1 and name.parts[0] == "home" and name.parts[1] in KEPT
    is_ours = kept or member.name in {MANIFEST, DUMP}
    source = tar.extractfile(member) if member.isreg() and is_ours and ".." not in name.parts else None
    if source is None:
        raise CommandFault(f"The backup holds {member.name!r}, which no backup of smo does.")
    target = folder / name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with source, os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        return _copy(source, file)


def _copy(source: IO[bytes], target: IO[bytes]) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    while block := source.read(1 << 20):
        digest.update(block)
        size += target.write(block)
    return size, digest.hexdigest()


def _has_tables(url: str) -> bool:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public')").fetchone()
        return bool(found and found[0])


def _load(dump: Path, url: str) -> None:
    """Load a dump in one transaction."""
    programs = embedded.wheel_binaries()
    environ = clean(os.environ)
    with tempfile.TemporaryFile() as said, subprocess.Popen(
        [programs / "pg_restore", "--no-owner", "--file=-", dump], stdout=subprocess.PIPE, stderr=said, env=environ
    ) as script, subprocess.Popen(
        [programs / "psql", "--no-psqlrc", "--no-password", "--quiet", "--single-transaction", "--output=/dev/null",
         "--set=ON_ERROR_STOP=1", f"--dbname={url}"],
        stdin=subprocess.PIPE, stderr=said, env=environ,
    ) as loader:  # fmt: skip
        assert script.stdout is not None
        assert loader.stdin is not None
        try:
            _feed(script.stdout, loader.stdin)
        except BrokenPipeError:
            script.kill()  # the loader stopped, and its message says why
        codes = (script.wait(), loader.wait())
        said.seek(0)
        if any(codes):
            raise CommandFault(f"The database could not be restored: {said.read().decode(errors='replace').strip()}")


def _feed(script: IO[bytes], loader: IO[bytes]) -> None:
    with loader:
        for _ in range(HEADER_LINES):
            line = script.readline()
            if not line.startswith(UNKNOWN_TO_OLDER):
                loader.write(line)
        shutil.copyfileobj(script, loader, 1 << 20)


def _place_files(staged: Path, home: Path) -> None:
    """Put keys, lake and anchors into the home; what a cut-off restore left there goes."""
    for name in KEPT:
        source, target = staged / "home" / name, home / name
        if not source.exists():
            continue
        if target.is_dir():
            shutil.rmtree(target)
        source.replace(target)


def _finish(owner_url: str) -> None:
    """In a process of its own: migrate to this release and begin a new epoch of the audit trail."""
    environ = {**os.environ, "DATABASE_URL": owner_url, "SMO_APP_DATABASE_URL": owner_url}
    if subprocess.run(serving.smo("migrate", "--restored"), env=environ, check=False).returncode:
        raise CommandFault("The restored database could not be brought up to this release; the reason is above.")


@contextmanager
def _new_database(place: Database) -> Iterator[str]:
    """A database to restore into. The embedded server's takes its name only when all is done."""
    if place.server is None:
        yield place.owner_url
        return
    server = place.server
    with psycopg.connect(server.url(embedded.SUPERUSER, "postgres"), autocommit=True) as admin:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        admin.execute(drop.format(sql.Identifier(RESTORING)))
        make_database(admin, RESTORING)
        yield server.url("smo_owner", RESTORING)
        admin.execute(drop.format(sql.Identifier("smo")))  # empty, which was checked
        admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO smo").format(sql.Identifier(RESTORING)))


def restore(path: Path, *, settings: Environment) -> Manifest:
    """Restore a backup. Before the last step the home counts as unfinished, and nothing serves from it."""
    home = settings.home
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = home / boot.UNFINISHED_RESTORE
    with serving.alone(home), tempfile.TemporaryDirectory(prefix=".restoring-", dir=home) as folder:
        say("Checking the backup")
        manifest = unpack(path, Path(folder))
        place = database(home, os.environ, say=say)
        if _has_tables(place.owner_url):
            raise CommandFault("There are data already. Restore into an empty SMO_HOME or an empty database.")
        say("Restoring")
        unfinished.touch(mode=0o600)
        _place_files(Path(folder), home)
        with _new_database(place) as url:
            _load(Path(folder) / DUMP, url)
            _finish(url)
        unfinished.unlink()
        if place.server is not None and place.server.is_new_start:
            embedded.stop(home)
        return manifest
