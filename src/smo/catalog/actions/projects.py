"""Projects: made, alone or from a template, changed, moved between states; their targets."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from smo.catalog import events, models
from smo.catalog.actions.policies import approve_guideline, make_policy
from smo.catalog.actions.schemas import make_schema, publish_draft
from smo.catalog.actions.trail import RefusedAs, note
from smo.catalog.queries import missing
from smo.catalog.rules import projects as rules
from smo.catalog.rules import targets as target_rules
from smo.catalog.rules.projects import ProjectSettings
from smo.catalog.rules.refusals import (
    CodeTaken,
    EditedMeanwhile,
    NotReadyForLive,
    ProjectClosed,
    SettingsNotValid,
)
from smo.catalog.rules.targets import NewTarget
from smo.catalog.rules.templates import TEMPLATES, Template
from smo.kernel import outbox
from smo.kernel.clock import now, today
from smo.kernel.errors import NotFound
from smo.kernel.ids import new_id
from smo.kernel.permissions import Actor, Scope, Verb, may, require


@transaction.atomic
def create_project(*, by: Actor, settings: ProjectSettings, template: str = "") -> UUID:
    """Make a project in draft; a template brings its policy and its questions along."""
    kept = rules.cleaned(settings)
    require(by, Verb.MANAGE_PROJECTS, scope=Scope(project=kept.code))
    row = models.Project(id=new_id(), code=kept.code, created_by=by.id, created_at=now())
    _put(row, kept)
    if template:
        _bring(by=by, row=row, template=_template(template))
    with RefusedAs(CodeTaken(text=row.code)):
        row.save(force_insert=True)
    details = _told(row) | ({"template": template} if template else {})
    note(by=by, verb="project_created", kind="project", code=row.code, details=details)
    return row.id


@transaction.atomic
def change_project(*, by: Actor, project: str, revision: int, settings: ProjectSettings) -> int:
    """Change a project's settings; its code stays. Gives the new revision."""
    require(by, Verb.MANAGE_PROJECTS, scope=Scope(project=project))
    row = _held(project)
    if row.state == models.ProjectState.CLOSED:
        raise ProjectClosed(project=project)
    if row.revision != revision:
        raise EditedMeanwhile(
            by=str(row.saved_by or row.created_by),
            at=(row.saved_at or row.created_at).isoformat(timespec="minutes"),
            revision=row.revision,
        )
    kept, before = rules.cleaned(settings), _told(row)
    if kept.code != project:
        raise SettingsNotValid(field="code", reason="never changes")
    _put(row, kept)
    lacks = rules.missing_for_live(has_schema=row.schema is not None, has_guideline=row.policy is not None)
    if lacks and row.state != models.ProjectState.DRAFT:
        raise NotReadyForLive(missing=", ".join(lacks))
    row.revision, row.saved_by, row.saved_at = row.revision + 1, by.id, now()
    row.save()
    after = _told(row)
    changed = {name: {"before": before[name], "after": after[name]} for name in after if before[name] != after[name]}
    note(by=by, verb="project_changed", kind="project", code=project, details=changed)
    return row.revision


@transaction.atomic
def set_project_state(*, by: Actor, project: str, state: str) -> None:
    """Let a project go live, pause, close or begin again."""
    require(by, Verb.MANAGE_PROJECTS, scope=Scope(project=project))
    row = _held(project)
    rules.check_move(row.state, state)
    if state == models.ProjectState.LIVE:
        lacks = missing(row.id)
        if lacks:
            raise NotReadyForLive(missing=", ".join(lacks))
    before, row.state = row.state, models.ProjectState(state)
    row.save(update_fields=["state"])
    details = {"before": str(before), "after": state}
    note(by=by, verb="project_state_changed", kind="project", code=project, details=details)
    outbox.publish(events.ProjectStateChanged(project, state))


