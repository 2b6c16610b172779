"""How a place answers: who asks, one domain call, one template; refusals become pages in words."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers

from smo.kernel.errors import DomainError, NotFound
from smo.kernel.permissions import Actor
from smo.people import queries as people
from smo.web.errors import explain
from smo.web.navigation import Group, Place, at_the_thumb, groups_of, places_for

P = ParamSpec("P")
NOBODY: Final = 0  # no account has this number
THEMES: Final = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Shell:
    """What surrounds a page: where one can go, who one is, how it looks."""

    theme: str
    name: str = ""
    email: str = ""
    groups: tuple[Group, ...] = ()
    first_places: tuple[Place, ...] = ()
    more_groups: tuple[Group, ...] = ()
    must_change_password: bool = False


def signed_in(request: HttpRequest) -> people.SignedIn:
    """Who is at the screen, asked once for each request."""
    known: people.SignedIn | None = getattr(request, "smo_signed_in", None)
    if known is None:
        known = people.signed_in(request.user.pk or NOBODY)
        setattr(request, "smo_signed_in", known)  # noqa: B010 - Django's request takes no declared fields
    return known


def actor_of(request: HttpRequest) -> Actor:
    """Who asks, with the grants in force."""
    return people.actor(request.user.pk or NOBODY)


def screen(view: Callable[Concatenate[HttpRequest, Actor, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for people who are signed in: hands the actor in, puts refusals into words, keeps copies out of caches."""

    @login_required
    @wraps(view)
    def seen(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if signed_in(request).must_change_password:
            return redirect("account_change_password")
        try:
            response = view(request, actor_of(request), *args, **kwargs)
        except DomainError as error:
            response = explain(request, error)
        add_never_cache_headers(response)
        return response

    return seen


def is_swap(request: HttpRequest) -> bool:
    """Does htmx ask for a part of the page only?"""
    return request.headers.get("HX-Request") == "true"


def id_from(text: str) -> UUID | None:
    """An id in an address; none when it is empty. Errors: NotFound when it is no id."""
    try:
        return UUID(text) if text else None
    except ValueError as fault:
        raise NotFound from fault


def page(request: HttpRequest, template: str, **content: Any) -> HttpResponse:
    """One template with its content; the shell comes by itself."""
    return render(request, template, content)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the shell, of which a visitor at the door sees only the theme."""
    chosen = request.COOKIES.get("theme", "")
    theme = chosen if chosen in THEMES else ""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"shell": Shell(theme)}
    places = places_for(actor_of(request).verbs())
    who = signed_in(request)
    first, rest = at_the_thumb(places)
    groups = groups_of(places)
    return {"shell": Shell(theme, who.name, who.email, groups, first, groups_of(rest), who.must_change_password)}
