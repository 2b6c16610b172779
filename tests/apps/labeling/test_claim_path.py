"""The claim path: who gets what, what is stored, once, and what comes next."""

from datetime import timedelta
from uuid import uuid4

import pytest

from smo.kernel import audit
from smo.kernel.clock import now
from smo.kernel.errors import NotFound
from smo.kernel.permissions import SYSTEM, PermissionDenied
from smo.labeling import actions, queries, rules
from smo.labeling.models import Assignment, Decision, Slot
from tests.apps.labeling.conftest import answer, make_actor, make_work

pytestmark = pytest.mark.django_db


def test_an_item_goes_out_is_answered_and_the_next_comes_with_the_answer(work, annotator) -> None:
    queue = work.queue(3)
    (claim,) = actions.claim_items(by=annotator, queue_id=queue)
    assert (claim.project, claim.content.text) == (work.code, "Item number 0")
    assert (claim.schema_version_id, claim.guideline_version_id) == (work.schema_version_id, work.guideline_version_id)
    assert claim.expires_at - claim.claimed_at == timedelta(seconds=1800)
    done = actions.submit_decision(by=annotator, submission=answer(claim, claim_next=2))
    assert [next_one.content.text for next_one in done.claims] == ["Item number 1", "Item number 2"]
    stored = Decision.objects.get(pk=done.decision_id)
    assert (stored.answers, stored.outcome, stored.person_id) == ({"violation": "no"}, "decided", annotator.id)
    assert stored.guideline_version_id == work.guideline_version_id
    slot = Slot.objects.get(item_id=claim.item_id)
    assert (slot.taken, slot.decided, slot.final_at is not None) == (0, 1, True)
    (entry,) = audit.entries(subject=audit.Subject("decision", str(done.decision_id)))
    assert (entry.verb, entry.done_by) == ("decision_made", annotator.id)
    assert audit.verify().is_intact


def test_a_queue_that_is_done_says_so(work, annotator) -> None:
    queue = work.queue(1)
    (claim,) = actions.claim_items(by=annotator, queue_id=queue)
    assert actions.submit_decision(by=annotator, submission=answer(claim)).claims == ()
    assert actions.claim_items(by=annotator, queue_id=queue) == ()


def test_the_same_submit_twice_is_one_decision(work, annotator) -> None:
    queue = work.queue(3)
    (claim,) = actions.claim_items(by=annotator, queue_id=queue)
    sent = answer(claim)
    first = actions.submit_decision(by=annotator, submission=sent)
    again = actions.submit_decision(by=annotator, submission=sent)
    assert (again.decision_id, again.is_repeat) == (first.decision_id, True)
    assert [held.id for held in again.claims] == [held.id for held in first.claims]
    assert Decision.objects.count() == 1


def test_a_key_names_one_answer_for_ever(work, annotator, another) -> None:
    queue = work.queue(3)
    (claim,) = actions.claim_items(by=annotator, queue_id=queue)
    sent = answer(claim)
    actions.submit_decision(by=annotator, submission=sent)
    with pytest.raises(rules.SubmitKeyReused):
        actions.submit_decision(by=annotator, submission=answer(claim, submit_key=sent.submit_key, note="other"))
    with pytest.raises(rules.SubmitKeyReused):
        actions.submit_decision(by=another, submission=sent)
    with pytest.raises(rules.AlreadyDecided):
        actions.submit_decision(by=annotator, submission=answer(claim))


def test_nobody_answers_anothers_claim(work, annotator, another) -> None:
    (claim,) = actions.claim_items(by=annotator, queue_id=work.queue(1))
    with pytest.raises(NotFound):
        actions.submit_decision(by=another, submission=answer(claim))
    with pytest.raises(NotFound):
        actions.raise_flag(by=another, claim_id=claim.id, text="mine")
    assert actions.extend_claims(by=another, claim_ids=(claim.id,)) == ()
    assert actions.release_claims(by=another, claim_ids=(claim.id,)) == 0
    assert queries.open_claims(by=annotator)[0].id == claim.id


def test_overlap_gives_an_item_to_so_many_and_to_nobody_twice(work) -> None:
    queue = work.queue(2, overlap=2)
    people = [make_actor(name) for name in ("A", "B", "C")]
    seen = []
    for person in people:
        claims = actions.claim_items(by=person, queue_id=queue, how_many=5)
        seen += [(person.id, claim.item_id) for claim in claims]
        for claim in claims:
            actions.submit_decision(by=person, submission=answer(claim))
    assert len(seen) == len(set(seen)) == 4
    assert set(Slot.objects.values_list("decided", "taken")) == {(2, 0)}


