"""Error pages in words: what happened and what to do. The last two stand without database and session."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from smo.kernel.errors import DomainError, NotFound
from smo.kernel.permissions import PermissionDenied
from smo.web.words import words_for


def explain(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The page for a request that the house refused."""
    if isinstance(error, PermissionDenied):
        return _page(request, 403, title=_("You cannot open this"), remedy=words_for(error))
    if isinstance(error, NotFound):
        return _page(request, 404, title=_("Nothing is here"), remedy=words_for(error))
    return _page(request, 409, title=_("This was not done"), remedy=words_for(error))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request itself is broken."""
    del exception
    remedy = _("Go back, load the page again, and try once more.")
    return _page(request, 400, title=_("The request could not be read"), remedy=remedy)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: known, but not allowed."""
    del exception
    return explain(request, PermissionDenied())


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page."""
    del exception
    return explain(request, NotFound())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was older than the session, or came from elsewhere."""
    del reason
    remedy = _("You signed in or out since the form was opened. Go back, load the page again, and send it once more.")
    return _page(request, 403, title=_("The form has expired"), remedy=remedy)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. Drawn without asking anything that may be the cause."""
    del request
    return HttpResponse(render_to_string("500.html"), status=500)


def _page(request: HttpRequest, status: int, *, title: str, remedy: str) -> HttpResponse:
    return render(request, "refused.html", {"title": title, "remedy": remedy}, status=status)
