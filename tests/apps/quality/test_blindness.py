"""DECISIONS 8: who has an open or upcoming blind task on an item sees nothing of what others said about it.

Every query of quality and labeling is called as someone who may do everything, also audit; what others said carries a
word that must not come back. A query that is not in the table fails the test.
"""

import inspect
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import pytest

from smo.kernel.clock import now
from smo.kernel.errors import DomainError
from smo.kernel.ids import new_id
from smo.kernel.permissions import Actor
from smo.labeling import models as labeling_models
from smo.labeling import queries as labeling
from smo.quality import actions, models, queries
from smo.quality.actions import NewFinding
from smo.quality.queries.reach import works_in
from tests.apps.quality.conftest import NO, YES, label, make_actor

SECRET = "Xanadu"
NO_ANSWERS = {  # what tells nothing about answers by its kind, each with the reason
    ("labeling", "flag"): "a flag asks about the guideline; whoever answers it must read it",
    ("labeling", "flags"): "as flag",
}


class Known:
    """What the addresses of queries name."""

    def __init__(self, house, ann, bea, manager) -> None:
        self.house, (self.item,) = house, house.items(1)
        first = house.decide([self.item], ann, answers={"violation": "yes", "why": SECRET}, note=SECRET)
        self.plan = house.plan(manager, name="First", sample_size=1)
        self.draw = house.draw(manager, self.plan)
        earlier = make_actor("Earlier", role="auditor")
        task = actions.claim_audit(by=earlier)
        label(earlier, task, answers={"violation": "no", "why": SECRET})
        actions.reveal(by=earlier, audit_id=task.id)
        found = NewFinding("A1", question="violation", comment=SECRET, coaching_note=SECRET, evidence={"x": SECRET})
        actions.file_findings(by=earlier, audit_id=task.id, findings=(found,))
        self.finding = models.Finding.objects.get()
        self.filed = task.id
        second = house.decide([self.item], bea, answers={"violation": "no", "why": SECRET})
        self.decisions = [*first, *second]
        by_answer = {"design": "stratified", "strata_by": ("answer:violation",), "sample_size": 2}
        self.next_plan = house.plan(manager, name="Second", **by_answer)
        self.next_draw = house.draw(manager, self.next_plan)
        self.audit = models.Audit.objects.filter(draw=self.next_draw).order_by("position").first().id


CALLS: dict[tuple[str, str], Callable[[Actor, Known], Any]] = {
    ("labeling", "decisions_of_item"): lambda by, known: labeling.decisions_of_item(
        by=by, item_id=known.item.id, masked=queries.masked_items(by=by, item_ids=[known.item.id])
    ),
    ("labeling", "flags_waiting"): lambda by, known: labeling.flags_waiting(by=by),
    ("labeling", "held_claims"): lambda by, known: labeling.held_claims(by=by, claim_ids=(new_id(),)),
    ("labeling", "open_claims"): lambda by, known: labeling.open_claims(by=by),
    ("labeling", "progress"): lambda by, known: labeling.progress(known.house.project.id),
    ("labeling", "project_head"): lambda by, known: labeling.project_head(code=known.house.code),
    ("labeling", "queue"): lambda by, known: labeling.queue(by=by, queue_id=known.house.queue.id),
    ("labeling", "queue_head"): lambda by, known: labeling.queue_head(queue_id=known.house.queue.id),
    ("labeling", "queues"): lambda by, known: labeling.queues(by=by),
    ("labeling", "masked_items"): lambda by, known: labeling.masked_items(by, [known.item.id]),
    ("labeling", "recent_decisions"): lambda by, known: labeling.recent_decisions(by=by),
    ("labeling", "who_is_working"): lambda by, known: labeling.who_is_working(by=by, project=known.house.code),
    ("quality", "audit_task"): lambda by, known: queries.audit_task(by=by, audit_id=known.audit),
    ("quality", "claimable"): lambda by, known: tuple(queries.claimable(by=by)),
    ("quality", "comparison"): lambda by, known: queries.comparison(by=by, audit_id=known.filed),
    ("quality", "draws"): lambda by, known: queries.draws(by=by, plan_id=known.next_plan),
    ("quality", "finding"): lambda by, known: queries.finding(by=by, finding_id=known.finding.id),
    ("quality", "findings"): lambda by, known: queries.findings(by=by),
    ("quality", "masked_items"): lambda by, known: queries.masked_items(by=by, item_ids=[known.item.id]),
    ("quality", "plan"): lambda by, known: queries.plan(by=by, plan_id=known.next_plan),
    ("quality", "plans"): lambda by, known: queries.plans(by=by),
    ("quality", "progress"): lambda by, known: queries.progress(by=by, plan_id=known.next_plan),
    ("quality", "replay"): lambda by, known: queries.replay(by=by, draw_id=known.next_draw),
    ("quality", "waiting_audits"): lambda by, known: queries.waiting_audits(by=by),
}
TELLING = {("labeling", "decisions_of_item"), ("quality", "comparison"), ("quality", "finding")}


def answer(name: tuple[str, str], by: Actor, known: Known) -> str:
    """All that comes back, as text; a refusal tells nothing."""
    with suppress(DomainError):
        return repr(CALLS[name](by, known))
    return ""


@pytest.fixture
def known(house, ann, bea, manager) -> Known:
    return Known(house, ann, bea, manager)


@pytest.fixture
def everyone(db) -> Actor:
    """Someone who may do everything, and so could be handed the audit."""
    return make_actor("Ada", role="admin")


