"""One's own API tokens: which there are, a new one shown once, and revoking; an administrator sees everybody's."""

from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from smo.kernel.clock import now
from smo.kernel.errors import DomainError
from smo.kernel.permissions import Actor, Verb, may
from smo.people import actions, queries
from smo.web.render import id_from, page, screen
from smo.web.tokens.forms import NewToken
from smo.web.words import words_for

_FIELD_OF: Final = {
    "token_name_missing": "name",
    "token_verbs_missing": "verbs",
    "token_beyond_own": "verbs",
    "token_end_not_valid": "days",
}


@require_safe
@screen
def tokens(request: HttpRequest, by: Actor) -> HttpResponse:
    """Mine or, for whoever manages accounts, everybody's."""
    may_see_all = may(by, Verb.MANAGE_ACCOUNTS)
    everyone = may_see_all and request.GET.get("of") == "everyone"
    found = queries.tokens(by=by, everyone=everyone, after=id_from(request.GET.get("after", "")))
    here = reverse("tokens:list")
    chosen = {"of": "everyone"} if everyone else {}
    return page(
        request,
        "tokens/tokens.html",
        rows=found.rows,
        everyone=everyone,
        may_see_all=may_see_all,
        may_make=bool(by.verbs()),
        after=request.GET.get("after", ""),
        first_page=f"{here}?{urlencode(chosen)}",
        next_page=f"{here}?{urlencode(chosen | {'after': found.next})}" if found.next else "",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def make(request: HttpRequest, by: Actor) -> HttpResponse:
    """A new token; its secret is answered at once and stored nowhere, not even in the session."""
    form = NewToken(request.POST or None, held=by.verbs())
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.create_token(
                by=by,
                name=given["name"],
                verbs=given["verbs"],
                expires_at=now() + form.lifetime(),
                scope=form.scope(),
            )
        except DomainError as refusal:
            form.add_error(_FIELD_OF.get(refusal.code), words_for(refusal))
        else:
            return page(request, "tokens/made.html", made=made)
    return page(request, "tokens/make.html", form=form)


@require_POST
@screen
def revoke(request: HttpRequest, by: Actor, *, token_id: UUID) -> HttpResponse:
    """At once; programs that use it are refused from now on."""
    actions.revoke_token(by=by, token_id=token_id)
    messages.success(request, _("The token was revoked."))
    of = "?of=everyone" if request.POST.get("of") == "everyone" else ""
    return redirect(reverse("tokens:list") + of)
