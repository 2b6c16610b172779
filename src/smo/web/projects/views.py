"""Projects: made, set, moved between states."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from smo.catalog import actions, queries
from smo.catalog.rules.projects import moves_from
from smo.catalog.rules.refusals import EditedMeanwhile
from smo.kernel.errors import DomainError
from smo.kernel.permissions import Actor, Scope, Verb, may, require
from smo.web.catalog_forms import name_of, put_into, require_somewhere
from smo.web.projects.forms import AddProject, Settings
from smo.web.projects.words import MISSING, MOVES, MOVES_MEAN, STATES, TEMPLATE_CARDS
from smo.web.render import page, screen


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def add_project(request: HttpRequest, by: Actor) -> HttpResponse:
    """A project from a template, or from a policy and questions that are there."""
    require_somewhere(by, Verb.MANAGE_PROJECTS)
    form = AddProject(request.POST or None, by=by)
    if form.is_valid():
        code = form.code_given()
        try:
            actions.create_project(by=by, settings=form.wanted(code), template=form.cleaned_data["template"])
        except DomainError as refusal:
            put_into(form, refusal)
        else:
            messages.success(request, _("The project was made. It hands out work once it is live."))
            return redirect("projects:settings", code)
    return page(
        request, "projects/add.html", form=form, cards=TEMPLATE_CARDS, has_products=bool(queries.products()),
        may_add_products=may(by, Verb.MANAGE_CATALOG),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def project_settings(request: HttpRequest, by: Actor, *, project: str) -> HttpResponse:
    """The settings, the state, and what keeps the project from being live."""
    require(by, Verb.MANAGE_PROJECTS, scope=Scope(project=project))
    found = queries.project(by=by, code=project)
    form = Settings(request.POST or None, by=by, initial=Settings.standing(found))
    revision = request.POST.get("revision", str(found.revision))
    if form.is_valid() and revision.isdecimal():
        try:
            actions.change_project(by=by, project=project, revision=int(revision), settings=form.wanted(project))
        except DomainError as refusal:
            put_into(form, refusal)
            if isinstance(refusal, EditedMeanwhile):
                revision = str(found.revision)  # whoever has been told and saves again puts theirs in its place
        else:
            messages.success(request, _("The settings were saved."))
            return redirect("projects:settings", project)
    missing = queries.missing(found.id)
    return page(
        request,
        "projects/settings.html",
        form=form,
        project=found,
        revision=revision,
        saved_by=name_of(found.saved_by),
        state_name=STATES[found.state],
        moves=[(to, MOVES[to], MOVES_MEAN[to]) for to in moves_from(found.state)],
        missing=[(name, MISSING[name]) for name in missing],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def project_state(request: HttpRequest, by: Actor, *, project: str) -> HttpResponse:
    """Go live, pause, close, after saying what that does."""
    require(by, Verb.MANAGE_PROJECTS, scope=Scope(project=project))
    found = queries.project(by=by, code=project)
    to = request.POST.get("state", "") or request.GET.get("to", "")
    to = to if to in MOVES else moves_from(found.state)[0]
    if request.method == "POST":
        actions.set_project_state(by=by, project=project, state=to)
        messages.success(request, _("The project is now: %(state)s.") % {"state": STATES[to]})
        return redirect("projects:settings", project)
    return page(
        request, "projects/state.html", project=found, to=to, button=MOVES[to], means=MOVES_MEAN[to],
        state_name=STATES[found.state],
    )  # fmt: skip
