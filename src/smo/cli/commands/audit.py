"""Check the audit trail: every entry, every seal, and the heads kept outside the database."""

import typer
from django.conf import settings

from smo.kernel import audit

app = typer.Typer(help="Check the audit trail.", add_completion=False, no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def root() -> None:
    """Check the audit trail."""


@app.command()
def verify() -> None:
    """Check the whole trail. Exit code 1 when an entry was changed, taken out or put in."""
    found = audit.verify(settings.ANCHOR_DIR)
    head = f"seal {found.head.number} of {found.head.sealed_at:%Y-%m-%d %H:%M:%S} UTC" if found.head else "no seal yet"
    print(f"{found.entries} entries, {head}, {found.unsealed} wait for their seal, {found.erased} with erased values.")
    for broken in found.breaks:
        print(f"BROKEN: {broken}")
    if not found.is_intact:
        print(f"The audit trail is broken in {len(found.breaks)} places.")
        raise typer.Exit(1)
    print("The audit trail is whole.")
