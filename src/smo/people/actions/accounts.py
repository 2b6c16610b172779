"""Accounts: how a person signs in, and when no longer."""

import secrets
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from smo.kernel import outbox
from smo.kernel.errors import NotFound
from smo.kernel.permissions import Actor, Scope, Verb, require
from smo.people import events, models, rules
from smo.people.actions.last_admin import keep_an_admin
from smo.people.actions.persons import person_to_change
from smo.people.actions.trail import RefusedAs, forget_account, record_about
from smo.people.queries import held_by


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A person who can now sign in. `password` was made here and is shown once; empty when it was given."""

    person_id: UUID
    account_id: int
    email: str
    password: str


@transaction.atomic
def create_account(*, by: Actor, person_id: UUID, email: str, password: str = "") -> NewAccount:
    """Let a person sign in; without a password one is made, to be changed at the first sign-in."""
    holder = person_to_change(by=by, verb=Verb.MANAGE_ACCOUNTS, person_id=person_id)
    if hasattr(holder, "account"):
        raise rules.AccountExists(person_id=person_id)
    account = models.Account(email=rules.normal_email(email), person=holder, must_change_password=not password)
    made = _set_password(account, password)
    with RefusedAs(rules.EmailTaken(email=account.email)):
        account.save(force_insert=True)
    record_about(by=by, verb="account_created", person_id=person_id, personal={"email": account.email})
    outbox.publish(events.AccountCreated(person_id))
    return NewAccount(person_id, account.pk, account.email, made)


@transaction.atomic
def deactivate_account(*, by: Actor, person_id: UUID) -> None:
    """Let a person no longer sign in; running sessions end with the next click."""
    account = account_to_manage(by=by, person_id=person_id)
    if not account.is_active:
        return
    keep_an_admin(by=by, person_id=person_id, own=rules.OwnAccount(), without_person=person_id)
    _switch(account, active=False)
    record_about(by=by, verb="account_deactivated", person_id=person_id)
    outbox.publish(events.AccountDeactivated(person_id))


@transaction.atomic
def activate_account(*, by: Actor, person_id: UUID) -> None:
    """Let a person sign in again, with the roles they still hold."""
    account = account_to_manage(by=by, person_id=person_id)
    if account.is_active:
        return
    _switch(account, active=True)
    record_about(by=by, verb="account_activated", person_id=person_id)
    outbox.publish(events.AccountActivated(person_id))


@transaction.atomic
def reset_password(*, by: Actor, person_id: UUID) -> NewAccount:
    """Give someone who forgot theirs a new password, shown once and to be changed at the next sign-in."""
    account = account_to_manage(by=by, person_id=person_id)
    made = _set_password(account, "")
    account.must_change_password = True
    account.save(update_fields=["password", "must_change_password"])
    forget_account(account_id=account.pk)
    record_about(by=by, verb="password_reset", person_id=person_id)
    return NewAccount(person_id, account.pk, account.email, made)


@transaction.atomic
def note_password_change(*, by: Actor, account_id: int) -> None:
    """Someone chose a password of their own: nothing reminds them any more."""
    models.Account.objects.filter(pk=account_id, person_id=by.id).update(must_change_password=False)
    forget_account(account_id=account_id)
    record_about(by=by, verb="password_changed", person_id=by.id)


@transaction.atomic
def deactivate_demo_accounts(*, by: Actor) -> int:
    """Close every demo login, before the outside may reach this system; how many."""
    require(by, Verb.MANAGE_ACCOUNTS)
    demo = list(models.Account.objects.select_for_update().filter(is_demo=True, is_active=True))
    for account in demo:
        _switch(account, active=False)
        record_about(by=by, verb="account_deactivated", person_id=account.person_id)
    return len(demo)


def account_to_manage(*, by: Actor, person_id: UUID) -> models.Account:
    """The account's row, held, for whoever may manage it and may do all that its person may.

    Errors: PermissionDenied, NotFound, AccountBeyondOwn.
    """
    require(by, Verb.MANAGE_ACCOUNTS, scope=Scope(subject=str(person_id)))
    row: models.Account | None = models.Account.objects.select_for_update().filter(person_id=person_id).first()
    if row is None:
        raise NotFound(person_id=person_id)
    if not all(rules.may_grant(by, verbs=grant.verbs, scope=grant.scope) for grant in held_by(person_id)):
        raise rules.AccountBeyondOwn(person_id=person_id)
    return row


def _switch(account: models.Account, *, active: bool) -> None:
    account.is_active = active
    account.session_generation += not active  # what was open stays closed when the account is opened again
    account.save(update_fields=["is_active", "session_generation"])
    forget_account(account_id=account.pk)


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
