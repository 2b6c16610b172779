"""Draws: which decisions can be drawn, that a draw is proved again from the log, and what is refused."""

from datetime import timedelta
from itertools import pairwise
from threading import Barrier, Thread
from uuid import UUID

import pytest
from django.db import connection, connections

from smo.intake import models as intake
from smo.kernel import audit
from smo.kernel.clock import now
from smo.kernel.ids import new_id
from smo.kernel.models import OutboxEvent
from smo.kernel.permissions import SYSTEM, PermissionDenied
from smo.labeling import models as labeling
from smo.quality import actions, models, queries
from smo.quality.rules import refusals


def audits(draw_id: UUID):
    return models.Audit.objects.filter(draw=draw_id)


class TestWhatCanBeDrawn:
    def test_decisions_of_people_that_stand(self, house, ann, manager) -> None:
        wanted = house.decide(house.items(3), ann)
        wanted += house.decide(house.items(1), ann, outcome="no_unique_answer", answers={})
        wanted += house.decide(house.items(1), ann, decision_mode="human_assisted")
        house.decide(house.items(1), ann, outcome="skipped", answers={}, reason="too_hard")
        house.decide(house.items(1), ann, outcome="unavailable", answers={})
        house.decide(house.items(1), ann, retracted_at=now() - timedelta(hours=1))
        house.decide(house.items(1), ann, decision_mode="automated")
        house.decide(house.items(1), ann, decision_mode="human_fanout")
        house.decide(house.items(1), ann, received_at=now() - timedelta(days=9))
        draw = house.draw(manager, house.plan(manager, sample_size=50))
        assert set(audits(draw).values_list("decision_id", flat=True)) == {row.id for row in wanted}

    def test_the_end_of_the_frame_is_not_included(self, house, ann, manager) -> None:
        noon = now() - timedelta(days=2)
        first, _ = (house.decide(house.items(1), ann, received_at=at) for at in (noon - timedelta(seconds=1), noon))
        draw = house.draw(manager, house.plan(manager), end=noon)
        assert [row.decision_id for row in audits(draw)] == [first[0].id]

    def test_more_than_there_is_makes_a_census(self, house, ann, manager) -> None:
        house.decide(house.items(4), ann)
        draw = house.draw(manager, house.plan(manager, sample_size=100))
        assert set(audits(draw).values_list("inclusion_probability", flat=True)) == {1.0}

    def test_what_a_plan_drew_it_does_not_draw_again_in_any_version(self, house, ann, manager) -> None:
        house.decide(house.items(10), ann)
        first = house.draw(manager, house.plan(manager, sample_size=4))
        newer = house.plan(manager, sample_size=20)
        second = house.draw(manager, newer)
        both = [row.decision_id for draw in (first, second) for row in audits(draw)]
        assert len(set(both)) == len(both) == 10
        with pytest.raises(refusals.FrameIsEmpty) as refused:
            house.draw(manager, newer)
        assert refused.value.parameters["drawn_before"] == 10

    def test_every_probability_is_stored(self, house, ann, bea, manager) -> None:
        house.decide(house.items(30, market="DE"), ann)
        house.decide(house.items(6, market="IS"), bea)
        plan = house.plan(manager, design="stratified", strata_by=("market",), sample_size=12, minimum_per_stratum=3)
        draw = house.draw(manager, plan)
        rows = set(audits(draw).values_list("stratum", "inclusion_probability"))
        assert rows == {("DE", 9 / 30), ("IS", 3 / 6)}
        assert sum(1 / row.inclusion_probability for row in audits(draw)) == pytest.approx(36)

    def test_strata_by_answer_person_queue_and_language(self, house, ann, bea, manager) -> None:
        house.decide(house.items(4, language_detected="fr"), ann, answers={"violation": "yes"})
        house.decide(house.items(4, language_declared="de", language_detected="nl"), bea)
        by = ("answer:violation", "person", "queue", "language")
        draw = house.draw(manager, house.plan(manager, design="stratified", strata_by=by, sample_size=4))
        expected = {f"yes / {ann.id} / {house.queue.id} / fr", f"no / {bea.id} / {house.queue.id} / de"}
        assert set(audits(draw).values_list("stratum", flat=True)) == expected
        named = {row.stratum for row in queries.draws(by=manager, plan_id=models.Draw.objects.get().plan_id)[0].strata}
        assert named == {"yes / Ann / All / fr", "no / Bea / All / de"}

    def test_the_order_of_serving_is_another_than_that_of_choosing(self, house, ann, manager) -> None:
        house.decide(house.items(40), ann)
        draw = house.draw(manager, house.plan(manager, sample_size=40))
        assert sorted(audits(draw).values_list("position", flat=True)) == list(range(1, 41))


