"""Guideline versions by time, trees of rules, and what changed between two versions."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from smo.catalog.rules.changes import Change, changed_rules, changed_words
from smo.catalog.rules.guidelines import (
    DEEPEST,
    RuleText,
    VersionState,
    effective_from,
    in_force,
    in_reading_order,
    rule_faults,
    version_state,
)
from smo.catalog.rules.names import code_from, normal_code
from smo.catalog.rules.refusals import CodeReserved, EffectiveInThePast, EffectiveOutOfOrder, EffectiveTooFar

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


@dataclass(frozen=True)
class Version:
    number: int
    effective_at: datetime | None


V11, V12, DRAFT = Version(11, MONDAY - timedelta(days=30)), Version(12, MONDAY), Version(13, None)
ALL = [V11, V12, DRAFT]


def test_guidelines_o4_sunday_2358_is_under_v11_and_monday_under_v12() -> None:
    assert in_force(ALL, MONDAY - timedelta(minutes=2)) is V11
    assert in_force(ALL, MONDAY) is V12
    assert in_force(ALL, MONDAY - timedelta(days=31)) is None


@pytest.mark.parametrize(
    ("at", "states"),
    [
        (MONDAY - timedelta(days=31), ["approved", "approved", "draft"]),
        (MONDAY - timedelta(seconds=1), ["effective", "approved", "draft"]),
        (MONDAY, ["superseded", "effective", "draft"]),
    ],
)
def test_guidelines_the_state_follows_from_time(at: datetime, states: list[str]) -> None:
    assert [version_state(version, ALL, at=at) for version in ALL] == [VersionState(state) for state in states]


def test_guidelines_a_version_begins_now_or_later_and_after_the_one_before() -> None:
    assert effective_from(None, now=MONDAY, latest=None) == MONDAY
    assert effective_from(MONDAY - timedelta(minutes=5), now=MONDAY, latest=None) == MONDAY
    with pytest.raises(EffectiveInThePast):
        effective_from(MONDAY - timedelta(minutes=11), now=MONDAY, latest=None)
    with pytest.raises(EffectiveOutOfOrder):
        effective_from(MONDAY, now=MONDAY, latest=MONDAY)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([RuleText("", "x")], "Rule 1: its code"),
        ([RuleText("A B", "x")], "without a blank"),
        ([RuleText("A", "")], "needs a title"),
        ([RuleText("A", "x", severity="S9")], "severity must be one of"),
        ([RuleText("A", "x"), RuleText("A", "y")], "more than one rule"),
        ([RuleText("A", "x", "B")], "stands below B"),
        ([RuleText("A", "x", "A")], "circle"),
        ([RuleText("A", "x", "C"), RuleText("B", "x", "A"), RuleText("C", "x", "B")], "A, B, C lie in a circle"),
        ([RuleText("0", "x"), *(RuleText(str(n), "x", str(n - 1)) for n in range(1, DEEPEST + 1))], "deeper than"),
        ([RuleText(str(n), "x") for n in range(501)], "at most 500 rules"),
    ],
)
def test_guidelines_a_tree_that_does_not_hold_is_named(rules: list[RuleText], said: str) -> None:
    assert any(said in fault for fault in rule_faults(rules)), rule_faults(rules)


def test_guidelines_reading_order_holds_every_rule_once() -> None:
    tree = [RuleText(f"{n}", "x", f"{n // 3}" if n > 2 else "") for n in range(60)]
    ordered = in_reading_order(tree)
    assert sorted(rule.code for _, rule in ordered) == sorted(rule.code for rule in tree)
    place = {rule.code: number for number, (_, rule) in enumerate(ordered)}
    assert all(place[rule.parent_code] < place[rule.code] for _, rule in ordered if rule.parent_code)


def test_changes_rules_are_matched_by_code_and_words_by_order() -> None:
    before = [RuleText("A", "Insults"), RuleText("B", "Gone"), RuleText("C", "Same")]
    after = [RuleText("A", "Insults", severity="S3"), RuleText("C", "Same"), RuleText("D", "New")]
    found = changed_rules(before, after)
    assert [(one.code, one.change) for one in found] == [
        ("A", Change.CHANGED), ("B", Change.REMOVED), ("C", Change.SAME), ("D", Change.ADDED),
    ]  # fmt: skip
    assert [field.name for field in found[0].fields if field.is_changed] == ["severity"]


@pytest.mark.parametrize(("before", "after"), [("", "x y"), ("x y", ""), ("a b c", "a c d"), ("هذا نص", "هذا قول")])
def test_changes_words_put_together_are_the_texts_again(before: str, after: str) -> None:
    left, right = changed_words(before, after)
    assert ("".join(piece.text for piece in left), "".join(piece.text for piece in right)) == (before, after)
    assert all(piece.change in {Change.SAME, Change.REMOVED} for piece in left)
    assert all(piece.change in {Change.SAME, Change.ADDED} for piece in right)


def test_names_a_code_that_an_address_needs_itself_is_refused() -> None:
    with pytest.raises(CodeReserved):
        normal_code("add")
    assert normal_code("add-ons") == "add-ons"


def test_names_a_code_to_begin_with_comes_from_the_name() -> None:
    assert [code_from(name) for name in ("Video comments (FR)", "تعليقات", "A" * 80)] == [
        "video-comments-fr", "", "a" * 60,
    ]  # fmt: skip


def test_a_slip_of_the_year_does_not_keep_every_later_version_out() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    with pytest.raises(EffectiveTooFar):
        effective_from(datetime(9999, 1, 1, tzinfo=UTC), now=now, latest=None)
    ahead = now + timedelta(days=365)
    assert effective_from(ahead, now=now, latest=None) == ahead