def test_every_query_is_in_the_table() -> None:
    rooms = {"labeling": labeling, "quality": queries}
    every = {(room, name) for room, module in rooms.items() for name in module.__all__}
    functions = {(room, name) for room, name in every if inspect.isfunction(getattr(rooms[room], name))}
    functions = {(room, name) for room, name in functions if not name.endswith(("_facts", "_changed", "_days"))}
    assert functions <= CALLS.keys() | NO_ANSWERS.keys()


def telling(by: Actor, known: Known) -> set[tuple[str, str]]:
    """The queries whose answers hold what others said."""
    return {name for name in CALLS if SECRET in answer(name, by, known)}


def test_peers_row_4_nothing_comes_back_while_the_audit_is_upcoming(everyone, known) -> None:
    assert telling(everyone, known) == set()


def test_peers_row_4_nor_while_it_is_in_hand(everyone, known) -> None:
    assert actions.claim_audit(by=everyone).id == known.audit
    assert telling(everyone, known) == set()


def test_who_does_not_audit_sees_it(manager, known) -> None:
    """Without this the tests above could not fail."""
    assert telling(manager, known) == TELLING


def test_the_auditor_sees_it_when_the_own_label_stands(everyone, known) -> None:
    label(everyone, actions.claim_audit(by=everyone))
    assert telling(everyone, known) == TELLING


def test_a_list_of_findings_says_that_there_is_one_and_nothing_more(everyone, known) -> None:
    (row,) = queries.findings(by=everyone).rows
    assert row.is_masked
    assert {row.outcome_class, row.severity, row.question, row.cause, row.person_name} == {""}


def test_a_filter_does_not_tell_what_a_row_hides(everyone, manager, known) -> None:
    severity = known.finding.severity
    assert queries.findings(by=everyone, severity=severity).rows == ()
    assert queries.findings(by=everyone, outcome_class="A1").rows == ()
    assert len(queries.findings(by=manager, severity=severity, outcome_class="A1").rows) == 1


def test_stratum_and_chance_do_not_tell_the_answer_before_the_own_label(house, ann, auditor, manager) -> None:
    house.decide(house.items(30), ann)
    house.decide(house.items(4), ann, answers=YES)
    by_answer = {"design": "stratified", "strata_by": ("answer:violation",), "sample_size": 10}
    house.draw(manager, house.plan(manager, **by_answer))
    task = actions.claim_audit(by=auditor)
    assert (task.stratum, task.inclusion_probability) == ("", None)
    label(auditor, task, answers=NO)
    assert queries.audit_task(by=auditor, audit_id=task.id).stratum in {"yes", "no"}


def test_a_small_stratum_by_answer_is_withheld_from_those_who_work_there(house, ann, manager, everyone) -> None:
    house.decide(house.items(30), ann)
    house.decide(house.items(4), ann, answers=YES)
    plan = house.plan(manager, design="stratified", strata_by=("answer:violation",), sample_size=10)
    house.draw(manager, plan)
    sizes = {by: {row.stratum: row.size for row in queries.draws(by=by, plan_id=plan)[0].strata} for by in (
        everyone, manager)}  # fmt: skip
    assert sizes[everyone] == {"no": 30, "yes": None}
    assert sizes[manager] == {"no": 30, "yes": 4}
    assert (works_in(everyone, house.code), works_in(manager, house.code)) == (True, False)


class TestMaskedItems:
    def masked(self, by: Actor, item_id: UUID) -> bool:
        return item_id in queries.masked_items(by=by, item_ids=[item_id])

    def test_upcoming_in_hand_and_then_open(self, house, ann, auditor, manager) -> None:
        (item,) = house.items(1)
        house.decide([item], ann)
        assert not self.masked(auditor, item.id)
        house.draw(manager, house.plan(manager))
        assert self.masked(auditor, item.id)
        task = actions.claim_audit(by=auditor)
        assert self.masked(auditor, item.id)
        second = make_actor("Second", role="auditor")
        assert self.masked(second, item.id)  # it may come back to them
        label(auditor, task)
        assert not self.masked(auditor, item.id)
        assert not self.masked(second, item.id)

    def test_not_for_those_beyond_whose_reach_the_audit_lies(self, house, ann, manager) -> None:
        (item,) = house.items(1, market="DE")
        house.decide([item], ann)
        house.draw(manager, house.plan(manager))
        assert not self.masked(make_actor("French", role="auditor", market="FR"), item.id)
        assert self.masked(make_actor("German", role="auditor", market="DE"), item.id)
        assert not self.masked(manager, item.id)

    def test_not_when_the_plan_is_closed_before_anyone_took_it(self, house, ann, auditor, manager) -> None:
        (item,) = house.items(1)
        house.decide([item], ann)
        plan = house.plan(manager)
        house.draw(manager, plan)
        actions.close_plan(by=manager, plan_id=plan)
        assert not self.masked(auditor, item.id)

    def test_peers_row_4_an_open_labeling_task_masks_as_well(self, house, ann, bea) -> None:
        (item,) = house.items(1)
        house.decide([item], ann)
        slot = labeling_models.Slot.objects.create(queue=house.queue, item=item, wanted=2, received_at=now())
        assert self.masked(bea, item.id)
        labeling_models.Slot.objects.filter(pk=slot.pk).update(final_at=now())
        assert not self.masked(bea, item.id)

    def test_unknown_items_are_no_fault(self, auditor) -> None:
        assert queries.masked_items(by=auditor, item_ids=[uuid4()]) == frozenset()
