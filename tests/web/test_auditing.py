"""Auditing at work: the own label comes first, whatever the auditor asks for; findings are filed, listed, hidden."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from smo.catalog.actions import NewTarget, set_target
from smo.kernel import audit as trail
from smo.kernel.clock import now
from smo.kernel.permissions import SYSTEM
from smo.people import queries as people
from smo.people.actions import grant_role
from smo.quality import actions as quality
from smo.quality import queries
from smo.quality.rules import taxonomy
from smo.quality.rules.plans import BLIND_MODES, PURPOSES, STRATA
from smo.web.auditing import words
from tests.web.audited import Drawn, a_finding, drawn
from tests.web.work import CHOICE


@pytest.fixture
def work(db) -> Drawn:
    return drawn()


@pytest.fixture
def auditor(signed_in) -> Client:
    return signed_in("auditor")


def text(response) -> str:
    return response.content.decode()


def started(auditor: Client) -> str:
    """The address of the audit that the auditor was handed."""
    response = auditor.post(reverse("auditing:audits-next"))
    assert response.status_code == 302
    assert re.fullmatch(r"/audits/[0-9a-f-]{36}", response.url), response.url
    return response.url


def labeled(auditor: Client, here: str, *, answer: str = "yes", key: str = ""):
    sent = {"submit_key": key or str(uuid4()), "answers": f'{{"violation": "{answer}"}}', "outcome": "decided"}
    return auditor.post(f"{here}/label", sent | {"active_ms": "1500"})


def revealed(auditor: Client, here: str, *, answer: str = "yes") -> str:
    """The comparison, once the own label is locked."""
    return text(auditor.get(labeled(auditor, here, answer=answer).url))


def test_an_auditor_sees_what_waits_and_starts_with_one_button(work, auditor) -> None:
    page = text(auditor.get("/audits/"))
    assert "2 audits wait" in page
    here = started(auditor)
    label = text(auditor.get(here))
    assert "Audit 1 of 2" in label
    assert "Lock and compare" in label
    assert "False praise counts now" not in label  # the change note is for those who approve
    assert "H-2" in label, "the guideline stands beside"
    assert "Dana Decider" not in label
    assert "You have an audit open" in text(auditor.get("/audits/"))


def test_the_decision_before_the_own_label_is_403_in_words_and_stands_in_the_trail(work, auditor) -> None:
    here = started(auditor)
    refused = auditor.get(f"{here}/compare")
    assert refused.status_code == 403
    assert "This could not be done" not in text(refused), "the refusal has words of its own"
    assert "reveal_refused" in {entry.verb for entry in trail.entries(limit=20)}


def test_findings_before_the_own_label_are_403_and_nothing_is_filed(work, auditor) -> None:
    here = started(auditor)
    sent = {"0-outcome_class": "A2", "0-severity": "S2"}
    assert auditor.post(f"{here}/findings", sent).status_code == 403
    assert auditor.post(f"{here}/findings", {"clean": "1"}).status_code == 403
    assert not queries.findings(by=SYSTEM).rows


def test_the_whole_way_from_the_own_label_to_the_next_audit(work, auditor) -> None:
    here = started(auditor)
    locked = labeled(auditor, here)
    assert locked.url == f"{here}/compare"
    page = text(auditor.get(locked.url))
    assert "1 of 1 answers differ" in page
    assert page.count("Differs") == 1
    assert "Dana Decider" not in page, "who decided stays hidden until the finding is filed"
    filed = auditor.post(
        f"{here}/findings",
        {"0-outcome_class": "A2", "0-severity": "S2", "0-cause": "guideline_lag", "0-comment": "It names the group."},
    )
    assert re.fullmatch(r"/audits/[0-9a-f-]{36}", filed.url)
    assert filed.url != here, "the next audit arrives"
    row = queries.findings(by=SYSTEM, project=work.project).rows[0]
    assert (row.outcome_class, row.severity, row.cause) == ("A2", "S2", "guideline_lag")
    revealed(auditor, filed.url, answer="no")
    last = auditor.post(f"{filed.url}/findings", {"clean": "1"}, follow=True)
    assert "No audit waits for you now." in text(last)
    assert queries.plan(by=SYSTEM, plan_id=work.plan_id).filed == 2


def test_a_clean_audit_whose_main_answers_differ_is_sent_back_with_words(work, auditor) -> None:
    here = started(auditor)
    revealed(auditor, here)
    page = text(auditor.post(f"{here}/findings", {"clean": "1"}))
    assert "Not filed yet" in page
    assert not queries.findings(by=SYSTEM).rows


def test_a_severity_two_steps_from_the_table_is_refused_and_what_was_written_stays(work, auditor) -> None:
    here = started(auditor)
    revealed(auditor, here)
    sent = {"0-outcome_class": "A2", "0-severity": "S4", "0-comment": "It names the group."}
    page = text(auditor.post(f"{here}/findings", sent))
    assert "Not filed yet" in page
    assert "It names the group." in page
    one_step = sent | {"0-severity": "S3"}
    assert "Not filed yet" in text(auditor.post(f"{here}/findings", one_step)), "one step asks for a reason"
    assert auditor.post(f"{here}/findings", one_step | {"0-severity_reason": "It went viral."}).status_code == 302


def test_several_findings_on_one_decision_are_filed_together(work, auditor) -> None:
    here = started(auditor)
    revealed(auditor, here)
    sent = {"0-outcome_class": "A2", "0-severity": "S2", "1-outcome_class": "A6", "1-severity": "S1"}
    assert auditor.post(f"{here}/findings", sent).status_code == 302
    assert {row.outcome_class for row in queries.findings(by=SYSTEM).rows} == {"A2", "A6"}


def test_an_empty_finding_says_at_its_axis_what_is_missing(work, auditor) -> None:
    here = started(auditor)
    revealed(auditor, here)
    page = text(auditor.post(f"{here}/findings", {"0-cause": "guideline_lag"}))
    assert "Choose what went wrong." in page
    assert "Choose how severe it is." in page


@pytest.mark.parametrize("answers", ['{"violation": "maybe"}', "{}", "[1]", "no json", '{"other": "yes"}'])
def test_an_own_label_that_does_not_fit_is_not_locked_and_can_be_mended(work, auditor, answers) -> None:
    here = started(auditor)
    page = auditor.post(f"{here}/label", {"submit_key": str(uuid4()), "answers": answers})
    assert page.status_code == 200
    assert "Not locked yet" in text(page)
    assert auditor.get(f"{here}/compare").status_code == 403
    assert labeled(auditor, here).status_code == 302


def test_sent_twice_it_is_locked_once_and_another_answer_is_refused(work, auditor) -> None:
    here = started(auditor)
    key = str(uuid4())
    assert labeled(auditor, here, key=key).url == f"{here}/compare"
    assert labeled(auditor, here, key=key).url == f"{here}/compare"
    assert "Not locked yet" in text(labeled(auditor, here, answer="no"))
    assert "Yes" in text(auditor.get(f"{here}/compare")) or "yes" in text(auditor.get(f"{here}/compare"))


def test_an_audit_is_nobody_elses(work, auditor, signed_in) -> None:
    here = started(auditor)
    labeled(auditor, here)
    for role in ("admin", "qa_manager"):
        other = signed_in(role)
        assert other.get(here).status_code == 404
        assert other.get(f"{here}/compare").status_code in {403, 404}
        assert other.post(f"{here}/findings", {"clean": "1"}).status_code in {403, 404}


@pytest.mark.parametrize("outcome", ["no_unique_answer", "unavailable"])
def test_an_own_label_can_be_that_there_is_none(work, auditor, outcome) -> None:
    here = started(auditor)
    sent = {"submit_key": str(uuid4()), "answers": "{}", "outcome": outcome}
    assert auditor.post(f"{here}/label", sent).url == f"{here}/compare"
    page = text(auditor.get(f"{here}/compare"))
    assert "Outcome" in page
    assert "Differs" in page


def test_hostile_content_is_text(db, auditor) -> None:
    drawn(rows=({"key": "x", "text": "<img src=x onerror=alert(1)> ab\u202edc"},))
    page = text(auditor.get(started(auditor)))
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page
    assert 'data-sign="RLO"' in page


def test_a_manager_plans_sees_what_the_size_buys_and_draws(signed_in) -> None:
    drawn("first")
    manager = signed_in("qa_manager")
    form = text(manager.get("/audits/plans/add?project=first"))
    assert "What it cannot say" in form
    assert re.search(r'name="seed" value="\d+"', form)
    swapped = manager.get(
        "/audits/plans/add",
        {"sample_size": "600", "accuracy": "97", "target": "95"},
        headers={"HX-Request": "true", "HX-Target": "buys"},
    )
    assert "95.6–98.0" in text(swapped)
    assert "<html" not in text(swapped)
    sent = {
        "project": "first",
        "name": "By market",
        "purpose": "estimate",
        "design": "stratified",
        "strata_by": ["market", "answer:violation"],
        "allocation": "equal",
        "minimum_per_stratum": "1",
        "sample_size": "10",
        "accuracy": "95",
        "blind_mode": "single",
        "seed": "4711",
    }
    made = manager.post("/audits/plans/add", sent)
    assert made.status_code == 302, text(made)
    page = text(manager.get(made.url))
    assert "Draw the first sample" in page
    days = {name: re.search(rf'name="{name}" value="([^"]+)"', page).group(1) for name in ("first_on", "last_on")}
    assert manager.post(f"{made.url}/draw", days).status_code == 302
    page = text(manager.get(made.url))
    assert "2 audits are not filed yet" in page
    assert "Draw 1" in page
    link = re.search(r'href="(/audits/plans/[^"]+/replay)"', page)
    assert link
    assert "the same 2 decisions" in text(manager.get(link.group(1)))
    assert "By market" in text(manager.get("/audits/plans"))


def test_another_project_brings_its_own_parts_and_target_and_keeps_what_was_typed(signed_in) -> None:
    drawn("first")
    drawn("second", questions=({**CHOICE, "key": "spam", "title": "Is it spam?"},), answers={"spam": "no"})
    goal = NewTarget(project="second", kpi="decision_accuracy", value=0.93, starts_on=now().date())
    set_target(by=SYSTEM, target=goal)
    asked = {"project": "second", "name": "Spam weekly", "sample_size": "321"}
    page = text(signed_in("qa_manager").get("/audits/plans/add", asked, headers={"HX-Target": "plan-form"}))
    assert "answer:spam" in page
    assert "answer:violation" not in page
    assert 'value="93.0"' in page
    assert 'value="Spam weekly"' in page
    assert 'value="321"' in page


def test_every_code_of_quality_has_words() -> None:
    assert set(words.names(words.OUTCOMES)) == set(taxonomy.OUTCOME_CLASSES)
    assert set(words.names(words.SEVERITIES)) == set(taxonomy.SEVERITIES)
    assert set(words.names(words.CAUSES)) == set(taxonomy.CAUSES)
    assert set(words.CAUGHT_NAMES) == set(taxonomy.CAUGHT)
    assert set(words.names(words.PURPOSES)) == set(PURPOSES)
    assert set(words.names(words.BLIND_MODES)) == set(BLIND_MODES)
    assert set(words.names(words.STRATA)) == set(STRATA)


def test_no_key_of_an_axis_stands_for_two_entries() -> None:
    for axis in (words.OUTCOMES, words.SEVERITIES, words.CAUSES):
        keys = [choice.key for choice in axis if choice.key]
        assert len(keys) == len(set(keys))


def test_a_draw_from_days_without_decisions_says_so_in_words(work, signed_in) -> None:
    manager = signed_in("qa_manager")
    here = reverse("auditing:plans-draw", args=[work.plan_id])
    page = text(manager.post(here, {"first_on": "2020-01-01", "last_on": "2020-01-07"}))
    assert "Please check what you entered" in page
    assert "lies before the first day" in text(manager.post(here, {"first_on": "2020-01-07", "last_on": "2020-01-01"}))
    assert len(queries.draws(by=SYSTEM, plan_id=work.plan_id)) == 1


def test_a_stratified_plan_without_parts_is_sent_back(work, signed_in) -> None:
    manager = signed_in("qa_manager")
    sent = {"project": work.project, "name": "x", "purpose": "estimate", "design": "stratified", "sample_size": "5"}
    page = text(manager.post("/audits/plans/add", sent | {"accuracy": "95", "blind_mode": "single", "seed": "1"}))
    assert "Choose at least one kind of part" in page


def test_a_closed_plan_is_drawn_no_more_and_nothing_of_it_waits(work, signed_in, auditor) -> None:
    manager = signed_in("qa_manager")
    here = reverse("auditing:plans-plan", args=[work.plan_id])
    assert "handed out no more" in text(manager.get(f"{here}/close"))
    assert manager.post(f"{here}/close").status_code == 302
    page = text(manager.get(here))
    assert "closed" in page
    assert "Draw now" not in page
    assert "No audit waits for you" in text(auditor.get("/audits/"))


def test_a_plan_that_cannot_be_drawn_says_what_is_wrong_with_it(work, signed_in) -> None:
    manager = signed_in("qa_manager")
    sent = {"project": work.project, "name": "x", "purpose": "estimate", "design": "simple_random"}
    sent |= {"sample_size": "50000", "accuracy": "95", "blind_mode": "single", "seed": "1"}
    assert "at most 20,000 at once" in text(manager.post("/audits/plans/add", sent))


def test_without_a_plan_the_page_teaches_the_next_step(signed_in) -> None:
    page = text(signed_in("qa_manager").get("/audits/plans"))
    assert "Nothing is sampled yet" in page
    assert "Add the first plan" in page


def test_findings_are_filtered_by_the_address_and_opened(work, signed_in) -> None:
    finding_id = a_finding(work.project)
    lead = signed_in("team_lead")
    listed = text(lead.get("/audits/findings?project=audited&severity=S2"))
    assert "Under-enforcement" in listed
    assert "No finding matches" in text(lead.get("/audits/findings?severity=S4"))
    page = text(lead.get(reverse("auditing:findings-finding", args=[finding_id])))
    assert "It names the group." in page
    assert "Dana Decider" in page
    assert "Guideline lag" in page


def test_findings_are_for_their_readers_alone(work, signed_in) -> None:
    finding_id = a_finding(work.project)
    for role in ("annotator", "auditor", "planner"):
        browser = signed_in(role)
        assert browser.get("/audits/findings").status_code == 403
        assert browser.get(reverse("auditing:findings-finding", args=[finding_id])).status_code in {403, 404}


def test_who_may_still_audit_an_item_reads_nothing_that_was_found_there(work, signed_in) -> None:
    finding_id = a_finding(work.project)
    again = quality.create_plan(by=SYSTEM, plan=quality.NewPlan(project=work.project, name="Again", sample_size=50))
    start = now() - timedelta(days=1)
    quality.draw_sample(by=SYSTEM, plan_id=again, frame_from=start, frame_to=now())
    lead = signed_in("team_lead")
    one = reverse("auditing:findings-finding", args=[finding_id])
    assert lead.get(one).status_code == 200, "no auditor, so not blind"
    person_id = people.actor(_account_id("team_lead@example.org")).id
    grant_role(by=SYSTEM, person_id=person_id, role="auditor")
    cache.clear()
    page = text(lead.get("/audits/findings"))
    assert "Hidden: you have a blind task on this item" in page
    assert "Under-enforcement</a>" not in page
    assert lead.get(one).status_code in {403, 404, 409}


def _account_id(email: str) -> int:
    found = people.account_id_of(email)
    assert found is not None
    return found