@transaction.atomic
def set_target(*, by: Actor, target: NewTarget) -> UUID:
    """Say what a KPI shall reach from a day on; the target before it ends there."""
    require(by, Verb.SET_TARGETS, scope=Scope(project=target.project, market=target.market))
    target_rules.check_target(target)
    project = _held(target.project)
    rows = models.Target.objects.filter(project=project, kpi=target.kpi, market=target.market)
    replaced = list(rows.filter(Q(ends_on=None) | Q(ends_on__gt=target.starts_on)).order_by("starts_on"))
    is_change = any(row.starts_on <= target.starts_on for row in replaced)
    target_rules.check_period(target.starts_on, today=today(project.time_zone), is_change=is_change)
    ends_on = _make_room(replaced, target)
    row = models.Target(
        id=new_id(), project=project, kpi=target.kpi, market=target.market, value=target.value,
        minimum_n=target.minimum_n, starts_on=target.starts_on, ends_on=ends_on, set_by=by.id, set_at=now(),
    )  # fmt: skip
    row.save(force_insert=True)
    told = {"kpi": row.kpi, "market": row.market, "value": row.value, "minimum_n": row.minimum_n}
    earlier = [{"value": one.value, "starts_on": one.starts_on.isoformat()} for one in replaced[:1]]
    details = told | {"starts_on": row.starts_on.isoformat(), "before": earlier}
    note(by=by, verb="target_set", kind="project", code=target.project, details=details)
    outbox.publish(events.TargetSet(target.project, target.kpi, target.market))
    return row.id


def _make_room(replaced: list[models.Target], target: NewTarget) -> Any:
    """End what holds on that day, drop what would have begun on it; what begins later stays, and ends the new one."""
    ends_on = None
    for row in replaced:
        if row.starts_on < target.starts_on:
            row.ends_on = target.starts_on
            row.save(update_fields=["ends_on"])
        elif row.starts_on == target.starts_on:
            ends_on = row.ends_on
            row.delete()
        else:
            ends_on = ends_on or row.starts_on
    return ends_on


def _bring(*, by: Actor, row: models.Project, template: Template) -> None:
    """The template's policy and questions, under the project's code.

    The questions are published; who may not approve guidelines leaves this one as a draft for someone who may.
    """
    version = make_policy(by=by, code=row.code, name=f"{row.name}: {template.policy_name}", text=template.guideline)
    if may(by, Verb.APPROVE_GUIDELINES):
        approve_guideline(by=by, version_id=version)
    questions = make_schema(
        by=by, code=row.code, name=f"{row.name}: {template.schema_name}", definition=template.definition
    )
    publish_draft(by=by, version_id=questions)
    row.policy = models.Policy.objects.get(code=row.code)
    row.schema = models.LabelSchema.objects.get(code=row.code)


def _template(name: str) -> Template:
    if name not in TEMPLATES:
        raise NotFound(template=name)
    return TEMPLATES[name]


def _put(row: models.Project, kept: ProjectSettings) -> None:
    row.product = _named(models.Product, kept.product, field="product")
    row.policy = _named(models.Policy, kept.policy, field="policy") if kept.policy else None
    row.schema = _named(models.LabelSchema, kept.schema, field="schema") if kept.schema else None
    _check_known(models.Market, kept.markets, field="markets")
    _check_known(models.Language, kept.languages, field="languages")
    row.markets, row.languages = list(kept.markets), list(kept.languages)
    row.severity_points = dict(kept.severity_points)
    for name in _PLAIN:
        setattr(row, name, getattr(kept, name))


_PLAIN = (
    "name", "purpose", "overlap", "lease_seconds", "shows_model_score", "time_zone", "due_hours", "dispute_hours",
)  # fmt: skip


def _named(model: Any, code: str, *, field: str) -> Any:
    row = model.objects.filter(code=code).first()
    if row is None:
        raise SettingsNotValid(field=field, reason=f'"{code}" is not known')
    return row


def _check_known(model: Any, codes: tuple[str, ...], *, field: str) -> None:
    known = set(model.objects.filter(code__in=codes).values_list("code", flat=True))
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise SettingsNotValid(field=field, reason=f'"{unknown[0]}" is not known')


def _told(row: models.Project) -> dict[str, Any]:
    """The settings as the audit trail keeps them."""
    told: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN}
    told |= {"product": row.product.code, "markets": row.markets, "languages": row.languages}
    told |= {"policy": row.policy.code if row.policy else "", "schema": row.schema.code if row.schema else ""}
    return told | {"severity_points": row.severity_points}


def _held(code: str) -> models.Project:
    rows = models.Project.objects.select_for_update(of=("self",)).select_related("product", "policy", "schema")
    row = rows.filter(code=code).first()
    if row is None:
        raise NotFound(project=code)
    return row
