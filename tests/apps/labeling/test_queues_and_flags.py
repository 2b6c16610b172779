"""Queues filled and changed, what waits in them, flags, and from whom answers are kept."""

from datetime import timedelta
from uuid import uuid4

import pytest

from smo.kernel import audit, outbox
from smo.kernel.clock import now
from smo.kernel.errors import NotFound
from smo.kernel.ids import new_id
from smo.kernel.permissions import SYSTEM, Actor, Grant, PermissionDenied, Scope
from smo.labeling import actions, queries, rules
from smo.labeling.models import Decision, Slot
from smo.labeling.rules import QueueSettings
from tests.apps.labeling.conftest import answer, make_actor, make_work

pytestmark = pytest.mark.django_db


def test_each_item_stands_in_the_queue_that_names_it_most_exactly(work) -> None:
    work.items(2, market="DE", language_detected="de")
    work.items(3, market="DE", language_declared="tr", language_detected="de")
    every = work.queue(4, name="Every")
    german = work.queue(name="German", market="DE", language="de")
    assert Slot.objects.filter(queue_id=every).count() == 9, "items stay where they have their place"
    work.items(2, market="DE", language_detected="de")
    assert actions.fill_queues(by=SYSTEM, project=work.code) == 2
    assert Slot.objects.filter(queue_id=german).count() == 2
    assert actions.fill_queues(by=SYSTEM, project=work.code) == 0


def test_what_other_tools_decided_is_not_asked_again(work, annotator) -> None:
    (item_id, _) = work.items(2)
    at = now()
    Decision.objects.create(
        id=new_id(), project=work.project, item_id=item_id, person_id=annotator.id, outcome="decided",
        submit_key=uuid4(), received_at=at,
    )  # fmt: skip
    work.queue()
    assert Slot.objects.count() == 1


def test_many_items_are_placed_in_the_background(work, monkeypatch) -> None:
    monkeypatch.setattr("smo.labeling.actions.queues.FILLED_AT_ONCE", -1)
    work.queue(1)
    assert [event.name for event in outbox.take()] == ["smo.labeling.events.QueueChanged"]
    assert actions.fill_queues(by=SYSTEM, project=work.code) == 1


def test_another_overlap_holds_for_what_is_not_final(work, annotator, another) -> None:
    queue = work.queue(3)
    (claim,) = actions.claim_items(by=annotator, queue_id=queue)
    actions.submit_decision(by=annotator, submission=answer(claim))
    actions.change_queue(by=SYSTEM, queue_id=queue, settings=QueueSettings("All", overlap=2))
    assert sorted(Slot.objects.values_list("wanted", flat=True)) == [1, 2, 2]
    (mine, _) = queries.open_claims(by=annotator)[:1] * 2
    actions.submit_decision(by=annotator, submission=answer(mine))
    actions.claim_items(by=another, queue_id=queue)
    actions.change_queue(by=SYSTEM, queue_id=queue, settings=QueueSettings("All", overlap=1))
    assert set(Slot.objects.filter(final_at=None).values_list("taken", flat=True)) >= {1}
    for slot in Slot.objects.all():
        assert slot.wanted >= slot.taken + slot.decided
        assert (slot.final_at is None) == (slot.decided < slot.wanted)


def test_names_places_and_leads_of_queues(work, lead, annotator) -> None:
    work.project.markets = ["DE"]
    work.project.save()
    for wrong in (QueueSettings(" "), QueueSettings("x", overlap=0), QueueSettings("x", priority=10**6)):
        with pytest.raises(rules.QueueNotValid):
            actions.create_queue(by=lead, project=work.code, settings=wrong)
    with pytest.raises(rules.QueueOutside):
        actions.create_queue(by=lead, project=work.code, settings=QueueSettings("x", market="FR"))
    made = actions.create_queue(by=lead, project=work.code, settings=QueueSettings(" One  name "))
    with pytest.raises(rules.QueueNameTaken):
        actions.create_queue(by=lead, project=work.code, settings=QueueSettings("One name"))
    for nobody in (annotator, make_actor(role="team_lead", project="other")):
        with pytest.raises(PermissionDenied):
            actions.set_queue_state(by=nobody, queue_id=made, state="paused")
        with pytest.raises(PermissionDenied):
            actions.fill_queues(by=nobody, project=work.code)
    with pytest.raises(NotFound):
        actions.set_queue_state(by=lead, queue_id=uuid4(), state="paused")
    (entry,) = audit.entries(subject=audit.Subject("queue", str(made)))
    assert (entry.verb, entry.details["name"]) == ("queue_created", "One name")


def test_what_waits_is_counted_for_those_whom_it_concerns(work, annotator, lead) -> None:
    queue = work.queue(5, overlap=2, priority=3)
    claims = actions.claim_items(by=annotator, queue_id=queue, how_many=2)
    actions.submit_decision(by=annotator, submission=answer(claims[0], claim_next=0))
    (row,) = queries.queues(by=annotator)
    assert (row.ready, row.backlog, row.in_work, row.mine, row.overlap) == (5, 5, 1, 1, 2)
    assert row.oldest_received_at == Slot.objects.order_by("received_at").first().received_at
    assert queries.queues(by=lead, project=work.code)[0].mine == 0
    assert queries.queues(by=make_actor(project="other")) == ()
    assert queries.queues(by=make_actor(market="DE")) == (), "a queue for all markets is more than one's own"
    assert queries.queues(by=make_actor(role="requester")) == ()
    (at_work,) = queries.who_is_working(by=lead, project=work.code)
    assert (at_work.person_id, at_work.held) == (annotator.id, 1)
    progress = queries.progress(work.project.id)
    assert (progress.items, progress.placed, progress.backlog, progress.final, progress.in_work) == (5, 5, 5, 0, 1)
    assert progress.decisions == 1


