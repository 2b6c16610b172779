"""What waits for someone: the next step that their verbs allow, else when work will appear."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from smo.kernel.permissions import Verb

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do now, with the button that does it."""

    icon: str
    title: Words
    why: Words
    button: Words
    route: str


_STEPS: Final = (
    (
        Verb.MANAGE_PEOPLE,
        Step(
            "user-plus",
            _("Add the people who will work here"),
            _("Each gets an account, a role and a password for the first sign-in."),
            _("Add people"),
            "office:people-add",
        ),
    ),
    (
        Verb.VIEW_AUDIT_TRAIL,
        Step(
            "list-search",
            _("Check that the audit trail is whole"),
            _("Every change is in it, sealed. Verify shows whether an entry was altered, removed or forged."),
            _("Open the audit trail"),
            "office:trail",
        ),
    ),
    (
        Verb.VIEW_SIGN_INS,
        Step(
            "login-2",
            _("Look at failed sign-ins"),
            _("Many failures in one day can be forgotten passwords, or someone trying."),
            _("Open sign-ins"),
            "office:sign-ins",
        ),
    ),
    (
        Verb.VIEW_PEOPLE,
        Step(
            "users",
            _("See who works here"),
            _("People with their roles and where these hold."),
            _("Open people"),
            "office:people",
        ),
    ),
    (
        Verb.VIEW_NUMBERS,
        Step(
            "layout-dashboard",
            _("See how the projects stand"),
            _("Each number with its interval, against its target."),
            _("Open the command centre"),
            "board:board",
        ),
    ),
)

_APPEARS: Final[dict[str, Words]] = {
    "annotator": _("Items to label appear here when your team lead opens a queue to you."),
    "auditor": _("Audits appear here when a QA manager has drawn a sample. You will see the item before the decision."),
    "adjudicator": _("Items on which people disagree appear here once a project labels with overlap."),
    "team_lead": _("Your team's work and its open questions appear here once people are in your team."),
    "vendor_lead": _("Your teams' work appears here once a project is given to your vendor."),
    "qa_manager": _("Audit plans and signals appear here once a project runs."),
    "delivery_manager": _("Projects against their targets appear here once a project runs."),
    "policy_owner": _("Questions on your guidelines appear here once people label by them."),
    "trainer": _("Courses and exams to mark appear here once people are enrolled."),
    "planner": _("The forecast appears here once a project has had work for a while."),
    "requester": _("Your requests and their progress appear here once you have made one."),
    "model_engineer": _("Released labels and evaluation runs appear here once a project runs."),
    "wellness_officer": _("Exposure and rests appear here once people work on hard content."),
    "compliance": _("Access reviews and holds appear here when they are due."),
}
_NO_ROLE: Final = _("You have no role yet. An administrator can give you one in Office, People.")


def next_steps(verbs: frozenset[str]) -> tuple[Step, ...]:
    """Steps that these verbs allow, most urgent first."""
    return tuple(step for verb, step in _STEPS if verb in verbs)


def when_work_appears(roles: Iterable[str]) -> tuple[Words, ...]:
    """For each role, when its work will stand here; for someone without a role, whom to ask."""
    held = tuple(dict.fromkeys(roles))
    return tuple(_APPEARS[role] for role in held if role in _APPEARS) if held else (_NO_ROLE,)
