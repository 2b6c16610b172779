"""Audits: handed out blind, labeled, and only then compared."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from smo.catalog import queries as catalog
from smo.catalog.rules.schema import answer_faults
from smo.intake import queries as intake
from smo.kernel import audit
from smo.kernel.clock import now
from smo.kernel.errors import NotFound
from smo.kernel.permissions import Actor, PermissionDenied, Scope, Verb, require
from smo.labeling import actions as labeling
from smo.quality import models
from smo.quality.queries.audits import OPEN, AuditTask, audit_task, claimable
from smo.quality.queries.comparisons import Comparison, comparison
from smo.quality.queries.reach import auditing_grants, may_audit
from smo.quality.rules.refusals import (
    AuditNotYours,
    AuditWithdrawn,
    OwnLabelNotValid,
    OwnLabelStands,
    RevealBeforeLabel,
)

OWN_OUTCOMES = ("decided", "no_unique_answer", "unavailable")
LONGEST_MS = 7 * 24 * 3600 * 1000


def claim_audit(*, by: Actor, project: str = "") -> AuditTask | None:
    """The audit in hand, or the next one that may be handed to this person; None when nothing waits."""
    if not auditing_grants(by):
        raise PermissionDenied(verb=str(Verb.AUDIT))
    with transaction.atomic():
        held = models.Audit.objects.select_for_update().filter(auditor=by.id, state__in=OPEN).first()
        if held is not None:
            _renew(held)
            return audit_task(by=by, audit_id=held.id)
        for audit_id in claimable(by=by, project=project):
            row = _free(audit_id)
            if row is not None and _serve(by, row):
                return audit_task(by=by, audit_id=row.id)
    return _held_meanwhile(by)


@transaction.atomic
def lock_own_label(
    *, by: Actor, audit_id: UUID, submit_key: UUID, outcome: str, answers: Mapping[str, Any], active_ms: int | None
) -> None:
    """Store what the auditor makes of the item, for good; sent twice with one key it is stored once.

    Errors: AuditNotYours, AuditWithdrawn, OwnLabelNotValid, OwnLabelStands, NotFound.
    """
    row = audit_in_hand(by=by, audit_id=audit_id)
    given = dict(answers) if outcome == "decided" else {}
    if row.own_label_locked_at is not None:
        if (row.submit_key, row.own_outcome, row.own_answers) != (submit_key, outcome, given):
            raise OwnLabelStands(audit_id=audit_id)
        return
    faults = _faults(row, outcome=outcome, answers=given)
    if faults:
        raise OwnLabelNotValid(faults=faults)
    row.own_outcome, row.own_answers, row.own_label_locked_at = outcome, given, now()
    row.submit_key, row.active_ms, row.state = submit_key, _sane(active_ms), models.AuditState.LOCKED
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as clash:  # the key is another audit's, or its time ran out and another one is in hand
        raise AuditNotYours(audit_id=audit_id) from clash
    _record(by, row, verb="own_label_locked", details={"outcome": outcome})


def reveal(*, by: Actor, audit_id: UUID) -> Comparison:
    """Show both labels, once the own one stands. Errors: RevealBeforeLabel (and the attempt is on record), NotFound."""
    with transaction.atomic():
        row = audit_in_hand(by=by, audit_id=audit_id)
        if row.own_label_locked_at is None:
            _record(by, row, verb="reveal_refused", details={"state": row.state})
        elif row.revealed_at is None:
            row.revealed_at, row.state = now(), models.AuditState.REVEALED
            row.save(update_fields=["revealed_at", "state"])
            _record(by, row, verb="audit_revealed")
            labeling.note_answers_seen(by=by, item_id=row.item_id)
    if row.own_label_locked_at is None:  # outside the transaction, so that the entry stays
        raise RevealBeforeLabel(audit_id=audit_id)
    return comparison(by=by, audit_id=audit_id)


@transaction.atomic
def withdraw_audits(*, by: Actor, decision_id: UUID) -> int:
    """Take back the audits of a decision that was taken back itself; how many. What was filed stays as it was."""
    rows = models.Audit.objects.select_for_update(of=("self",)).select_related("project")
    open_rows = list(rows.filter(decision=decision_id, state__in=("drawn", *OPEN)))
    for row in open_rows:
        require(by, Verb.DRAW_AUDITS, scope=Scope(project=row.project.code))
        row.state = models.AuditState.WITHDRAWN
        row.save(update_fields=["state"])
        _record(by, row, verb="audit_withdrawn", details={"decision": str(decision_id)})
    return len(open_rows)


def audit_in_hand(*, by: Actor, audit_id: UUID) -> models.Audit:
    """One's own audit, held until the transaction ends. Errors: AuditNotYours, AuditWithdrawn, NotFound."""
    rows = models.Audit.objects.select_for_update(of=("self",)).select_related("project", "item", "draw__plan")
    row: models.Audit | None = rows.filter(pk=audit_id).first()
    if row is None or not _reaches(by, row):
        raise NotFound(audit_id=audit_id)
    if row.auditor_id != by.id:
        raise AuditNotYours(audit_id=audit_id)
    if row.state == models.AuditState.WITHDRAWN:
        raise AuditWithdrawn(audit_id=audit_id)
    return row


