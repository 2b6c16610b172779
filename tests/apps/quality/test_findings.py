"""Findings: what may be filed, what severity stands, what counts against the decision, and that filing is final."""

from datetime import timedelta

import pytest

from smo.kernel import audit, outbox
from smo.kernel.errors import NotFound
from smo.kernel.models import OutboxEvent
from smo.kernel.permissions import PermissionDenied
from smo.quality import actions, models, queries
from smo.quality.actions import NewFinding
from smo.quality.rules import refusals
from tests.apps.quality.conftest import YES, label, make_actor, state_of


@pytest.fixture
def file(auditor, compared):
    """File findings on a decision that said no, where the auditor says yes; the audit's row."""

    def filed(*findings: NewFinding, **own) -> models.Audit:
        task = compared(**{"answers": YES} | own)
        actions.file_findings(by=auditor, audit_id=task.id, findings=findings)
        return models.Audit.objects.get(pk=task.id)

    return filed


class TestComparison:
    def test_question_by_question(self, house, ann, auditor, manager) -> None:
        spans = [{"start": 4, "end": 8, "type": "slur"}]
        house.decide(
            house.items(1), ann, answers={**YES, "where": spans, "why": "it is an insult"}, note="see the verb"
        )
        house.draw(manager, house.plan(manager))
        task = actions.claim_audit(by=auditor)
        longer = [{"start": 0, "end": 8, "type": "slur"}]
        label(auditor, task, answers={**YES, "where": longer, "why": "insulting"})
        seen = actions.reveal(by=auditor, audit_id=task.id)
        verdicts = {row.question: row.verdict for row in seen.rows}
        assert verdicts == {"violation": "same", "where": "differs", "why": "not_compared"}
        assert seen.rows[1].likeness == pytest.approx(2 * 4 / 12)
        assert (seen.suggested_class, seen.original_note) == ("A3e", "see the verb")

    def test_the_other_person_is_hidden_until_it_is_filed(self, auditor, compared) -> None:
        task = compared()
        assert queries.comparison(by=auditor, audit_id=task.id).person_name == ""
        actions.file_findings(by=auditor, audit_id=task.id, findings=())
        assert queries.comparison(by=auditor, audit_id=task.id).person_name == "Ann"

    def test_and_for_good_when_the_plan_is_double_blind(self, house, ann, auditor, manager) -> None:
        house.decide(house.items(1), ann)
        house.draw(manager, house.plan(manager, blind_mode="double"))
        task = actions.claim_audit(by=auditor)
        label(auditor, task)
        actions.reveal(by=auditor, audit_id=task.id)
        actions.file_findings(by=auditor, audit_id=task.id, findings=())
        assert queries.comparison(by=auditor, audit_id=task.id).person_name == ""
        assert queries.comparison(by=manager, audit_id=task.id).person_name == "Ann"

    def test_readers_of_findings_see_it_once_it_is_filed(self, auditor, manager, ann, compared) -> None:
        task = compared()
        with pytest.raises(NotFound):
            queries.comparison(by=manager, audit_id=task.id)
        actions.file_findings(by=auditor, audit_id=task.id, findings=())
        assert queries.comparison(by=manager, audit_id=task.id).own_answers
        with pytest.raises(NotFound):
            queries.comparison(by=ann, audit_id=task.id)


