"""Numbers against targets: four states, reasons where there is no number, and nothing for those who must not see."""

from datetime import timedelta

import pytest
from django.utils import timezone

from smo.jobs import facts
from smo.kernel.errors import NotFound
from smo.kernel.permissions import Actor, Grant, Scope, Verb
from smo.measure.state import State
from smo.reporting import queries as reporting
from smo.reporting.queries.evidence import SOURCES, Wanted
from smo.reporting.rules import KpiNotKnown, Period, PeriodNotKnown, WhyNot, period_of
from tests.apps.reporting.department import Department

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")]


def audited(department: Department, right: int, n: int, *, severity: str = "S2") -> None:
    decisions = department.decide(department.items(n))
    department.audit(department.draw(strata={"all": 10 * n}), decisions, wrong=n - right, severity=severity)


def cell(rows, kpi: str, project: str = "comments"):
    [row] = [row for row in rows if row.project == project]
    [found] = [one for one in row.cells if one.kpi == kpi]
    return found


@pytest.mark.parametrize(
    ("seen", "state", "bound"),
    [((58, 60), "not_enough_evidence", 0.904), ((582, 600), "met", 0.956), ((180, 200), "not_met", 0.930),
     ((577, 600), "not_enough_evidence", 0.947)],
)  # fmt: skip
def test_r10_the_four_vectors_from_audits_to_the_board(department, where, acting, *, seen, state, bound) -> None:
    right, n = seen
    department.target("decision_accuracy", 0.95)
    audited(department, right, n)
    facts.refresh(where)
    found = cell(reporting.board(by=acting("delivery_manager")), "decision_accuracy")
    assert found.state == state
    assert (found.estimate.n, found.estimate.value) == (n, pytest.approx(right / n))
    ends = (found.estimate.low, found.estimate.high)
    assert any(end == pytest.approx(bound, abs=0.0006) for end in ends)


def test_r10_nothing_eligible_is_not_measured_and_says_why(department, where, acting) -> None:
    department.target("decision_accuracy", 0.95)
    facts.refresh(where)
    by = acting("delivery_manager")
    found = cell(reporting.board(by=by), "decision_accuracy")
    assert (found.state, found.why_not) == (State.NOT_MEASURED, WhyNot.NO_PLAN)
    department.draw(strata={"all": 100})
    assert cell(reporting.board(by=by), "decision_accuracy").why_not == WhyNot.NO_AUDIT
    assert cell(reporting.board(by=by), "agreement").why_not == WhyNot.NO_OVERLAP
    assert cell(reporting.board(by=by), "turnaround").why_not == WhyNot.NO_ITEM


def test_7_11_5_no_critical_error_found_is_no_proof_that_there_is_none(department, where, acting) -> None:
    audited(department, 400, 400)
    facts.refresh(where)
    found = cell(reporting.board(by=acting("delivery_manager")), "critical_error_accuracy")
    assert found.estimate.value == 1.0
    assert 1 - found.estimate.low == pytest.approx(0.00746, abs=1e-5)
    assert found.estimate.successes == 400


def test_critical_errors_are_counted_apart(department, where, acting) -> None:
    audited(department, 98, 100, severity="S3")
    facts.refresh(where)
    rows = reporting.board(by=acting("delivery_manager"))
    assert cell(rows, "critical_error_accuracy").estimate.value == pytest.approx(0.98)
    assert cell(rows, "decision_accuracy").state is None, "without a target there is nothing to meet"


def test_the_most_urgent_project_comes_first(where, acting) -> None:
    well, badly = Department("alpha", "Alpha"), Department("beta", "Beta")
    for department, right in ((well, 597), (badly, 500)):
        department.target("decision_accuracy", 0.95)
        audited(department, right, 600)
    facts.refresh(where)
    assert [row.project for row in reporting.board(by=acting("delivery_manager"))] == ["beta", "alpha"]


