"""Persons: who every record points to."""

from uuid import UUID

from django.db import transaction

from smo.kernel import outbox
from smo.kernel.clock import now
from smo.kernel.errors import NotFound
from smo.kernel.ids import new_id
from smo.kernel.permissions import Actor, Scope, Verb, require
from smo.people import events, models, rules
from smo.people.actions.trail import record_about


@transaction.atomic
def create_person(*, by: Actor, name: str, kind: str = "human") -> UUID:
    """Make someone, or a model or imported rater, known."""
    require(by, Verb.MANAGE_PEOPLE)
    row = models.Person(id=new_id(), name=rules.normal_name(name), kind=models.PersonKind(kind), created_at=now())
    row.save(force_insert=True)
    record_about(
        by=by, verb="person_created", person_id=row.id, details={"kind": row.kind}, personal={"name": row.name}
    )
    outbox.publish(events.PersonCreated(row.id))
    return row.id


def person_to_change(*, by: Actor, verb: Verb, person_id: UUID, scope: Scope | None = None) -> models.Person:
    """The person's row, held, for whoever may do this to them. Errors: PermissionDenied, NotFound."""
    require(by, verb, scope=scope or Scope(subject=str(person_id)))
    row = models.Person.objects.select_for_update().filter(pk=person_id).first()
    if row is None:
        raise NotFound(person_id=person_id)
    return row
