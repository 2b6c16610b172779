"""Get ready for a verb that needs the apps: settings from the environment, a running database, Django set up."""

import os
from pathlib import Path

import django

from smo.cli.database import Database, database
from smo.cli.faults import CommandFault
from smo.cli.progress import say
from smo.config.env import Environment, SettingsFault, parse

UNFINISHED_RESTORE = "restore-unfinished"


def environment() -> Environment:
    """The settings. Errors: CommandFault with every fault."""
    try:
        return parse(os.environ)
    except SettingsFault as fault:
        listed = "\n".join(f"  {line}" for line in fault.faults)
        raise CommandFault(f"The settings are wrong:\n{listed}") from fault


def refuse_half_restored(home: Path) -> None:
    """Stop when a restore was cut off: what is there now is neither the old nor the new state."""
    if (home / UNFINISHED_RESTORE).exists():
        raise CommandFault(
            f"A restore into {home} was cut off. Run smo restore again with the same file "
            "(with DATABASE_URL, empty that database first)."
        )


def find_database(settings: Environment) -> Database:
    """The database, running."""
    refuse_half_restored(settings.home)
    return database(settings.home, os.environ, say=say)


def surroundings(place: Database, *, as_owner: bool = False) -> dict[str, str]:
    """The environment of a process that migrates (as owner) or serves. A serving one never learns the owner's way in.

    Both addresses alike say that the place is ready, so that a child does not look for it again.
    """
    url = place.owner_url if as_owner else place.app_url
    return {**os.environ, "DATABASE_URL": url, "SMO_APP_DATABASE_URL": url}


def _is_ready() -> bool:
    return bool(os.environ.get("DATABASE_URL")) and os.environ["DATABASE_URL"] == os.environ.get("SMO_APP_DATABASE_URL")


def prepare_environment(settings: Environment, *, as_owner: bool = False) -> None:
    """Find the database, unless whoever started this process did."""
    if not _is_ready():
        os.environ.update(surroundings(find_database(settings), as_owner=as_owner))


def boot(*, as_owner: bool = False, with_database: bool = True) -> None:
    """Set up Django; without a database when only words are asked for, such as a verb's help."""
    settings = environment()
    if with_database:
        prepare_environment(settings, as_owner=as_owner)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smo.config.settings")
    django.setup()
