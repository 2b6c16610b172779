"""Flags: somebody says that the guideline is unclear, somebody answers."""

from uuid import UUID

from django.db import transaction

from smo.kernel import audit
from smo.kernel.clock import now
from smo.kernel.errors import NotFound
from smo.kernel.ids import new_id
from smo.kernel.permissions import Actor, Scope, Verb, require
from smo.labeling import models, rules


@transaction.atomic
def raise_flag(*, by: Actor, claim_id: UUID, text: str, rule_code: str = "") -> UUID:
    """Say that the guideline is unclear for an item that one holds or held. Errors: FlagEmpty, NotFound."""
    said = rules.required_text(text)
    claim = models.Assignment.objects.select_related("queue__project").filter(pk=claim_id, person_id=by.id).first()
    if claim is None:
        raise NotFound(claim_id=claim_id)
    queue = claim.queue
    where = Scope(project=queue.project.code, market=queue.market, language=queue.language)
    require(by, Verb.LABEL, scope=where)
    row = models.Flag(id=new_id(), project=queue.project, item_id=claim.item_id, assignment=claim, person_id=by.id)
    row.guideline_version_id, row.rule_code = claim.guideline_version_id, rules.short_code(rule_code)
    row.text, row.raised_at = said, now()
    row.save(force_insert=True)
    details = {"item": str(claim.item_id), "rule": row.rule_code}
    audit.record(by=by, verb="flag_raised", subject=audit.Subject("flag", str(row.id)), details=details)
    return row.id


@transaction.atomic
def answer_flag(*, by: Actor, flag_id: UUID, answer: str) -> None:
    """Answer a flag, once. Errors: FlagEmpty, FlagAnswered, NotFound."""
    row = models.Flag.objects.select_for_update(of=("self",)).select_related("project").filter(pk=flag_id).first()
    if row is None:
        raise NotFound(flag_id=flag_id)
    require(by, Verb.ANSWER_FLAGS, scope=Scope(project=row.project.code))
    if row.answered_at is not None:
        raise rules.FlagAnswered(flag_id=flag_id)
    row.answer, row.answered_by_id, row.answered_at = rules.required_text(answer), by.id, now()
    row.save(update_fields=["answer", "answered_by", "answered_at"])
    audit.record(by=by, verb="flag_answered", subject=audit.Subject("flag", str(flag_id)))
