"""Accounts: adding a person with one, giving a new password, closing and opening it again."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from smo.kernel.errors import DomainError
from smo.kernel.permissions import Actor, Scope, Verb, require
from smo.people import actions, queries
from smo.web.office.answers import Question, ask, back_to, put_into
from smo.web.office.forms import AddPerson
from smo.web.render import page, screen


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def add_person(request: HttpRequest, by: Actor) -> HttpResponse:
    """The person, the account and the first role in one step; the password is shown once."""
    require(by, Verb.MANAGE_PEOPLE)
    form = AddPerson(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.add_member(
                by=by, name=given["name"], email=given["email"], role=given["role"], scope=form.scope()
            )
        except DomainError as refusal:
            put_into(form, refusal)
        else:
            return _show_once(request, made, title=_("Added: %(name)s") % {"name": given["name"]})
    return page(request, "office/people-add.html", form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def new_password(request: HttpRequest, by: Actor, *, person_id: UUID) -> HttpResponse:
    """A new one-time password for who forgot theirs."""
    _may_manage(by, person_id)
    if request.method == "POST":
        return _show_once(
            request, actions.reset_password(by=by, person_id=person_id), title=_("A new password was made")
        )
    question = Question(
        title=_("Give a new password?"),
        about=queries.person(by=by, person_id=person_id).name,
        loss=_("The present password stops working, and the person is signed out everywhere."),
        way_back=_("You see the new password once and hand it over by a way that you trust."),
        button=_("Make a new password"),
    )
    return ask(request, question, person_id=person_id)


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def remove_second_factor(request: HttpRequest, by: Actor, *, person_id: UUID) -> HttpResponse:
    """Take away the second factor of someone who lost their device, after saying what stops."""
    _may_manage(by, person_id)
    if request.method == "POST":
        actions.remove_second_factor(by=by, person_id=person_id)
        return back_to(request, _("The second factor was removed."), person_id=person_id)
    question = Question(
        title=_("Remove the second factor?"),
        about=queries.person(by=by, person_id=person_id).name,
        loss=_("The password alone opens this account until the person sets up a new second factor."),
        way_back=_("Make sure that it is this person who asks. They are signed out everywhere."),
        button=_("Remove the second factor"),
    )
    return ask(request, question, person_id=person_id)


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def deactivate(request: HttpRequest, by: Actor, *, person_id: UUID) -> HttpResponse:
    """Close an account, after saying what stops."""
    _may_manage(by, person_id)
    if request.method == "POST":
        actions.deactivate_account(by=by, person_id=person_id)
        return back_to(request, _("The account was deactivated."), person_id=person_id)
    question = Question(
        title=_("Deactivate this account?"),
        about=queries.person(by=by, person_id=person_id).name,
        loss=_("The person is signed out and cannot sign in. Records, roles and numbers stay as they are."),
        way_back=_("You can reactivate the account at any time; both steps stay in the audit trail."),
        button=_("Deactivate the account"),
    )
    return ask(request, question, person_id=person_id)


@require_POST
@screen
def activate(request: HttpRequest, by: Actor, *, person_id: UUID) -> HttpResponse:
    """Open a closed account again."""
    actions.activate_account(by=by, person_id=person_id)
    return back_to(request, _("The account is active again."), person_id=person_id)


def _may_manage(by: Actor, person_id: UUID) -> None:
    require(by, Verb.MANAGE_ACCOUNTS, scope=Scope(subject=str(person_id)))


def _show_once(request: HttpRequest, made: actions.NewAccount, *, title: str) -> HttpResponse:
    """Answered at once, without a redirect: the password is stored nowhere, not even in the session."""
    return page(
        request, "office/password.html", title=title, email=made.email, password=made.password, person_id=made.person_id
    )
