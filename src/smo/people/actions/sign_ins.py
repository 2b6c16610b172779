"""Who came, who failed to, and who left."""

from django.db import transaction

from smo.kernel import audit
from smo.kernel.clock import now
from smo.kernel.ids import new_id
from smo.kernel.permissions import Actor
from smo.people import models
from smo.people.actions.trail import record_about


@transaction.atomic
def record_attempt(*, by: Actor, account_id: int | None, outcome: str) -> None:
    """Keep how an attempt to sign in ended; what was typed is not kept."""
    account = models.Account.objects.filter(pk=account_id).first() if account_id else None
    result = models.Outcome(outcome)
    models.Attempt.objects.create(id=new_id(), at=now(), account=account, outcome=result)
    verb = "signed_in" if result is models.Outcome.SUCCEEDED else "sign_in_failed"
    subject = audit.Subject("person", str(account.person_id)) if account else audit.Subject("account", "unknown")
    audit.record(by=by, verb=verb, subject=subject, details={"outcome": result.value})


@transaction.atomic
def record_sign_out(*, by: Actor) -> None:
    """Keep that someone left."""
    record_about(by=by, verb="signed_out", person_id=by.id)
