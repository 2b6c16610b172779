"""Jobs whose worker died in the middle: they are done anew, because what an event asked for may not be lost."""

from typing import Final

from asgiref.sync import async_to_sync
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status
from procrastinate.manager import JobManager

from smo.kernel.clock import now

SILENT_SECONDS: Final = 30.0  # a worker says each ten seconds that it lives
MOST_TRIES: Final = 5  # a job that ends its worker each time is left for somebody to look at


def take_up() -> int:
    """Put stopped jobs back into the queue; how many."""
    here = JobManager(DjangoConnector())
    stopped = async_to_sync(here.get_stalled_jobs)(seconds_since_heartbeat=SILENT_SECONDS)
    again = [job.id for job in stopped if job.id is not None and job.attempts < MOST_TRIES]
    for job_id in again:
        _put_back(here, job_id)
    return len(again)


def _put_back(here: JobManager, job_id: int) -> None:
    try:
        here.retry_job_by_id(job_id, retry_at=now())
    except UniqueViolation:  # another one waits that will do the same
        async_to_sync(here.finish_job_by_id_async)(job_id, status=Status.ABORTED, delete_job=True)
