"""Policies: what there is, one with its versions, a new one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from smo.catalog import actions, queries
from smo.catalog.rules.names import code_from
from smo.kernel.errors import DomainError
from smo.kernel.permissions import Actor, Verb, may, require
from smo.web.catalog_forms import names_of, put_into, require_somewhere
from smo.web.policy.forms import AddPolicy
from smo.web.policy.words import STATES
from smo.web.render import page, screen


@require_safe
@screen
def policies(request: HttpRequest, by: Actor) -> HttpResponse:
    """Every policy with the version in force, the one that comes and the one being written."""
    require_somewhere(by, Verb.VIEW_CATALOG)
    return page(request, "policy/policies.html", rows=queries.policies(by=by), may_add=may(by, Verb.MANAGE_POLICIES))


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def add_policy(request: HttpRequest, by: Actor) -> HttpResponse:
    """A policy with its first draft, ready to be written."""
    require(by, Verb.MANAGE_POLICIES)
    form = AddPolicy(request.POST or None)
    if form.is_valid():
        code = form.cleaned_data["code"] or code_from(form.cleaned_data["name"])
        try:
            actions.create_policy(by=by, code=code, name=form.cleaned_data["name"])
            version_id = actions.draft_guideline(by=by, policy=code)
        except DomainError as refusal:
            put_into(form, refusal)
        else:
            messages.success(request, _("The policy was made. Write its first version."))
            return redirect("policy:guideline-edit", version_id)
    return page(request, "policy/policy-add.html", form=form)


@require_safe
@screen
def policy(request: HttpRequest, by: Actor, *, policy: str) -> HttpResponse:
    """One policy: its versions with their dates, and where it is used."""
    found = queries.policy(by=by, code=policy)
    names = names_of(row.approved_by for row in found.versions)
    current = found.of_state("effective")
    return page(
        request,
        "policy/policy.html",
        policy=found,
        rows=[(row, STATES[row.state], names.get(row.approved_by, "")) for row in found.versions],
        current=current,
        draft=found.of_state("draft"),
        may_write=may(by, Verb.MANAGE_POLICIES),
        may_approve=may(by, Verb.APPROVE_GUIDELINES),
    )


@require_POST
@screen
def draft(request: HttpRequest, by: Actor, *, policy: str) -> HttpResponse:
    """Begin the next version."""
    version_id = actions.draft_guideline(by=by, policy=policy)
    messages.success(request, _("A draft was made as a copy of the newest version."))
    return redirect("policy:guideline-edit", version_id)
