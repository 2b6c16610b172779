"""A real worker, on a real database: jobs run, loops go on after faults, the audit trail is sealed and anchored."""

import logging
import threading
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from smo.jobs import schedule, tasks, worker
from smo.kernel import audit, outbox
from smo.kernel.permissions import SYSTEM
from smo.people.events import RoleGranted
from tests.horizon import sealed


@pytest.fixture
def places(settings, tmp_path):
    settings.ANCHOR_DIR = tmp_path / "anchors"
    settings.LAKE_URL = str(tmp_path / "lake")
    return SimpleNamespace(anchors=settings.ANCHOR_DIR)


@pytest.mark.django_db(transaction=True)
def test_an_event_is_carried_to_a_worker_that_does_the_job(places, monkeypatch) -> None:
    monkeypatch.setattr(schedule, "SCHEDULE", ())
    with transaction.atomic():
        subject = audit.Subject("person", str(uuid4()))
        audit.record(by=SYSTEM, verb="role_granted", subject=subject)
        outbox.publish(RoleGranted(uuid4(), uuid4(), "auditor"))
    for loop in schedule.LOOPS:
        loop.work()
    sealed()
    assert ProcrastinateJob.objects.get().status == "todo"
    worker.run(concurrency=1, wait=False)
    assert not ProcrastinateJob.objects.exists()
    assert len(list(places.anchors.glob("*.json"))) == 1
    assert audit.verify(places.anchors).is_intact


@pytest.mark.django_db(transaction=True)
def test_a_job_that_fails_is_kept_with_its_fault_and_stops_no_other(places, monkeypatch, caplog) -> None:
    monkeypatch.setattr(schedule, "SCHEDULE", ())
    monkeypatch.setattr(schedule, "LOOPS", ())
    monkeypatch.setattr(tasks.facts, "refresh", lambda _: 1 / 0)
    tasks.refresh_facts.defer()
    tasks.anchor_audit_trail.defer()
    with caplog.at_level(logging.CRITICAL, logger="procrastinate"):
        worker.run(concurrency=1, wait=False)
    assert list(ProcrastinateJob.objects.values_list("task_name", "status")) == [("refresh_facts", "failed")]


@pytest.mark.django_db(transaction=True)
def test_a_loop_goes_on_after_a_fault(caplog) -> None:
    stop, calls = threading.Event(), []

    def work() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("once")
        stop.set()

    worker._keep_going(schedule.Loop("try", 0.0, work), stop)
    assert len(calls) == 2
    assert "The loop 'try' failed" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_refresh_is_planned_once_however_often_it_is_asked_for() -> None:
    tasks.refresh_facts.defer()
    with pytest.raises(AlreadyEnqueued):
        tasks.refresh_facts.defer()
