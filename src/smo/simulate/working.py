"""The example department at work: the past comes in, today's work is done, some of it is audited."""

import json
import tempfile
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from smo.intake import actions as intake
from smo.kernel.ids import new_id
from smo.kernel.permissions import Actor
from smo.labeling import actions as labeling
from smo.labeling.actions.imports import publish_decisions
from smo.labeling.queries import queues
from smo.labeling.rules import QueueSettings, Submission
from smo.quality import actions as quality
from smo.simulate.history import WEEKS, SimulatedItem, items_of, judged, labels_of
from smo.simulate.projects import SimulatedProject

AUDITOR_ERROR_RATE = 0.001
LABELED_TODAY = 14
FLAGGED_SHARE = 0.6
_CLASSES = {True: "A1", False: "A2"}  # by whether the decision saw a violation


def bring_in(project: SimulatedProject, *, by: Actor, rng: Random, until: datetime) -> dict[str, SimulatedItem]:
    """Import a project's items and what was decided about the past ones; every item by its key."""
    items = items_of(project, rng, until=until)
    _import(by, project, kind="items", name="items.jsonl", rows=(item.row() for item in items))
    _import(by, project, kind="decisions", name="decisions.jsonl", rows=labels_of(project, items, rng=rng))
    labeling.create_queue(by=by, project=project.code, settings=QueueSettings(project.name))
    labeling.fill_queues(by=by, project=project.code)
    return {item.key: item for item in items}


def _import(by: Actor, project: SimulatedProject, *, kind: str, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    with tempfile.TemporaryDirectory(prefix="smo-simulated-") as folder:
        path = Path(folder) / name
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        import_id = intake.receive_import(by=by, project=project.code, kind=kind, file_name=name, content=path)
        mapping = intake.look_into(by=by, import_id=import_id).guesses
        intake.map_import(by=by, import_id=import_id, mapping=mapping)
        intake.stage_import(by=by, import_id=import_id)
        publish = intake.publish_items if kind == "items" else publish_decisions
        publish(by=by, import_id=import_id)


def label_today(project: SimulatedProject, *, by: Actor, items: Mapping[str, SimulatedItem], rng: Random) -> None:
    """What somebody did this morning: some decisions, one skip, one question on the guideline."""
    (queue,) = queues(by=by, project=project.code)
    claims = labeling.claim_items(by=by, queue_id=queue.id)
    for number in range(LABELED_TODAY):
        if not claims:
            return
        claim = claims[0]
        if number == 2 and rng.random() < FLAGGED_SHARE:
            labeling.raise_flag(by=by, claim_id=claim.id, text="Does a quoted remark count when the speaker objects?")
        answers = judged(project, items[claim.content.item_key].truth, rng=rng, error_rate=project.error_rate)
        is_skipped = number == LABELED_TODAY - 1
        sent = Submission(
            claim.id,
            new_id(),
            claim.schema_version_id,
            outcome="skipped" if is_skipped else "decided",
            answers={} if is_skipped else answers,
            reason="not_my_language" if is_skipped else "",
            active_ms=int(1000 * rng.uniform(9, 40)),
            idle_ms=0,
            tool_version="simulated",
        )
        claims = labeling.submit_decision(by=by, submission=sent).claims
    labeling.release_claims(by=by)


def audit(
    project: SimulatedProject,
    *,
    by: Actor,
    auditor: Actor,
    items: Mapping[str, SimulatedItem],
    rng: Random,
    until: datetime,
) -> None:
    """A stratified plan, its draw, and all audits but the last few, made blind by one auditor."""
    if not project.audits:
        return
    plan = quality.NewPlan(
        project=project.code,
        name=f"Accuracy, {project.name}",
        design="stratified",
        strata_by=("market",),
        sample_size=project.audits + 4,
        seed=rng.randrange(1, 10_000),
    )
    plan_id = quality.create_plan(by=by, plan=plan)
    quality.draw_sample(by=by, plan_id=plan_id, frame_from=until - timedelta(weeks=WEEKS + 1), frame_to=until)
    for _ in range(project.audits):
        task = quality.claim_audit(by=auditor, project=project.code)
        if task is None:
            return
        _audit_one(project, auditor=auditor, audit_id=task.id, truth=items[task.content.item_key].truth, rng=rng)


def _audit_one(
    project: SimulatedProject, *, auditor: Actor, audit_id: UUID, truth: Mapping[str, Any], rng: Random
) -> None:
    own = judged(project, truth, rng=rng, error_rate=AUDITOR_ERROR_RATE)
    quality.lock_own_label(
        by=auditor,
        audit_id=audit_id,
        submit_key=new_id(),
        outcome="decided",
        answers=own,
        active_ms=int(1000 * rng.uniform(15, 60)),
    )
    compared = quality.reveal(by=auditor, audit_id=audit_id)
    differing = [row for row in compared.rows if row.verdict == "differs"]
    findings = (_finding(differing[0], own=own, rng=rng),) if differing else ()
    quality.file_findings(by=auditor, audit_id=audit_id, findings=findings)


def _finding(row: Any, *, own: Mapping[str, Any], rng: Random) -> quality.NewFinding:
    outcome_class = "A3b" if "violation" not in own or row.question != "violation" else _CLASSES[row.own == "no"]
    return quality.NewFinding(
        outcome_class,
        cause=rng.choice(("attention", "training_gap", "guideline_ambiguity")),
        question=row.question,
        coaching_note="The passage in brackets decides it; see the rule in the guideline.",
    )
