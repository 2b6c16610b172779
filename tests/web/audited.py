"""A project whose decisions were drawn for audit, made as people make it: through actions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from smo.kernel.clock import now
from smo.kernel.permissions import SYSTEM, Actor, Grant, Scope
from smo.labeling import actions as labeling
from smo.labeling.rules import Submission
from smo.people import actions as people
from smo.people.rules import ROLES
from smo.quality import actions as quality
from smo.quality import queries
from tests.web.work import CHOICE, labeled_project


@dataclass(frozen=True)
class Drawn:
    """What was made: who labeled, the plan and its draw."""

    project: str
    decider: Actor
    plan_id: UUID
    draw_id: UUID
    items: Mapping[str, UUID]


def person(role: str, *, name: str, project: str = "") -> Actor:
    """Someone without an account who holds a role."""
    person_id = people.create_person(by=SYSTEM, name=name)
    return Actor(person_id, (Grant(role, frozenset(str(verb) for verb in ROLES[role]), Scope(project=project)),))


def drawn(
    code: str = "audited",
    *,
    rows: Sequence[Mapping[str, Any]] = ({"key": "i1", "text": "one"}, {"key": "i2", "text": "two"}),
    answers: Mapping[str, Any] | None = None,
    questions: Sequence[Mapping[str, Any]] = (CHOICE,),
    **plan: Any,
) -> Drawn:
    """Everything labeled alike by one person, then everything drawn."""
    work = labeled_project(code, rows=rows, questions=questions)
    decider = person("annotator", name="Dana Decider")
    for claim in labeling.claim_items(by=decider, queue_id=work.queue_id, how_many=len(rows)):
        sent = Submission(
            claim_id=claim.id,
            submit_key=uuid4(),
            schema_version_id=claim.schema_version_id,
            answers=dict(answers or {"violation": "no"}),
            claim_next=0,
        )
        labeling.submit_decision(by=decider, submission=sent)
    wanted = quality.NewPlan(**({"project": code, "name": "Weekly", "sample_size": 50, "seed": 4711} | plan))
    plan_id = quality.create_plan(by=SYSTEM, plan=wanted)
    start = now() - timedelta(days=1)
    draw_id = quality.draw_sample(by=SYSTEM, plan_id=plan_id, frame_from=start, frame_to=now() + timedelta(days=1))
    return Drawn(code, decider, plan_id, draw_id, work.items)


def audited(code: str, *, by: Actor, found: tuple[quality.NewFinding, ...], answers: Mapping[str, Any]) -> UUID:
    """One audit from the claim to the filing."""
    task = quality.claim_audit(by=by, project=code)
    assert task is not None
    quality.lock_own_label(
        by=by, audit_id=task.id, submit_key=uuid4(), outcome="decided", answers=answers, active_ms=1200
    )
    quality.reveal(by=by, audit_id=task.id)
    quality.file_findings(by=by, audit_id=task.id, findings=found)
    return task.id


def a_finding(code: str, *, answers: Mapping[str, Any] | None = None) -> UUID:
    """The id of a finding that an auditor has filed there."""
    under = quality.NewFinding(outcome_class="A2", cause="guideline_lag", comment="It names the group.")
    own = answers or {"violation": "yes"}
    audited(code, by=person("auditor", name="Anna Auditor"), found=(under,), answers=own)
    return queries.findings(by=SYSTEM, project=code).rows[0].id
