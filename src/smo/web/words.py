"""Codes into words: roles, verbs, states, measurement bases, and what to do about each error."""

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Final, TypeAlias

from django.utils.translation import gettext_lazy as _

from smo.kernel.errors import DomainError
from smo.shelf import things
from smo.web.sentences import file_in_words, in_words

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
    "view_catalog": _("See projects, guidelines and questions"),
    "manage_catalog": _("Manage products, markets and languages"),
    "manage_policies": _("Write guidelines and questions"),
    "approve_guidelines": _("Approve guidelines"),
    "manage_projects": _("Set up projects"),
    "set_targets": _("Set targets"),
    "import_data": _("Import data"),
    "view_items": _("See items"),
    "label": _("Label items"),
    "manage_queues": _("Manage queues"),
    "answer_flags": _("Answer flags"),
    "draw_audits": _("Plan and draw audits"),
    "audit": _("Audit decisions"),
    "view_findings": _("See findings"),
    "view_numbers": _("See numbers"),
}

STATE_NAMES: Final[dict[str, Words]] = {
    "met": _("Met"),
    "not_met": _("Not met"),
    "not_enough_evidence": _("Not enough evidence"),
    "not_measured": _("Not measured"),
}

KPI_NAMES: Final[dict[str, Words]] = {
    "decision_accuracy": _("Decision accuracy"),
    "critical_error_accuracy": _("Free of critical errors"),
    "agreement": _("Agreement"),
    "turnaround": _("On time"),
    "backlog": _("Backlog"),
    "backlog_age": _("Oldest waiting"),
    "throughput": _("Throughput"),
    "handle_time": _("Handle time"),
    "skip_rate": _("Skip rate"),
    "flag_rate": _("Flag rate"),
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

EVERY_CASE: Final = _("every case")

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
    "second_factor_removed": _("Second factor removed"),
    "token_created": _("API token made"),
    "token_revoked": _("API token revoked"),
    "signed_in": _("Signed in"),
    "sign_in_failed": _("Sign-in failed"),
    "signed_out": _("Signed out"),
    "plan_created": _("Sampling plan made"),
    "plan_closed": _("Sampling plan closed"),
    "sample_drawn": _("Sample drawn"),
    "audit_served": _("Audit handed out"),
    "own_label_locked": _("Auditor's own label stored"),
    "audit_revealed": _("Original decision shown"),
    "reveal_refused": _("Original decision asked for too early"),
    "finding_refused": _("Finding sent before the comparison"),
    "audit_filed": _("Audit filed"),
    "audit_withdrawn": _("Audit withdrawn"),
    "product_created": _("Product added"),
    "market_added": _("Market added"),
    "language_added": _("Language added"),
    "policy_created": _("Policy added"),
    "guideline_drafted": _("Guideline draft begun"),
    "guideline_saved": _("Guideline draft saved"),
    "guideline_approved": _("Guideline approved"),
    "schema_created": _("Questions added"),
    "schema_drafted": _("Questions draft begun"),
    "schema_saved": _("Questions draft saved"),
    "schema_published": _("Questions published"),
    "project_created": _("Project made"),
    "project_changed": _("Project settings changed"),
    "project_state_changed": _("Project state changed"),
    "target_set": _("Target set"),
    "audit_values_erased": _("Personal values erased"),
    "audit_epoch_began": _("Database restored"),
    "queue_created": _("Queue made"),
    "queue_changed": _("Queue changed"),
    "queue_state_set": _("Queue opened or paused"),
    "queues_filled": _("Items placed in queues"),
    "items_prioritised": _("Items put first"),
    "decision_made": _("Decision made"),
    "import_begun": _("Import begun"),
    "import_received": _("Import's file received"),
    "import_mapped": _("Import's columns named"),
    "import_staged": _("Import checked"),
    "import_published": _("Import published"),
    "import_failed": _("Import failed"),
    "import_cancelled": _("Import cancelled"),
    "raters_created": _("Imported raters or models added"),
    "decision_retracted": _("Decision taken back"),
    "flag_raised": _("Flag raised"),
    "flag_answered": _("Flag answered"),
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

SKIP_NAMES: Final[dict[str, Words]] = {
    "not_my_language": _("I do not know the language well enough"),
    "too_hard": _("I cannot decide this"),
    "harmful_to_me": _("I do not want to look at this"),
    "technical": _("It does not show as it should"),
    "other": _("Another reason, in the note"),
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
    "decided": _("decided"),
    "skipped": _("skipped"),
    "unavailable": _("not available"),
    "no_unique_answer": _("no single answer"),
    **SKIP_NAMES,
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

# Codes of ours that a refusal names: states and what a project lacks, then fields.
CODE_NAMES: Final[dict[str, Words]] = {
    "draft": _("draft"),
    "live": _("live"),
    "paused": _("paused"),
    "closed": _("closed"),
    "schema": _("published questions"),
    "guideline": _("a guideline in force"),
}
FIELD_NAMES: Final[dict[str, Words]] = {
    "code": _("Code"),
    "product": _("Product"),
    "policy": _("Policy"),
    "schema": _("Questions"),
    "markets": _("Markets"),
    "languages": _("Languages"),
    "time_zone": _("Time zone"),
    "overlap": _("People who decide each item"),
    "due_hours": _("Hours until an item is due"),
    "dispute_hours": _("Hours to dispute a finding"),
    "value": _("Value"),
    "minimum_n": _("Smallest number that can decide"),
}

_UNKNOWN: Final = _("This could not be done, and nothing was changed. Reason: %(reason)s.")


@cache
def _remedies() -> dict[str, Words]:
    """Every room's, by code."""
    rooms: dict[str, dict[str, Words]] = things("smo.web.remedies", "REMEDIES")
    return {code: words for room in rooms.values() for code, words in room.items()}


def words_for(error: DomainError) -> str:
    """What happened and what to do, in the reader's language."""
    words = _remedies().get(error.code)
    if words is None:
        return str(_UNKNOWN) % {"reason": error}
    told = {name: _told(name, value) for name, value in error.parameters.items()}
    return str(words) % defaultdict(lambda: "?", told)  # a refusal in words must not fail itself


def _told(name: str, value: object) -> object:
    """A parameter of a refusal in the reader's language, where it is a sentence or codes of ours."""
    if name == "reason":
        return in_words(value)
    if name == "why":
        return file_in_words(value)
    if name == "field":
        return FIELD_NAMES.get(str(value), value)
    if name in {"state", "to", "missing"}:
        return ", ".join(str(CODE_NAMES.get(code, code)) for code in str(value).split(", "))
    return value


def kpi_name(code: str) -> Words:
    """A KPI in words; one that came with a file of the department keeps its code."""
    return KPI_NAMES.get(code, code)