def test_the_board_holds_only_projects_whose_numbers_one_may_see(department, acting) -> None:
    Department("other", "Other")
    assert [row.project for row in reporting.board(by=acting("vendor_lead", Scope(project="other")))] == ["other"]
    assert reporting.board(by=acting("annotator")) == ()
    assert reporting.board(by=acting("vendor_lead", Scope(market="FR"))) == (), "the whole is more than a market"
    with pytest.raises(NotFound):
        reporting.project_numbers(by=acting("vendor_lead", Scope(project="other")), project="comments")


def test_a_grant_for_one_market_shows_that_market_alone(department, where, acting) -> None:
    department.project.markets = ["FR", "DE"]
    department.project.save()
    department.decide(department.items(30))
    department.decide(department.items(7, market="DE"))
    facts.refresh(where)
    by = acting("vendor_lead", Scope(market="DE"))
    numbers = reporting.project_numbers(by=by, project="comments", market="DE")
    assert cell([numbers], "throughput").estimate.n == 7
    for market in ("", "FR", "XX"):
        with pytest.raises(NotFound):
            reporting.project_numbers(by=by, project="comments", market=market)


def test_few_items_are_withheld_from_those_who_work_there(department, where, acting) -> None:
    audited(department, 15, 19)
    facts.refresh(where)
    lead = acting("team_lead", Scope(), "annotator")
    found = cell(reporting.board(by=lead), "decision_accuracy")
    assert (found.estimate.is_measured, found.why_not) == (False, WhyNot.WITHHELD)
    assert reporting.evidence(by=lead, project="comments", kpi="decision_accuracy").rows == ()
    assert cell(reporting.board(by=acting("delivery_manager")), "decision_accuracy").estimate.n == 19


def test_backlog_is_counted_at_the_moment_of_asking(department, acting) -> None:
    department.items(5, at=timezone.now() - timedelta(hours=3))
    department.items(2)
    numbers = reporting.project_numbers(by=acting("delivery_manager"), project="comments")
    assert cell([numbers], "backlog").estimate.value == 7
    assert cell([numbers], "backlog_age").estimate.value == pytest.approx(3 * 3600, abs=60)


def test_periods_reach_back_as_far_as_they_say(department, where, acting) -> None:
    department.decide(department.items(30), at=timezone.now() - timedelta(days=40))
    department.decide(department.items(4))
    facts.refresh(where)
    by = acting("delivery_manager")
    counts = {
        period: cell([reporting.project_numbers(by=by, project="comments", period=period)], "throughput").estimate.n
        for period in Period
    }
    assert counts == {"all": 34, "90d": 34, "28d": 4, "7d": 4}
    with pytest.raises(PeriodNotKnown):
        period_of("8d")


def test_handle_time_and_throughput_of_known_seconds(department, where, acting) -> None:
    for seconds in (10, 20, 30, 40, 400):
        department.decide(department.items(8), active_ms=seconds * 1000)
    facts.refresh(where)
    numbers = reporting.project_numbers(by=acting("delivery_manager"), project="comments")
    handle, speed = cell([numbers], "handle_time"), cell([numbers], "throughput")
    assert handle.estimate.value == pytest.approx(30, rel=0.05)
    assert handle.beside["mean"] == pytest.approx(100)
    assert speed.estimate.value == pytest.approx(36.0)


def test_weeks_add_up_to_the_whole(department, where, acting) -> None:
    for back in (0, 7, 14):
        department.decide(department.items(10), at=timezone.now() - timedelta(days=back))
    facts.refresh(where)
    weeks = reporting.weekly(by=acting("delivery_manager"), project="comments", kpi="skip_rate")
    assert [week.estimate.n for week in weeks] == [10, 10, 10]
    with pytest.raises(KpiNotKnown):
        reporting.weekly(by=acting("delivery_manager"), project="comments", kpi="backlog")


def test_what_changed_names_imports_and_questions(department, acting) -> None:
    department.import_of()
    found = reporting.changes(by=acting("delivery_manager"), project="comments")
    assert [one.what for one in found] == ["import", "schema"]