class TestWhatIsBound:
    def test_the_guideline_under_which_the_item_was_opened_o4(self, house, ann, auditor, manager) -> None:
        """DOMAIN O4: opened on Sunday 23:58 under v11, audited on Monday when v12 is in force: judged under v11."""
        house.decide(house.items(1), ann)
        newer = house.guideline.__class__.objects.create(
            id=new_id(), policy=house.project.policy, number=12, created_by=SYSTEM.id, created_at=now(),
            approved_by=SYSTEM.id, approved_at=now(), effective_at=now() - timedelta(minutes=1),
        )  # fmt: skip
        house.draw(manager, house.plan(manager))
        task = actions.claim_audit(by=auditor)
        assert task.guideline_version_id == house.guideline.id != newer.id

    def test_an_imported_decision_without_version_is_bound_to_what_is_in_force(self, house, ann, manager) -> None:
        house.decide(house.items(1), ann, schema_version=None, guideline_version=None)
        row = audits(house.draw(manager, house.plan(manager))).get()
        assert (row.schema_version_id, row.guideline_version_id) == (house.schema.id, house.guideline.id)

    def test_without_questions_nothing_can_be_audited(self, house, ann, manager) -> None:
        house.decide(house.items(1), ann, schema_version=None)
        house.project.schema = None
        house.project.save()
        with pytest.raises(refusals.NoQuestions):
            house.draw(manager, house.plan(manager))


