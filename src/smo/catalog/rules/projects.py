"""Projects: what their settings may be, how they move between states, what a live one needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from zoneinfo import available_timezones

from smo.catalog.rules.names import clean_text, normal_code, normal_tag, normal_title
from smo.catalog.rules.refusals import SettingsNotValid, StateNotReachable
from smo.kernel.permissions import Actor, Verb

STATES: Final = ("draft", "live", "paused", "closed")
_MOVES: Final = {
    "draft": {"live", "closed"},
    "live": {"paused", "closed"},
    "paused": {"live", "closed"},
    "closed": {"paused"},
}
SEVERITIES: Final = ("S0", "S1", "S2", "S3", "S4")
MOST_MARKETS: Final = 300


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """A project as someone wants it; code, name and product are always given, `product` by its code."""

    code: str
    name: str
    product: str
    policy: str = ""
    schema: str = ""
    purpose: str = ""
    markets: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    overlap: int = 1
    lease_seconds: int = 1800
    shows_model_score: bool = False
    time_zone: str = "UTC"
    due_hours: int = 24
    dispute_hours: int = 72
    severity_points: Mapping[str, float] = field(default_factory=dict)


def cleaned(settings: ProjectSettings) -> ProjectSettings:
    """The settings as they are kept. Errors: CodeNotValid, NameEmpty, SettingsNotValid."""
    _check_ranges(settings)
    if settings.time_zone not in available_timezones():
        raise SettingsNotValid(field="time_zone", reason="is no time zone")
    if set(settings.severity_points) - set(SEVERITIES):
        raise SettingsNotValid(field="severity_points", reason=f"knows only {', '.join(SEVERITIES)}")
    if max(len(settings.markets), len(settings.languages)) > MOST_MARKETS:
        raise SettingsNotValid(field="markets", reason=f"are more than {MOST_MARKETS}")
    return replace(
        settings,
        code=normal_code(settings.code),
        name=normal_title(settings.name),
        purpose=clean_text(settings.purpose),
        markets=tuple(dict.fromkeys(normal_tag(code) for code in settings.markets)),
        languages=tuple(dict.fromkeys(normal_tag(code) for code in settings.languages)),
    )


def _check_ranges(settings: ProjectSettings) -> None:
    for name, low, high in (
        ("overlap", 1, 50),
        ("lease_seconds", 60, 86_400),
        ("due_hours", 1, 24 * 366),
        ("dispute_hours", 0, 24 * 366),
    ):
        if not low <= getattr(settings, name) <= high:
            raise SettingsNotValid(field=name, reason=f"must be from {low} to {high}")


def check_move(state: str, to: str) -> None:
    """Where a project may go from here. Errors: StateNotReachable."""
    if to not in _MOVES[state]:
        raise StateNotReachable(state=state, to=to)


def moves_from(state: str) -> tuple[str, ...]:
    """The states that can be reached, in their usual order.

    >>> moves_from("draft")
    ('live', 'closed')
    """
    return tuple(to for to in STATES if to in _MOVES[state])


def missing_for_live(*, has_schema: bool, has_guideline: bool) -> tuple[str, ...]:
    """What keeps a project from going live.

    >>> missing_for_live(has_schema=True, has_guideline=False)
    ('guideline',)
    """
    return tuple(name for name, is_there in (("schema", has_schema), ("guideline", has_guideline)) if not is_there)


def projects_in_reach(by: Actor, verb: Verb) -> frozenset[str] | None:
    """The codes of the projects in which this actor holds the verb, wholly or in part; none stands for all.

    >>> from smo.kernel.permissions import SYSTEM
    >>> projects_in_reach(SYSTEM, Verb.VIEW_CATALOG) is None
    True
    """
    codes = {grant.scope.project for grant in by.grants if verb in grant.verbs}
    return None if "" in codes else frozenset(codes)
