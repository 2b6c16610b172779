"""Refusals as problem details (RFC 9457): a status, a code that programs read, words that people read."""

import json
from collections.abc import Mapping
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from smo.api.session import PasswordChangeDue
from smo.kernel.errors import DomainError, NotFound
from smo.kernel.permissions import PermissionDenied

_STATUS: Final = ((PermissionDenied, 403), (PasswordChangeDue, 403), (NotFound, 404), (DomainError, 409))
_TITLES: Final = {
    400: "The request could not be read",
    401: "Sign in first",
    403: "Your roles do not allow this",
    404: "Nothing is here, or nothing that you may see",
    409: "This was not done",
    422: "Some values are not valid",
    503: "The database does not answer",
}


def problem(status: int, *, code: str, **facts: object) -> HttpResponse:
    """One refusal as application/problem+json."""
    body: Mapping[str, object] = {
        "type": "about:blank",
        "title": _TITLES[status],
        "status": status,
        "code": code,
    } | facts
    return HttpResponse(json.dumps(body, default=str), status=status, content_type="application/problem+json")


def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A domain error with its parameters."""
    del request
    status = next(status for kind, status in _STATUS if isinstance(error, kind))
    return problem(status, code=error.code, parameters=error.parameters)


def install(api: NinjaAPI) -> None:
    """Let every error of this API leave as a problem."""
    answers: dict[Any, Any] = {
        DomainError: refused,
        AuthenticationError: lambda request, error: problem(401, code="not_signed_in"),
        Http404: lambda request, error: problem(404, code="not_found"),
        ValidationError: lambda request, error: problem(422, code="not_valid", errors=error.errors),
        HttpError: lambda request, error: problem(error.status_code, code="bad_request", detail=str(error)),
    }
    for kind, answer in answers.items():
        api.add_exception_handler(kind, answer)
