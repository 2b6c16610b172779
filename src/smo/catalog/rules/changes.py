"""Two guideline versions side by side: which rules came, went or were reworded, and which words changed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from smo.catalog.rules.guidelines import RuleText

_WORD: Final = re.compile(r"\w+|[^\w\s]")


class Change(StrEnum):
    """What became of a rule or of a piece of text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stand together and share one fate."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One part of a rule, before and after; equal when nothing changed."""

    name: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]

    @property
    def is_changed(self) -> bool:
        """Does any word differ?"""
        return any(piece.change is not Change.SAME for piece in (*self.before, *self.after))


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule, by its code, in both versions."""

    code: str
    change: Change
    fields: tuple[FieldChange, ...]


def changed_rules(before: Sequence[RuleText], after: Sequence[RuleText]) -> tuple[RuleChange, ...]:
    """Every rule of either version in the order of the newer, what was removed standing where it stood.

    >>> old, new = [RuleText("A", "No insults"), RuleText("B", "x")], [RuleText("A", "No slurs")]
    >>> [(one.code, str(one.change)) for one in changed_rules(old, new)]
    [('A', 'changed'), ('B', 'removed')]
    """
    old, new = {rule.code: rule for rule in before}, {rule.code: rule for rule in after}
    return tuple(_rule_change(code, old=old.get(code), new=new.get(code)) for code in _both(list(old), list(new)))


def _both(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """The codes of both, each once; one that is gone follows the one it followed."""
    merged, kept = list(new), set(new)
    for place, code in enumerate(old):
        if code not in kept:
            earlier = next((merged.index(one) for one in reversed(old[:place]) if one in merged), -1)
            merged.insert(earlier + 1, code)
    return merged


def _rule_change(code: str, *, old: RuleText | None, new: RuleText | None) -> RuleChange:
    if old is None or new is None:
        change = Change.ADDED if old is None else Change.REMOVED
        present = new or old
        fields = tuple(
            FieldChange(name, _whole(text, Change.REMOVED) if new is None else (),
                        _whole(text, Change.ADDED) if old is None else ())
            for name, text in _texts(present)
        )  # fmt: skip
        return RuleChange(code, change, fields)
    pairs = zip(_texts(old), _texts(new), strict=True)
    fields = tuple(FieldChange(name, *changed_words(left, right)) for (name, left), (_, right) in pairs)
    change = Change.CHANGED if any(field.is_changed for field in fields) else Change.SAME
    return RuleChange(code, change, fields)


def _whole(text: str, change: Change) -> tuple[Piece, ...]:
    return (Piece(change, text),) if text else ()


def _texts(rule: RuleText | None) -> list[tuple[str, str]]:
    if rule is None:
        return []
    return [
        ("title", rule.title),
        ("parent_code", rule.parent_code),
        ("severity", rule.severity),
        ("text", rule.text),
        ("applies_when", "\n".join(rule.applies_when)),
        ("does_not_apply_when", "\n".join(rule.does_not_apply_when)),
    ]


def changed_words(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """The words of both texts, marked where they differ.

    >>> left, right = changed_words("No mild insults", "No insults at all")
    >>> [piece.text for piece in left if piece.change is Change.REMOVED]
    ['mild ']
    >>> [piece.text for piece in right if piece.change is Change.ADDED]
    ['at all']
    """
    left, right = _words(before), _words(after)
    old: list[Piece] = []
    new: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        is_same = tag == "equal"
        if i2 > i1:
            old.append(Piece(Change.SAME if is_same else Change.REMOVED, _between(before, (i1, i2))))
        if j2 > j1:
            new.append(Piece(Change.SAME if is_same else Change.ADDED, _between(after, (j1, j2))))
    return tuple(old), tuple(new)


def _words(text: str) -> list[str]:
    return [found.group() for found in _WORD.finditer(text)]


def _between(text: str, places: tuple[int, int]) -> str:
    """The text of these words with the blanks that follow each; the first word takes the blanks before it."""
    starts = [found.start() for found in _WORD.finditer(text)]
    starts[0] = 0
    return text[starts[places[0]] : starts[places[1]] if places[1] < len(starts) else len(text)]
