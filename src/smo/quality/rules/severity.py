"""How bad a finding is: set by a table of what is wrong and which rule, moved by one step at most, with a reason."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from smo.quality.rules.refusals import SeverityReasonMissing, SeverityTooFar
from smo.quality.rules.taxonomy import CRITICAL, SEVERITIES

UNKNOWN_RULE: Final = "S2"  # of a finding that names no rule: a wrong outcome that can be put right
POINTS: Final = MappingProxyType({"S0": 0, "S1": 1, "S2": 5, "S3": 25, "S4": 25})
# What each class makes of its rule's severity: as it is, at most so much, or always the same.
_AS_THE_RULE: Final = frozenset({"A2", "A3d", "A3f", "A5"})
_AT_MOST: Final = MappingProxyType({"A1": "S2", "A3a": "S2", "A3c": "S2", "A3b": "S1", "A3e": "S1"})
_ALWAYS: Final = MappingProxyType({"A4": "S1", "A6": "S1", "A7": "S3", "A8": "S1", "A9": "S0"})


def severity_by_rule(outcome_class: str, rule_severity: str = "") -> str:
    """What the table says for a class of outcome under a rule of this severity (empty: the rule is not known).

    >>> severity_by_rule("A2", "S4"), severity_by_rule("A1", "S4"), severity_by_rule("A9", "S4")
    ('S4', 'S2', 'S0')
    """
    rule = rule_severity or UNKNOWN_RULE
    if outcome_class in _AS_THE_RULE:
        return rule
    if outcome_class in _AT_MOST:
        return min(rule, _AT_MOST[outcome_class])
    return _ALWAYS[outcome_class]


def settled_severity(by_rule: str, *, wished: str = "", reason: str = "") -> str:
    """The severity that stands: the table's, or one step beside it with a reason.

    Errors: SeverityTooFar, SeverityReasonMissing.

    >>> settled_severity("S2"), settled_severity("S2", wished="S3", reason="a very large audience")
    ('S2', 'S3')
    """
    if wished in {"", by_rule}:
        return by_rule
    steps = abs(SEVERITIES.index(wished) - SEVERITIES.index(by_rule))
    if steps > 1:
        raise SeverityTooFar(by_rule=by_rule, wished=wished)
    if not reason.strip():
        raise SeverityReasonMissing(by_rule=by_rule, wished=wished)
    return wished


def points(severity: str, table: Mapping[str, int] | None = None) -> int:
    """What a finding of this severity weighs; a project may set its own table.

    >>> points("S2"), points("S3", {"S3": 40})
    (5, 40)
    """
    return (table or {}).get(severity, POINTS[severity])


def is_critical(severity: str) -> bool:
    """Is this one of those that are counted and tested on their own?

    >>> is_critical("S3"), is_critical("S2")
    (True, False)
    """
    return severity in CRITICAL
