"""What a finding counts for, and whether a decision stands: the worst counts once, some things count for no person."""

from collections.abc import Iterable
from dataclasses import dataclass

from smo.quality.rules.taxonomy import OF_NO_PERSON, OF_THE_CHECK, OF_THE_GUIDELINE, OF_THE_TOOL, SEVERITIES


@dataclass(frozen=True, slots=True)
class Weighed:
    """As much of a finding as counting needs."""

    outcome_class: str
    severity: str
    cause: str = ""


def counts_for(finding: Weighed) -> tuple[str, ...]:
    """In whose numbers a finding counts: person, product, guideline, tool; of the check's own error in nobody's.

    >>> counts_for(Weighed("A2", "S3", "annotator")), counts_for(Weighed("A9", "S0")), counts_for(Weighed("A4", "S1"))
    (('person', 'product'), ('product', 'guideline'), ('product', 'tool'))
    >>> counts_for(Weighed("A2", "S3", "auditor_error"))
    ()
    """
    if finding.cause in OF_THE_CHECK:
        return ()
    whose = {
        "person": finding.outcome_class not in OF_NO_PERSON,
        "product": True,
        "guideline": finding.outcome_class == "A9" or finding.cause in OF_THE_GUIDELINE,
        "tool": finding.outcome_class == "A4" or finding.cause in OF_THE_TOOL,
    }
    return tuple(name for name, counts in whose.items() if counts)


def counts_against(finding: Weighed) -> bool:
    """Does it make the decision wrong? Not what is neutral, technical, without a unique answer, or the check's error.

    >>> [counts_against(Weighed(*of)) for of in (("A1", "S1"), ("A1", "S0"), ("A9", "S0"), ("A1", "S2", "gold_error"))]
    [True, False, False, False]
    """
    return "person" in counts_for(finding) and finding.severity != "S0"


def is_correct(findings: Iterable[Weighed]) -> bool:
    """Does the audited decision stand?

    >>> is_correct([]), is_correct([Weighed("A4", "S1")]), is_correct([Weighed("A4", "S1"), Weighed("A2", "S2")])
    (True, True, False)
    """
    return not any(counts_against(finding) for finding in findings)


def worst(findings: Iterable[Weighed]) -> str:
    """The one severity by which a decision counts for its person, however many findings it has; empty for none.

    >>> worst([Weighed("A6", "S1"), Weighed("A2", "S3")]), worst([Weighed("A9", "S0")])
    ('S3', '')
    """
    counted = [finding.severity for finding in findings if counts_against(finding)]
    return max(counted, key=SEVERITIES.index, default="")
