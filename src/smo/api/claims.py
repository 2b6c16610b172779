"""One's own claims: deciding, skipping, undoing, holding longer, giving back, asking about the guideline."""

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from smo.api.callers import caller
from smo.api.pages import Made, Rows, all_of, given
from smo.api.queues import ClaimOut, Counted, claim_out
from smo.labeling import actions, queries

router = Router(tags=["claims"])


class DecisionIn(Schema):
    """An answer. `submit_key` is any UUID of the sender's: sent twice with it, an answer is stored once."""

    submit_key: UUID
    schema_version_id: UUID
    outcome: Literal["decided", "skipped", "unavailable", "no_unique_answer"] = "decided"
    answers: dict[str, Any] = Field(default_factory=dict)
    reason: str = ""
    note: str = ""
    confidence: int | None = None
    elapsed_ms: int | None = None
    active_ms: int | None = None
    idle_ms: int | None = None
    client_at: AwareDatetime | None = None
    seen_guideline_version_id: UUID | None = None
    view_mode: str = "full"
    translation_used: bool = False
    prelabel_shown: bool = False
    tool_version: str = ""
    claim_next: int = Field(1, ge=0, le=20)


class SkipIn(Schema):
    """Why the item is left; a code."""

    submit_key: UUID
    schema_version_id: UUID
    reason: str
    note: str = ""
    claim_next: int = Field(1, ge=0, le=20)


class SubmittedOut(Schema):
    """The decision that is stored now, and the next claims with their items."""

    decision: UUID
    is_repeat: bool
    claims: list[ClaimOut]


class ClaimIds(Schema):
    """Which of one's own claims; without any, all of them."""

    claim_ids: tuple[UUID, ...] | None = Field(None, max_length=100)


class Longer(Schema):
    """Which of one's own claims are held longer, and which of them are open on the screen."""

    claim_ids: tuple[UUID, ...] = Field(max_length=100)
    opened: frozenset[UUID] = frozenset()


class FlagIn(Schema):
    """What is unclear, and by which rule."""

    text: str
    rule_code: str = ""


@router.get("/claims", response=Rows[ClaimOut], summary="The claims that one holds")
def open_claims(request: HttpRequest) -> object:
    """Oldest first."""
    return all_of(claim_out(claim) for claim in queries.open_claims(by=caller(request)))


@router.post("/claims/{uuid:claim_id}/decision", response=SubmittedOut, summary="Decide about a claimed item")
def submit_decision(request: HttpRequest, *, claim_id: UUID, sent: DecisionIn) -> dict[str, Any]:
    """The answer to it carries the next claims. Faults of answers are named in `parameters.faults`."""
    return _submitted(request, actions.Submission(claim_id=claim_id, **given(sent)))


@router.post("/claims/{uuid:claim_id}/skip", response=SubmittedOut, summary="Leave a claimed item to others")
def skip(request: HttpRequest, *, claim_id: UUID, sent: SkipIn) -> dict[str, Any]:
    """The item goes to somebody else."""
    return _submitted(request, actions.Submission(claim_id=claim_id, outcome="skipped", **given(sent)))


@router.post("/claims/{uuid:claim_id}/flag", response={201: Made}, summary="Say that the guideline is unclear here")
def raise_flag(request: HttpRequest, *, claim_id: UUID, sent: FlagIn) -> dict[str, UUID]:
    """The policy owner and the lead answer it."""
    return {"id": actions.raise_flag(by=caller(request), claim_id=claim_id, text=sent.text, rule_code=sent.rule_code)}


@router.post("/claims/extension", response=Rows[ClaimOut], summary="Hold claims longer")
def extend_claims(request: HttpRequest, sent: Longer) -> object:
    """Answers those that are still held; the others have gone to somebody else."""
    claims = actions.extend_claims(by=caller(request), claim_ids=sent.claim_ids, opened=sent.opened)
    return all_of(claim_out(claim) for claim in claims)


@router.post("/claims/release", response=Counted, summary="Give claims back")
def release_claims(request: HttpRequest, sent: ClaimIds) -> dict[str, int]:
    """Their items are handed out to others."""
    return {"count": actions.release_claims(by=caller(request), claim_ids=sent.claim_ids)}


@router.get("/decisions", response=Rows[queries.RecentDecision], summary="One's own newest decisions")
def recent_decisions(request: HttpRequest) -> object:
    """With until when each may be taken back."""
    return all_of(queries.recent_decisions(by=caller(request)))


@router.post("/decisions/{uuid:decision_id}/retraction", response=ClaimOut, summary="Take a decision back")
def retract_decision(request: HttpRequest, decision_id: UUID) -> object:
    """Within the undo window; the item is claimed again."""
    return claim_out(actions.retract_decision(by=caller(request), decision_id=decision_id))


def _submitted(request: HttpRequest, submission: actions.Submission) -> dict[str, Any]:
    stored = actions.submit_decision(by=caller(request), submission=submission)
    claims = [claim_out(claim) for claim in stored.claims]
    return {"decision": stored.decision_id, "is_repeat": stored.is_repeat, "claims": claims}