class TestWhatStands:
    def test_severity_by_the_rule_of_the_bound_version(self, file) -> None:
        file(NewFinding("A2", rule_code="H2", cause="attention", question="violation", comment="missed"))
        row = models.Finding.objects.get()
        assert (row.severity, row.severity_by_rule, row.caught, row.status) == ("S3", "S3", "audit", "open")
        assert row.counts_for == ["person", "product"]

    def test_one_step_beside_it_with_a_reason(self, file) -> None:
        file(NewFinding("A2", rule_code="H1", severity="S3", severity_reason="seen by a million"))
        assert models.Finding.objects.get().severity_reason == "seen by a million"

    @pytest.mark.parametrize(
        ("wrong", "refusal"),
        [
            (NewFinding("A2", rule_code="H1", severity="S3"), refusals.SeverityReasonMissing),
            (NewFinding("A2", rule_code="H1", severity="S4", severity_reason="x"), refusals.SeverityTooFar),
            (NewFinding("A1", rule_code="H3", severity="S0", severity_reason="x"), refusals.SeverityTooFar),
            (NewFinding("A10"), refusals.FindingNotValid),
            (NewFinding("A1", severity="S5"), refusals.FindingNotValid),
            (NewFinding("A1", cause="bad luck"), refusals.FindingNotValid),
            (NewFinding("A1", question="unasked"), refusals.FindingNotValid),
            (NewFinding("A1", rule_code="Z9"), refusals.FindingNotValid),
            (NewFinding("A1", comment="x" * 5000), refusals.FindingNotValid),
            (NewFinding("A1", comment="nul\0"), refusals.FindingNotValid),
            (NewFinding("A1", evidence={"x": "nul\0"}), refusals.FindingNotValid),
            (NewFinding("A1", evidence={"x": "x" * 5000}), refusals.FindingNotValid),
        ],
    )
    def test_what_is_refused_leaves_nothing(self, auditor, compared, wrong, refusal) -> None:
        task = compared(answers=YES)
        with pytest.raises(refusal):
            actions.file_findings(by=auditor, audit_id=task.id, findings=(NewFinding("A2"), wrong))
        assert not models.Finding.objects.exists()
        assert state_of(task.id) == "revealed"

    @pytest.mark.parametrize(
        ("finding", "is_correct"),
        [
            (NewFinding("A1"), False),
            (NewFinding("A6"), False),
            (NewFinding("A9"), True),
            (NewFinding("A4"), True),
            (NewFinding("A2", rule_code="H3", cause="auditor_error"), True),
            (NewFinding("A2", cause="gold_error"), True),
            (NewFinding("A6", severity="S0", severity_reason="a matter of taste"), True),
        ],
    )
    def test_what_counts_against_the_decision(self, file, finding, is_correct) -> None:
        assert file(finding).is_correct == is_correct

    def test_so_many_are_no_findings(self, auditor, compared) -> None:
        task = compared()
        with pytest.raises(refusals.FindingNotValid):
            actions.file_findings(by=auditor, audit_id=task.id, findings=(NewFinding("A6"),) * 21)

    def test_one_that_counts_among_others_is_enough(self, file) -> None:
        assert not file(NewFinding("A4"), NewFinding("A9"), NewFinding("A2")).is_correct

    def test_no_finding_where_the_answers_agree(self, file) -> None:
        assert file(answers={"violation": "no"}).is_correct

    def test_a_difference_on_the_main_question_wants_an_explanation(self, auditor, compared) -> None:
        task = compared(answers=YES)
        with pytest.raises(refusals.DifferenceNotExplained):
            actions.file_findings(by=auditor, audit_id=task.id, findings=())
        assert state_of(task.id) == "revealed"

    def test_the_coaching_note_stands_apart(self, file) -> None:
        file(NewFinding("A2", comment="missed the slur", coaching_note="Nice reasoning otherwise"))
        assert models.Finding.objects.get().coaching_note == "Nice reasoning otherwise"

    def test_the_window_for_disputes_is_the_projects(self, file) -> None:
        row = file(NewFinding("A2"))
        assert row.findings.get().disputable_until == row.filed_at + timedelta(hours=72)

    def test_a_lot_inspection_says_so(self, house, ann, auditor, manager) -> None:
        house.decide(house.items(1), ann)
        house.draw(manager, house.plan(manager, purpose="decide"))
        task = actions.claim_audit(by=auditor)
        label(auditor, task, answers=YES)
        actions.reveal(by=auditor, audit_id=task.id)
        actions.file_findings(by=auditor, audit_id=task.id, findings=(NewFinding("A2"),))
        assert models.Finding.objects.get().caught == "lot_inspection"


