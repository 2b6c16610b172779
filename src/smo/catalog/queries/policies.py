"""Policies and their guideline versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Prefetch, QuerySet

from smo.catalog import models
from smo.catalog.rules.guidelines import GuidelineText, RuleText, VersionState, in_reading_order, version_state
from smo.catalog.rules.projects import projects_in_reach
from smo.kernel.clock import now
from smo.kernel.errors import NotFound
from smo.kernel.permissions import Actor, Verb


@dataclass(frozen=True, slots=True)
class RuleView:
    """One rule as it is read; `depth` counts the rules above it."""

    code: str
    parent_code: str
    depth: int
    title: str
    text: str
    applies_when: tuple[str, ...]
    does_not_apply_when: tuple[str, ...]
    severity: str


@dataclass(frozen=True, slots=True)
class GuidelineView:
    """One guideline version, its rules in reading order."""

    id: UUID
    policy_code: str
    policy_name: str
    number: int
    state: VersionState
    effective_at: datetime | None
    introduction: str
    change_note: str
    rules: tuple[RuleView, ...]
    is_retroactive: bool
    revision: int
    approved_by: UUID | None
    approved_at: datetime | None
    saved_by: UUID
    saved_at: datetime

    @property
    def text(self) -> GuidelineText:
        """The version as it is written."""
        rules = tuple(
            RuleText(
                rule.code, rule.title, rule.parent_code, rule.text, rule.applies_when, rule.does_not_apply_when,
                rule.severity,
            )
            for rule in self.rules
        )  # fmt: skip
        return GuidelineText(self.introduction, self.change_note, self.is_retroactive, rules)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version in a policy's history."""

    id: UUID
    number: int
    state: VersionState
    effective_at: datetime | None
    approved_at: datetime | None
    approved_by: UUID | None
    change_note: str
    is_retroactive: bool
    rules: int
    revision: int


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One policy: which version is in force, which comes, which is being written, and for which projects."""

    code: str
    name: str
    effective: VersionRow | None
    upcoming: VersionRow | None
    draft: VersionRow | None
    projects: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PolicyDetail:
    """A policy with its versions, the newest first."""

    code: str
    name: str
    versions: tuple[VersionRow, ...]
    projects: tuple[tuple[str, str], ...]

    def of_state(self, state: str) -> VersionRow | None:
        """The newest version that stands so."""
        return next((row for row in self.versions if row.state == state), None)


def guideline_version(version_id: UUID) -> GuidelineView:
    """One version with its rules. Errors: NotFound."""
    row = models.GuidelineVersion.objects.select_related("policy").filter(pk=version_id).first()
    if row is None:
        raise NotFound(guideline_version=version_id)
    siblings = models.GuidelineVersion.objects.filter(policy=row.policy)
    return GuidelineView(
        id=row.id,
        policy_code=row.policy.code,
        policy_name=row.policy.name,
        number=row.number,
        state=version_state(row, list(siblings.only("effective_at")), at=now()),
        effective_at=row.effective_at,
        introduction=row.introduction,
        change_note=row.change_note,
        rules=_rules(row.id),
        is_retroactive=row.is_retroactive,
        revision=row.revision,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
        saved_by=row.saved_by or row.created_by,
        saved_at=row.saved_at or row.created_at,
    )


def _rules(version_id: UUID) -> tuple[RuleView, ...]:
    rows = models.Rule.objects.filter(version=version_id).order_by("position")
    return tuple(
        RuleView(
            rule.code, rule.parent_code, depth, rule.title, rule.text, rule.applies_when, rule.does_not_apply_when,
            rule.severity,
        )
        for depth, rule in in_reading_order([rule_text(row) for row in rows])
    )  # fmt: skip


def rule_text(row: models.Rule) -> RuleText:
    """A row as a rule is written."""
    applies, not_applies = tuple(row.applies_when.splitlines()), tuple(row.does_not_apply_when.splitlines())
    return RuleText(row.code, row.title, row.parent_code, row.text, applies, not_applies, row.severity)


def policies(*, by: Actor) -> tuple[PolicyRow, ...]:
    """The policies of the projects that this actor may see; every policy for whoever sees all."""
    rows = _visible(by).order_by("name", "code")
    return tuple(_policy_row(row, by) for row in rows)


def policy(*, by: Actor, code: str) -> PolicyDetail:
    """One policy with its versions. Errors: NotFound."""
    row = _visible(by).filter(code=code).first()
    if row is None:
        raise NotFound(policy=code)
    return PolicyDetail(row.code, row.name, _versions(row, by), _projects(row, by))


def _visible(by: Actor) -> QuerySet[models.Policy]:
    versions = models.GuidelineVersion.objects.annotate(rule_count=Count("rules")).order_by("-number")
    rows = models.Policy.objects.prefetch_related(Prefetch("versions", versions), "projects")
    reach = projects_in_reach(by, Verb.VIEW_CATALOG)
    if reach is None:
        return rows
    return rows.filter(pk__in=models.Project.objects.filter(code__in=reach).values("policy"))


def _policy_row(row: models.Policy, by: Actor) -> PolicyRow:
    detail = PolicyDetail(row.code, row.name, _versions(row, by), _projects(row, by))
    effective, upcoming, draft = (detail.of_state(state) for state in ("effective", "approved", "draft"))
    return PolicyRow(row.code, row.name, effective, upcoming, draft, detail.projects)


def _projects(row: models.Policy, by: Actor) -> tuple[tuple[str, str], ...]:
    reach = projects_in_reach(by, Verb.VIEW_CATALOG)
    seen = [project for project in row.projects.all() if reach is None or project.code in reach]
    return tuple((project.code, project.name) for project in sorted(seen, key=lambda one: one.name))


def _versions(row: models.Policy, by: Actor) -> tuple[VersionRow, ...]:
    """Drafts are read by those who write or approve them."""
    versions: Sequence[models.GuidelineVersion] = list(row.versions.all())
    may_see_drafts = by.verbs() & {Verb.MANAGE_POLICIES, Verb.APPROVE_GUIDELINES, Verb.MANAGE_PROJECTS}
    at = now()
    return tuple(
        VersionRow(
            version.id, version.number, version_state(version, versions, at=at), version.effective_at,
            version.approved_at, version.approved_by, version.change_note, version.is_retroactive,
            getattr(version, "rule_count", 0), version.revision,
        )
        for version in versions
        if version.effective_at is not None or may_see_drafts
    )  # fmt: skip
