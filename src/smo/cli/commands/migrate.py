"""Bring the database up to this release; an older one is backed up first."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from smo.cli import schema
from smo.cli.backup import back_up
from smo.cli.boot import environment
from smo.cli.progress import say
from smo.kernel import audit
from smo.kernel.permissions import SYSTEM
from smo.people import actions as people
from smo.people import queries as people_queries
from smo.shelf import verb

Demo = Annotated[bool, typer.Option("--demo", hidden=True)]
Restored = Annotated[bool, typer.Option("--restored", hidden=True)]


def command(demo: Demo = False, restored: Restored = False) -> None:
    """Bring the database up to this release; an older one is backed up first. A newer one is refused."""
    found = schema.schema()
    schema.refuse_newer(found)
    _migrate(found, with_backup=not restored)
    schema.collect_files()
    if restored:
        audit.begin_epoch(by=SYSTEM, reason="restored from a backup")
    if demo and not people_queries.accounts_exist():
        say("Making an example department, simulated and harmless, to look around in")
        _show(verb("smo.simulate", "department").move_in())  # loaded this once, not at every start
    if not demo and environment().is_public and people_queries.demo_accounts_exist():
        typer.echo("smo: demo accounts exist. Close them before others can reach this: smo admin close-demo", err=True)
        raise typer.Exit(2)


def _migrate(found: schema.Schema, *, with_backup: bool) -> None:
    if found.waiting and with_backup and not found.is_empty:
        home = environment().home
        path = home / "backups" / f"before-migration-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.smo"
        say(f"Backing up to {path}")
        back_up(path)
    if found.waiting:
        say("Making the tables" if found.is_empty else "Bringing the database up to this release")
        schema.migrate()


def _show(accounts: tuple[people.DemoAccount, ...]) -> None:
    if not accounts:
        return
    print("\nDemo accounts (these passwords are shown once, now):\n")
    width = max(len(account.email) for account in accounts)
    for account in accounts:
        print(f"  {account.email:{width}}  {account.password}   {account.role.replace('_', ' ')}")
    print(flush=True)
