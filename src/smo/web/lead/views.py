"""Queues: what waits where and how old it is, who works, and the queues themselves made, changed, opened and paused."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from smo.catalog import queries as catalog
from smo.kernel.clock import now
from smo.kernel.errors import DomainError, NotFound
from smo.kernel.permissions import Actor, PermissionDenied, Scope, Verb, may
from smo.labeling import actions, queries
from smo.web.lead.forms import QueueForm
from smo.web.render import page, screen
from smo.web.words import words_for

STATES: Final = {
    "open": gettext_lazy("open"),
    "paused": gettext_lazy("paused"),
    "draining": gettext_lazy("running empty"),
}
_FIELD_OF: Final = {"queue_name_taken": "name", "queue_not_valid": "name", "queue_outside": "market"}


@require_safe
@screen
def queues_page(request: HttpRequest, by: Actor) -> HttpResponse:
    """What waits in my queues, the oldest first to see, and who works on it."""
    _leads_somewhere(by)
    project = request.GET.get("project", "").strip()
    led = [row for row in queries.queues(by=by) if _leads(by, row)]
    shown = [row for row in led if project in {"", row.project}]
    projects = dict(_projects(by))
    return page(
        request,
        "lead/queues.html",
        rows=shown,
        states=STATES,
        project=project,
        projects=projects,
        oldest=min((row.oldest_received_at for row in shown if row.oldest_received_at), default=None),
        backlog=sum(row.backlog for row in shown),
        working=_working(by, {row.project: row.project_name for row in shown}),
        flags=queries.flags_waiting(by=by),
        as_of=now(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def add_queue(request: HttpRequest, by: Actor) -> HttpResponse:
    """Make a queue; items that wait for one like it are placed at once."""
    _leads_somewhere(by)
    known = _projects(by)
    only = known[0][0] if len(known) == 1 else ""
    form = _form(request, by, initial={"project": request.GET.get("project", "") or only})
    if form.is_valid():
        try:
            made = actions.create_queue(by=by, project=form.cleaned_data["project"], settings=form.settings())
        except DomainError as refusal:
            _put_into(form, refusal)
        else:
            messages.success(request, _("The queue was made."))
            return redirect("lead:queues-queue", made)
    return page(request, "lead/queue-add.html", form=form, has_projects=bool(known))


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def queue_page(request: HttpRequest, by: Actor, *, queue_id: UUID) -> HttpResponse:
    """One queue: what waits, who works on it, and its settings."""
    row = _led(by, queue_id)
    first = {name: getattr(row, name) for name in ("project", "name", "market", "language", "overlap", "priority")}
    form = _form(request, by, initial=first, project=row)
    if form.is_valid():
        try:
            actions.change_queue(by=by, queue_id=queue_id, settings=form.settings())
        except DomainError as refusal:
            _put_into(form, refusal)
        else:
            messages.success(request, _("The queue was changed."))
            return redirect("lead:queues-queue", queue_id)
    working = [one for one in _working(by, {row.project: row.project_name}) if one["at"].queue_id == queue_id]
    may_import = may(by, Verb.IMPORT_DATA, scope=Scope(project=row.project))
    return page(
        request, "lead/queue.html", row=row, form=form, states=STATES, working=working, as_of=now(),
        may_import=may_import,
    )  # fmt: skip


@require_POST
@screen
def set_state(request: HttpRequest, by: Actor, *, queue_id: UUID) -> HttpResponse:
    """Open, pause or run empty."""
    state = request.POST.get("state", "")
    actions.set_queue_state(by=by, queue_id=queue_id, state=state)
    said = {
        "open": _("The queue is open."),
        "paused": _("The queue is paused. What people hold can still be answered."),
        "draining": _("The queue runs empty: it gets no new items."),
    }
    messages.success(request, said[state])
    return redirect("lead:queues-queue", queue_id)


def _leads_somewhere(by: Actor) -> None:
    """Whether to show the page at all; what may be changed, actions decide."""
    if Verb.MANAGE_QUEUES not in by.verbs():
        raise PermissionDenied(verb=str(Verb.MANAGE_QUEUES))


def _leads(by: Actor, row: queries.QueueRow) -> bool:
    where = Scope(project=row.project, market=row.market, language=row.language)
    return may(by, Verb.MANAGE_QUEUES, scope=where)


def _led(by: Actor, queue_id: UUID) -> queries.QueueRow:
    _leads_somewhere(by)
    row = queries.queue(by=by, queue_id=queue_id)
    if not _leads(by, row):
        raise NotFound(queue_id=queue_id)
    return row


def _projects(by: Actor) -> list[tuple[str, str]]:
    """Projects in which this person may make queues."""
    held = [grant.scope for grant in by.grants if Verb.MANAGE_QUEUES in grant.verbs]
    return [(row.code, row.name) for row in catalog.projects(by=by) if {"", row.code} & {one.project for one in held}]


def _working(by: Actor, projects: dict[str, str]) -> list[dict[str, Any]]:
    """Who holds work now, project by project, by name."""
    return [
        {"at": at, "project_name": name}
        for code, name in projects.items()
        if may(by, Verb.MANAGE_QUEUES, scope=Scope(project=code))
        for at in queries.who_is_working(by=by, project=code)
    ]


def _form(
    request: HttpRequest, by: Actor, *, initial: dict[str, Any], project: queries.QueueRow | None = None
) -> QueueForm:
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None and project:
        data["project"] = project.project  # a queue stays in its project
    return QueueForm(
        data,
        initial=initial,
        projects=[(project.project, project.project_name)] if project else _projects(by),
        markets=[(row.code, row.name) for row in catalog.markets()],
        languages=[(row.code, row.name) for row in catalog.languages()],
    )


def _put_into(form: QueueForm, refusal: DomainError) -> None:
    if isinstance(refusal, PermissionDenied | NotFound):
        raise refusal
    form.add_error(_FIELD_OF.get(refusal.code), words_for(refusal))
