"""A worker that was killed leaves its job behind: another takes it up, and nothing that was asked for is lost."""

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from smo.jobs import stalled, tasks

pytestmark = pytest.mark.django_db(transaction=True)


def left_behind(job_id: int, *, attempts: int = 0) -> None:
    """As a job stands whose worker is gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL, attempts = %s WHERE id = %s",
            [attempts, job_id],
        )


def states() -> list[tuple[str, str]]:
    return list(ProcrastinateJob.objects.order_by("id").values_list("task_name", "status"))


def test_a_job_whose_worker_died_is_done_anew() -> None:
    left_behind(tasks.fill_queues.defer(project_code="harm"))
    assert stalled.take_up() == 1
    assert states() == [("fill_queues", "todo")]
    assert stalled.take_up() == 0


def test_where_the_same_waits_already_the_stopped_one_goes() -> None:
    left_behind(tasks.refresh_facts.defer())
    tasks.refresh_facts.defer()
    stalled.take_up()
    assert states() == [("refresh_facts", "todo")]


def test_a_job_that_ends_its_worker_each_time_is_left_alone() -> None:
    left_behind(tasks.fill_queues.defer(project_code="harm"), attempts=stalled.MOST_TRIES)
    assert stalled.take_up() == 0
    assert states() == [("fill_queues", "doing")]
