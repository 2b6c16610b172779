"""Roles given and taken back."""

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from smo.kernel import outbox
from smo.kernel.clock import now, today
from smo.kernel.errors import NotFound
from smo.kernel.ids import new_id
from smo.kernel.permissions import ADMIN, EVERYWHERE, Actor, Scope, Verb, require
from smo.people import events, models, rules
from smo.people.actions.last_admin import keep_an_admin
from smo.people.actions.persons import person_to_change
from smo.people.actions.trail import RefusedAs, forget_account, person_behind, record_about


@transaction.atomic
def grant_role(
    *,
    by: Actor,
    person_id: UUID,
    role: str,
    scope: Scope = EVERYWHERE,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> UUID:
    """Give a person a role within a scope, from a day (today) to another (none); both days count."""
    require(by, Verb.GRANT_ROLES, scope=scope)
    found = _role(role)
    if not rules.may_grant(by, verbs=frozenset(found.verbs), scope=scope):
        raise rules.GrantBeyondOwn(role=role)
    first = starts_on or today(settings.TIME_ZONE)
    if ends_on is not None and ends_on < first:
        raise rules.DatesReversed(starts_on=first, ends_on=ends_on)
    holder = person_to_change(by=by, verb=Verb.GRANT_ROLES, person_id=person_id, scope=scope)
    row = models.Grant(id=new_id(), person=holder, role=found, starts_on=first, ends_on=ends_on)
    row.set_scope(scope)
    row.granted_at, row.granted_by_id = now(), person_behind(by=by)
    with RefusedAs(rules.RoleHeldAlready(role=role)):
        row.save(force_insert=True)
    record_about(by=by, verb="role_granted", person_id=person_id, details=_grant_details(row))
    outbox.publish(events.RoleGranted(person_id, row.id, role))
    _forget_actor(row.person)
    return row.id


@transaction.atomic
def end_grant(*, by: Actor, grant_id: UUID) -> None:
    """Take a role back, at once."""
    row = _grant(grant_id)
    require(by, Verb.GRANT_ROLES, scope=row.scope)
    if not rules.may_grant(by, verbs=frozenset(row.role.verbs), scope=row.scope):
        raise rules.GrantBeyondOwn(role=row.role.name)
    day = today(settings.TIME_ZONE)
    state = rules.grant_state(starts_on=row.starts_on, ends_on=row.ends_on, ended_at=row.ended_at, today=day)
    if state is rules.GrantState.ENDED:
        raise rules.GrantHasEnded(grant_id=grant_id)
    if row.role.name == ADMIN:
        keep_an_admin(by=by, person_id=row.person.id, own=rules.OwnAdminRole(), without_grant=grant_id)
    row.ended_at, row.ended_by_id = now(), person_behind(by=by)
    row.save(update_fields=["ended_at", "ended_by"])
    record_about(by=by, verb="grant_ended", person_id=row.person.id, details=_grant_details(row))
    outbox.publish(events.GrantEnded(row.person.id, grant_id, row.role.name))
    _forget_actor(row.person)


def _grant_details(row: models.Grant) -> dict[str, Any]:
    scope = {name: value for name, value in asdict(row.scope).items() if value}
    ends_on = row.ends_on.isoformat() if row.ends_on else None
    dates = {"starts_on": row.starts_on.isoformat(), "ends_on": ends_on}
    return {"grant": str(row.id), "role": row.role.name, "scope": scope, **dates}


def _role(name: str) -> models.Role:
    row = models.Role.objects.filter(pk=name).first()
    if row is None:
        raise NotFound(role=name)
    return row


def _grant(grant_id: UUID) -> models.Grant:
    rows = models.Grant.objects.select_for_update(of=("self",)).select_related("person", "role")
    row = rows.filter(pk=grant_id).first()
    if row is None:
        raise NotFound(grant_id=grant_id)
    return row


def _forget_actor(holder: models.Person) -> None:
    account = getattr(holder, "account", None)
    if account is not None:
        forget_account(account_id=account.pk)
