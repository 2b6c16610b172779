"""Check the audit trail: every entry, every seal, and the heads kept outside the database."""

from collections.abc import Mapping

import typer
from django.conf import settings

from smo.kernel import audit
from smo.kernel.chain import Break, Fault

_MEANING: Mapping[Fault, str] = {
    Fault.EDITED: "an entry was edited after it was written",
    Fault.MISSING: "entries were taken out",
    Fault.ADDED: "entries were put in",
    Fault.ALTERED: "a seal or its entries are not those that were sealed",
    Fault.UNLINKED: "a seal does not follow from the one before",
    Fault.CUT: "a seal that was written down outside the database is gone or another one",
    Fault.UNREADABLE: "personal values do not open, or are not those that were recorded",
    Fault.FROM_THE_FUTURE: "an entry names a transaction that has not been",
}

app = typer.Typer(help="Check the audit trail.", add_completion=False, no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def root() -> None:
    """Check the audit trail."""


def in_words(broken: Break) -> str:
    """One finding: what, how many, at which seal or entry, in which window."""
    times = [f"{at:%Y-%m-%d %H:%M:%S}" for at in (broken.since, broken.until) if at]
    where = [f"seal {broken.seal}" if broken.seal is not None else "", f"entry {broken.entry}" if broken.entry else ""]
    window = f"{' to '.join(dict.fromkeys(times))} UTC" if times else ""
    many = f"{broken.count} entries" if broken.count > 1 else ""
    return ", ".join(part for part in (_MEANING[broken.fault], many, *where, window) if part)


@app.command()
def verify() -> None:
    """Check the whole trail. Exit code 1 when an entry was changed, taken out or put in."""
    found = audit.verify(settings.ANCHOR_DIR)
    head = f"seal {found.head.number} of {found.head.sealed_at:%Y-%m-%d %H:%M:%S} UTC" if found.head else "no seal yet"
    print(f"{found.entries} entries, {head}, {found.unsealed} wait for their seal, {found.erased} with erased values.")
    for broken in found.breaks:
        print(f"BROKEN: {in_words(broken)}")
    if not found.is_intact:
        print(f"The audit trail is broken in {len(found.breaks)} place{'s' * (len(found.breaks) > 1)}.")
        raise typer.Exit(1)
    print("The audit trail is whole.")