class TestFinal:
    def test_filed_again_alike_nothing_happens(self, auditor, file) -> None:
        row = file(NewFinding("A2", comment=" twice "))
        again = {"by": auditor, "audit_id": row.id}
        actions.file_findings(**again, findings=(NewFinding("A2", comment="twice"),))
        assert models.Finding.objects.count() == 1
        with pytest.raises(refusals.AuditFiledAlready):
            actions.file_findings(**again, findings=(NewFinding("A1"),))
        with pytest.raises(refusals.AuditFiledAlready):
            actions.file_findings(**again, findings=())
        assert len(audit.entries(verb="audit_filed")) == 1

    def test_others_are_told(self, file) -> None:
        row = file(NewFinding("A2", rule_code="H2"))
        filed = OutboxEvent.objects.get(name__endswith="AuditFiled").payload
        assert (filed["decision_id"], filed["is_correct"]) == (str(row.decision_id), False)
        assert OutboxEvent.objects.get(name__endswith="FindingFiled").payload["severity"] == "S3"

    @pytest.mark.django_db(transaction=True)
    def test_a_fault_in_the_middle_leaves_nothing_half_done(self, auditor, compared, monkeypatch) -> None:
        task = compared(answers=YES)

        def fail(event) -> None:
            raise RuntimeError("the power went out")

        monkeypatch.setattr(outbox, "publish", fail)
        with pytest.raises(RuntimeError):
            actions.file_findings(by=auditor, audit_id=task.id, findings=(NewFinding("A2"),))
        assert state_of(task.id) == "revealed"
        assert not models.Finding.objects.exists()
        assert not audit.entries(verb="audit_filed")
        monkeypatch.undo()
        actions.file_findings(by=auditor, audit_id=task.id, findings=(NewFinding("A2"),))
        assert models.Finding.objects.count() == 1

    def test_not_by_another(self, compared) -> None:
        task = compared()
        with pytest.raises(PermissionDenied):
            actions.file_findings(by=make_actor("Other", role="auditor"), audit_id=task.id, findings=())


class TestReading:
    def test_by_page_and_filter(self, house, ann, auditor, manager, file) -> None:
        file(NewFinding("A2", rule_code="H2"), NewFinding("A6"), NewFinding("A9"))
        first = queries.findings(by=manager, project=house.code, limit=2)
        rest = queries.findings(by=manager, project=house.code, after=first.next, limit=2)
        assert [row.outcome_class for row in (*first.rows, *rest.rows)] == ["A9", "A6", "A2"]
        assert rest.next is None
        assert [row.outcome_class for row in queries.findings(by=manager, severity="S3").rows] == ["A2"]
        assert queries.findings(by=manager, project="other").rows == ()
        assert first.rows[0].person_name == "Ann"

    def test_whole(self, manager, file) -> None:
        file(NewFinding("A2", rule_code="H2", comment="missed", evidence={"start": 0}))
        found = queries.finding(by=manager, finding_id=models.Finding.objects.get().id)
        assert (found.comment, found.evidence, found.content.text) == ("missed", {"start": 0}, "You fool, go away")
        assert (found.own_answers, found.original_answers) == (YES, {"violation": "no"})

    def test_without_items_no_content(self, file) -> None:
        file(NewFinding("A2"))
        from_numbers = make_actor("Reader", role="qa_manager")
        blind = from_numbers.__class__(
            from_numbers.id,
            tuple(g.__class__(g.role, g.verbs - {"view_items"}, g.scope) for g in from_numbers.grants),
        )
        found = queries.finding(by=blind, finding_id=models.Finding.objects.get().id)
        assert (found.content, found.own_answers, found.original_answers) == (None, None, None)

    def test_only_within_the_reach(self, file, ann, auditor) -> None:
        file(NewFinding("A2"))
        elsewhere = make_actor("Elsewhere", role="qa_manager", project="other")
        for by in (ann, auditor, elsewhere):
            assert queries.findings(by=by).rows == ()
            with pytest.raises(NotFound):
                queries.finding(by=by, finding_id=models.Finding.objects.get().id)

    def test_progress_counts(self, house, ann, auditor, manager, file) -> None:
        file(NewFinding("A2"))
        actions.claim_audit(by=auditor)
        (row,) = queries.progress(by=manager, plan_id=models.Plan.objects.get().id)
        assert (row.waiting, row.in_work, row.filed, row.withdrawn) == (1, 1, 1, 0)
        assert row.coverage.value == pytest.approx(1 / 3)
        assert row.lag > timedelta(hours=23)
        (plan,) = queries.plans(by=manager)
        assert (plan.drawn, plan.served, plan.filed) == (3, 1, 1)
        assert queries.plan(by=manager, plan_id=plan.id).versions[0].version == 1
