"""The database's schema against this release's: older is migrated after a backup, newer is refused."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from smo.cli.faults import CommandFault


@dataclass(frozen=True, slots=True)
class Schema:
    """How a database stands to this release. `ahead` names migrations that only a newer release knows."""

    applied: int
    waiting: int
    ahead: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return self.applied == 0


def schema() -> Schema:
    """How the connected database stands to this release."""
    executor = MigrationExecutor(connection)
    applied = set(executor.loader.applied_migrations)
    known = set(executor.loader.disk_migrations) | set(executor.loader.replacements)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    ahead = sorted(".".join(key) for key in applied - known)
    return Schema(len(applied), len(waiting), tuple(ahead))


def refuse_newer(found: Schema) -> None:
    """Stop before a release works on a schema that it does not understand."""
    if found.ahead:
        raise CommandFault(
            f"The database belongs to a newer release of smo (it has {', '.join(found.ahead[:3])}). "
            "Install that release, or restore a backup made with this one."
        )


def refuse_unready() -> None:
    """Stop before a command meets tables that are not there, not yet or no longer of this release's form."""
    found = schema()
    refuse_newer(found)
    if found.is_empty:
        raise CommandFault(
            f"There is no smo in this database yet (SMO_HOME is {settings.STATIC_ROOT.parent}). "
            "Is it the right one? `smo up`, `smo serve` and `smo migrate` make the tables."
        )
    if found.waiting:
        raise CommandFault("The database is of an older release of smo. `smo migrate` backs it up, then migrates it.")


def migrate() -> None:
    """Bring the schema up to this release."""
    call_command("migrate", interactive=False, verbosity=0)


def _stamp() -> str:
    """What the front end's files are now; the same names, sizes and times give the same stamp."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            digest.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect_files() -> None:
    """Put the front end's files where the pages expect them, under names that change with their content."""
    done, now = Path(settings.STATIC_ROOT) / ".collected", _stamp()
    if done.exists() and done.read_text() == now:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    done.parent.mkdir(parents=True, exist_ok=True)
    done.write_text(now)