def _reaches(by: Actor, row: models.Audit) -> bool:
    language = row.item.language_declared or row.item.language_detected
    return may_audit(by, project=row.project.code, market=row.item.market, language=language)


def _free(audit_id: UUID) -> models.Audit | None:
    """The audit, held, unless another auditor is just taking it or has it."""
    rows = models.Audit.objects.select_for_update(of=("self",), skip_locked=True).select_related("project")
    row: models.Audit | None = rows.filter(pk=audit_id).first()
    waits = row is not None and (row.state == "drawn" or (row.state == "served" and _is_over(row)))
    return row if waits else None


def _is_over(row: models.Audit) -> bool:
    return row.expires_at is not None and row.expires_at < now()


def _serve(by: Actor, row: models.Audit) -> bool:
    """Hand it out; False when the same person was handed another one in the same moment."""
    late = {"from": str(row.auditor_id)} if row.state == models.AuditState.SERVED else {}
    row.state, row.auditor_id, row.served_at = models.AuditState.SERVED, by.id, now()
    row.expires_at = row.served_at + timedelta(seconds=row.project.lease_seconds)
    try:
        with transaction.atomic():
            row.save(update_fields=["state", "auditor", "served_at", "expires_at"])
    except IntegrityError:
        return False
    _record(by, row, verb="audit_served", details=late)
    return True


def _renew(row: models.Audit) -> None:
    if row.state == models.AuditState.SERVED:
        row.expires_at = now() + timedelta(seconds=row.project.lease_seconds)
        row.save(update_fields=["expires_at"])


def _held_meanwhile(by: Actor) -> AuditTask | None:
    held = models.Audit.objects.filter(auditor=by.id, state__in=OPEN).first()
    return audit_task(by=by, audit_id=held.id) if held else None


def _sane(active_ms: int | None) -> int | None:
    """A client's reading that no week can hold tells nothing."""
    return active_ms if active_ms is not None and 0 <= active_ms <= LONGEST_MS else None


def _faults(row: models.Audit, *, outcome: str, answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What keeps the own label from being stored, by the questions that the audit is bound to."""
    if outcome not in OWN_OUTCOMES:
        return [{"question": "", "turn": None, "message": f'"{outcome}" is none of {", ".join(OWN_OUTCOMES)}.'}]
    if outcome != "decided" or row.schema_version_id is None:
        return []
    schema = catalog.schema_version(row.schema_version_id).schema
    content = intake.content([row.item_id])[row.item_id]
    turns = [{"role": turn.role, "text": turn.text} for turn in content.turns]
    found = answer_faults(schema, answers, text=content.text, turns=turns)
    return [{"question": fault.question, "turn": fault.turn, "message": fault.message} for fault in found]


def _record(by: Actor, row: models.Audit, *, verb: str, details: dict[str, Any] | None = None) -> None:
    audit.record(by=by, verb=verb, subject=audit.Subject("audit", str(row.id)), details=details)
