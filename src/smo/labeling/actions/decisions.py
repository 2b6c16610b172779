"""Decisions: stored once for each submit key, with the next items in the same answer, and taken back."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from smo.catalog import queries as catalog
from smo.catalog.rules.schema import answer_faults
from smo.kernel import audit, outbox
from smo.kernel.clock import now
from smo.kernel.errors import NotFound
from smo.kernel.ids import new_id
from smo.kernel.permissions import Actor, Scope, Verb, require
from smo.labeling import rules
from smo.labeling.actions import statements
from smo.labeling.actions.claims import FROM_THE_START, next_claims, waited_claim
from smo.labeling.events import DecisionRetracted
from smo.labeling.queries.claims import Claim, held_claims, live_twin, open_claims, sent_claim
from smo.labeling.queries.decisions import own_decision
from smo.labeling.queries.prepared import rows

_OVER: Final = {"decided", "skipped"}
_AS_SENT: Final = (
    *("outcome", "reason", "note", "confidence", "submit_key", "client_at", "elapsed_ms", "active_ms", "idle_ms"),
    *("view_mode", "translation_used", "prelabel_shown", "tool_version"),
)
_LOOK_BACK_EACH: Final = 16  # among so many submits one looks at the whole queue, for items that came back


@dataclass(frozen=True, slots=True)
class Submitted:
    """The stored decision and what to do next; `is_repeat` when it was stored by an earlier submit of the same key."""

    decision_id: UUID
    is_repeat: bool
    claims: tuple[Claim, ...]


def submit_decision(*, by: Actor, submission: rules.Submission) -> Submitted:
    """Store an answer and claim what comes next, in one transaction.

    Errors: AnswersNotValid, SchemaChanged, ClaimExpired, AlreadyDecided, SubmitKeyReused, NotFound (another's claim).
    """
    rules.check_submission(submission)
    sent = sent_claim(by=by, claim_id=submission.claim_id, submit_key=submission.submit_key)
    if sent.decision_id is not None:
        return _repeated(by, sent, submission=submission)
    if sent.id is None:
        raise NotFound(claim_id=submission.claim_id)
    require(by, Verb.LABEL, scope=Scope(project=sent.project, market=sent.market, language=sent.language))
    if sent.state in _OVER:
        raise rules.AlreadyDecided(claim_id=sent.id)
    if sent.state != "live":
        twin = live_twin(by=by, claim_id=sent.id)
        sent = sent_claim(by=by, claim_id=twin, submit_key=submission.submit_key) if twin else sent
    _check_answers(sent, submission)
    try:
        return _stored(by, sent, submission=submission)
    except (rules.ClaimExpired, IntegrityError) as fault:
        return _meanwhile(by, submission, fault=fault)


def _stored(by: Actor, sent: Any, *, submission: rules.Submission) -> Submitted:
    after = (sent.priority, sent.slot_id) if submission.submit_key.int % _LOOK_BACK_EACH else FROM_THE_START
    with transaction.atomic():
        decision_id = new_id()
        if not rows(statements.STORE, _columns(by, sent, submission=submission, decision_id=decision_id)):
            raise rules.ClaimExpired(claim_id=sent.id)
        claims = next_claims(by=by, queue_id=sent.queue_id, how_many=submission.claim_next, after=after)
    if submission.claim_next > 0 and not claims:
        claims = waited_claim(by=by, queue_id=sent.queue_id)
    return Submitted(decision_id, False, claims)


def _repeated(by: Actor, sent: Any, *, submission: rules.Submission) -> Submitted:
    """The answer to the first submit was lost: say the same again, with what this person holds."""
    if sent.decided_by != by.id or sent.submitted_digest != rules.digest_of(submission):
        raise rules.SubmitKeyReused(submit_key=submission.submit_key)
    return Submitted(sent.decision_id, True, open_claims(by=by, queue_id=sent.decided_in))


def _meanwhile(by: Actor, submission: rules.Submission, *, fault: Exception) -> Submitted:
    """Nothing was stored: another submit came between, perhaps with the same key."""
    sent = sent_claim(by=by, claim_id=submission.claim_id, submit_key=submission.submit_key)
    if sent.decision_id is not None:
        return _repeated(by, sent, submission=submission)
    if sent.state in _OVER:
        raise rules.AlreadyDecided(claim_id=sent.id) from fault
    raise fault


def _check_answers(sent: Any, submission: rules.Submission) -> None:
    if submission.schema_version_id != sent.schema_version_id:
        raise rules.SchemaChanged(schema_version_id=sent.schema_version_id)
    if submission.outcome != "decided":
        return
    schema = catalog.schema_version(sent.schema_version_id).schema
    turns = json.loads(sent.turns) if sent.turns else ()
    faults = answer_faults(schema, submission.answers, text=sent.text, turns=turns)
    if faults:
        told = [{"question": fault.question, "turn": fault.turn, "message": fault.message} for fault in faults]
        raise rules.AnswersNotValid(faults=told)


def _columns(by: Actor, sent: Any, *, submission: rules.Submission, decision_id: UUID) -> dict[str, Any]:
    """The parameters of STORE: the server's times rule, the client's are kept beside them."""
    at = now()
    was_live = sent.state == "live"
    opened = rules.opened_at(claimed_at=sent.claimed_at, elapsed_ms=submission.elapsed_ms, received_at=at)
    return {part: getattr(submission, part) for part in _AS_SENT} | {
        "claim": sent.id,
        "was": sent.state,
        "state": "skipped" if submission.outcome == "skipped" else "decided",
        "gives_back": int(was_live),
        "counts": int(submission.outcome != "skipped"),
        "person": by.id,
        "at": at,
        "opened_at": opened,
        "id": decision_id,
        "entry": new_id(),
        "answers": json.dumps(dict(submission.answers)),
        "digest": rules.digest_of(submission),
        "mode": "human_assisted" if submission.prelabel_shown else "human",
        "seen": submission.seen_guideline_version_id,
        "is_late": not was_live or _is_past(sent.expires_at, at),
    }


def _is_past(moment: datetime, at: datetime) -> bool:
    return moment < at


@transaction.atomic
def retract_decision(*, by: Actor, decision_id: UUID) -> Claim:
    """Take back one's own decision of the last minutes; its claim lives again. Errors: UndoTooLate, UndoNoRoom."""
    decision = own_decision(by=by, decision_id=decision_id)
    scope = Scope(project=decision.project, market=decision.market, language=decision.language)
    require(by, Verb.LABEL, scope=scope)
    if decision.is_retracted:
        return _held_again(by, decision.assignment_id)
    at = now()
    if at > rules.retractable_until(decision.received_at):
        raise rules.UndoTooLate(decision_id=decision_id)
    if not rows(statements.RETRACT, {"decision": decision_id, "at": at}):
        raise rules.UndoNoRoom(decision_id=decision_id)
    audit.record(by=by, verb="decision_retracted", subject=audit.Subject("decision", str(decision_id)))
    outbox.publish(DecisionRetracted(decision.project, decision_id))
    return _held_again(by, decision.assignment_id)


def _held_again(by: Actor, assignment_id: UUID) -> Claim:
    held = held_claims(by=by, claim_ids=(assignment_id,))
    if not held:
        raise rules.UndoTooLate(assignment_id=assignment_id)
    return held[0]
