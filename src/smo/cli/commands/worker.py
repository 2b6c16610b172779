"""Run background work: tasks as they come, the schedule, the relay and the audit trail's sealer."""

import logging
from typing import Annotated

import typer

from smo.cli import serving
from smo.jobs import worker

Hidden = Annotated[bool, typer.Option("--with-parent", hidden=True)]


def command(
    with_parent: Hidden = False,
    concurrency: Annotated[int, typer.Option(min=1, help="How many tasks at once.")] = 2,
    once: Annotated[bool, typer.Option("--once", help="End when nothing is left to do.")] = False,
) -> None:
    """Run background work until stopped."""
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    if with_parent:
        serving.end_with_parent()
    worker.run(concurrency=concurrency, wait=not once)
