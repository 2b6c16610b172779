"""Changes to people: each by someone, whole or not at all, with its audit entry and its news."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from smo.kernel import audit, outbox
from smo.kernel.clock import now, today
from smo.kernel.errors import DomainError, NotFound
from smo.kernel.ids import new_id
from smo.kernel.permissions import ADMIN, EVERYWHERE, SYSTEM, Actor, Scope, Verb, require
from smo.people import events, models, rules
from smo.people.queries import actor_key, admins_remain, held_by

DEMO_ROLES: Final = {
    "admin": "Ada Demo",
    "delivery_manager": "Dina Demo",
    "qa_manager": "Quentin Demo",
    "team_lead": "Tariq Demo",
    "auditor": "Aino Demo",
    "annotator": "Anh Demo",
    "compliance": "Chidi Demo",
}


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A person who can now sign in. `password` was made here and is shown once; empty when it was given."""

    person_id: UUID
    account_id: int
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One login to look around with."""

    name: str
    role: str
    email: str
    password: str


@transaction.atomic
def create_person(*, by: Actor, name: str, kind: str = "human") -> UUID:
    """Make someone, or a model or imported rater, known."""
    require(by, Verb.MANAGE_PEOPLE)
    row = models.Person(id=new_id(), name=rules.normal_name(name), kind=models.PersonKind(kind), created_at=now())
    row.save(force_insert=True)
    _record(by=by, verb="person_created", person_id=row.id, details={"kind": row.kind}, personal={"name": row.name})
    outbox.publish(events.PersonCreated(row.id))
    return row.id


@transaction.atomic
def create_account(*, by: Actor, person_id: UUID, email: str, password: str = "") -> NewAccount:
    """Let a person sign in; without a password one is made, to be changed at the first sign-in."""
    require(by, Verb.MANAGE_ACCOUNTS, scope=Scope(subject=str(person_id)))
    holder = _person(person_id)
    if hasattr(holder, "account"):
        raise rules.AccountExists(person_id=person_id)
    account = models.Account(email=rules.normal_email(email), person=holder, must_change_password=not password)
    made = _set_password(account, password)
    with _refused_as(rules.EmailTaken(email=account.email)):
        account.save(force_insert=True)
    _record(by=by, verb="account_created", person_id=person_id, personal={"email": account.email})
    outbox.publish(events.AccountCreated(person_id))
    return NewAccount(person_id, account.pk, account.email, made)


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
    row = models.Grant(id=new_id(), person=_person(person_id), role=found, starts_on=first, ends_on=ends_on)
    row.set_scope(scope)
    row.granted_at, row.granted_by_id = now(), _person_of(by)
    with _refused_as(rules.RoleHeldAlready(role=role)):
        row.save(force_insert=True)
    _record(by=by, verb="role_granted", person_id=person_id, details=_grant_details(row))
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
        _admin_stays(own=row.person.id == by.id, error=rules.OwnAdminRole(), without_grant=grant_id)
    row.ended_at, row.ended_by_id = now(), _person_of(by)
    row.save(update_fields=["ended_at", "ended_by"])
    _record(by=by, verb="grant_ended", person_id=row.person.id, details=_grant_details(row))
    outbox.publish(events.GrantEnded(row.person.id, grant_id, row.role.name))
    _forget_actor(row.person)


@transaction.atomic
def add_member(
    *, by: Actor, name: str, email: str, role: str = "", scope: Scope = EVERYWHERE, ends_on: date | None = None
) -> NewAccount:
    """A person, their account and, where named, their first role from today on."""
    person_id = create_person(by=by, name=name)
    account = create_account(by=by, person_id=person_id, email=email)
    if role:
        grant_role(by=by, person_id=person_id, role=role, scope=scope, ends_on=ends_on)
    return account


@transaction.atomic
def deactivate_account(*, by: Actor, person_id: UUID) -> None:
    """Let a person no longer sign in; running sessions end with the next click."""
    require(by, Verb.MANAGE_ACCOUNTS, scope=Scope(subject=str(person_id)))
    account = _account(person_id)
    if not account.is_active:
        return
    _not_above(by, person_id)
    _admin_stays(own=person_id == by.id, error=rules.OwnAccount(), without_person=person_id)
    _switch(account, active=False)
    _record(by=by, verb="account_deactivated", person_id=person_id)
    outbox.publish(events.AccountDeactivated(person_id))


@transaction.atomic
def activate_account(*, by: Actor, person_id: UUID) -> None:
    """Let a person sign in again, with the roles they still hold."""
    require(by, Verb.MANAGE_ACCOUNTS, scope=Scope(subject=str(person_id)))
    account = _account(person_id)
    if account.is_active:
        return
    _not_above(by, person_id)
    _switch(account, active=True)
    _record(by=by, verb="account_activated", person_id=person_id)
    outbox.publish(events.AccountActivated(person_id))


@transaction.atomic
def reset_password(*, by: Actor, person_id: UUID) -> NewAccount:
    """Give someone who forgot theirs a new password, shown once and to be changed at the next sign-in."""
    require(by, Verb.MANAGE_ACCOUNTS, scope=Scope(subject=str(person_id)))
    account = _account(person_id)
    _not_above(by, person_id)
    made = _set_password(account, "")
    account.must_change_password = True
    account.save(update_fields=["password", "must_change_password"])
    _record(by=by, verb="password_reset", person_id=person_id)
    return NewAccount(person_id, account.pk, account.email, made)


@transaction.atomic
def note_password_change(*, by: Actor, account_id: int) -> None:
    """Someone chose a password of their own: nothing reminds them any more."""
    models.Account.objects.filter(pk=account_id, person_id=by.id).update(must_change_password=False)
    _record(by=by, verb="password_changed", person_id=by.id)


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
    _record(by=by, verb="signed_out", person_id=by.id)


@transaction.atomic
def create_admin(*, by: Actor, email: str, name: str, password: str = "") -> NewAccount:
    """Someone who may do everything everywhere; how the first one comes in."""
    person_id = create_person(by=by, name=name)
    account = create_account(by=by, person_id=person_id, email=email, password=password)
    grant_role(by=by, person_id=person_id, role=ADMIN)
    return account


@transaction.atomic
def create_demo_accounts(*, by: Actor) -> tuple[DemoAccount, ...]:
    """Logins of several roles to look around with; none when there are any accounts already."""
    require(by, Verb.MANAGE_ACCOUNTS)
    if models.Account.objects.exists():
        return ()
    return tuple(_demo_account(by, role) for role in DEMO_ROLES)


@transaction.atomic
def deactivate_demo_accounts(*, by: Actor) -> int:
    """Close every demo login, before the outside may reach this system; how many."""
    require(by, Verb.MANAGE_ACCOUNTS)
    demo = list(models.Account.objects.select_for_update().filter(is_demo=True, is_active=True))
    for account in demo:
        _switch(account, active=False)
        _record(by=by, verb="account_deactivated", person_id=account.person_id)
    return len(demo)


def _demo_account(by: Actor, role: str) -> DemoAccount:
    name, email = DEMO_ROLES[role], f"{role.replace('_', '.')}@demo.example"
    account = add_member(by=by, name=name, email=email, role=role)
    models.Account.objects.filter(pk=account.account_id).update(is_demo=True, must_change_password=False)
    return DemoAccount(name, role, email, account.password)


def _record(
    *,
    by: Actor,
    verb: str,
    person_id: UUID,
    details: dict[str, Any] | None = None,
    personal: dict[str, str] | None = None,
) -> None:
    values = audit.Personal(of=person_id, values=personal) if personal else None
    audit.record(by=by, verb=verb, subject=audit.Subject("person", str(person_id)), details=details, personal=values)


def _grant_details(row: models.Grant) -> dict[str, Any]:
    scope = {name: value for name, value in asdict(row.scope).items() if value}
    ends_on = row.ends_on.isoformat() if row.ends_on else None
    dates = {"starts_on": row.starts_on.isoformat(), "ends_on": ends_on}
    return {"grant": str(row.id), "role": row.role.name, "scope": scope, **dates}


def _person_of(by: Actor) -> UUID | None:
    return None if by.id == SYSTEM.id else by.id


def _person(person_id: UUID) -> models.Person:
    row = models.Person.objects.select_for_update().filter(pk=person_id).first()
    if row is None:
        raise NotFound(person_id=person_id)
    return row


def _account(person_id: UUID) -> models.Account:
    row: models.Account | None = models.Account.objects.select_for_update().filter(person_id=person_id).first()
    if row is None:
        raise NotFound(person_id=person_id)
    return row


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


def _admin_stays(
    *, own: bool, error: DomainError, without_grant: UUID | None = None, without_person: UUID | None = None
) -> None:
    """Refuse to lock everyone out. The role's row is held, so that two admins cannot remove each other at once."""
    if own:
        raise error
    models.Role.objects.select_for_update().get(pk=ADMIN)
    if admins_remain() and not admins_remain(without_grant=without_grant, without_person=without_person):
        raise rules.LastAdmin


