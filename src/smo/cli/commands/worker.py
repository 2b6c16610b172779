"""Run background work: tasks as they come, the schedule, the relay and the audit trail's sealer."""

import logging
from typing import Annotated

import typer

from smo.cli.parent import end_with
from smo.jobs import worker

Parent = Annotated[int, typer.Option(hidden=True)]


def command(
    parent: Parent = 0,
    concurrency: Annotated[int, typer.Option(min=1, help="How many tasks at once.")] = 2,
    once: Annotated[bool, typer.Option("--once", help="End when nothing is left to do.")] = False,
) -> None:
    """Run background work until stopped."""
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    if parent:
        end_with(parent)
    worker.run(concurrency=concurrency, wait=not once)
