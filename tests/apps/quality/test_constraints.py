"""What the database refuses whoever asks, and that a connection which dies in the middle leaves nothing half done."""

from threading import Thread
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from smo.jobs import subscriptions, tasks
from smo.kernel import audit, outbox
from smo.kernel.models import OutboxEvent
from smo.kernel.permissions import SYSTEM
from smo.labeling import actions as labeling
from smo.labeling.events import DecisionRetracted
from smo.labeling.rules import Submission
from smo.quality import actions, models
from tests.apps.quality.conftest import YES, label, make_actor, state_of

AUDIT, FINDING = "UPDATE quality_audit SET ", "UPDATE quality_finding SET "


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        (AUDIT + "revealed_at = now(), own_label_locked_at = NULL", "audit_own_label_before_reveal"),
        (AUDIT + "inclusion_probability = 0", "audit_inclusion_probability_is_one"),
        (AUDIT + "inclusion_probability = 1.01", "audit_inclusion_probability_is_one"),
        (AUDIT + "state = 'lost'", "audit_state_is_known"),
        (AUDIT + "decision_id = (SELECT decision_id FROM quality_audit LIMIT 1)", "audit_once_per_draw"),
        (AUDIT + "state = 'served', auditor_id = (SELECT id FROM people_person LIMIT 1)", "audit_one_at_a_time"),
        (FINDING + "severity = 'S5'", "finding_severity_is_known"),
        ("UPDATE quality_plan SET sample_size = 0", "plan_draws_something"),
        ("UPDATE quality_plan SET purpose = 'fun'", "plan_purpose_is_known"),
        ("UPDATE quality_plan SET state = 'asleep'", "plan_state_is_known"),
    ],
)
def test_constraints_hold(statement, constraint, auditor, compared) -> None:
    task = compared(answers=YES)
    actions.file_findings(by=auditor, audit_id=task.id, findings=(actions.NewFinding("A2"),))
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_dies_in_the_middle_of_a_draw_leaves_nothing(
    house, ann, manager, postgresql, monkeypatch
) -> None:
    house.decide(house.items(5), ann)
    plan = house.plan(manager)

    def die(event) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (own,) = cursor.fetchone()
        with psycopg.connect(postgresql.admin, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [own])

    monkeypatch.setattr(outbox, "publish", die)
    with pytest.raises(DatabaseError):
        house.draw(manager, plan)
    monkeypatch.undo()
    connection.close()
    assert not models.Draw.objects.exists()
    assert not models.Audit.objects.exists()
    assert not audit.entries(verb="sample_drawn")
    house.draw(manager, plan)
    assert models.Audit.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_the_same_label_sent_twice_at_once_is_stored_once(auditor, drawn) -> None:
    task, key, faults = actions.claim_audit(by=auditor), uuid4(), []

    def send() -> None:
        try:
            actions.lock_own_label(
                by=auditor, audit_id=task.id, submit_key=key, outcome="decided", answers=YES, active_ms=1
            )
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(audit.entries(verb="own_label_locked")) == 1
    assert state_of(task.id) == "locked"


def test_an_undone_decision_takes_its_audit_along_by_the_outbox(house, manager, auditor) -> None:
    """The whole way: labeled, drawn, in the auditor's hand, taken back by who labeled it."""
    annotator = make_actor("Cem", role="annotator")
    house.items(1)
    labeling.fill_queues(by=SYSTEM, project=house.code)
    (claim,) = labeling.claim_items(by=annotator, queue_id=house.queue.id)
    sent = Submission(claim.id, uuid4(), claim.schema_version_id, answers={"violation": "no"})
    decision = labeling.submit_decision(by=annotator, submission=sent).decision_id
    house.draw(manager, house.plan(manager))
    task = actions.claim_audit(by=auditor)
    label(auditor, task)
    labeling.retract_decision(by=annotator, decision_id=decision)
    event = OutboxEvent.objects.get(name=outbox.event_name(DecisionRetracted))
    assert tasks.withdraw_audits in subscriptions.BY_NAME[event.name]
    tasks.withdraw_audits(**event.payload)
    assert state_of(task.id) == "withdrawn"
    tasks.withdraw_audits(**event.payload)  # at least once
    assert actions.claim_audit(by=auditor) is None
