"""Questions: what there is, one set with its versions, written with a preview of the real inputs, published."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from smo.catalog import actions, queries
from smo.catalog.queries import SchemaDetail, SchemaView
from smo.catalog.rules.names import code_from
from smo.catalog.rules.refusals import EditedMeanwhile
from smo.catalog.rules.schema import Schema, parse_schema, schema_faults
from smo.kernel.errors import DomainError, NotFound
from smo.kernel.permissions import Actor, PermissionDenied, Verb, may, require
from smo.labeling import queries as labeling
from smo.web.catalog_forms import names_of, put_into, require_somewhere, said
from smo.web.policy.forms import AddSchema
from smo.web.policy.guideline_form import rearranged
from smo.web.policy.schema_form import QuestionFields, definition_of, fields_from, fields_of
from smo.web.policy.words import PER, TYPES
from smo.web.render import is_swap, page, screen
from smo.web.sentences import in_words

FIRST = {
    "questions": [
        {
            "key": "violation",
            "type": "choice",
            "title": "Does it break a rule?",
            "config": {"labels": ["yes", "no"]},
            "names": {"yes": "Yes", "no": "No"},
        }
    ]
}


@dataclass(frozen=True, slots=True)
class SampleTurn:
    """A turn to try questions on."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Sample:
    """An item to try questions on."""

    text: str
    turns: tuple[SampleTurn, ...] = ()


def _sample(schema: Schema) -> Sample:
    if any(question.per == "turn" for question in schema.questions):
        turns = (
            SampleTurn("user", _("How do I boil an egg?")),
            SampleTurn("assistant", _("Six minutes in hot water.")),
        )
        return Sample("", turns)
    return Sample(_("This is a sample item: some words to decide about, and some to mark."))


def _seen(by: Actor, schema_version_id: UUID) -> tuple[SchemaView, SchemaDetail]:
    """The version with its schema, where this actor may see it. Errors: NotFound."""
    version = queries.schema_version(schema_version_id)
    found = queries.schema(by=by, code=version.schema_code)
    if all(row.id != schema_version_id for row in found.versions):
        raise NotFound(schema_version=schema_version_id)
    return version, found


@require_safe
@screen
def schemas(request: HttpRequest, by: Actor) -> HttpResponse:
    """Every set of questions and who asks it."""
    require_somewhere(by, Verb.VIEW_CATALOG)
    return page(request, "policy/schemas.html", rows=queries.schemas(by=by), may_add=may(by, Verb.MANAGE_POLICIES))


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def add_schema(request: HttpRequest, by: Actor) -> HttpResponse:
    """A set with one question to begin with."""
    require(by, Verb.MANAGE_POLICIES)
    form = AddSchema(request.POST or None)
    if form.is_valid():
        code = form.cleaned_data["code"] or code_from(form.cleaned_data["name"])
        try:
            version_id = actions.create_schema(by=by, code=code, name=form.cleaned_data["name"], definition=FIRST)
        except DomainError as refusal:
            put_into(form, refusal)
        else:
            return redirect("policy:schema-edit", version_id)
    return page(request, "policy/schema-add.html", form=form)


@require_safe
@screen
def schema(request: HttpRequest, by: Actor, *, schema: str) -> HttpResponse:
    """One set: the questions in force as people meet them, and its versions."""
    found = queries.schema(by=by, code=schema)
    names = names_of(row.published_by for row in found.versions)
    chosen = found.in_force or found.draft
    view = queries.schema_version(chosen.id) if chosen else None
    return page(
        request,
        "policy/schema.html",
        schema=found,
        rows=[(row, names.get(row.published_by, "")) for row in found.versions],
        view=view,
        sample=_sample(view.schema) if view else None,
        may_write=may(by, Verb.MANAGE_POLICIES),
    )


@require_safe
@screen
def version(request: HttpRequest, by: Actor, *, schema_version_id: UUID) -> HttpResponse:
    """One version as people meet it."""
    view, found = _seen(by, schema_version_id)
    return page(request, "policy/schema-version.html", view=view, schema=found, sample=_sample(view.schema))


