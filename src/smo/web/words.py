"""Codes into words: roles, verbs, states, measurement bases, and what to do about each error."""

from typing import TYPE_CHECKING, Final, TypeAlias

from django.utils.translation import gettext_lazy as _

from smo.kernel.errors import DomainError

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Words: TypeAlias = "str | _StrPromise"

ROLE_NAMES: Final[dict[str, Words]] = {
    "annotator": _("Annotator"),
    "auditor": _("Auditor"),
    "adjudicator": _("Adjudicator"),
    "team_lead": _("Team lead"),
    "vendor_lead": _("Vendor lead"),
    "qa_manager": _("QA manager"),
    "delivery_manager": _("Delivery manager"),
    "policy_owner": _("Policy owner"),
    "trainer": _("Trainer"),
    "planner": _("Planner"),
    "requester": _("Requester"),
    "model_engineer": _("Model engineer"),
    "wellness_officer": _("Wellness officer"),
    "compliance": _("Compliance"),
    "admin": _("Administrator"),
}

ROLE_DUTIES: Final[dict[str, Words]] = {
    "annotator": _("Labels items by the guideline in force."),
    "auditor": _("Checks decisions blind and files findings."),
    "adjudicator": _("Settles items on which people disagree."),
    "team_lead": _("Leads one team: its work, its quality, its people."),
    "vendor_lead": _("Answers for a vendor's teams and contract."),
    "qa_manager": _("Plans audits and calibration, owns the quality targets."),
    "delivery_manager": _("Promises and delivers labels on time and at target."),
    "policy_owner": _("Writes the guidelines and answers questions on them."),
    "trainer": _("Runs courses, exams and certification."),
    "planner": _("Forecasts demand and plans people and shifts."),
    "requester": _("Asks for labels and receives them."),
    "model_engineer": _("Brings model predictions and uses the released labels."),
    "wellness_officer": _("Watches over exposure to hard content, and rests."),
    "compliance": _("Reviews access and the audit trail, answers regulators."),
    "admin": _("Adds people, gives roles, runs the installation."),
}

VERB_NAMES: Final[dict[str, Words]] = {
    "view_people": _("See people"),
    "manage_people": _("Add people"),
    "manage_accounts": _("Manage accounts"),
    "view_roles": _("See roles"),
    "grant_roles": _("Give roles"),
    "view_audit_trail": _("Read the audit trail"),
    "view_sign_ins": _("See sign-ins"),
}

STATE_NAMES: Final[dict[str, Words]] = {
    "met": _("Met"),
    "not_met": _("Not met"),
    "not_enough_evidence": _("Not enough evidence"),
    "not_measured": _("Not measured"),
}

BASIS_NAMES: Final[dict[str, Words]] = {
    "gold": _("gold"),
    "consensus": _("consensus"),
    "overlap": _("overlap"),
    "probability_audit": _("audits"),
    "appeal_proxy": _("appeals"),
    "model_vs_human": _("model against people"),
    "system_log": _("system log"),
    "self_report": _("self-report"),
}

SCOPE_NAMES: Final[dict[str, Words]] = {
    "project": _("Project"),
    "market": _("Market"),
    "language": _("Language"),
    "vendor": _("Vendor"),
    "team": _("Team"),
    "subject": _("Subject"),
}

ACCOUNT_STATES: Final[dict[str, Words]] = {
    "active": _("active"),
    "inactive": _("deactivated"),
    "no_account": _("no account"),
}

# What an entry of the audit trail tells, and the names of its details.
DEEDS: Final[dict[str, Words]] = {
    "person_created": _("Person added"),
    "account_created": _("Account made"),
    "account_deactivated": _("Account deactivated"),
    "account_activated": _("Account reactivated"),
    "role_granted": _("Role given"),
    "grant_ended": _("Role ended"),
    "password_reset": _("New password made"),
    "password_changed": _("Password changed"),
    "signed_in": _("Signed in"),
    "sign_in_failed": _("Sign-in failed"),
    "signed_out": _("Signed out"),
    "audit_values_erased": _("Personal values erased"),
    "audit_epoch_began": _("Database restored"),
}

DETAIL_NAMES: Final[dict[str, Words]] = {
    "kind": _("kind"),
    "role": _("role"),
    "scope": _("where"),
    "starts_on": _("from"),
    "ends_on": _("until"),
    "outcome": _("outcome"),
    "reason": _("reason"),
    "rows": _("rows"),
}

DETAIL_VALUES: Final[dict[str, Words]] = {
    "human": _("person"),
    "model": _("model"),
    "imported": _("imported rater"),
    "succeeded": _("succeeded"),
    "wrong_password": _("wrong password"),
    "unknown_account": _("unknown account"),
    "inactive_account": _("deactivated account"),
    "too_many": _("too many attempts"),
}

FAULT_NAMES: Final[dict[str, Words]] = {
    "edited": _("An entry was edited."),
    "missing": _("Entries are missing."),
    "added": _("Entries were added outside the seal."),
    "altered": _("A sealed window or its seal was altered."),
    "unlinked": _("A seal does not follow from the one before."),
    "cut": _("The end of the chain was cut: an anchor names a seal that is gone."),
    "unreadable": _("Personal values do not open, or are not those that were sealed."),
    "from_the_future": _("An entry names a transaction that has not been."),
}

_REMEDIES: Final[dict[str, Words]] = {
    "permission_denied": _("Your roles do not allow this. An administrator can give you a role that does."),
    "not_found": _("There is nothing here, or nothing that you may see. Check the address, or go back to the list."),
    "name_missing": _("A person needs a name. Write it as colleagues say it."),
    "email_not_valid": _("This is not an email address. Write it like name@example.org."),
    "email_taken": _("Another account signs in with this address. Search for it in People, or use another address."),
    "account_exists": _("This person has an account already."),
    "password_too_weak": _("This password is too weak. Use 12 characters or more that are not a common word."),
    "role_held_already": _(
        "The person holds this role there already on some of these days. End that one first, or choose other days."
    ),
    "dates_reversed": _("The last day lies before the first. Choose a later day, or leave it empty."),
    "grant_has_ended": _("This role has ended already. Nothing was changed."),
    "grant_beyond_own": _(
        "You can only give or take what you may do yourself there. Ask an administrator of that scope."
    ),
    "account_beyond_own": _("This account may do more than you may. Ask an administrator."),
    "own_admin_role": _("Nobody takes the administrator role from themselves. Another administrator can."),
    "own_account": _("Nobody deactivates their own account. Another administrator can."),
    "last_admin": _("This is the last administrator who can sign in. Give the role to someone else first."),
    "password_change_due": _("Choose a password of your own first: Your menu, Change password."),
}
_UNKNOWN: Final = _("This could not be done, and nothing was changed. Reason: %(reason)s.")


def words_for(error: DomainError) -> str:
    """What happened and what to do, in the reader's language."""
    words = _REMEDIES.get(error.code)
    if words is None:
        return str(_UNKNOWN) % {"reason": error}
    return str(words) % error.parameters
