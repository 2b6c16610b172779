"""Flags: where people found the guideline unclear, read beside the item and the rule, and answered once."""

from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from smo.catalog import queries as catalog
from smo.intake import queries as intake
from smo.kernel.errors import DomainError, NotFound
from smo.kernel.permissions import Actor, PermissionDenied, Scope, Verb, may
from smo.labeling import actions, queries
from smo.web.lead.forms import Answer
from smo.web.render import id_from, page, screen
from smo.web.words import words_for

STATES: Final = (
    ("open", gettext_lazy("Open")),
    ("answered", gettext_lazy("Answered")),
    ("all", gettext_lazy("All")),
)


@require_safe
@screen
def flags_page(request: HttpRequest, by: Actor) -> HttpResponse:
    """The inbox: what waits for an answer first."""
    _answers_somewhere(by)
    state = request.GET.get("state", "open")
    state = state if state in dict(STATES) else "open"
    project, after = (request.GET.get(name, "").strip() for name in ("project", "after"))
    found = queries.flags(by=by, project=project, state=state, after=id_from(after), limit=50)
    chosen = {name: value for name, value in (("state", state), ("project", project)) if value}
    here = reverse("lead:flags")
    return page(
        request,
        "lead/flags.html",
        rows=found.rows,
        state=state,
        states=STATES,
        project=project,
        projects=[(row.code, row.name) for row in catalog.projects(by=by)],
        waiting=queries.flags_waiting(by=by),
        after=after,
        first_page=f"{here}?{urlencode(chosen)}",
        next_page=f"{here}?{urlencode(chosen | {'after': found.next})}" if found.next else "",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def flag_page(request: HttpRequest, by: Actor, *, flag_id: UUID) -> HttpResponse:
    """One flag beside its item and the guideline that the person had."""
    _answers_somewhere(by)
    form = Answer(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer_flag(by=by, flag_id=flag_id, answer=form.cleaned_data["answer"])
        except DomainError as refusal:
            if isinstance(refusal, PermissionDenied | NotFound):
                raise
            form.add_error("answer", words_for(refusal))
        else:
            messages.success(request, _("The flag was answered."))
            return redirect("lead:flags")
    row = queries.flag(by=by, flag_id=flag_id)  # after the refusal: somebody may have answered a moment ago
    version = catalog.guideline_version(row.guideline_version_id) if row.guideline_version_id else None
    rule = next((one for one in version.rules if one.code == row.rule_code), None) if version else None
    content = _content(by, row)
    return page(request, "lead/flag.html", row=row, form=form, version=version, rule=rule, content=content)


def _answers_somewhere(by: Actor) -> None:
    if Verb.ANSWER_FLAGS not in by.verbs():
        raise PermissionDenied(verb=str(Verb.ANSWER_FLAGS))


def _content(by: Actor, row: queries.FlagRow) -> intake.Content | None:
    if not may(by, Verb.VIEW_ITEMS, scope=Scope(project=row.project)):
        return None
    return intake.item(by=by, item_id=row.item_id).content
