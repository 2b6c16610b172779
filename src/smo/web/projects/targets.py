"""Targets of a project: those in force, those before, and a new one."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from smo.catalog import actions, queries
from smo.catalog.queries import TargetRow
from smo.catalog.rules.targets import is_share, kpis
from smo.kernel.clock import today
from smo.kernel.errors import DomainError
from smo.kernel.permissions import Actor, Scope, Verb, may, require
from smo.web import numbers
from smo.web.catalog_forms import names_of, put_into
from smo.web.projects.forms import SetTarget
from smo.web.render import page, screen
from smo.web.words import Words, kpi_name


@dataclass(frozen=True, slots=True)
class ShownTarget:
    """One target in words."""

    row: TargetRow
    title: Words
    value: str
    is_at_least: bool
    state: str
    set_by: str


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def targets(request: HttpRequest, by: Actor, *, project: str) -> HttpResponse:
    """What each KPI shall reach and since when; a new target ends the one before."""
    found = queries.project(by=by, code=project)
    if request.method == "POST":
        require(by, Verb.SET_TARGETS, scope=Scope(project=project))
    day = today(found.time_zone)
    chosen = {"starts_on": day, "kpi": request.GET.get("kpi", "") or "decision_accuracy"}
    form = SetTarget(request.POST or None, markets=found.markets, initial=chosen)
    if form.is_valid():
        try:
            actions.set_target(by=by, target=form.wanted(project))
        except DomainError as refusal:
            put_into(form, refusal, fields={"period_has_ended": "starts_on"})
        else:
            messages.success(request, _("The target was set."))
            return redirect("projects:targets", project)
    rows = queries.targets(by=by, project=project)
    names = names_of(row.set_by for row in rows)
    return page(
        request,
        "projects/targets.html",
        project=found,
        form=form,
        rows=[_shown(row, names.get(row.set_by, ""), day=day) for row in rows],
        may_set=may(by, Verb.SET_TARGETS, scope=Scope(project=project)),
        may_change=may(by, Verb.MANAGE_PROJECTS, scope=Scope(project=project)),
    )


def _shown(row: TargetRow, set_by: str, *, day: date) -> ShownTarget:
    kpi = kpis().get(row.kpi)
    is_over = row.ends_on is not None and row.ends_on <= day
    state = "over" if is_over else "planned" if row.starts_on > day else "now"
    if kpi is None:
        return ShownTarget(row, row.kpi, f"{row.value:g}", True, state, set_by)
    value = f"{100 * row.value:.6g}{numbers.THIN}%" if is_share(kpi) else f"{row.value:g} {kpi.unit}"
    return ShownTarget(row, kpi_name(row.kpi), value, kpi.higher_is_better, state, set_by)
