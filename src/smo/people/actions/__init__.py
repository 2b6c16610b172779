"""Changes to people: each by someone, whole or not at all, with its audit entry and its news."""

from smo.people.actions.accounts import (
    NewAccount,
    activate_account,
    create_account,
    deactivate_account,
    deactivate_demo_accounts,
    note_password_change,
    reset_password,
)
from smo.people.actions.grants import end_grant, grant_role
from smo.people.actions.members import DEMO_ROLES, DemoAccount, add_member, create_admin, create_demo_accounts
from smo.people.actions.persons import create_person
from smo.people.actions.sign_ins import record_attempt, record_sign_out

__all__ = [
    "DEMO_ROLES",
    "DemoAccount",
    "NewAccount",
    "activate_account",
    "add_member",
    "create_account",
    "create_admin",
    "create_demo_accounts",
    "create_person",
    "deactivate_account",
    "deactivate_demo_accounts",
    "end_grant",
    "grant_role",
    "note_password_change",
    "record_attempt",
    "record_sign_out",
    "reset_password",
]
