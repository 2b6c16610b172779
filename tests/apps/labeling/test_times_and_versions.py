"""Which guideline and which questions hold for a decision, and whose clock."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from smo.kernel.clock import now
from smo.kernel.permissions import SYSTEM
from smo.labeling import actions, rules
from smo.labeling.models import Decision
from smo.quality import actions as quality
from tests.apps.labeling.conftest import answer, make_actor

pytestmark = pytest.mark.django_db

SUNDAY_2350 = datetime(2026, 3, 1, 23, 50, tzinfo=UTC)
MONDAY_0003 = datetime(2026, 3, 2, 0, 3, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
EIGHT_MINUTES = 8 * 60 * 1000


@pytest.fixture
def two_versions(work):
    """v11 until midnight from Sunday to Monday, then v12."""
    eleven = work.put_in_force(datetime(2026, 1, 1, tzinfo=UTC))
    return eleven, work.put_in_force(MIDNIGHT)


def test_domain_o4_an_item_opened_on_sunday_at_2358_is_judged_by_v11(work, annotator, at_a_time, two_versions) -> None:
    eleven, twelve = two_versions
    queue = work.queue(2)
    at_a_time(SUNDAY_2350)
    first, second = actions.claim_items(by=annotator, queue_id=queue, how_many=2)
    assert first.guideline_version_id == eleven
    at_a_time(MONDAY_0003)
    done = actions.submit_decision(by=annotator, submission=answer(first, elapsed_ms=EIGHT_MINUTES))
    stored = Decision.objects.get(pk=done.decision_id)
    assert stored.opened_at == datetime(2026, 3, 1, 23, 58, tzinfo=UTC)
    assert (stored.guideline_version_id, stored.seen_guideline_version_id) == (eleven, eleven)
    opened_after_midnight = answer(second, elapsed_ms=EIGHT_MINUTES + 4 * 60_000, seen_guideline_version_id=twelve)
    done = actions.submit_decision(by=annotator, submission=opened_after_midnight)
    stored = Decision.objects.get(pk=done.decision_id)
    assert (stored.guideline_version_id, stored.seen_guideline_version_id) == (twelve, twelve)


def test_domain_o4_the_audit_of_it_is_bound_to_v11_too(work, annotator, at_a_time, two_versions) -> None:
    eleven, _twelve = two_versions
    queue = work.queue(1)
    at_a_time(SUNDAY_2350)
    (claim,) = actions.claim_items(by=annotator, queue_id=queue)
    at_a_time(MONDAY_0003)
    actions.submit_decision(by=annotator, submission=answer(claim, elapsed_ms=EIGHT_MINUTES))
    plan_id = quality.create_plan(by=SYSTEM, plan=quality.NewPlan(project=work.code, name="Weekly", sample_size=5))
    quality.draw_sample(by=SYSTEM, plan_id=plan_id, frame_from=MIDNIGHT, frame_to=MIDNIGHT + timedelta(days=1))
    task = quality.claim_audit(by=make_actor("Auditor", role="auditor"))
    assert task.guideline_version_id == eleven


def test_who_saw_another_guideline_than_the_one_in_force_is_told_by_the_record(
    work, annotator, at_a_time, two_versions
) -> None:
    eleven, twelve = two_versions
    queue = work.queue(2)
    at_a_time(SUNDAY_2350)
    claims = actions.claim_items(by=annotator, queue_id=queue, how_many=2)
    at_a_time(MONDAY_0003)
    offline = answer(claims[0], elapsed_ms=EIGHT_MINUTES + 4 * 60_000)
    stored = Decision.objects.get(pk=actions.submit_decision(by=annotator, submission=offline).decision_id)
    assert (stored.guideline_version_id, stored.seen_guideline_version_id) == (twelve, eleven)
    foreign = answer(claims[1], seen_guideline_version_id=uuid4())
    stored = Decision.objects.get(pk=actions.submit_decision(by=annotator, submission=foreign).decision_id)
    assert stored.seen_guideline_version_id == eleven, "what is no version of this policy counts as not said"


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_an_hour_off_is_kept_and_not_believed(work, annotator, hours) -> None:
    (claim,) = actions.claim_items(by=annotator, queue_id=work.queue(1))
    wrong = now() + timedelta(hours=hours)
    done = actions.submit_decision(by=annotator, submission=answer(claim, client_at=wrong, elapsed_ms=3_600_000))
    stored = Decision.objects.get(pk=done.decision_id)
    assert stored.client_at == wrong
    assert stored.client_elapsed_ms == 3_600_000
    assert stored.claimed_at == claim.claimed_at
    assert stored.claimed_at <= stored.opened_at <= stored.received_at
    assert abs(stored.received_at - now()) < timedelta(minutes=1)


def test_a_claim_keeps_its_questions_and_another_version_is_refused_with_the_one_to_load(work, annotator) -> None:
    queue = work.queue(3)
    claims = actions.claim_items(by=annotator, queue_id=queue, how_many=2)
    newer = work.publish_schema()
    with pytest.raises(rules.SchemaChanged) as refusal:
        actions.submit_decision(by=annotator, submission=answer(claims[0], schema_version_id=newer))
    assert refusal.value.parameters["schema_version_id"] == work.schema_version_id
    done = actions.submit_decision(by=annotator, submission=answer(claims[0]))
    assert Decision.objects.get(pk=done.decision_id).schema_version_id == work.schema_version_id
    assert [claim.schema_version_id for claim in done.claims] == [newer]


def test_a_schema_change_under_open_claims_binds_those_anew_that_nobody_has_opened(work, annotator) -> None:
    opened, unopened = actions.claim_items(by=annotator, queue_id=work.queue(2), how_many=2)
    actions.extend_claims(by=annotator, claim_ids=(opened.id,), opened=frozenset({opened.id}))
    newer, guideline = work.publish_schema(), work.put_in_force(now() - timedelta(seconds=1))
    longer = {claim.id: claim for claim in actions.extend_claims(by=annotator, claim_ids=(opened.id, unopened.id))}
    assert longer[opened.id].schema_version_id == work.schema_version_id
    assert longer[opened.id].guideline_version_id == work.guideline_version_id
    assert longer[unopened.id].schema_version_id == newer
    assert longer[unopened.id].guideline_version_id == guideline
    with pytest.raises(rules.SchemaChanged):
        actions.submit_decision(by=annotator, submission=answer(unopened))
    for claim in longer.values():
        actions.submit_decision(by=annotator, submission=answer(claim))
    assert Decision.objects.count() == 2


def test_domain_v1_a_decision_carries_what_cannot_be_filled_in_afterwards(work, annotator) -> None:
    (claim,) = actions.claim_items(by=annotator, queue_id=work.queue(1))
    told = {"active_ms": 4000, "idle_ms": 500, "elapsed_ms": 10, "view_mode": "blurred", "translation_used": True}
    told |= {"prelabel_shown": True, "tool_version": "desk 1", "confidence": 80, "note": "clear"}
    done = actions.submit_decision(by=annotator, submission=answer(claim, **told))
    stored = Decision.objects.get(pk=done.decision_id)
    kept = {name: getattr(stored, name) for name in told if name != "elapsed_ms"}
    assert kept == {name: value for name, value in told.items() if name != "elapsed_ms"}
    assert (stored.client_elapsed_ms, stored.decision_mode) == (10, "human_assisted")
    assert (stored.project_id, stored.queue_id) == (work.project.id, claim.queue_id)
    assert stored.schema_version_id == work.schema_version_id


def test_peers_row_17_each_answer_can_be_taken_back_even_after_the_next_item(work, annotator, at_a_time) -> None:
    queue = work.queue(2)
    (claim,) = actions.claim_items(by=annotator, queue_id=queue)
    done = actions.submit_decision(by=annotator, submission=answer(claim))
    later = actions.submit_decision(by=annotator, submission=answer(done.claims[0]))
    again = actions.retract_decision(by=annotator, decision_id=done.decision_id)
    assert again.id == claim.id
    assert actions.retract_decision(by=annotator, decision_id=done.decision_id).id == claim.id, "asked twice"
    changed = answer(again, answers={"violation": "yes"})
    actions.submit_decision(by=annotator, submission=changed)
    kept = Decision.objects.filter(item_id=claim.item_id).order_by("received_at")
    assert [(one.answers["violation"], one.retracted_at is None) for one in kept] == [("no", False), ("yes", True)]
    at_a_time(now() + timedelta(minutes=11))
    with pytest.raises(rules.UndoTooLate):
        actions.retract_decision(by=annotator, decision_id=later.decision_id)


def test_a_skip_is_taken_back_only_while_the_item_is_free(work, annotator, another) -> None:
    queue = work.queue(1)
    (claim,) = actions.claim_items(by=annotator, queue_id=queue)
    skip = answer(claim, outcome="skipped", reason="technical")
    done = actions.submit_decision(by=annotator, submission=skip)
    (theirs,) = actions.claim_items(by=another, queue_id=queue)
    with pytest.raises(rules.UndoNoRoom):
        actions.retract_decision(by=annotator, decision_id=done.decision_id)
    actions.release_claims(by=another, claim_ids=(theirs.id,))
    assert actions.retract_decision(by=annotator, decision_id=done.decision_id).id == claim.id
    assert actions.claim_items(by=another, queue_id=queue) == ()
    assert actions.expire_claims(by=SYSTEM) == 0
