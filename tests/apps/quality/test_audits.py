"""Audits: who is handed what, that the own label stands before the other's is shown, and that nothing is doubled."""

from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connections

from smo.kernel import audit
from smo.kernel.clock import now
from smo.kernel.errors import NotFound
from smo.kernel.ids import new_id
from smo.kernel.permissions import SYSTEM, Actor, Grant, PermissionDenied
from smo.labeling import actions as work
from smo.labeling import models as labeling
from smo.quality import actions, models, queries
from smo.quality.rules import refusals
from tests.apps.quality.conftest import NO, YES, label, make_actor, state_of


class TestWhoIsHandedWhat:
    def test_one_after_the_other_until_nothing_waits(self, house, auditor, drawn) -> None:
        seen = []
        while (task := actions.claim_audit(by=auditor)) is not None:
            seen.append(task.position)
            label(auditor, task)
            actions.reveal(by=auditor, audit_id=task.id)
            actions.file_findings(by=auditor, audit_id=task.id, findings=())
        assert seen == [1, 2, 3]

    def test_nobody_holds_two(self, auditor, drawn) -> None:
        first = actions.claim_audit(by=auditor)
        assert actions.claim_audit(by=auditor).id == first.id
        label(auditor, first)
        assert actions.claim_audit(by=auditor).id == first.id

    def test_not_the_own_decision_nor_an_item_one_decided(self, house, ann, manager) -> None:
        both = Actor(ann.id, (*ann.grants, Grant("auditor", frozenset({"audit"}))))
        own, shared, free = house.items(1), house.items(1), house.items(1)
        other = make_actor("Cem", role="annotator")
        house.decide(own, ann)
        house.decide(shared, other)
        house.decide(shared, ann, retracted_at=now() - timedelta(hours=2))
        house.decide(free, other)
        house.draw(manager, house.plan(manager))
        assert actions.claim_audit(by=both).content.item_id == free[0].id
        assert queries.waiting_audits(by=both).total == 0

    def test_not_an_item_that_one_holds_for_labeling(self, house, ann, bea, manager) -> None:
        both = Actor(bea.id, (*bea.grants, Grant("auditor", frozenset({"audit"}))))
        (item,) = house.items(1)
        house.decide([item], ann)
        slot = labeling.Slot.objects.create(queue=house.queue, item=item, wanted=2, received_at=item.received_at)
        house.draw(manager, house.plan(manager))
        assert actions.claim_audit(by=both) is None  # could still be asked to label it
        labeling.Slot.objects.filter(pk=slot.pk).update(final_at=now())
        assert actions.claim_audit(by=both) is not None

    def test_who_has_compared_an_item_is_never_handed_it_to_label(self, house, ann, bea, manager) -> None:
        both = Actor(bea.id, (*bea.grants, Grant("auditor", frozenset({"audit"}))))
        (item,) = house.items(1)
        house.decide([item], ann)
        house.draw(manager, house.plan(manager))
        task = actions.claim_audit(by=both)
        label(both, task)
        actions.reveal(by=both, audit_id=task.id)
        labeling.Slot.objects.create(queue=house.queue, item=item, wanted=3, received_at=item.received_at)
        assert work.claim_items(by=both, queue_id=house.queue.id) == ()
        assert work.claim_items(by=make_actor("Dan", role="annotator"), queue_id=house.queue.id) != ()
        assert queries.comparison(by=both, audit_id=task.id).original_outcome == "decided"

    def test_not_another_answer_about_an_item_one_has_compared(self, house, ann, bea, auditor, manager) -> None:
        items = house.items(1)
        house.decide(items, ann)
        house.decide(items, bea)
        house.draw(manager, house.plan(manager))
        task = actions.claim_audit(by=auditor)
        label(auditor, task)
        actions.reveal(by=auditor, audit_id=task.id)
        actions.file_findings(by=auditor, audit_id=task.id, findings=())
        assert actions.claim_audit(by=auditor) is None
        assert actions.claim_audit(by=make_actor("Second", role="auditor")) is not None

    def test_not_the_work_of_the_own_team(self, house, manager) -> None:
        red = make_actor("Red", role="annotator", team="red")
        blue = make_actor("Blue", role="annotator", team="blue")
        house.decide(house.items(1), red)
        (foreign,) = house.decide(house.items(1), blue)
        house.draw(manager, house.plan(manager))
        task = actions.claim_audit(by=make_actor("Inspector", role="auditor", team="red"))
        assert models.Audit.objects.get(pk=task.id).decision_id == foreign.id

    @pytest.mark.parametrize(
        ("scope", "is_handed"),
        [
            ({}, True),
            ({"project": "hate"}, True),
            ({"project": "other"}, False),
            ({"market": "DE"}, True),
            ({"market": "FR"}, False),
            ({"project": "hate", "language": "de"}, True),
            ({"project": "hate", "language": "fr"}, False),
            ({"subject": "someone"}, False),
        ],
    )
    def test_only_within_the_grant(self, house, ann, manager, scope, is_handed) -> None:
        house.decide(house.items(1, market="DE", language_detected="de"), ann)
        house.draw(manager, house.plan(manager))
        inspector = make_actor("Inspector", role="auditor", **scope)
        if scope == {"subject": "someone"}:
            with pytest.raises(PermissionDenied):
                actions.claim_audit(by=inspector)
            return
        assert (actions.claim_audit(by=inspector) is not None) == is_handed

    def test_not_of_a_closed_plan(self, auditor, manager, drawn) -> None:
        actions.close_plan(by=manager, plan_id=models.Plan.objects.get().id)
        assert actions.claim_audit(by=auditor) is None

    def test_nobody_without_the_verb(self, ann, manager, drawn) -> None:
        for by in (ann, manager):
            with pytest.raises(PermissionDenied):
                actions.claim_audit(by=by)

    def test_what_was_left_lying_goes_to_another(self, ann, auditor, drawn) -> None:
        task = actions.claim_audit(by=auditor)
        second = make_actor("Second", role="auditor")
        assert actions.claim_audit(by=second).id != task.id
        models.Audit.objects.filter(pk=task.id).update(expires_at=now() - timedelta(seconds=1))
        third = make_actor("Third", role="auditor")
        assert actions.claim_audit(by=third).id == task.id
        with pytest.raises(refusals.AuditNotYours):
            label(auditor, task)
        with pytest.raises(refusals.AuditNotYours):
            actions.reveal(by=auditor, audit_id=task.id)

    def test_who_comes_late_but_before_another_loses_nothing(self, auditor, drawn) -> None:
        task = actions.claim_audit(by=auditor)
        models.Audit.objects.filter(pk=task.id).update(expires_at=now() - timedelta(hours=2))
        label(auditor, task)
        assert state_of(task.id) == "locked"

    @pytest.mark.django_db(transaction=True)
    def test_peers_row_6_auditors_at_once_never_hold_the_same(self, house, ann, manager) -> None:
        house.decide(house.items(30), ann)
        house.draw(manager, house.plan(manager, sample_size=30))
        inspectors = [make_actor(f"Inspector {n}", role="auditor") for n in range(8)]
        handed, start = [], Barrier(len(inspectors))

        def claim(by: Actor) -> None:
            start.wait()
            handed.append(actions.claim_audit(by=by).id)
            connections.close_all()

        threads = [Thread(target=claim, args=(by,)) for by in inspectors]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(handed)) == len(handed) == 8

    @pytest.mark.django_db(transaction=True)
    def test_one_auditor_in_two_windows_gets_one(self, auditor, drawn) -> None:
        handed, start = [], Barrier(2)

        def claim() -> None:
            start.wait()
            handed.append(actions.claim_audit(by=auditor).id)
            connections.close_all()

        threads = [Thread(target=claim) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(handed)) == 1
        assert models.Audit.objects.filter(state="served").count() == 1