def _not_above(by: Actor, person_id: UUID) -> None:
    """Refuse to take over or close an account that may do what the actor may not."""
    if not all(rules.may_grant(by, verbs=grant.verbs, scope=grant.scope) for grant in held_by(person_id)):
        raise rules.AccountBeyondOwn(person_id=person_id)


def _switch(account: models.Account, *, active: bool) -> None:
    account.is_active = active
    account.session_generation += not active  # what was open stays closed when the account is opened again
    account.save(update_fields=["is_active", "session_generation"])
    transaction.on_commit(partial(cache.delete, actor_key(account.pk)))


def _forget_actor(holder: models.Person) -> None:
    account = getattr(holder, "account", None)
    if account is not None:
        transaction.on_commit(partial(cache.delete, actor_key(account.pk)))


def _set_password(account: models.Account, password: str) -> str:
    """Set the given password, or make one and return it."""
    made = "" if password else _one_time_password()
    if password:
        try:
            validate_password(password, account)
        except ValidationError as fault:
            raise rules.PasswordTooWeak(reasons=tuple(fault.messages)) from fault
    account.set_password(password or made)
    return made


def _one_time_password() -> str:
    """Four groups of four: 79 bits that can be read out and typed."""
    return "-".join("".join(secrets.choice(rules.PASSWORD_ALPHABET) for _ in range(4)) for _ in range(4))


@contextmanager
def _refused_as(error: DomainError) -> Iterator[None]:
    """What the database refuses becomes the domain's own words; the rest of the transaction stays usable."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as fault:
        raise error from fault
