"""Errors outside of every view: pages get a page, the API gets a problem."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse

from smo.api.problems import problem
from smo.web import errors

_API = "/api/"


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request itself is broken."""
    if request.path.startswith(_API):
        return problem(413 if isinstance(exception, RequestDataTooBig) else 400)
    return errors.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: known, but not allowed."""
    return problem(403) if request.path.startswith(_API) else errors.forbidden(request, exception)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page or endpoint."""
    return problem(404) if request.path.startswith(_API) else errors.not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault."""
    return problem(500) if request.path.startswith(_API) else errors.server_error(request)