def test_what_is_more_urgent_comes_first_though_one_was_further_on(work, annotator) -> None:
    queue = work.queue(6)
    (claim,) = actions.claim_items(by=annotator, queue_id=queue)
    later = Slot.objects.order_by("-key").first()
    assert actions.prioritise_items(by=SYSTEM, queue_id=queue, item_ids=(later.item_id,), priority=5) == 1
    done = actions.submit_decision(by=annotator, submission=answer(claim, submit_key=_off_beat()))
    assert [one.item_id for one in done.claims] == [later.item_id]
    done = actions.submit_decision(by=annotator, submission=answer(done.claims[0], submit_key=_off_beat()))
    assert [one.content.text for one in done.claims] == ["Item number 1"], "back among those of no priority"


def test_what_came_back_is_found_when_nothing_is_left_ahead(work, annotator, another) -> None:
    queue = work.queue(3)
    first = actions.claim_items(by=another, queue_id=queue)[0]
    (claim,) = actions.claim_items(by=annotator, queue_id=queue, how_many=1)
    actions.release_claims(by=another, claim_ids=(first.id,))
    done = actions.submit_decision(by=annotator, submission=answer(claim, submit_key=_off_beat()))
    done = actions.submit_decision(by=annotator, submission=answer(done.claims[0], submit_key=_off_beat()))
    assert [one.item_id for one in done.claims] == [first.item_id]


def _off_beat():
    """A key with which the whole queue is not looked through."""
    return next(key for key in iter(uuid4, None) if key.int % 16)


def test_a_lease_runs_out_and_the_item_goes_to_another(work, annotator, another, at_a_time) -> None:
    queue = work.queue(1)
    (claim,) = actions.claim_items(by=annotator, queue_id=queue)
    assert actions.claim_items(by=another, queue_id=queue) == ()
    assert actions.expire_claims(by=SYSTEM) == 0
    at_a_time(now() + timedelta(seconds=1801))
    assert actions.expire_claims(by=SYSTEM) == 1
    (theirs,) = actions.claim_items(by=another, queue_id=queue)
    assert theirs.item_id == claim.item_id
    actions.submit_decision(by=another, submission=answer(theirs))
    with pytest.raises(rules.ClaimExpired):
        actions.submit_decision(by=annotator, submission=answer(claim))
    assert Decision.objects.count() == 1


def test_a_late_answer_is_taken_while_it_is_needed(work, annotator, at_a_time) -> None:
    (claim,) = actions.claim_items(by=annotator, queue_id=work.queue(1))
    at_a_time(now() + timedelta(seconds=1801))
    actions.expire_claims(by=SYSTEM)
    done = actions.submit_decision(by=annotator, submission=answer(claim))
    assert Decision.objects.get(pk=done.decision_id).is_late
    slot = Slot.objects.get()
    assert (slot.taken, slot.decided) == (0, 1)


def test_a_late_answer_to_an_item_that_one_holds_again_ends_the_new_claim(work, annotator, at_a_time) -> None:
    queue = work.queue(1)
    (claim,) = actions.claim_items(by=annotator, queue_id=queue)
    at_a_time(now() + timedelta(seconds=1801))
    actions.expire_claims(by=SYSTEM)
    (again,) = actions.claim_items(by=annotator, queue_id=queue)
    assert again.item_id == claim.item_id
    actions.submit_decision(by=annotator, submission=answer(claim))
    assert Assignment.objects.get(pk=again.id).state == "decided"
    assert Slot.objects.get().taken == 0


def test_a_longer_lease_for_ones_own(work, annotator, at_a_time) -> None:
    (claim,) = actions.claim_items(by=annotator, queue_id=work.queue(1))
    at_a_time(now() + timedelta(seconds=1000))
    (longer,) = actions.extend_claims(by=annotator, claim_ids=(claim.id,))
    assert longer.expires_at > claim.expires_at + timedelta(seconds=900)


