"""Codes of policies and questions into words."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from smo.web.words import Words

STATES: Final[dict[str, Words]] = {
    "draft": _("Draft"),
    "approved": _("Approved, waits for its day"),
    "effective": _("In force"),
    "superseded": _("Superseded"),
}
CHANGES: Final[dict[str, Words]] = {
    "same": _("Same"),
    "added": _("Added"),
    "removed": _("Removed"),
    "changed": _("Changed"),
}
FIELDS: Final[dict[str, Words]] = {
    "title": _("Title"),
    "parent_code": _("Stands below"),
    "severity": _("Severity"),
    "text": _("Text"),
    "applies_when": _("Applies when"),
    "does_not_apply_when": _("Does not apply when"),
}
TYPES: Final[dict[str, Words]] = {
    "choice": _("One label out of a list"),
    "multichoice": _("Any number of labels out of a list"),
    "scale": _("A point on a numbered scale"),
    "span": _("Marked passages of a text"),
    "text": _("Words written freely"),
}
YES_NO: Final[dict[str, Words]] = {"yes": _("Yes"), "no": _("No")}
PER: Final[dict[str, Words]] = {"item": _("The whole item"), "turn": _("Each turn of a conversation")}
