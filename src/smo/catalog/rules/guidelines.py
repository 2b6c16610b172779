"""Guidelines: when a version is in force, what a tree of rules must hold, and in which order it is read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol, TypeVar

from smo.catalog.rules.names import clean_text
from smo.catalog.rules.refusals import (
    EffectiveInThePast,
    EffectiveOutOfOrder,
    EffectiveTooFar,
    GuidelineEmpty,
    RulesNotValid,
)

SEVERITIES: Final = ("S0", "S1", "S2", "S3", "S4")
MOST_RULES: Final = 500
DEEPEST: Final = 8
LONGEST_CODE: Final = 60
LONGEST_TITLE: Final = 300
# A form takes a moment to arrive; what was "now" when it was filled in is still taken as now.
_GRACE: Final = timedelta(minutes=10)
_FURTHEST: Final = timedelta(days=2 * 366)  # a slip of the year would keep every later version out


class Dated(Protocol):
    """A version with the moment from which it is in force; none for a draft."""

    @property
    def effective_at(self) -> datetime | None: ...


V = TypeVar("V", bound=Dated)


class VersionState(StrEnum):
    """Where a guideline version stands; it follows from time alone."""

    DRAFT = "draft"
    APPROVED = "approved"  # and waits for its day
    EFFECTIVE = "effective"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class RuleText:
    """One rule as it is written."""

    code: str
    title: str
    parent_code: str = ""
    text: str = ""
    applies_when: tuple[str, ...] = ()
    does_not_apply_when: tuple[str, ...] = ()
    severity: str = "S1"


@dataclass(frozen=True, slots=True)
class GuidelineText:
    """A whole guideline version as it is written."""

    introduction: str = ""
    change_note: str = ""
    is_retroactive: bool = False
    rules: tuple[RuleText, ...] = ()


def in_force(versions: Iterable[V], at: datetime) -> V | None:
    """The version by which work is done at this moment: of those that have begun, the one that began last."""
    begun = [(version.effective_at, version) for version in versions if version.effective_at is not None]
    return max(
        ((start, version) for start, version in begun if start <= at), key=lambda pair: pair[0], default=(at, None)
    )[1]


def version_state(version: V, versions: Iterable[V], *, at: datetime) -> VersionState:
    """Draft until approved, in force from its day until the next one's, then superseded."""
    if version.effective_at is None:
        return VersionState.DRAFT
    if version.effective_at > at:
        return VersionState.APPROVED
    current = in_force(versions, at)
    is_last = current is None or current.effective_at == version.effective_at
    return VersionState.EFFECTIVE if is_last else VersionState.SUPERSEDED


def effective_from(wanted: datetime | None, *, now: datetime, latest: datetime | None) -> datetime:
    """The moment from which a version holds; none wanted means now.

    Errors: EffectiveInThePast, EffectiveTooFar, EffectiveOutOfOrder.
    """
    start = wanted or now
    if start > now + _FURTHEST:
        raise EffectiveTooFar(effective_at=start.isoformat(timespec="minutes"))
    if start < now - _GRACE:
        raise EffectiveInThePast(effective_at=start.isoformat(timespec="minutes"))
    start = max(start, now)
    if latest is not None and start <= latest:
        raise EffectiveOutOfOrder(latest=latest.isoformat(timespec="minutes"))
    return start


def cleaned(given: GuidelineText) -> GuidelineText:
    """The text as it is kept. Errors: RulesNotValid(faults)."""
    rules = tuple(_cleaned_rule(rule) for rule in given.rules)
    faults = rule_faults(rules)
    if faults:
        raise RulesNotValid(faults=faults)
    return GuidelineText(clean_text(given.introduction), clean_text(given.change_note), given.is_retroactive, rules)


def _cleaned_rule(rule: RuleText) -> RuleText:
    return RuleText(
        code=clean_text(rule.code),
        title=" ".join(clean_text(rule.title).split()),
        parent_code=clean_text(rule.parent_code),
        text=clean_text(rule.text),
        applies_when=cases(rule.applies_when),
        does_not_apply_when=cases(rule.does_not_apply_when),
        severity=rule.severity,
    )