def test_skipping_needs_a_reason_and_leaves_the_item_to_others(work, annotator, another) -> None:
    queue = work.queue(1)
    (claim,) = actions.claim_items(by=annotator, queue_id=queue)
    with pytest.raises(rules.ReasonMissing):
        actions.submit_decision(by=annotator, submission=answer(claim, outcome="skipped"))
    with pytest.raises(rules.ReasonMissing):
        actions.submit_decision(by=annotator, submission=answer(claim, outcome="skipped", reason="other"))
    done = actions.submit_decision(by=annotator, submission=answer(claim, outcome="skipped", reason="too_hard"))
    assert done.claims == ()
    assert Slot.objects.get().final_at is None
    (theirs,) = actions.claim_items(by=another, queue_id=queue)
    assert theirs.item_id == claim.item_id
    actions.submit_decision(by=another, submission=answer(theirs, outcome="no_unique_answer"))
    assert Slot.objects.get().final_at is not None


def test_answers_that_do_not_fit_the_questions_are_refused_with_where(work, annotator) -> None:
    (claim,) = actions.claim_items(by=annotator, queue_id=work.queue(1))
    for wrong in ({"violation": "perhaps"}, {}, {"violation": "no", "else": 1}, {"violation": ["no"]}):
        with pytest.raises(rules.AnswersNotValid) as refusal:
            actions.submit_decision(by=annotator, submission=answer(claim, answers=wrong))
        assert refusal.value.parameters["faults"][0]["message"]
    beyond = {"violation": "yes", "where": [{"start": 0, "end": 999, "label": "slur"}]}
    with pytest.raises(rules.AnswersNotValid):
        actions.submit_decision(by=annotator, submission=answer(claim, answers=beyond))
    assert Decision.objects.count() == 0
    assert queries.open_claims(by=annotator)[0].id == claim.id


def test_hostile_values_are_stored_as_they_are_or_refused(work, annotator) -> None:
    queue = work.queue(4)
    claims = actions.claim_items(by=annotator, queue_id=queue, how_many=4)
    note = "<script>alert(1)</script>\u202e'; DROP TABLE x; -- \u200b😀"
    done = actions.submit_decision(by=annotator, submission=answer(claims[0], note=note))
    assert Decision.objects.get(pk=done.decision_id).note == note
    for wrong in ({"note": "a\0b"}, {"note": "\ud800"}, {"note": "x" * 5000}, {"active_ms": -1}, {"active_ms": 2**70}):
        with pytest.raises(rules.SubmissionNotValid):
            actions.submit_decision(by=annotator, submission=answer(claims[1], **wrong))
    for wrong in ({"violation": "a\0"}, {"violation": float("nan")}, {"violation": {1, 2}}):
        with pytest.raises((rules.SubmissionNotValid, rules.AnswersNotValid)):
            actions.submit_decision(by=annotator, submission=answer(claims[1], answers=wrong))
    assert Decision.objects.count() == 1


def test_only_where_a_grant_reaches_and_work_is_open(work, lead) -> None:
    work.items(2, market="DE", language_declared="de")
    queue = work.queue(name="German", market="DE", language="de")
    for actor in (lead, make_actor(project="other"), make_actor(market="FR"), make_actor(language="fr")):
        with pytest.raises(PermissionDenied):
            actions.claim_items(by=actor, queue_id=queue)
    german = make_actor(market="DE", language="de")
    (claim,) = actions.claim_items(by=german, queue_id=queue)
    actions.set_queue_state(by=SYSTEM, queue_id=queue, state="paused")
    with pytest.raises(rules.QueueNotOpen):
        actions.claim_items(by=german, queue_id=queue)
    done = actions.submit_decision(by=german, submission=answer(claim))
    assert done.claims == (), "what is in hand is finished, and nothing new comes"
    actions.set_queue_state(by=SYSTEM, queue_id=queue, state="open")
    work.project.state = "paused"
    work.project.save()
    with pytest.raises(rules.ProjectNotLive):
        actions.claim_items(by=german, queue_id=queue)


def test_nobody_hoards(work, annotator) -> None:
    queue = work.queue(40)
    held = [claim for _ in range(3) for claim in _claimed(annotator, queue)]
    assert len(held) == rules.MOST_HELD
    with pytest.raises(rules.TooManyClaims):
        actions.claim_items(by=annotator, queue_id=queue, how_many=10)


def _claimed(by, queue):
    try:
        return actions.claim_items(by=by, queue_id=queue, how_many=10)
    except rules.TooManyClaims:
        return ()


def test_items_of_another_project_never_come(work, annotator) -> None:
    other = make_work("other")
    other.items(3)
    assert actions.claim_items(by=annotator, queue_id=work.queue(0)) == ()
