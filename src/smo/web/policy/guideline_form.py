"""A guideline as a form of repeated fieldsets: one for each rule, moved, added and removed on the server."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.http import QueryDict

from smo.catalog.actions import GuidelineText, RuleText

T = TypeVar("T")
_FIELDS = ("code", "title", "parent_code", "text", "applies_when", "does_not_apply_when", "severity")


@dataclass(frozen=True, slots=True)
class RuleFields:
    """One rule as it stands in its fieldset."""

    code: str = ""
    title: str = ""
    parent_code: str = ""
    text: str = ""
    applies_when: str = ""
    does_not_apply_when: str = ""
    severity: str = "S1"


@dataclass(frozen=True, slots=True)
class GuidelineFields:
    """The whole form."""

    introduction: str
    change_note: str
    is_retroactive: bool
    rules: tuple[RuleFields, ...]

    def text(self) -> GuidelineText:
        """What was written, fieldsets without a word left out."""
        rules = tuple(_rule(rule) for rule in self.rules if rule != RuleFields(severity=rule.severity))
        return GuidelineText(self.introduction, self.change_note, self.is_retroactive, rules)


def _rule(rule: RuleFields) -> RuleText:
    return RuleText(
        code=rule.code,
        title=rule.title,
        parent_code=rule.parent_code,
        text=rule.text,
        applies_when=(rule.applies_when,),
        does_not_apply_when=(rule.does_not_apply_when,),
        severity=rule.severity,
    )


def fields_of(text: GuidelineText) -> GuidelineFields:
    """A guideline as it stands in the form."""
    rules = tuple(
        RuleFields(
            rule.code, rule.title, rule.parent_code, rule.text, "\n".join(rule.applies_when),
            "\n".join(rule.does_not_apply_when), rule.severity,
        )
        for rule in text.rules
    )  # fmt: skip
    return GuidelineFields(text.introduction, text.change_note, text.is_retroactive, rules)


def fields_from(sent: QueryDict) -> GuidelineFields:
    """What was sent; every fieldset sends each of its fields, so they line up."""
    columns = [sent.getlist(name) for name in _FIELDS]
    rules = tuple(RuleFields(*row) for row in zip(*columns, strict=False))
    return GuidelineFields(
        sent.get("introduction", ""), sent.get("change_note", ""), sent.get("is_retroactive") == "yes", rules
    )


def rearranged(rows: Sequence[T], wish: str, *, blank: T) -> tuple[T, ...]:
    """The rows after a wish: `add`, `remove-2`, `up-2`, `down-2`; counted from 0. What cannot be is left as it is.

    >>> rearranged("abc", "up-2", blank="-"), rearranged("ab", "add", blank="-")
    (('a', 'c', 'b'), ('a', 'b', '-'))
    """
    moved = list(rows)
    what, _, place_text = wish.partition("-")
    if what == "add":
        return (*moved, blank)
    place = int(place_text) if place_text.isdecimal() and len(place_text) < 6 else len(moved)
    if place >= len(moved):
        return tuple(moved)
    row = moved.pop(place)
    if what != "remove":
        moved.insert(max(place - 1, 0) if what == "up" else place + 1, row)
    return tuple(moved)
