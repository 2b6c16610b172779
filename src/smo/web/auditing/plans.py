"""Plans: what is sampled for audit and why, what a size buys, each draw with its seed and frame."""

from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from smo.catalog import queries as catalog
from smo.kernel.errors import DomainError, NotFound
from smo.kernel.permissions import Actor, PermissionDenied, Scope, Verb, may, require
from smo.quality import actions, queries
from smo.web.auditing.forms import AddPlan, Draw, Sized, fresh_seed
from smo.web.auditing.planning import Bought, bought
from smo.web.auditing.words import ALLOCATIONS, BLIND_MODES, DESIGNS, PLAN_STATES, PURPOSES, STRATA, names
from smo.web.render import is_swap, page, screen
from smo.web.sentences import in_words
from smo.web.words import words_for

HEADLINE = "decision_accuracy"


@require_safe
@screen
def plans_list(request: HttpRequest, by: Actor) -> HttpResponse:
    """Every plan with how far its audits are."""
    _may_plan_somewhere(by)
    project = request.GET.get("project", "").strip()
    return page(
        request,
        "auditing/plans.html",
        rows=queries.plans(by=by, project=project),
        project=project,
        projects=_projects(by),
        purposes=names(PURPOSES),
        designs=names(DESIGNS),
        states=PLAN_STATES,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def add_plan(request: HttpRequest, by: Actor) -> HttpResponse:
    """A plan in one form; beside it stands what the size buys, before anything is drawn."""
    _may_plan_somewhere(by)
    if is_swap(request) and request.headers.get("HX-Target") == "buys":
        return page(request, "auditing/buys.html", bought=_bought(Sized(request.GET)))
    projects = _projects(by)
    project = request.POST.get("project") or request.GET.get("project") or next(iter(projects), "")
    if project and project not in projects:
        raise NotFound(project=project)
    typed = {name: request.GET[name] for name in ("name", "sample_size", "accuracy") if request.GET.get(name)}
    first = typed | {"project": project, "seed": fresh_seed(), "target": _target(by, project)}
    form = AddPlan(request.POST or None, projects=list(projects.items()), strata=_strata(by, project), initial=first)
    if form.is_valid():
        try:
            plan_id = actions.create_plan(by=by, plan=_new_plan(form.cleaned_data))
        except DomainError as refusal:
            _put_into(form, refusal)
        else:
            messages.success(request, _("The plan stands. Draw its first sample."))
            return redirect("auditing:plans-plan", plan_id)
    sized = Sized(request.POST if form.is_bound else Sized.standing(first))
    return page(
        request,
        "auditing/plan-add.html",
        form=form,
        bought=_bought(sized),
        has_projects=bool(projects),
        purposes=PURPOSES,
        designs=DESIGNS,
        allocations=ALLOCATIONS,
        blind_modes=BLIND_MODES,
    )


@require_safe
@screen
def plan_page(request: HttpRequest, by: Actor, *, plan_id: UUID) -> HttpResponse:
    """One plan: what it says, its draws, and the form for the next."""
    _may_plan_somewhere(by)
    plan = queries.plan(by=by, plan_id=plan_id)
    today = timezone.now().astimezone(_zone(by, plan.project)).date()
    week = {"first_on": today - timedelta(days=6), "last_on": today}
    return _plan(request, by, plan_id=plan_id, form=Draw(initial=week))


@require_http_methods(["POST"])
@screen
def draw(request: HttpRequest, by: Actor, *, plan_id: UUID) -> HttpResponse:
    """Draw now, from the days that were chosen."""
    plan = queries.plan(by=by, plan_id=plan_id)
    require(by, Verb.DRAW_AUDITS, scope=Scope(project=plan.project))
    form = Draw(request.POST)
    if form.is_valid():
        first, end = form.frame(_zone(by, plan.project))
        try:
            actions.draw_sample(by=by, plan_id=plan_id, frame_from=first, frame_to=end)
        except DomainError as refusal:
            _put_into(form, refusal)
        else:
            messages.success(request, _("The sample is drawn. Its audits wait for the auditors now."))
            return redirect("auditing:plans-plan", plan_id)
    return _plan(request, by, plan_id=plan_id, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def close(request: HttpRequest, by: Actor, *, plan_id: UUID) -> HttpResponse:
    """Draw no more by this plan, after saying what stops."""
    plan = queries.plan(by=by, plan_id=plan_id)
    require(by, Verb.DRAW_AUDITS, scope=Scope(project=plan.project))
    if request.method == "POST":
        actions.close_plan(by=by, plan_id=plan_id)
        messages.success(request, _("The plan is closed."))
        return redirect("auditing:plans-plan", plan_id)
    return page(request, "auditing/plan-close.html", plan=plan)


@require_safe
@screen
def replay(request: HttpRequest, by: Actor, *, plan_id: UUID, draw_id: UUID) -> HttpResponse:
    """Draw a stored sample again from the decision log and say whether it is the same."""
    plan = queries.plan(by=by, plan_id=plan_id)
    checked = queries.replay(by=by, draw_id=draw_id)
    template = "auditing/replayed.html" if is_swap(request) else "auditing/replay.html"
    return page(request, template, plan=plan, checked=checked, draw_id=draw_id)


def _plan(request: HttpRequest, by: Actor, *, plan_id: UUID, form: Draw) -> HttpResponse:
    plan = queries.plan(by=by, plan_id=plan_id)
    draws = queries.draws(by=by, plan_id=plan_id)
    return page(
        request,
        "auditing/plan.html",
        plan=plan,
        draws=draws,
        form=form,
        may_draw=may(by, Verb.DRAW_AUDITS, scope=Scope(project=plan.project)) and plan.state == "active",
        purposes=names(PURPOSES),
        designs=names(DESIGNS),
        allocations=names(ALLOCATIONS),
        blind_modes=names(BLIND_MODES),
        states=PLAN_STATES,
        parts=", ".join(_stratum_name(code) for code in plan.strata_by),
        waiting=_waiting(draws),
    )


def _waiting(draws: Any) -> str:
    left = sum(one.drawn - one.filed for one in draws)
    if not draws:
        return _("Nothing is drawn yet")
    if not left:
        return _("Every audit is filed")
    return ngettext("%(left)s audit is not filed yet", "%(left)s audits are not filed yet", left) % {"left": left}


def _may_plan_somewhere(by: Actor) -> None:
    """Whether to show the place at all; where one may plan, queries and actions decide."""
    if Verb.DRAW_AUDITS not in by.verbs():
        raise PermissionDenied(verb=str(Verb.DRAW_AUDITS))


def _projects(by: Actor) -> dict[str, str]:
    """The projects where this person may plan audits."""
    rows = catalog.projects(by=by)
    return {row.code: row.name for row in rows if may(by, Verb.DRAW_AUDITS, scope=Scope(project=row.code))}


def _strata(by: Actor, project: str) -> list[tuple[str, Any]]:
    """The kinds of parts: where a decision was made and by whom, or what was answered to a question with a list."""
    kinds: list[tuple[str, Any]] = [(choice.code, choice.name) for choice in STRATA]
    if not project:
        return kinds
    bound = catalog.binding(catalog.project(by=by, code=project).id, timezone.now())
    questions = catalog.schema_version(bound.schema_version_id).schema.questions if bound.schema_version_id else ()
    return kinds + [
        (f"answer:{question.key}", _("Answer to: %(question)s") % {"question": question.title})
        for question in questions
        if question.type in {"choice", "scale"} and question.per == "item"
    ]


def _stratum_name(code: str) -> str:
    kind, _colon, question = code.partition(":")
    return _("answer to %(question)s") % {"question": question} if question else str(names(STRATA).get(kind, kind))


def _target(by: Actor, project: str) -> float | None:
    """The project's target for decision accuracy today, in percent."""
    if not project:
        return None
    rows = catalog.targets(by=by, project=project, on=timezone.now().date())
    return next((round(100 * row.value, 2) for row in rows if row.kpi == HEADLINE and not row.market), None)


def _zone(by: Actor, project: str) -> ZoneInfo:
    return ZoneInfo(catalog.project(by=by, code=project).time_zone or "UTC")


def _bought(form: Sized) -> Bought | None:
    """What the size buys; nothing while the figures are not figures."""
    if not form.is_valid():
        return None
    given = form.cleaned_data
    target = float(given["target"]) / 100 if given.get("target") else None
    smallest = given.get("minimum_per_stratum") or 0
    return bought(given["sample_size"], accuracy=float(given["accuracy"]) / 100, target=target, smallest=smallest)


def _new_plan(given: dict[str, Any]) -> actions.NewPlan:
    is_stratified = given["design"] == "stratified"
    return actions.NewPlan(
        project=given["project"],
        name=given["name"].strip(),
        purpose=given["purpose"],
        design=given["design"],
        strata_by=tuple(given["strata_by"]) if is_stratified else (),
        sample_size=given["sample_size"],
        allocation=given["allocation"] or "proportional",
        minimum_per_stratum=(given["minimum_per_stratum"] or 0) if is_stratified else 0,
        blind_mode=given["blind_mode"],
        seed=given["seed"],
    )


def _put_into(form: forms.Form, refusal: DomainError) -> None:
    """The refusal as words above the form. Those that are about the page itself go on."""
    if isinstance(refusal, PermissionDenied | NotFound):
        raise refusal
    for said in (words_for(refusal), *refusal.parameters.get("faults", ())):  # type: ignore[misc]
        form.add_error(None, in_words(said))
