"""Bring a backup back into an empty home or an empty database."""

from pathlib import Path
from typing import Annotated

import typer

from smo.cli import boot
from smo.cli.restore import restore


def command(file: Annotated[Path, typer.Argument(help="A file that `smo backup` wrote.")]) -> None:
    """Bring a backup back into an empty home or an empty database. Every byte is checked first."""
    manifest = restore(file, settings=boot.environment())
    print(f"Restored {len(manifest.parts)} files of the backup made at {manifest.made_at} by smo {manifest.smo}.")
