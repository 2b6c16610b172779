"""Home and the two settings that belong to a browser: theme and language."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from smo.kernel.permissions import Actor
from smo.web.home.news import news
from smo.web.home.setup import SetUpStep, set_up_steps
from smo.web.home.steps import next_steps, when_work_appears
from smo.web.home.tasks import Task, tasks
from smo.web.render import THEMES, page, screen

YEAR_SECONDS: Final = 365 * 24 * 3600


@require_safe
@screen
def home(request: HttpRequest, by: Actor) -> HttpResponse:
    """What waits for me, what changed, and the next step."""
    waiting, set_up = tasks(by), set_up_steps(by)
    return page(
        request,
        "home/home.html",
        tasks=waiting,
        set_up=set_up,
        next=_next(waiting, set_up),
        steps=next_steps(by.verbs()),
        waits=when_work_appears(grant.role for grant in by.grants),
        news=news(by),
        grants=by.grants,
    )


def _next(waiting: tuple[Task, ...], set_up: tuple[SetUpStep, ...]) -> Task | SetUpStep | None:
    """The one thing to begin with: while the first way is not gone, its next step."""
    return next((step for step in set_up if step.href), waiting[0] if waiting else None)


@require_POST
def remember_theme(request: HttpRequest) -> HttpResponse:
    """Light or dark, kept in this browser; no account is needed at the door."""
    wanted = request.POST.get("next", "/")
    target = wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()) else "/"
    response = HttpResponseRedirect(target)
    theme = request.POST.get("theme")
    if theme in THEMES:
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie("theme", theme, max_age=YEAR_SECONDS, secure=secure, httponly=True, samesite="Lax")
    return response
