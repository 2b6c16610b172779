"""Second factors of others: taken away when the device is lost."""

from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction

from smo.kernel.permissions import Actor
from smo.people import rules
from smo.people.actions.accounts import account_to_manage
from smo.people.actions.trail import record_about


@transaction.atomic
def remove_second_factor(*, by: Actor, person_id: UUID) -> None:
    """Let someone who lost their device sign in with the password alone; running sessions end."""
    if person_id == by.id:
        raise rules.OwnSecondFactor
    account = account_to_manage(by=by, person_id=person_id)
    removed, _ = Authenticator.objects.filter(user=account).delete()
    if not removed:
        raise rules.NoSecondFactor(person_id=person_id)
    account.session_generation += 1
    account.save(update_fields=["session_generation"])
    record_about(by=by, verb="second_factor_removed", person_id=person_id)
