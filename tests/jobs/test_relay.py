"""Events become tasks in the transaction that takes them out of the outbox: all of it happens, or none."""

from dataclasses import dataclass
from uuid import uuid4

import psycopg
import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from smo.jobs import relay, schedule, subscriptions, tasks
from smo.kernel import outbox
from smo.kernel.models import OutboxEvent
from smo.people.events import PersonCreated, RoleGranted
from smo.quality.events import AuditFiled

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Unheard:
    """An event that nobody subscribed to."""

    what: int


def published(*events: object) -> None:
    with transaction.atomic():
        for event in events:
            outbox.publish(event)


def jobs() -> list[tuple[str, dict]]:
    return list(ProcrastinateJob.objects.order_by("id").values_list("task_name", "args"))


def test_an_event_becomes_its_tasks_and_leaves_the_outbox() -> None:
    person, grant = uuid4(), uuid4()
    published(RoleGranted(person, grant, "auditor"))
    assert relay.relay_once() == 1
    assert jobs() == [("anchor_audit_trail", {"person_id": str(person), "grant_id": str(grant), "role": "auditor"})]
    assert not OutboxEvent.objects.exists()
    assert relay.relay_once() == 0


def test_an_event_that_nobody_hears_leaves_the_outbox_without_a_task() -> None:
    published(Unheard(1), PersonCreated(uuid4()))
    assert relay.relay_once() == 2
    assert jobs() == []


def test_a_fault_on_the_way_leaves_all_as_it_was(monkeypatch) -> None:
    published(RoleGranted(uuid4(), uuid4(), "auditor"), RoleGranted(uuid4(), uuid4(), "planner"))
    honest, calls = relay.configure_task, []

    def fail_at_the_second(**given):
        calls.append(given)
        if len(calls) == 2:
            raise RuntimeError("the machine caught fire")
        return honest(**given)

    monkeypatch.setattr(relay, "configure_task", fail_at_the_second)
    with pytest.raises(RuntimeError, match="fire"):
        relay.relay_once()
    assert jobs() == []
    assert OutboxEvent.objects.count() == 2
    monkeypatch.setattr(relay, "configure_task", honest)
    assert relay.relay_once() == 2
    assert len(jobs()) == 2


def test_many_events_of_one_kind_ask_for_the_facts_once() -> None:
    published(*(AuditFiled("harm", uuid4(), uuid4(), True) for _ in range(5)), RoleGranted(uuid4(), uuid4(), "auditor"))
    assert relay.relay_once() == 6
    assert [name for name, _ in jobs()] == ["refresh_facts", "anchor_audit_trail"]
    published(AuditFiled("harm", uuid4(), uuid4(), True))
    assert relay.relay_once() == 1
    assert len(jobs()) == 2


@pytest.mark.django_db(transaction=True)
def test_what_another_relay_holds_is_skipped_and_not_waited_for(postgresql) -> None:
    published(RoleGranted(uuid4(), uuid4(), "auditor"), RoleGranted(uuid4(), uuid4(), "planner"))
    with psycopg.connect(postgresql.app) as other:
        other.execute("SELECT 1 FROM kernel_outboxevent ORDER BY id LIMIT 1 FOR UPDATE")
        assert relay.relay_once() == 1
    assert [args["role"] for _, args in jobs()] == ["planner"]
    assert relay.relay_once() == 1


@pytest.mark.django_db(transaction=True)
def test_news_ends_the_wait_and_a_quiet_second_does_too() -> None:
    published(RoleGranted(uuid4(), uuid4(), "auditor"))
    assert relay.relay_next() == 1
    assert relay.relay_next() == 0


def test_every_subscription_names_an_event_and_tasks_of_ours() -> None:
    known = {value for value in vars(tasks).values() if hasattr(value, "defer")}
    heard = {task for found in subscriptions.SUBSCRIPTIONS.values() for task in found}
    assert heard <= known
    assert {planned.task for planned in schedule.SCHEDULE} <= known
    assert all(hasattr(event, "__dataclass_fields__") for event in subscriptions.SUBSCRIPTIONS)