class TestOwnLabelFirst:
    @pytest.mark.django_db(transaction=True)
    def test_domain_7_11_item_4_reveal_before_label_is_forbidden_and_logged(self, auditor, drawn) -> None:
        """Given an audit whose auditor asks for the original first, it is refused and the attempt stays on record."""
        task = actions.claim_audit(by=auditor)
        with pytest.raises(PermissionDenied) as refused:
            actions.reveal(by=auditor, audit_id=task.id)
        assert refused.value.code == "reveal_before_label"
        entry = audit.entries(verb="reveal_refused")[0]
        assert (entry.done_by, entry.subject.id) == (auditor.id, str(task.id))
        assert models.Audit.objects.get(pk=task.id).revealed_at is None
        label(auditor, task)
        assert actions.reveal(by=auditor, audit_id=task.id).original_answers == NO

    @pytest.mark.django_db(transaction=True)
    def test_findings_before_the_reveal_are_refused_and_logged(self, auditor, drawn) -> None:
        task = actions.claim_audit(by=auditor)
        for prepare in (lambda: None, lambda: label(auditor, task)):
            prepare()
            with pytest.raises(refusals.FindingBeforeReveal):
                actions.file_findings(by=auditor, audit_id=task.id, findings=(actions.NewFinding("A1"),))
        assert len(audit.entries(verb="finding_refused")) == 2
        assert not models.Finding.objects.exists()

    def test_comparing_by_a_query_is_refused_too(self, auditor, drawn) -> None:
        task = actions.claim_audit(by=auditor)
        for prepare in (lambda: None, lambda: label(auditor, task)):
            prepare()
            with pytest.raises(refusals.RevealBeforeLabel):
                queries.comparison(by=auditor, audit_id=task.id)

    def test_sent_twice_it_is_stored_once(self, auditor, drawn) -> None:
        task = actions.claim_audit(by=auditor)
        key = label(auditor, task)
        sent = {"by": auditor, "audit_id": task.id, "submit_key": key, "outcome": "decided", "active_ms": 1}
        actions.lock_own_label(**sent, answers=NO)
        assert len(audit.entries(verb="own_label_locked")) == 1
        with pytest.raises(refusals.OwnLabelStands):
            actions.lock_own_label(**sent, answers=YES)

    def test_a_stored_label_never_changes(self, compared, auditor) -> None:
        task = compared()
        with pytest.raises(refusals.OwnLabelStands):
            label(auditor, task, answers=YES)
        assert models.Audit.objects.get(pk=task.id).own_answers == NO

    def test_the_key_of_another_audit_is_refused(self, house, ann, auditor, manager, compared) -> None:
        task = compared()
        actions.file_findings(by=auditor, audit_id=task.id, findings=())
        key = models.Audit.objects.get(pk=task.id).submit_key
        other = actions.claim_audit(by=auditor)
        with pytest.raises(refusals.AuditNotYours):
            actions.lock_own_label(
                by=auditor, audit_id=other.id, submit_key=key, outcome="decided", answers=NO, active_ms=None
            )

    @pytest.mark.parametrize(
        ("answers", "outcome"),
        [
            ({}, "decided"),
            ({"violation": "perhaps"}, "decided"),
            ({"violation": "no", "where": []}, "decided"),
            ({"violation": "yes", "where": [{"start": 0, "end": 999, "type": "slur"}]}, "decided"),
            ({"violation": "no", "else": 1}, "decided"),
            (NO, "skipped"),
        ],
    )
    def test_a_label_outside_the_schema(self, auditor, drawn, answers, outcome) -> None:
        task = actions.claim_audit(by=auditor)
        with pytest.raises(refusals.OwnLabelNotValid) as refused:
            label(auditor, task, answers=answers, outcome=outcome)
        assert refused.value.parameters["faults"]
        assert state_of(task.id) == "served"

    @pytest.mark.parametrize("reading", [-1, 2**70, None])
    def test_a_senseless_clock_reading_is_left_out(self, auditor, drawn, reading) -> None:
        task = actions.claim_audit(by=auditor)
        sent = {"submit_key": uuid4(), "outcome": "decided", "answers": NO, "active_ms": reading}
        actions.lock_own_label(by=auditor, audit_id=task.id, **sent)
        assert models.Audit.objects.get(pk=task.id).active_ms is None

    def test_no_unique_answer_needs_no_answers(self, auditor, drawn) -> None:
        task = actions.claim_audit(by=auditor)
        label(auditor, task, answers={}, outcome="no_unique_answer")
        assert actions.reveal(by=auditor, audit_id=task.id).own_outcome == "no_unique_answer"

    def test_the_audit_keeps_its_questions_when_newer_ones_are_published(self, house, auditor, drawn) -> None:
        task = actions.claim_audit(by=auditor)
        house.schema.__class__.objects.create(
            id=new_id(), schema=house.project.schema, number=2, created_by=SYSTEM.id, created_at=now(),
            definition={"questions": []}, published_by=SYSTEM.id, published_at=now(),
        )  # fmt: skip
        label(auditor, task)
        assert state_of(task.id) == "locked"

    def test_another_person_can_do_nothing_with_it(self, auditor, drawn) -> None:
        task = actions.claim_audit(by=auditor)
        other = make_actor("Other", role="auditor")
        with pytest.raises(refusals.AuditNotYours):
            label(other, task)
        with pytest.raises(refusals.AuditNotYours):
            actions.reveal(by=other, audit_id=task.id)
        stranger = make_actor("Stranger", role="annotator")
        with pytest.raises(NotFound):
            actions.reveal(by=stranger, audit_id=task.id)

    def test_the_database_refuses_a_reveal_without_label(self, auditor, drawn) -> None:
        task = actions.claim_audit(by=auditor)
        with pytest.raises(Exception, match="audit_own_label_before_reveal"):
            models.Audit.objects.filter(pk=task.id).update(revealed_at=now())


