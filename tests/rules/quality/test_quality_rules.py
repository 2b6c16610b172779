"""Rules of quality: severity by table, what counts for whom, comparison by type, plans, blindness."""

import doctest
import importlib
import inspect
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smo.catalog.rules.schema import parse_schema
from smo.kernel.errors import DomainError
from smo.kernel.permissions import PermissionDenied
from smo.quality.rules import blindness, comparison, counting, plans, refusals, severity, taxonomy
from smo.quality.rules.counting import Weighed
from smo.web.remedies.quality import REMEDIES

SEVERITY = st.sampled_from(taxonomy.SEVERITIES)
ROOMS = ("taxonomy", "severity", "counting", "comparison", "blindness", "plans")


@pytest.mark.parametrize("room", ROOMS)
def test_examples_run(room: str) -> None:
    tried = doctest.testmod(importlib.import_module(f"smo.quality.rules.{room}"))
    assert tried.attempted
    assert not tried.failed


class TestSeverity:
    @pytest.mark.parametrize(
        ("outcome_class", "by_rule"),
        [
            ("A1", ["S0", "S1", "S2", "S2", "S2"]),  # acting on too much is put right again
            ("A2", ["S0", "S1", "S2", "S3", "S4"]),  # what was left stands: as bad as the rule says
            ("A3a", ["S0", "S1", "S2", "S2", "S2"]),
            ("A3b", ["S0", "S1", "S1", "S1", "S1"]),  # wrong sub-rule, same action
            ("A3c", ["S0", "S1", "S2", "S2", "S2"]),
            ("A3d", ["S0", "S1", "S2", "S3", "S4"]),
            ("A3e", ["S0", "S1", "S1", "S1", "S1"]),
            ("A3f", ["S0", "S1", "S2", "S3", "S4"]),
            ("A4", ["S1"] * 5),
            ("A5", ["S0", "S1", "S2", "S3", "S4"]),  # an escalation that was missed
            ("A6", ["S1"] * 5),
            ("A7", ["S3"] * 5),
            ("A8", ["S1"] * 5),
            ("A9", ["S0"] * 5),
        ],
    )
    def test_the_table(self, outcome_class: str, by_rule: list[str]) -> None:
        assert [severity.severity_by_rule(outcome_class, rule) for rule in taxonomy.SEVERITIES] == by_rule

    def test_every_class_has_its_row(self) -> None:
        for outcome_class in taxonomy.OUTCOME_CLASSES:
            assert severity.severity_by_rule(outcome_class) in taxonomy.SEVERITIES

    @given(
        st.sampled_from(taxonomy.SEVERITIES), st.sampled_from(taxonomy.SEVERITIES), st.sampled_from(["", " ", "why"])
    )
    def test_it_moves_one_step_with_a_reason(self, by_rule: str, wished: str, reason: str) -> None:
        steps = abs(taxonomy.SEVERITIES.index(by_rule) - taxonomy.SEVERITIES.index(wished))
        if steps > 1:
            with pytest.raises(refusals.SeverityTooFar):
                severity.settled_severity(by_rule, wished=wished, reason=reason)
        elif steps == 1 and not reason.strip():
            with pytest.raises(refusals.SeverityReasonMissing):
                severity.settled_severity(by_rule, wished=wished, reason=reason)
        else:
            assert severity.settled_severity(by_rule, wished=wished, reason=reason) == wished

    def test_points_grow_with_severity(self) -> None:
        weights = [severity.points(one) for one in taxonomy.SEVERITIES]
        assert weights == sorted(weights)


class TestCounting:
    """DOMAIN 3.3."""

    def test_some_classes_and_causes_never_count_for_a_person(self) -> None:
        for outcome_class, cause in itertools.product(taxonomy.OUTCOME_CLASSES, ("", *taxonomy.CAUSES)):
            counted = counting.counts_for(Weighed(outcome_class, "S2", cause))
            spared = outcome_class in {"A4", "A9"} or cause in {"auditor_error", "gold_error"}
            assert ("person" in counted) == (not spared)

    def test_the_product_counts_all_but_the_checks_own_error(self) -> None:
        assert "product" in counting.counts_for(Weighed("A9", "S0"))
        assert counting.counts_for(Weighed("A2", "S4", "gold_error")) == ()

    def test_the_worst_counts_once(self) -> None:
        found = [Weighed("A6", "S1"), Weighed("A2", "S3"), Weighed("A2", "S2"), Weighed("A4", "S4")]
        assert counting.worst(found) == "S3"

    @given(st.lists(st.sampled_from(taxonomy.SEVERITIES)))
    def test_what_counts_for_nobody_changes_nothing(self, severities: list[str]) -> None:
        assert counting.is_correct(Weighed("A9", one) for one in severities)
        assert counting.worst(Weighed("A4", one) for one in severities) == ""

    def test_what_is_neutral_makes_nothing_wrong(self) -> None:
        assert counting.is_correct([Weighed("A2", "S0")])
        assert not counting.is_correct([Weighed("A2", "S1")])


