"""Carry events from the outbox to the tasks that hear them, in one transaction: all of it happens, or none."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.db import transaction
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

from smo.jobs.subscriptions import BY_NAME
from smo.kernel import outbox

POLL_SECONDS = 1.0
MOST_AT_ONCE = 100


def relay_once() -> int:
    """Take events out of the outbox and defer their tasks; how many events."""
    # In a worker the app's own connector is another connection, and so another transaction.
    here = JobManager(DjangoConnector())
    with transaction.atomic():
        envelopes = outbox.take(MOST_AT_ONCE)
        for envelope in envelopes:
            for task in BY_NAME.get(envelope.name, ()):
                _defer(task, here, payload=envelope.payload)
    return len(envelopes)


def _defer(task: Any, here: JobManager, *, payload: Mapping[str, Any]) -> None:
    """Put a task into the queue; of one with a queueing lock none is added to one that waits: it will see all of it."""
    options = {"queueing_lock": task.queueing_lock} if task.queueing_lock else {}
    with suppress(AlreadyEnqueued), transaction.atomic():
        configure_task(name=task.name, job_manager=here, **options).defer(**payload)


def relay_next() -> int:
    """Relay what is there, else wait for news: told at once, and looked for each second in case it was missed."""
    return relay_once() or int(outbox.wait(POLL_SECONDS))