class TestWithdrawing:
    def test_a_decision_taken_back_takes_its_open_audits_along(self, auditor, drawn) -> None:
        task = actions.claim_audit(by=auditor)
        decision = models.Audit.objects.get(pk=task.id).decision_id
        assert actions.withdraw_audits(by=SYSTEM, decision_id=decision) == 1
        assert actions.withdraw_audits(by=SYSTEM, decision_id=decision) == 0
        with pytest.raises(refusals.AuditWithdrawn):
            label(auditor, task)
        with pytest.raises(refusals.AuditWithdrawn):
            queries.audit_task(by=auditor, audit_id=task.id)
        assert actions.claim_audit(by=auditor).id != task.id

    def test_what_was_filed_stays(self, compared, auditor) -> None:
        task = compared()
        actions.file_findings(by=auditor, audit_id=task.id, findings=())
        row = models.Audit.objects.get(pk=task.id)
        assert actions.withdraw_audits(by=SYSTEM, decision_id=row.decision_id) == 0
        assert state_of(task.id) == "filed"

    def test_not_by_anyone(self, auditor, ann, drawn) -> None:
        decision = models.Audit.objects.first().decision_id
        for by in (auditor, ann):
            with pytest.raises(PermissionDenied):
                actions.withdraw_audits(by=by, decision_id=decision)