def cases(lines: Iterable[str]) -> tuple[str, ...]:
    """Cases, one a line, empty lines left out.

    >>> cases(["a", " ", "b\\nc"])
    ('a', 'b', 'c')
    """
    each = (line.strip() for text in lines for line in clean_text(text).splitlines())
    return tuple(line for line in each if line)


def check_approvable(introduction: str, rules: int) -> None:
    """Only what says something can be approved. Errors: GuidelineEmpty."""
    if not introduction.strip() and not rules:
        raise GuidelineEmpty


def rule_faults(rules: Sequence[RuleText]) -> list[str]:
    """What is wrong with a tree of rules, in words.

    >>> rule_faults([RuleText("H", "Hate"), RuleText("H-1", "Slurs", parent_code="H")])
    []
    >>> rule_faults([RuleText("A", "a", parent_code="B"), RuleText("B", "b", parent_code="A")])
    ['The rules A, B lie in a circle: each is above itself.']
    """
    if len(rules) > MOST_RULES:
        return [f"A guideline has at most {MOST_RULES} rules, not {len(rules)}."]
    faults = [fault for place, rule in enumerate(rules, 1) for fault in _own_faults(rule, place)]
    codes = [rule.code for rule in rules]
    twice = sorted({code for code in codes if code and codes.count(code) > 1})
    faults += [f"The code {code} stands at more than one rule." for code in twice]
    known = set(codes)
    orphans = [rule for rule in rules if rule.parent_code and rule.parent_code not in known]
    faults += [f"Rule {rule.code} stands below {rule.parent_code}, which is no rule here." for rule in orphans]
    return faults or _circle_faults(rules)


def _own_faults(rule: RuleText, place: int) -> list[str]:
    name = f"Rule {rule.code or place}"
    faults = []
    if not rule.code or len(rule.code) > LONGEST_CODE or any(sign.isspace() for sign in rule.code):
        faults.append(f"{name}: its code must be 1 to {LONGEST_CODE} characters without a blank.")
    if not rule.title or len(rule.title) > LONGEST_TITLE:
        faults.append(f"{name}: it needs a title of at most {LONGEST_TITLE} characters.")
    if rule.severity not in SEVERITIES:
        faults.append(f"{name}: its severity must be one of {', '.join(SEVERITIES)}.")
    return faults


def _circle_faults(rules: Sequence[RuleText]) -> list[str]:
    parents = {rule.code: rule.parent_code for rule in rules}
    lost = [rule.code for rule in rules if _depth(rule.code, parents) is None]
    if lost:
        return [f"The rules {', '.join(lost)} lie in a circle: each is above itself."]
    deep = [rule.code for rule in rules if (_depth(rule.code, parents) or 0) >= DEEPEST]
    return [f"Rule {code} lies deeper than {DEEPEST} levels." for code in deep]


def _depth(code: str, parents: Mapping[str, str]) -> int | None:
    """How many rules stand above; none when that never ends."""
    depth = 0
    while parents.get(code):
        code, depth = parents[code], depth + 1
        if depth > len(parents):
            return None
    return depth


def in_reading_order(rules: Sequence[RuleText]) -> tuple[tuple[int, RuleText], ...]:
    """Each rule with its depth, a parent before what stands below it, siblings in the order given.

    >>> tree = [RuleText("B", "b"), RuleText("A", "a"), RuleText("B-1", "b1", parent_code="B")]
    >>> [(depth, rule.code) for depth, rule in in_reading_order(tree)]
    [(0, 'B'), (1, 'B-1'), (0, 'A')]
    """
    below: dict[str, list[RuleText]] = {}
    for rule in rules:
        below.setdefault(rule.parent_code, []).append(rule)
    ordered: list[tuple[int, RuleText]] = []
    waiting = [(0, rule) for rule in reversed(below.get("", []))]
    while waiting:
        depth, rule = waiting.pop()
        ordered.append((depth, rule))
        waiting += [(depth + 1, child) for child in reversed(below.get(rule.code, []))]
    return tuple(ordered)
