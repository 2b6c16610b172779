"""From the finding form to findings: several in one sending, each on its own axes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from smo.quality import actions
from smo.quality.rules.severity import severity_by_rule
from smo.quality.rules.taxonomy import SEVERITIES
from smo.web.auditing.forms import Finding
from smo.web.auditing.words import OUTCOMES, Choice

MOST: Final = 9  # findings on one decision
RULES: Final = ("", *SEVERITIES)  # of a rule; empty where none is named


@dataclass(frozen=True, slots=True)
class Graded:
    """An outcome class with the severity that the table gives it, by the severity of the rule."""

    choice: Choice
    by_rule: tuple[tuple[str, str], ...]


def findings_from(sent: Mapping[str, Any]) -> tuple[list[Finding], tuple[actions.NewFinding, ...]]:
    """The forms that were sent, and what they say where all are valid."""
    numbers = [str(number) for number in range(MOST) if f"{number}-outcome_class" in sent or f"{number}-cause" in sent]
    forms = [Finding(sent, prefix=number) for number in numbers or ["0"]]
    if not all(form.is_valid() for form in forms):
        return forms, ()
    return forms, tuple(actions.NewFinding(**form.cleaned_data) for form in forms)


def graded_outcomes() -> tuple[Graded, ...]:
    """Every outcome class with its row of the rule table, so that the form can set the severity at once."""
    return tuple(
        Graded(choice, tuple((rule.lower() or "unknown", severity_by_rule(choice.code, rule)) for rule in RULES))
        for choice in OUTCOMES
    )
