"""Serve the pages alone, without worker; for a machine among several."""

import subprocess
from typing import Annotated

import typer
from granian.constants import Interfaces
from granian.server import Server

from smo.cli import boot, serving
from smo.cli.faults import CommandFault
from smo.cli.parent import end_with

Parent = Annotated[int, typer.Option(hidden=True)]


def command(
    parent: Parent = 0,
    processes: Annotated[int, typer.Option(min=1, help="How many processes serve.")] = 1,
    threads: Annotated[int, typer.Option(min=1, help="How many requests each serves at once.")] = 8,
) -> None:
    """Serve the pages alone. The database is not migrated here; `smo migrate` does that."""
    settings = boot.environment()
    boot.prepare_environment(settings)
    if settings.is_public and subprocess.run(serving.smo("admin", "check-demo"), check=False).returncode:
        raise CommandFault(
            "Demo accounts exist: the pages are served on this machine only. Close them: smo admin close-demo"
        )
    if parent:
        end_with(parent)
    Server(
        "smo.cli.page_process:application",
        address=settings.host.strip("[]"),
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=threads,
        log_enabled=False,
        websockets=False,
    ).serve()