@require_POST
@screen
def draft(request: HttpRequest, by: Actor, *, schema: str) -> HttpResponse:
    """Begin the next version."""
    version_id = actions.draft_schema(by=by, schema=schema)
    messages.success(request, _("A draft was made as a copy of the newest version."))
    return redirect("policy:schema-edit", version_id)


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def edit(request: HttpRequest, by: Actor, *, schema_draft_id: UUID) -> HttpResponse:
    """Write a draft. Whoever saves an older revision is shown both; nothing is lost."""
    require(by, Verb.MANAGE_POLICIES)
    view, _found = _seen(by, schema_draft_id)
    if view.is_published:
        return redirect("policy:schema-version", schema_draft_id)
    if request.method != "POST":
        return _editor(request, view, rows=fields_of(view.definition), revision=view.revision)
    rows, wish = fields_from(request.POST), request.POST.get("do", "save")
    revision_text = request.POST.get("revision", "")
    revision = int(revision_text) if revision_text.isdecimal() else 0
    if wish != "save":
        moved = rows if wish == "check" else rearranged(rows, wish, blank=QuestionFields())
        return _editor(request, view, rows=moved, revision=revision)
    try:
        actions.save_schema(by=by, version_id=schema_draft_id, revision=revision, definition=definition_of(rows))
    except EditedMeanwhile as refusal:
        more = {"fault": said(refusal), "theirs": view.schema.questions}
        return _editor(request, view, rows=rows, revision=view.revision, **more)
    except (PermissionDenied, NotFound):
        raise
    except DomainError:
        return _editor(request, view, rows=rows, revision=revision, is_refused=True)
    messages.success(request, _("The draft was saved."))
    return redirect("policy:schema", view.schema_code)


def _editor(
    request: HttpRequest, view: SchemaView, *, rows: tuple[QuestionFields, ...], revision: int, **more: Any
) -> HttpResponse:
    template = "policy/schema-form.html" if is_swap(request) else "policy/schema-edit.html"
    shown = {"view": view, "rows": rows, "revision": revision, "types": TYPES.items(), "per": PER.items()}
    return page(request, template, **shown, **_tried(definition_of(rows)), **more)


@require_POST
@screen
def check(request: HttpRequest, by: Actor, *, schema_draft_id: UUID) -> HttpResponse:
    """What is wrong with questions as they are being typed, or how they will look; nothing is saved."""
    require(by, Verb.MANAGE_POLICIES)
    _seen(by, schema_draft_id)
    return page(request, "policy/schema-preview.html", **_tried(definition_of(fields_from(request.POST))))


def _tried(definition: Mapping[str, Any]) -> dict[str, Any]:
    faults = schema_faults(definition)
    if faults:
        return {"faults": [in_words(fault) for fault in faults]}
    parsed = parse_schema(definition)
    return {"faults": [], "tried": parsed, "sample": _sample(parsed)}


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def publish(request: HttpRequest, by: Actor, *, schema_draft_id: UUID) -> HttpResponse:
    """Publish a draft, after saying what it does to work that is under way."""
    require(by, Verb.MANAGE_POLICIES)
    view, found = _seen(by, schema_draft_id)
    if request.method == "POST":
        revision = request.POST.get("revision", "")
        actions.publish_schema(
            by=by, version_id=schema_draft_id, revision=int(revision) if revision.isdecimal() else None
        )
        messages.success(request, _("The questions were published."))
        return redirect("policy:schema", view.schema_code)
    return page(request, "policy/publish.html", view=view, schema=found, held=_held(by, found))


def _held(by: Actor, found: SchemaDetail) -> int:
    """How many items people hold now in the projects that ask these questions."""
    ids = [queries.project(by=by, code=code).id for code, _name in found.projects]
    return sum(labeling.progress(project_id).in_work for project_id in ids)