class TestReplay:
    """Statistical floor: inclusion probabilities are stored for every draw, and the draw replays from the log."""

    def test_statistical_floor_a_draw_replays_bit_by_bit(self, house, ann, bea, manager) -> None:
        house.decide(house.items(40, market="DE"), ann)
        house.decide(house.items(9, market=""), bea)
        plan = house.plan(manager, design="stratified", strata_by=("market",), sample_size=15)
        draws = [house.draw(manager, plan), house.draw(manager, plan)]
        for draw in draws:
            found = queries.replay(by=manager, draw_id=draw)
            assert found.is_same
            assert found.missing == 0
            assert found.frame_hash == bytes(models.Draw.objects.get(pk=draw).frame_hash).hex()

    def test_a_draw_of_the_first_algorithm_still_replays(self, house, ann, bea, manager, monkeypatch) -> None:
        house.decide(house.items(30, market="DE"), ann)
        house.decide(house.items(9, market="FR"), bea)
        plan = house.plan(manager, design="stratified", strata_by=("market",), sample_size=10)
        monkeypatch.setattr("smo.quality.actions.draws.ALGORITHM", 1)
        draw = models.Draw.objects.get(pk=house.draw(manager, plan))
        assert (draw.algorithm, len(draw.frame_hash)) == (1, 32)
        assert queries.replay(by=manager, draw_id=draw.id).is_same
        models.Draw.objects.update(algorithm=2)
        assert not queries.replay(by=manager, draw_id=draw.id).is_same_frame

    def test_a_systematic_draw_is_spread_evenly_over_time(self, house, ann, manager) -> None:
        start = now() - timedelta(days=2)
        for hour in range(40):
            house.decide(house.items(1), ann, received_at=start + timedelta(hours=hour))
        draw = house.draw(manager, house.plan(manager, design="systematic", sample_size=10))
        hours = sorted((row.decision.received_at - start) // timedelta(hours=1) for row in audits(draw))
        assert {late - early for early, late in pairwise(hours)} == {4}
        assert queries.replay(by=manager, draw_id=draw).is_same

    def test_what_happened_since_does_not_change_it(self, house, ann, manager) -> None:
        rows = house.decide(house.items(20), ann)
        draw = house.draw(manager, house.plan(manager, sample_size=5))
        labeling.Decision.objects.filter(pk__in=[row.id for row in rows[:9]]).update(retracted_at=now())
        late = intake.Import.objects.create(
            id=new_id(), project=house.project, kind="decisions", file_name="old.csv", path="old.csv",
            state="published", requested_by=SYSTEM.id, created_at=now(), published_at=now(),
        )  # fmt: skip
        house.decide(house.items(5), ann, brought_by=late)
        assert queries.replay(by=manager, draw_id=draw).is_same

    def test_a_forged_row_is_found(self, house, ann, manager) -> None:
        rows = house.decide(house.items(20), ann)
        draw = house.draw(manager, house.plan(manager, sample_size=5))
        forged = audits(draw).first()
        others = {row.id for row in rows} - set(audits(draw).values_list("decision_id", flat=True))
        forged.decision_id = min(others)
        forged.save()
        found = queries.replay(by=manager, draw_id=draw)
        assert (found.is_same, found.is_same_frame, found.missing) == (False, True, 1)

    def test_a_decision_slipped_into_the_log_is_found(self, house, ann, manager) -> None:
        house.decide(house.items(20), ann)
        draw = house.draw(manager, house.plan(manager, sample_size=5))
        house.decide(house.items(1), ann)
        found = queries.replay(by=manager, draw_id=draw)
        assert (found.is_same, found.is_same_frame, found.frame_size) == (False, False, 21)

    def test_draws_of_one_plan_are_independent(self, house, ann, manager) -> None:
        plan = house.plan(manager, sample_size=5, seed=42)
        for day in (6, 4):
            house.decide(house.items(20), ann, received_at=now() - timedelta(days=day))
            house.draw(manager, plan, start=now() - timedelta(days=day + 1), end=now() - timedelta(days=day - 1))
        seeds = list(models.Draw.objects.order_by("number").values_list("seed", flat=True))
        assert seeds[0] == 42
        assert seeds[1] != 42


class TestRefusals:
    def test_an_empty_frame_is_said(self, house, manager) -> None:
        with pytest.raises(refusals.FrameIsEmpty):
            house.draw(manager, house.plan(manager))
        assert not models.Draw.objects.exists()

    def test_days_that_lie_ahead(self, house, ann, manager) -> None:
        house.decide(house.items(1), ann)
        with pytest.raises(refusals.FrameNotValid):
            house.draw(manager, house.plan(manager), start=now() + timedelta(days=1), end=now() + timedelta(days=2))

    def test_a_moment_without_a_zone(self, house, ann, manager) -> None:
        house.decide(house.items(1), ann)
        with pytest.raises(refusals.FrameNotValid):
            house.draw(manager, house.plan(manager), start=(now() - timedelta(days=2)).replace(tzinfo=None))

    def test_a_closed_plan(self, house, ann, manager) -> None:
        house.decide(house.items(1), ann)
        plan = house.plan(manager)
        house.plan(manager)
        with pytest.raises(refusals.PlanIsClosed):
            house.draw(manager, plan)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": "  "},
            {"name": "nul\0"},
            {"name": "x" * 201},
            {"design": "astrology"},
            {"design": "risk_based"},
            {"purpose": "fun"},
            {"blind_mode": "open"},
            {"sample_size": 0},
            {"strata_by": ("market",)},
            {"design": "stratified"},
            {"design": "stratified", "strata_by": ("moon",)},
            {"design": "stratified", "strata_by": ("market", "market")},
            {"design": "stratified", "strata_by": ("answer:where",)},
            {"design": "stratified", "strata_by": ("answer:none",)},
            {"allocation": "neyman"},
            {"minimum_per_stratum": 9, "maximum_per_stratum": 3},
            {"seed": 2**64},
        ],
    )
    def test_a_senseless_plan(self, house, manager, wrong) -> None:
        with pytest.raises(refusals.PlanNotValid) as refused:
            house.plan(manager, **wrong)
        assert all(fault.endswith(".") for fault in refused.value.parameters["faults"])
        assert not models.Plan.objects.exists()

    def test_only_who_may_draw_there(self, house, ann, auditor, manager) -> None:
        plan = house.plan(manager)
        for by in (ann, auditor):
            with pytest.raises(PermissionDenied):
                house.plan(by)
            with pytest.raises(PermissionDenied):
                house.draw(by, plan)
            with pytest.raises(PermissionDenied):
                actions.close_plan(by=by, plan_id=plan)


def test_a_draw_leaves_an_entry_with_seed_and_frame_hash_and_tells_others(house, ann, manager) -> None:
    house.decide(house.items(2), ann)
    draw = models.Draw.objects.get(pk=house.draw(manager, house.plan(manager)))
    entry = audit.entries(verb="sample_drawn")[0]
    assert entry.details["seed"] == draw.seed
    assert entry.details["frame_hash"] == bytes(draw.frame_hash).hex()
    assert OutboxEvent.objects.get(name__endswith="SampleDrawn").payload["project_code"] == house.code


def test_a_large_draw_takes_few_questions(house, ann, manager, django_assert_max_num_queries) -> None:
    house.decide(house.items(300), ann)
    plan = house.plan(manager, sample_size=250)
    with django_assert_max_num_queries(20):
        house.draw(manager, plan)


@pytest.mark.django_db(transaction=True)
def test_two_draws_at_once_share_no_decision(house, ann, manager) -> None:
    house.decide(house.items(60), ann)
    plan, both, faults = house.plan(manager, sample_size=20), Barrier(2), []

    def draw() -> None:
        try:
            both.wait()
            house.draw(manager, plan)
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [Thread(target=draw) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    drawn = list(models.Audit.objects.values_list("decision_id", flat=True))
    assert len(set(drawn)) == len(drawn) == 40
    assert connection.vendor == "postgresql"
