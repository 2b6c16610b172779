"""What runs on a timer: a table of cron lines and tasks, and what is done every second."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from procrastinate.contrib.django import app

from smo.jobs import relay, stalled, tasks
from smo.kernel import audit
from smo.kernel.permissions import SYSTEM
from smo.labeling import actions as labeling


@dataclass(frozen=True, slots=True)
class Planned:
    """A task and when it runs, in UTC."""

    cron: str
    task: Any


@dataclass(frozen=True, slots=True)
class Loop:
    """Work too frequent to be a task; it runs in a thread of the worker."""

    name: str
    pause_seconds: float
    work: Callable[[], object]


SCHEDULE = (
    Planned("*/5 * * * *", tasks.refresh_facts),
    Planned("* * * * *", tasks.go_on_with_imports),
    Planned("5 0 * * *", tasks.anchor_audit_trail),
)

LOOPS = (
    Loop("seal the audit trail", 1.0, audit.seal),
    Loop("relay the outbox", 0.0, relay.relay_next),  # it waits by itself
    Loop("end expired claims", 10.0, partial(labeling.expire_claims, by=SYSTEM)),
    Loop("take up stopped jobs", 30.0, stalled.take_up),
)


def install() -> None:
    """Put the table's lines into the worker's plan."""
    for planned in SCHEDULE:
        app.periodic(cron=planned.cron)(planned.task)
