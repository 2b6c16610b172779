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
from smo.people.actions.raters import ensure_raters
from smo.people.actions.second_factors import remove_second_factor
from smo.people.actions.sign_ins import record_attempt, record_sign_out
from smo.people.actions.tokens import NewToken, create_token, note_token_use, revoke_token

__all__ = [
    "DEMO_ROLES",
    "DemoAccount",
    "NewAccount",
    "NewToken",
    "activate_account",
    "add_member",
    "create_account",
    "create_admin",
    "create_demo_accounts",
    "create_person",
    "create_token",
    "deactivate_account",
    "deactivate_demo_accounts",
    "end_grant",
    "ensure_raters",
    "grant_role",
    "note_password_change",
    "note_token_use",
    "record_attempt",
    "record_sign_out",
    "remove_second_factor",
    "reset_password",
    "revoke_token",
]