def test_what_waits_is_counted_by_project(department, acting) -> None:
    [item] = department.items(1)
    department.flag(item)
    draw = department.draw(strata={"all": 5})
    department.audit(draw, department.decide([item]), state="drawn")
    found = reporting.waiting(by=acting("delivery_manager"))
    assert [(row.project, row.count) for row in found.flags] == [("comments", 1)]
    assert [row.count for row in found.audits] == [1]
    assert reporting.waiting(by=acting("annotator")) == reporting.Waiting((), (), ())


def test_behind_each_number_stand_its_items_page_by_page(department, where, acting) -> None:
    audited(department, 50, 60)
    facts.refresh(where)
    by = acting("delivery_manager")
    first = reporting.evidence(by=by, project="comments", kpi="decision_accuracy")
    rest = reporting.evidence(by=by, project="comments", kpi="decision_accuracy", wanted=Wanted(after=first.next))
    assert (len(first.rows), len(rest.rows), rest.next) == (50, 10, "")
    assert len({row.item_id for row in (*first.rows, *rest.rows)}) == 60
    wrong = reporting.evidence(by=by, project="comments", kpi="decision_accuracy", wanted=Wanted(is_against=True))
    assert {row.verdict for row in wrong.rows} == {"wrong"}
    assert len(wrong.rows) == 10
    assert wrong.rows[0].preview == "harmless"


@pytest.mark.parametrize("kpi", SOURCES)
def test_every_kpi_has_items_behind_it(department, where, acting, kpi) -> None:
    items = department.items(30, at=timezone.now() - timedelta(days=2))
    decisions = department.decide(items)
    department.decide(items[:25], person=1, label="yes")
    department.audit(department.draw(strata={"all": 60}), decisions, wrong=3, severity="S3")
    facts.refresh(where)
    page = reporting.evidence(by=acting("delivery_manager"), project="comments", kpi=kpi)
    assert page.rows
    against = reporting.evidence(
        by=acting("delivery_manager"), project="comments", kpi=kpi, wanted=Wanted(is_against=True, market="")
    )
    assert len(against.rows) <= len(page.rows)


def test_items_are_named_only_to_those_who_may_see_items(department, acting) -> None:
    department.items(3)
    [row, *_] = reporting.evidence(by=acting("vendor_lead"), project="comments", kpi="backlog").rows
    assert (row.item_key, row.preview) == ("", "")


def test_an_open_task_on_an_item_masks_what_others_said(department, where, acting) -> None:
    items = department.items(30)
    decisions = department.decide(items)
    department.decide(items, person=1, label="yes")
    department.audit(department.draw(strata={"all": 60}), decisions[:1], state="drawn")
    facts.refresh(where)
    both = acting("qa_manager", Scope(), "auditor")
    rows = reporting.evidence(by=both, project="comments", kpi="agreement").rows
    masked = [row for row in rows if row.is_masked]
    assert [row.item_id for row in masked] == [items[0].pk]
    assert (masked[0].verdict, masked[0].weight) == ("", None)
    plain = reporting.evidence(by=acting("qa_manager"), project="comments", kpi="agreement").rows
    assert not any(row.is_masked for row in plain)
    against = reporting.evidence(by=both, project="comments", kpi="agreement", wanted=Wanted(is_against=True)).rows
    assert items[0].pk not in {row.item_id for row in against}  # to be among those that differ would tell it
    assert len(against) == len(rows) - 1
    through_token = Actor(both.id, tuple(_without(grant, Verb.AUDIT) for grant in both.grants), duties=both.grants)
    rows = reporting.evidence(by=through_token, project="comments", kpi="agreement").rows
    assert [row.item_id for row in rows if row.is_masked] == [items[0].pk]


def _without(grant: Grant, verb: Verb) -> Grant:
    return Grant(grant.role, grant.verbs - {verb}, grant.scope)
