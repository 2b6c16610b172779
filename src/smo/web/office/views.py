"""People, one person, roles: who works here and what each may do."""

from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from smo.kernel.errors import DomainError, NotFound
from smo.kernel.permissions import Actor, PermissionDenied, Scope, Verb, may
from smo.people import actions, queries
from smo.web.office.answers import Question, ask, back_to, put_into
from smo.web.office.forms import GrantRole
from smo.web.render import id_from, is_swap, page, screen
from smo.web.words import ROLE_NAMES

STATES: Final = (
    ("", gettext_lazy("All accounts")),
    ("active", gettext_lazy("Active")),
    ("inactive", gettext_lazy("Deactivated")),
    ("no_account", gettext_lazy("Without account")),
)


@require_safe
@screen
def people_list(request: HttpRequest, by: Actor) -> HttpResponse:
    """Who works here: searched, filtered, fifty at a time."""
    search, state, after = (request.GET.get(name, "").strip() for name in ("search", "state", "after"))
    state = state if state in dict(STATES) else ""
    found = queries.people(by=by, search=search, state=state, after=id_from(after), limit=50)
    here = reverse("office:people")
    chosen = {name: value for name, value in (("search", search), ("state", state)) if value}
    return page(
        request,
        "office/people-rows.html" if is_swap(request) else "office/people.html",
        rows=found.rows,
        search=search,
        state=state,
        states=STATES,
        after=after,
        first_page=f"{here}?{urlencode(chosen)}",
        next_page=f"{here}?{urlencode(chosen | {'after': found.next})}" if found.next else "",
        may_add=may(by, Verb.MANAGE_PEOPLE),
    )


@require_safe
@screen
def person_page(request: HttpRequest, by: Actor, *, person_id: UUID) -> HttpResponse:
    """One person: account, roles with where and when, and what happened."""
    grants = queries.grants(by=by, person_id=person_id)
    may_read_trail = may(by, Verb.VIEW_AUDIT_TRAIL)
    return page(
        request,
        "office/person.html",
        person=queries.person(by=by, person_id=person_id),
        grants=grants,
        roles=tuple(dict.fromkeys(grant.role for grant in grants if grant.state == "in_force")),
        rows=queries.recent_audit(by=by, person_id=person_id, limit=20).rows if may_read_trail else None,
        me=by.id,
        may_grant=Verb.GRANT_ROLES in by.verbs(),
        may_manage=may(by, Verb.MANAGE_ACCOUNTS, scope=Scope(subject=str(person_id))),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def grant_role(request: HttpRequest, by: Actor, *, person_id: UUID) -> HttpResponse:
    """Give a role, within a scope, from a day to a day."""
    _may_grant_somewhere(by)
    form = GrantRole(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.grant_role(
                by=by,
                person_id=person_id,
                role=given["role"],
                scope=form.scope(),
                starts_on=given["starts_on"],
                ends_on=given["ends_on"],
            )
        except DomainError as refusal:
            put_into(form, refusal)
        else:
            return back_to(request, _("The role was given."), person_id=person_id)
    person = queries.person(by=by, person_id=person_id)
    return page(request, "office/grant.html", form=form, person_id=person_id, person=person)


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def end_grant(request: HttpRequest, by: Actor, *, person_id: UUID, grant_id: UUID) -> HttpResponse:
    """Take a role back, after saying what ends with it."""
    _may_grant_somewhere(by)
    if request.method == "POST":
        actions.end_grant(by=by, grant_id=grant_id)
        return back_to(request, _("The role was ended."), person_id=person_id)
    question = Question(
        title=_("End this role?"),
        about=_role_and_holder(by, person_id=person_id, grant_id=grant_id),
        loss=_(
            "The person can no longer do what this role allows, from the next click on. Work that is open stays open."
        ),
        way_back=_("You can give the role again at any time; both steps stay in the audit trail."),
        button=_("End the role"),
    )
    return ask(request, question, person_id=person_id)


def _role_and_holder(by: Actor, *, person_id: UUID, grant_id: UUID) -> str:
    held = {row.id: row.role for row in queries.grants(by=by, person_id=person_id)}
    if grant_id not in held:
        raise NotFound(grant_id=grant_id)
    return f"{ROLE_NAMES[held[grant_id]]}: {queries.person(by=by, person_id=person_id).name}"


def _may_grant_somewhere(by: Actor) -> None:
    """Whether to show the form at all; where the role may be given, the action decides."""
    if Verb.GRANT_ROLES not in by.verbs():
        raise PermissionDenied(verb=str(Verb.GRANT_ROLES))


@require_safe
@screen
def roles_page(request: HttpRequest, by: Actor) -> HttpResponse:
    """What each role may do."""
    return page(request, "office/roles.html", roles=queries.roles(by=by), verbs=tuple(Verb))
