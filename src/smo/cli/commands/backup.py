"""Write database, facts, anchors and keys into one checked file."""

from pathlib import Path
from typing import Annotated

import typer

from smo.cli import boot, embedded
from smo.cli.backup import save
from smo.cli.progress import say


def command(file: Annotated[Path, typer.Argument(help="Where to; nothing is overwritten.")]) -> None:
    """Write database, facts, anchors and keys into one checked file. Keep it safe: it holds the secret key."""
    settings = boot.environment()
    place = boot.find_database(settings)
    try:
        manifest = save(file, settings=settings, url=place.owner_url)
    finally:
        if place.server is not None and place.server.is_new_start:
            embedded.stop(settings.home)
    if "://" in settings.lake_url or not Path(settings.lake_url).is_relative_to(settings.home):
        say(f"The facts at {settings.lake_url} are not in this backup; they can be made again from the database.")
    print(f"{file}: {len(manifest.parts)} files, {file.stat().st_size:,} bytes")
