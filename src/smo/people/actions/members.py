"""People with an account and a role in one step: members, the first admin, logins to look around with."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction

from smo.kernel.permissions import ADMIN, EVERYWHERE, Actor, Scope, Verb, require
from smo.people import models
from smo.people.actions.accounts import NewAccount, create_account
from smo.people.actions.grants import grant_role
from smo.people.actions.persons import create_person

DEMO_ROLES: Final = {
    "admin": "Ada Demo",
    "delivery_manager": "Dina Demo",
    "qa_manager": "Quentin Demo",
    "team_lead": "Tariq Demo",
    "vendor_lead": "Vera Demo",
    "auditor": "Aino Demo",
    "adjudicator": "Jonas Demo",
    "annotator": "Anh Demo",
    "policy_owner": "Pilar Demo",
    "trainer": "Tess Demo",
    "planner": "Pavel Demo",
    "requester": "Rosa Demo",
    "model_engineer": "Mei Demo",
    "wellness_officer": "Wanda Demo",
    "compliance": "Chidi Demo",
}
SECOND_ANNOTATOR: Final = "Amal Demo"  # with one alone, nobody sees what overlap is


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One login to look around with."""

    name: str
    role: str
    email: str
    password: str
    person_id: UUID


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
def create_admin(*, by: Actor, email: str, name: str, password: str = "") -> NewAccount:
    """Someone who may do everything everywhere; how the first one comes in."""
    person_id = create_person(by=by, name=name)
    account = create_account(by=by, person_id=person_id, email=email, password=password)
    grant_role(by=by, person_id=person_id, role=ADMIN)
    return account


@transaction.atomic
def create_demo_accounts(*, by: Actor) -> tuple[DemoAccount, ...]:
    """Logins of every role to look around with; none when there are any accounts already."""
    require(by, Verb.MANAGE_ACCOUNTS)
    if models.Account.objects.exists():
        return ()
    logins = [_demo_account(by, role, name=name) for role, name in DEMO_ROLES.items()]
    return (*logins, _demo_account(by, "annotator", name=SECOND_ANNOTATOR, number=2))


def _demo_account(by: Actor, role: str, *, name: str, number: int = 1) -> DemoAccount:
    email = f"{role.replace('_', '.')}{number if number > 1 else ''}@demo.example"
    account = add_member(by=by, name=name, email=email, role=role)
    models.Account.objects.filter(pk=account.account_id).update(is_demo=True, must_change_password=False)
    return DemoAccount(name, role, email, account.password, account.person_id)
