"""The worker process: it runs tasks as they come and keeps the loops of the schedule going."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from django.db import connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from smo.jobs import schedule

log = logging.getLogger(__name__)
LONGEST_PAUSE_SECONDS = 30.0


def _keep_going(loop: schedule.Loop, stop: threading.Event) -> None:
    """Do a loop's work again and again; a fault is logged, and the pauses grow until it is over."""
    pause = loop.pause_seconds
    while not stop.wait(pause):
        try:
            loop.work()
            pause = loop.pause_seconds
        except Exception:
            log.exception("The loop %r failed", loop.name)
            connections.close_all()
            pause = min(LONGEST_PAUSE_SECONDS, max(1.0, 2 * pause))
    connections.close_all()


def _with_own_connection(call_next: Callable[[], Any], *_about_the_task: object) -> Any:
    """Each task has a connection of its own: one that died with a restart of the database is never used again."""
    try:
        return call_next()
    finally:
        connections.close_all()


def run(*, concurrency: int, wait: bool = True) -> None:
    """Work until told to stop by a signal; without `wait`, until nothing is left to do."""
    schedule.install()
    stop = threading.Event()
    threads = [threading.Thread(target=_keep_going, args=(loop, stop), name=loop.name) for loop in schedule.LOOPS]
    for thread in threads:
        thread.start()
    try:
        with app.replace_connector(DjangoConnector().get_worker_connector()):
            app.run_worker(
                concurrency=concurrency, wait=wait, delete_jobs="successful", task_middleware=[_with_own_connection]
            )
    finally:
        stop.set()
        for thread in threads:
            thread.join()