SCHEMA = parse_schema(
    {
        "questions": [
            {"key": "kind", "type": "multichoice", "title": "Which?", "config": {"labels": ["hate", "spam"]}},
            {"key": "level", "type": "scale", "title": "How bad?", "config": {"low": 0, "high": 4}},
            {"key": "where", "type": "span", "title": "Where?", "config": {"types": ["slur", "threat"]}},
            {"key": "why", "type": "text", "title": "Why?", "config": {}},
            {
                "key": "turn",
                "type": "choice",
                "title": "Safe?",
                "per": "turn",
                "config": {"labels": ["safe", "unsafe"]},
            },
        ]
    }
)


class TestComparison:
    def verdicts(self, own: dict, original: dict) -> dict:
        return {
            (row.question, row.turn): row.verdict for row in comparison.compared(SCHEMA, own=own, original=original)
        }

    def test_each_type_compares_in_its_way(self) -> None:
        slur, threat = {"start": 0, "end": 4, "type": "slur"}, {"start": 6, "end": 9, "type": "threat"}
        own = {"kind": ["hate", "spam"], "level": 2, "where": [slur, threat], "why": "a"}
        original = {"kind": ["spam", "hate"], "level": 2, "where": [threat, slur], "why": "b"}
        same = {("kind", None): "same", ("level", None): "same", ("where", None): "same", ("why", None): "not_compared"}
        assert self.verdicts(own, original) == same

    def test_turn_by_turn(self) -> None:
        own, original = {"turn": {"0": "safe", "10": "safe"}}, {"turn": {"0": "safe", "2": "unsafe"}}
        found = self.verdicts(own, original)
        assert list(found.items()) == [(("turn", 0), "same"), (("turn", 2), "differs"), (("turn", 10), "differs")]

    def test_a_type_of_span_matters_to_likeness(self) -> None:
        own = [{"start": 0, "end": 4, "type": "slur"}]
        assert comparison.likeness(own, [{"start": 0, "end": 4, "type": "threat"}]) == 0.0
        assert comparison.likeness(own, own) == 1.0

    def test_what_only_one_answered_differs(self) -> None:
        assert self.verdicts({"level": 1}, {}) == {("level", None): "differs"}

    def test_the_main_question_is_the_first(self) -> None:
        rows = comparison.compared(SCHEMA, own={"kind": ["hate"], "level": 1}, original={"kind": ["hate"], "level": 3})
        assert not comparison.main_differs(SCHEMA, rows)
        assert comparison.suggested_class(SCHEMA, rows) == "A3c"
        rows = comparison.compared(SCHEMA, own={"kind": ["hate"]}, original={"kind": []})
        assert comparison.main_differs(SCHEMA, rows)
        assert comparison.suggested_class(SCHEMA, rows) == "A3f"


class TestWords:
    """Every refusal says what to do."""

    def test_every_code_has_its_remedy(self) -> None:
        own = [
            one
            for _, one in inspect.getmembers(refusals, inspect.isclass)
            if one.__module__ == refusals.__name__ and issubclass(one, DomainError)
        ]
        assert {one.code for one in own} == REMEDIES.keys()

    def test_what_breaks_blindness_is_forbidden_and_not_a_conflict(self) -> None:
        for one in (refusals.RevealBeforeLabel, refusals.FindingBeforeReveal, refusals.BlindToItem):
            assert issubclass(one, PermissionDenied)


def test_plans_want_strata_exactly_where_the_design_does() -> None:
    assert plans.strata_faults(["market"], needs_strata=False)
    assert plans.strata_faults([], needs_strata=True)
    assert plans.strata_faults(["market", "market"], needs_strata=True)
    assert not plans.strata_faults(["market", "answer:violation"], needs_strata=True)


@pytest.mark.parametrize(("items", "is_withheld"), [(1, True), (19, True), (20, False)])
def test_few_items_are_withheld_from_those_who_work_there(items: int, is_withheld: bool) -> None:
    assert blindness.is_withheld(items, works_here=True) is is_withheld
    assert blindness.is_withheld(items, works_here=False) is False
