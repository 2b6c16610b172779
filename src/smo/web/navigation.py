"""The places that exist, what each is called, and which of them a person may enter."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from smo.kernel.permissions import Verb


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation. Without a verb everyone with an account may enter."""

    route: str
    name: str | Promise
    icon: str
    group: str | Promise = ""
    verb: Verb | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under one heading."""

    name: str | Promise
    places: tuple[Place, ...]


PLACES: Final = (
    Place("home", _("Home"), "home"),
    Place("desk:queues", _("Desk"), "pencil", "", Verb.LABEL),
    Place("board:board", _("Command centre"), "layout-dashboard", "", Verb.VIEW_NUMBERS),
    Place("board:projects", _("Projects"), "folder", "", Verb.VIEW_NUMBERS),
    Place("auditing:audits", _("Audits"), "clipboard-check", _("Quality"), Verb.AUDIT),
    Place("auditing:plans", _("Audit plans"), "clipboard-list", _("Quality"), Verb.DRAW_AUDITS),
    Place("auditing:findings", _("Findings"), "report-search", _("Quality"), Verb.VIEW_FINDINGS),
    Place("lead:queues", _("Queues"), "clipboard-list", _("Team"), Verb.MANAGE_QUEUES),
    Place("lead:flags", _("Flags"), "info-circle", _("Team"), Verb.ANSWER_FLAGS),
    Place("policy:policies", _("Policies"), "list-details", _("Rules"), Verb.VIEW_CATALOG),
    Place("policy:schemas", _("Questions"), "checklist", _("Rules"), Verb.VIEW_CATALOG),
    Place("office:people", _("People"), "users", _("Office"), Verb.VIEW_PEOPLE),
    Place("office:products", _("Products"), "package", _("Office"), Verb.MANAGE_CATALOG),
    Place("office:roles", _("Roles"), "user-shield", _("Office"), Verb.VIEW_ROLES),
    Place("office:trail", _("Audit trail"), "list-search", _("Office"), Verb.VIEW_AUDIT_TRAIL),
    Place("office:sign-ins", _("Sign-ins"), "login-2", _("Office"), Verb.VIEW_SIGN_INS),
)

TABS: Final = 5  # as many as a thumb can tell apart on 390 pixels


def at_the_thumb(places: tuple[Place, ...]) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    """On a phone: the first places as tabs, and those that stand behind "More"."""
    shown = len(places) if len(places) <= TABS else TABS - 1
    return places[:shown], places[shown:]


def places_for(verbs: frozenset[str]) -> tuple[Place, ...]:
    """The places that someone with these verbs may enter, in the order of the navigation."""
    return tuple(place for place in PLACES if place.verb is None or place.verb in verbs)


def groups_of(places: tuple[Place, ...]) -> tuple[Group, ...]:
    """The same places under their headings."""
    names = dict.fromkeys(str(place.group) for place in places)
    return tuple(Group(name, tuple(p for p in places if str(p.group) == name)) for name in names)
