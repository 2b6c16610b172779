"""A project's imports: what came in, and one import from its file to publishing."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from smo.evaluation import queries as evaluation
from smo.intake import actions, queries
from smo.intake.rules.faults import FileNotRead
from smo.intake.rules.mapping import NEEDED, ROLES
from smo.kernel.errors import DomainError, NotFound
from smo.kernel.permissions import Actor, Scope, Verb, may
from smo.web.imports.files import PART_BYTES
from smo.web.imports.words import KIND_HINTS, KIND_NAMES, ROLE_WORDS, STATE_WORDS, fault_words
from smo.web.render import is_swap, page, screen
from smo.web.sentences import file_in_words
from smo.web.words import words_for

_MAPPABLE: Final = frozenset({"received", "mapped"})


@require_safe
@screen
def import_list(request: HttpRequest, by: Actor, *, project: str) -> HttpResponse:
    """What came into a project, and the place to drop the next file."""
    rows = queries.imports(by=by, project=project)
    sees_numbers = may(by, Verb.VIEW_NUMBERS, scope=Scope(project=project))
    return page(
        request,
        "imports/imports.html",
        project=queries.project_ref(code=project),
        rows=[(row, KIND_NAMES[row.kind], STATE_WORDS[row.state]) for row in rows],
        kinds=[(kind, name, KIND_HINTS[kind]) for kind, name in KIND_NAMES.items()],
        part_bytes=PART_BYTES,
        models=evaluation.models_of(by=by, project=project) if sees_numbers else (),
    )


@require_safe
@screen
def import_page(request: HttpRequest, by: Actor, *, project: str, import_id: UUID) -> HttpResponse:
    """One import at its step; while something goes on, the middle of the page asks again by itself."""
    state = _of_project(by, project=project, import_id=import_id)
    if is_swap(request):
        return page(request, "imports/progress.html", **_shown(project, state))
    more = _before_staging(by, state) if state.row.state in _MAPPABLE and state.is_whole else {}
    return page(request, "imports/import.html", **_shown(project, state), **more)


def _shown(project: str, state: queries.ImportState) -> dict[str, Any]:
    faults = [(fault, *fault_words(str(fault["code"]))) for fault in state.faults]
    received = min(state.bytes_received / state.row.bytes, 1.0) if state.row.bytes else 1.0
    return {
        "project": queries.project_ref(code=project),
        "state": state,
        "why": file_in_words(state.fault) if state.fault else "",
        "row": state.row,
        "kind_name": KIND_NAMES[state.row.kind],
        "state_name": STATE_WORDS[state.row.state],
        "faults": faults,
        "percent_read": int(100 * state.share_read),
        "percent_received": int(100 * received),
        "may_cancel": state.row.state not in {"published", "cancelled", "failed"},
    }


def _before_staging(by: Actor, state: queries.ImportState) -> dict[str, Any]:
    """The first rows, which column is what, and what would become of them."""
    import_id = state.row.id
    try:
        look = actions.look_into(by=by, import_id=import_id)
        tried = actions.check_import(by=by, import_id=import_id) if state.row.state == "mapped" else None
    except FileNotRead as fault:
        return {"unreadable": words_for(fault)}
    chosen = state.mapping.get("columns", look.guesses)
    return {
        "look": look,
        "tried": tried,
        "tried_faults": [(fault, *fault_words(fault.code)) for fault in tried.faults] if tried else [],
        "fields": _fields(state.row.kind, columns=look.columns, chosen=chosen),
        "make_questions": bool(state.mapping.get("make_questions")),
        "has_answers": state.row.kind != "items",
    }


def _fields(kind: str, *, columns: tuple[str, ...], chosen: Mapping[str, str]) -> list[dict[str, Any]]:
    """A choice of columns for each role; a column that stands for several stays as it was guessed."""
    needed = {role for group in NEEDED[kind] for role in group}
    fields = []
    for role in ROLES[kind]:
        column = chosen.get(role, "")
        options = [*columns, *([column] if column and column not in columns else [])]
        name, hint = ROLE_WORDS[role] if kind == "items" or role != "score" else ROLE_WORDS["model_score"]
        fields.append(
            {
                "role": role,
                "name": name,
                "hint": hint,
                "chosen": column,
                "options": options,
                "is_needed": role in needed,
            }
        )
    return fields


@require_POST
@screen
def mapping(request: HttpRequest, by: Actor, *, project: str, import_id: UUID) -> HttpResponse:
    """Say which column is what; the page then shows what would become of the first rows."""
    state = _of_project(by, project=project, import_id=import_id)
    said = {role: request.POST.get(role, "") for role in ROLES[state.row.kind]}
    make_questions = request.POST.get("make_questions") == "on"
    try:
        actions.map_import(by=by, import_id=import_id, mapping=said, make_questions=make_questions)
    except DomainError as refusal:
        messages.error(request, words_for(refusal))
    return redirect("imports:import", project, import_id)


@require_POST
@screen
def step(request: HttpRequest, by: Actor, *, project: str, import_id: UUID) -> HttpResponse:
    """Ask for the next step, which is done in the background."""
    _of_project(by, project=project, import_id=import_id)
    actions.request_step(by=by, import_id=import_id)
    return redirect("imports:import", project, import_id)


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def cancel(request: HttpRequest, by: Actor, *, project: str, import_id: UUID) -> HttpResponse:
    """Drop an import, after saying what goes with it."""
    state = _of_project(by, project=project, import_id=import_id)
    if request.method == "POST":
        actions.cancel_import(by=by, import_id=import_id)
        messages.success(request, _("The import was cancelled. Nothing of it was published."))
        return redirect(reverse("imports:imports", args=[project]))
    return page(request, "imports/cancel.html", **_shown(project, state))


def _of_project(by: Actor, *, project: str, import_id: UUID) -> queries.ImportState:
    """The import, when it belongs to the project of the address."""
    state = queries.import_state(by=by, import_id=import_id)
    if state.row.project != project:
        raise NotFound(import_id=import_id)
    return state