def test_a_flag_is_raised_and_answered_once_and_seen_by_whom_it_concerns(work, annotator, another, lead) -> None:
    (claim,) = actions.claim_items(by=annotator, queue_id=work.queue(1))
    with pytest.raises(rules.FlagEmpty):
        actions.raise_flag(by=annotator, claim_id=claim.id, text="  ")
    flag_id = actions.raise_flag(by=annotator, claim_id=claim.id, text="Is irony hate?", rule_code="R2")
    assert queries.flags_waiting(by=lead) == 1
    assert queries.flags(by=another).rows == ()
    with pytest.raises(NotFound):
        queries.flag(by=another, flag_id=flag_id)
    with pytest.raises(PermissionDenied):
        actions.answer_flag(by=annotator, flag_id=flag_id, answer="No")
    with pytest.raises(PermissionDenied):
        actions.answer_flag(by=make_actor(role="team_lead", project="other"), flag_id=flag_id, answer="No")
    actions.answer_flag(by=lead, flag_id=flag_id, answer="Not by itself.")
    with pytest.raises(rules.FlagAnswered):
        actions.answer_flag(by=lead, flag_id=flag_id, answer="Yes.")
    seen = queries.flag(by=annotator, flag_id=flag_id)
    assert (seen.answer, seen.may_answer, seen.guideline_number) == ("Not by itself.", False, 1)
    assert queries.flags(by=lead, state="open").rows == ()
    assert len(queries.flags(by=lead, state="answered", project=work.code).rows) == 1


def _with_two_roles(role: str) -> Actor:
    labels, views = make_actor(), make_actor(role=role)
    return Actor(labels.id, (*labels.grants, *views.grants))


def test_who_has_still_to_decide_sees_no_answers_of_others(work, another) -> None:
    both = _with_two_roles("team_lead")
    (item_id,) = work.items(1)
    queue = work.queue(overlap=2)
    (theirs,) = actions.claim_items(by=another, queue_id=queue)
    actions.submit_decision(by=another, submission=answer(theirs))
    assert queries.masked_items(both, [item_id]) == {item_id}, "it could be handed to them"
    masked = queries.decisions_of_item(by=both, item_id=item_id)
    assert (masked.rows, masked.is_masked) == ((), True)
    (claim,) = actions.claim_items(by=both, queue_id=queue)
    assert queries.masked_items(both, [item_id]) == {item_id}, "they hold it"
    done = actions.submit_decision(by=both, submission=answer(claim))
    assert queries.masked_items(both, [item_id]) == {item_id}, "they could look and then take their answer back"
    assert [row.id for row in queries.decisions_of_item(by=both, item_id=item_id).rows] == [done.decision_id]


def test_afterwards_and_for_those_who_never_label_answers_are_open(work, another, lead, at_a_time, monkeypatch) -> None:
    both = _with_two_roles("team_lead")
    (item_id,) = work.items(1)
    (theirs,) = actions.claim_items(by=another, queue_id=work.queue(overlap=2))
    actions.submit_decision(by=another, submission=answer(theirs))
    assert len(queries.decisions_of_item(by=lead, item_id=item_id).rows) == 1
    assert queries.decisions_of_item(by=lead, item_id=item_id, masked={item_id}).rows == ()
    with pytest.raises(PermissionDenied):
        queries.decisions_of_item(by=another, item_id=item_id)
    (claim,) = actions.claim_items(by=both, queue_id=theirs.queue_id)
    actions.submit_decision(by=both, submission=answer(claim))
    later = now() + timedelta(minutes=11)
    monkeypatch.setattr("smo.labeling.queries.blindness.now", lambda: later)
    assert queries.masked_items(both, [item_id]) == frozenset()
    elsewhere = Actor(both.id, (Grant("annotator", frozenset({"label"}), Scope(project="other")),))
    assert queries.masked_items(elsewhere, [item_id]) == frozenset()


def test_ones_own_last_decisions(work, annotator, another) -> None:
    queue = work.queue(3)
    for person in (annotator, another):
        (claim,) = actions.claim_items(by=person, queue_id=queue)
        actions.submit_decision(by=person, submission=answer(claim, claim_next=0))
    (mine,) = queries.recent_decisions(by=annotator)
    assert mine.may_retract
    assert mine.retractable_until - mine.received_at == timedelta(minutes=10)
    with pytest.raises(NotFound):
        actions.retract_decision(by=another, decision_id=mine.id)


def test_a_project_without_published_questions_hands_out_nothing(annotator) -> None:
    work = make_work("bare")
    queue = work.queue(1)
    work.project.schema = None
    work.project.save()
    with pytest.raises(rules.ProjectHasNoSchema):
        actions.claim_items(by=annotator, queue_id=queue)
