"""Rows become facts: set by set, late truth included, and never with content in them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from smo.jobs import facts
from smo.labeling.models import Decision
from smo.labeling.queries import facts as labeling
from smo.measure.facts import FACTS
from smo.people.models import Person
from smo.warehouse import answer, lake

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")]


def test_every_kind_of_fact_fits_its_schema(department) -> None:
    now = timezone.now()
    for name, kind in facts.KINDS.items():
        assert kind.facts([now.date()], now).schema == FACTS[name]


def test_a_decision_becomes_a_fact_and_its_answers_become_labels(department, where) -> None:
    item = department.items(1)[0]
    answers = {
        "violation": "yes", "kinds": ["spam", "hate"], "level": 3, "why": "secret words",
        "turn_rule": {"0": "safe", "2": "unsafe"},
    }  # fmt: skip
    department.decide([item], answers=answers)
    assert facts.refresh(where) >= 2
    [row] = lake.facts("decision", lake=where).to_pylist()
    assert (row["project"], row["product"], row["market"], row["language"]) == ("comments", "social", "FR", "fr")
    assert (row["outcome"], row["active_seconds"], row["is_imported"], row["is_flagged"]) == (
        "decided",
        20,
        False,
        False,
    )
    found = {
        (r["question"], r["turn"]): (r["label"], r["is_main"]) for r in lake.facts("answer", lake=where).to_pylist()
    }
    assert found == {
        ("violation", None): ("yes", True), ("kinds", None): ("hate|spam", False), ("level", None): ("3", False),
        ("turn_rule", 0): ("safe", False), ("turn_rule", 2): ("unsafe", False),
    }  # fmt: skip
    told = str([lake.facts(kind, lake=where).to_pylist() for kind in FACTS])
    assert "secret words" not in told, "free text is nobody's fact"
    assert "harmless" not in told


def test_nothing_new_nothing_written(department, where) -> None:
    department.decide(department.items(3))
    facts.refresh(where)
    version = lake.opened(where, "decision").version()
    assert facts.refresh(where) == 0
    assert lake.opened(where, "decision").version() == version


def test_late_truth_restates_the_day_of_a_retracted_decision(department, where) -> None:
    long_ago = timezone.now() - timedelta(days=500)
    first, second = department.decide(department.items(2), at=long_ago)
    facts.refresh(where)
    assert lake.facts("decision", lake=where).num_rows == 2
    Decision.objects.filter(pk=first.pk).update(retracted_at=timezone.now())
    assert facts.refresh(where) >= 1
    assert lake.facts("decision", lake=where)["decision"].to_pylist() == [str(second.pk)]
    Decision.objects.filter(pk=second.pk).update(retracted_at=timezone.now())
    facts.refresh(where)
    assert lake.facts("decision", lake=where).num_rows == 0
    assert lake.facts("answer", lake=where).num_rows == 0


def test_past_decisions_of_other_tools_reach_days_years_back(department, where) -> None:
    facts.refresh(where)
    brought = department.import_of()
    items = department.items(1200, queued=False)
    for number, item in enumerate(items[:120]):
        department.decide([item], at=datetime(2019, 1, 1, 8, tzinfo=UTC) + timedelta(days=number), brought_by=brought)
    assert facts.refresh(where) == 240, "decisions and answers of 120 days"
    assert len(lake.days("decision", lake=where)) == 120
    assert len(lake.files("decision", lake=where)) == 120
    assert facts.refresh(where) == 0


def test_a_filed_audit_reaches_the_day_of_its_decision(department, where) -> None:
    long_ago = timezone.now() - timedelta(days=30)
    decisions = department.decide(department.items(10), at=long_ago)
    facts.refresh(where)
    draw = department.draw(strata={"all": 100})
    department.audit(draw, decisions[:4], wrong=1)
    facts.refresh(where)
    found = lake.facts("audit", lake=where).to_pylist()
    assert {(row["day"], row["weight"]) for row in found} == {(long_ago.date(), 25.0)}
    assert [row["is_correct"] for row in found].count(False) == 1
    assert lake.facts("finding", lake=where).num_rows == 1
    department.audit(draw, decisions[4:6])
    facts.refresh(where)
    assert set(lake.facts("audit", lake=where)["weight"].to_pylist()) == {100 / 6}, "each stands for fewer now"


def test_r13_the_stratified_sample_reads_as_computed_by_hand(department, where) -> None:
    draw = department.draw(strata={"a": 60_000, "b": 30_000, "c": 8_000, "d": 2_000})
    for stratum, wrong in {"a": 2, "b": 6, "c": 15, "d": 36}.items():
        department.audit(draw, department.decide(department.items(150)), wrong=wrong, stratum=stratum)
    other = department.draw(purpose="detect", strata={"all": 50})
    department.audit(other, department.decide(department.items(50)), wrong=50)
    facts.refresh(where)
    [row] = answer("decision_accuracy", lake=where, where={"project": "comments"}).rows
    assert 1 - row.estimate.value == pytest.approx(0.0328, abs=1e-4)
    assert row.estimate.n == 600, "what was drawn to find errors does not count"
    assert row.estimate.n_kish == pytest.approx(328.4, abs=0.1)
    assert row.estimate.n_effective == pytest.approx(537, abs=1)
    assert 1 - row.beside["naive"] == pytest.approx(0.0983, abs=1e-4)


def test_agreement_is_kept_by_project_and_window(department, where) -> None:
    items = department.items(40)
    department.decide(items, person=0)
    department.decide(items[:20], person=1)
    department.decide(items[20:], person=1, label="yes", at=timezone.now() - timedelta(days=40))
    facts.refresh(where)
    [row] = answer("agreement", lake=where, by=("project",)).rows
    assert (row.group["project"], row.estimate.n, row.beside["percent"]) == ("comments", 40, 0.5)
    week = (timezone.now().date() - timedelta(days=6), None)
    [recent] = answer("agreement", lake=where, by=("project",), period=week).rows
    assert (recent.estimate.n, recent.beside["percent"]) == (20, 1.0)
    free = answer("agreement", lake=where, by=("person",)).rows
    assert [row.estimate.is_measured for row in free] == [False, False], "nobody agrees with themselves"


def test_o3_open_items_past_due_count_as_missed(department, where) -> None:
    now = timezone.now()
    old = now - timedelta(hours=60)
    done = department.items(100, at=old)
    department.finish(done[:94], at=old + timedelta(hours=3))
    department.finish(done[94:], at=old + timedelta(hours=30))
    department.items(9, at=old)
    department.items(5, at=now)
    facts.refresh(where)
    [row] = answer("turnaround", lake=where, where={"project": "comments"}).rows
    assert (row.estimate.successes, row.estimate.n) == (94, 109)
    assert row.estimate.value == pytest.approx(0.862, abs=0.001)
    assert row.estimate.method == "census"


def test_time_that_passes_alone_makes_an_item_late(department, where, monkeypatch) -> None:
    department.items(4)
    facts.refresh(where)
    assert answer("turnaround", lake=where).rows[0].estimate.n == 0
    later = timezone.now() + timedelta(hours=25)
    monkeypatch.setattr(facts, "now", lambda: later)
    facts.refresh(where)
    assert answer("turnaround", lake=where).rows[0].estimate.n == 4


def test_people_who_are_models_keep_their_kind(department, where) -> None:
    Person.objects.filter(pk=department.people[1].pk).update(kind="model")
    department.decide(department.items(1), person=1)
    facts.refresh(where)
    assert lake.facts("decision", lake=where)["person_kind"].to_pylist() == ["model"]
    assert labeling.changed_flags(None, now=timezone.now()) == ()
