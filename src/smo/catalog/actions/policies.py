"""Policies: made, drafted, saved, approved."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from smo.catalog import events, models
from smo.catalog.actions.trail import RefusedAs, note
from smo.catalog.rules import guidelines
from smo.catalog.rules.guidelines import GuidelineText, RuleText
from smo.catalog.rules.names import normal_code, normal_title
from smo.catalog.rules.refusals import CodeTaken, DraftExists, EditedMeanwhile, NotADraft
from smo.kernel import outbox
from smo.kernel.clock import now
from smo.kernel.errors import NotFound
from smo.kernel.ids import new_id
from smo.kernel.permissions import Actor, Verb, require


@transaction.atomic
def create_policy(*, by: Actor, code: str, name: str) -> UUID:
    """Make a policy, still without a guideline."""
    require(by, Verb.MANAGE_POLICIES)
    return _add_policy(by=by, code=code, name=name).id


@transaction.atomic
def draft_guideline(*, by: Actor, policy: str) -> UUID:
    """Begin a version as a copy of the newest; its note on what changes is empty."""
    require(by, Verb.MANAGE_POLICIES)
    row = _policy(policy)
    newest = row.versions.order_by("-number").first()
    if newest is not None and newest.approved_at is None:
        raise DraftExists(version_id=str(newest.id))
    text = GuidelineText() if newest is None else GuidelineText(newest.introduction, rules=_rules(newest))
    version = _add_version(by=by, policy=row, number=newest.number + 1 if newest else 1, text=text)
    note(by=by, verb="guideline_drafted", kind="policy", code=policy, details={"version": version.number})
    return version.id


@transaction.atomic
def save_guideline(*, by: Actor, version_id: UUID, revision: int, text: GuidelineText) -> int:
    """Save a draft whole; whoever opened an older revision is told. Gives the new revision."""
    require(by, Verb.MANAGE_POLICIES)
    row = _draft(version_id, revision)
    kept = guidelines.cleaned(text)
    row.introduction, row.change_note, row.is_retroactive = kept.introduction, kept.change_note, kept.is_retroactive
    row.revision, row.saved_by, row.saved_at = row.revision + 1, by.id, now()
    row.save()
    row.rules.all().delete()
    models.Rule.objects.bulk_create(_rule_rows(row, kept.rules))
    details = {"version": row.number, "revision": row.revision, "rules": len(kept.rules)}
    note(by=by, verb="guideline_saved", kind="policy", code=row.policy.code, details=details)
    return row.revision


@transaction.atomic
def approve_guideline(
    *, by: Actor, version_id: UUID, effective_at: datetime | None = None, revision: int | None = None
) -> datetime:
    """Let a draft come into force at a moment (none: now). A revision names the text that was read."""
    require(by, Verb.APPROVE_GUIDELINES)
    row = _draft(version_id, revision)
    guidelines.check_approvable(row.introduction, row.rules.count())
    latest = row.policy.versions.exclude(effective_at=None).order_by("-effective_at").first()
    at = now()
    start = guidelines.effective_from(effective_at, now=at, latest=latest.effective_at if latest else None)
    row.approved_by, row.approved_at, row.effective_at = by.id, at, start
    row.save()
    details = {"version": row.number, "effective_at": start.isoformat(), "is_retroactive": row.is_retroactive}
    note(by=by, verb="guideline_approved", kind="policy", code=row.policy.code, details=details)
    outbox.publish(events.GuidelineApproved(row.policy.code, row.id, row.number, start))
    return start


def make_policy(*, by: Actor, code: str, name: str, text: GuidelineText) -> UUID:
    """A policy with this first draft, for whoever was allowed to make one; gives the draft's id."""
    policy = _add_policy(by=by, code=code, name=name)
    return _add_version(by=by, policy=policy, number=1, text=guidelines.cleaned(text)).id


def _add_policy(*, by: Actor, code: str, name: str) -> models.Policy:
    row = models.Policy(id=new_id(), code=normal_code(code), name=normal_title(name), created_at=now())
    with RefusedAs(CodeTaken(text=row.code)):
        row.save(force_insert=True)
    note(by=by, verb="policy_created", kind="policy", code=row.code, details={"name": row.name})
    return row


def _add_version(*, by: Actor, policy: models.Policy, number: int, text: GuidelineText) -> models.GuidelineVersion:
    version = models.GuidelineVersion(
        id=new_id(), policy=policy, number=number, introduction=text.introduction, change_note=text.change_note,
        is_retroactive=text.is_retroactive, created_by=by.id, created_at=now(),
    )  # fmt: skip
    version.save(force_insert=True)
    models.Rule.objects.bulk_create(_rule_rows(version, text.rules))
    return version


def _rule_rows(version: models.GuidelineVersion, rules: Iterable[RuleText]) -> list[models.Rule]:
    return [
        models.Rule(
            id=new_id(), version=version, code=rule.code, parent_code=rule.parent_code, title=rule.title,
            text=rule.text, applies_when="\n".join(rule.applies_when),
            does_not_apply_when="\n".join(rule.does_not_apply_when), severity=rule.severity, position=position,
        )
        for position, rule in enumerate(rules)
    ]  # fmt: skip


def _rules(version: models.GuidelineVersion) -> tuple[RuleText, ...]:
    return tuple(
        RuleText(
            row.code, row.title, row.parent_code, row.text, tuple(row.applies_when.splitlines()),
            tuple(row.does_not_apply_when.splitlines()), row.severity,
        )
        for row in version.rules.order_by("position")
    )  # fmt: skip


def _policy(code: str) -> models.Policy:
    """The policy, held, so that its versions are numbered one after another."""
    row = models.Policy.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise NotFound(policy=code)
    return row


def _draft(version_id: UUID, revision: int | None) -> models.GuidelineVersion:
    rows = models.GuidelineVersion.objects.select_for_update().select_related("policy")
    row = rows.filter(pk=version_id).first()
    if row is None:
        raise NotFound(guideline_version=version_id)
    if row.approved_at is not None:
        raise NotADraft(number=row.number)
    if revision is not None and row.revision != revision:
        raise EditedMeanwhile(
            by=str(row.saved_by or row.created_by),
            at=(row.saved_at or row.created_at).isoformat(timespec="minutes"),
            revision=row.revision,
        )
    return row
