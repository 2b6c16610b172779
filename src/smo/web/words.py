"""Codes into words: roles, verbs, states, measurement bases, and what to do about each error."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from smo.kernel.errors import DomainError

Words = str | Promise

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
    "operate": _("Run the installation"),
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

_REMEDIES: Final[dict[str, Words]] = {
    "permission_denied": _("Your roles do not allow this. An administrator can give you a role that does."),
    "not_found": _("There is nothing here, or nothing that you may see. Check the address, or go back to the list."),
}
_UNKNOWN: Final = _("This could not be done, and nothing was changed. Reason: %(reason)s.")


def words_for(error: DomainError) -> str:
    """What happened and what to do, in the reader's language."""
    words = _REMEDIES.get(error.code)
    if words is None:
        return str(_UNKNOWN) % {"reason": error}
    return str(words) % {name: value for name, value in error.parameters.items()}
