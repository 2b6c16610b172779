"""What the desk's script sends and gets: claims, answers, undo, flags. JSON both ways, refusals in words."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from smo.kernel.errors import DomainError, NotFound
from smo.kernel.permissions import Actor, PermissionDenied, Verb
from smo.labeling import actions, queries
from smo.labeling.rules import Submission, SubmissionNotValid
from smo.web.desk.cards import READY, card, facts
from smo.web.desk.refusals import AnotherAccount
from smo.web.render import screen
from smo.web.sentences import in_words
from smo.web.unsent import owner_of
from smo.web.words import words_for

P = ParamSpec("P")
Sent = Mapping[str, Any]


def exchange(view: Callable[Concatenate[HttpRequest, Actor, P], Mapping[str, Any]]) -> Callable[..., HttpResponse]:
    """An endpoint of the desk: POST only, signed in, refusals as JSON with their words."""

    @require_POST
    @screen
    @wraps(view)
    def answered(request: HttpRequest, by: Actor, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            if Verb.LABEL not in by.verbs():
                raise PermissionDenied(verb=str(Verb.LABEL))
            return JsonResponse(view(request, by, *args, **kwargs))
        except DomainError as refusal:
            return JsonResponse(_refused(refusal), status=_status(refusal))

    return answered


def _status(refusal: DomainError) -> int:
    if isinstance(refusal, PermissionDenied):
        return 403
    return 404 if isinstance(refusal, NotFound) else 409


def _refused(refusal: DomainError) -> dict[str, Any]:
    faults = refusal.parameters.get("faults")
    told = faults if isinstance(faults, list | tuple) else []
    return {"code": refusal.code, "words": words_for(refusal), "faults": [_fault(fault) for fault in told]}


def _fault(fault: Any) -> dict[str, Any]:
    known = fault if isinstance(fault, Mapping) else {name: getattr(fault, name) for name in _FAULT}
    return {name: known.get(name) for name in _FAULT} | {"message": in_words(known.get("message", ""))}


_FAULT: Final = ("question", "turn", "message")


@exchange
def claim(request: HttpRequest, by: Actor, *, desk_queue: UUID) -> Mapping[str, Any]:
    """So many more items of this queue."""
    wanted = _number(_sent(request), "how_many", default=1) or 1
    claims = actions.claim_items(by=by, queue_id=desk_queue, how_many=min(max(wanted, 1), READY + 1))
    return {"claims": [card(request, one) for one in claims]}


@exchange
def submit(request: HttpRequest, by: Actor) -> Mapping[str, Any]:
    """Takes an answer and gives the next items."""
    sent = _sent(request)
    if sent.get("owner") != owner_of(request.user.pk or 0):
        raise AnotherAccount
    done = actions.submit_decision(by=by, submission=_submission(sent))
    return {"decision_id": str(done.decision_id), "claims": [card(request, one) for one in done.claims]}


@exchange
def retract(request: HttpRequest, by: Actor, *, decision_id: UUID) -> Mapping[str, Any]:
    """Takes a decision back: the item returns with its answers."""
    before = {row.id: row.answers for row in queries.recent_decisions(by=by)}
    returned = actions.retract_decision(by=by, decision_id=decision_id)
    return {"claims": [card(request, returned, answers=before.get(decision_id))]}


@exchange
def extend(request: HttpRequest, by: Actor) -> Mapping[str, Any]:
    """Says that somebody is still here; answers what is still held, with new questions where they changed."""
    sent = _sent(request)
    held = sent.get("held")
    if not isinstance(held, dict):
        raise SubmissionNotValid(part="held")
    ids, opened = tuple(_id(claim_id) for claim_id in held), frozenset(_ids(sent, "opened"))
    claims = actions.extend_claims(by=by, claim_ids=ids, opened=opened)
    return {"claims": [_again(request, one, held=held) for one in claims]}


def _again(request: HttpRequest, claim: Any, *, held: Mapping[str, Any]) -> dict[str, Any]:
    is_known = held.get(str(claim.id)) == str(claim.schema_version_id)
    return {"claim": facts(claim)} if is_known else card(request, claim)


@exchange
def release(request: HttpRequest, by: Actor) -> Mapping[str, Any]:
    """Gives items back for others."""
    actions.release_claims(by=by, claim_ids=_ids(_sent(request), "claim_ids"))
    return {}


@exchange
def flag(request: HttpRequest, by: Actor, *, claim_id: UUID) -> Mapping[str, Any]:
    """Says that the guideline is unclear here."""
    sent = _sent(request)
    text, rule_code = str(sent.get("text", "")), str(sent.get("rule_code", ""))
    return {"flag_id": str(actions.raise_flag(by=by, claim_id=claim_id, text=text, rule_code=rule_code))}


def _sent(request: HttpRequest) -> Sent:
    """What came. Errors: SubmissionNotValid when it is no JSON object."""
    try:
        sent = json.loads(request.body or b"{}")
    except ValueError as fault:
        raise SubmissionNotValid(part="body") from fault
    if not isinstance(sent, dict):
        raise SubmissionNotValid(part="body")
    return sent


def _submission(sent: Sent) -> Submission:
    answers = sent.get("answers", {})
    if not isinstance(answers, dict):
        raise SubmissionNotValid(part="answers")
    seen = sent.get("seen_guideline_version_id")
    return Submission(
        claim_id=_id(sent.get("claim_id")),
        submit_key=_id(sent.get("submit_key")),
        schema_version_id=_id(sent.get("schema_version_id")),
        outcome=str(sent.get("outcome", "decided")),
        answers=answers,
        reason=str(sent.get("reason", "")),
        note=str(sent.get("note", "")),
        elapsed_ms=_number(sent, "elapsed_ms"),
        active_ms=_number(sent, "active_ms"),
        idle_ms=_number(sent, "idle_ms"),
        client_at=_moment(sent.get("client_at")),
        seen_guideline_version_id=_id(seen) if seen else None,
        tool_version=str(sent.get("tool_version", "")),
        claim_next=min(max(_number(sent, "claim_next", default=1) or 0, 0), READY),
    )


def _id(value: Any) -> UUID:
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError) as fault:
        raise SubmissionNotValid(part="id") from fault


def _ids(sent: Sent, name: str) -> tuple[UUID, ...]:
    values = sent.get(name, [])
    if not isinstance(values, list):
        raise SubmissionNotValid(part=name)
    return tuple(_id(value) for value in values)


def _number(sent: Sent, name: str, *, default: int | None = None) -> int | None:
    value = sent.get(name, default)
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**62):
        return value
    raise SubmissionNotValid(part=name)


def _moment(value: Any) -> datetime | None:
    try:
        moment = parse_datetime(value) if value else None
    except (ValueError, TypeError) as fault:
        raise SubmissionNotValid(part="client_at") from fault
    if value and moment is None:
        raise SubmissionNotValid(part="client_at")
    return moment
