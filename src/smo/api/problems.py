"""Refusals as problem details (RFC 9457): a status, a code that programs read, words that people read."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from functools import wraps
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from smo.api.callers import PasswordChangeDue, TokenNotValid
from smo.kernel.errors import DomainError, NotFound
from smo.kernel.permissions import PermissionDenied

CONTENT_TYPE: Final = "application/problem+json"
TITLES: Final = {
    400: "The request could not be read",
    401: "Sign in first, or send a token that is valid",
    403: "Your roles do not allow this",
    404: "Nothing is here, or nothing that you may see",
    405: "This address does not take this method",
    409: "This was not done",
    413: "This is too large",
    415: "This kind of content is not taken here",
    422: "Some values are not valid",
    429: "Too many requests; wait a little",
    500: "Something went wrong here",
    503: "The database does not answer",
}
_CODES: Final = {
    400: "bad_request",
    401: "not_signed_in",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "content_type_not_taken",
    429: "too_many_requests",
    503: "not_available",
}
_STATUS: Final = (
    (TokenNotValid, 401),
    (PermissionDenied, 403),
    (PasswordChangeDue, 403),
    (NotFound, 404),
    (DomainError, 409),
)
_FORBIDDEN: Final = frozenset({"reveal_before_label"})
_log: Final = logging.getLogger("smo.api")


def problem(status: int, *, code: str = "", **facts: object) -> HttpResponse:
    """One refusal as application/problem+json."""
    body: Mapping[str, object] = {
        "type": "about:blank",
        "title": TITLES.get(status, TITLES[400 if status < 500 else 500]),
        "status": status,
        "code": code or _CODES.get(status, "failed"),
    } | facts
    response = HttpResponse(json.dumps(body, default=_plain), status=status, content_type=CONTENT_TYPE)
    response.headers["Cache-Control"] = "no-store"
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A domain error with its parameters; `detail` says in English what it means."""
    del request
    status = next(status for kind, status in _STATUS if isinstance(error, kind))
    if error.code in _FORBIDDEN:
        status = 403
    elif status == 409 and error.code.endswith("_not_known"):
        status = 404
    elif status == 409 and error.code.endswith("_not_valid"):
        status = 422
    detail = (type(error).__doc__ or "").strip().split("\n", maxsplit=1)[0]
    return problem(status, code=error.code, detail=detail, parameters=error.parameters)


def in_one_shape(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Whatever an address of this API refuses leaves as a problem, also what the framework refused by itself."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code < 400 or response.headers.get("Content-Type") == CONTENT_TYPE:
            return response
        kept = {name: value for name in ("Allow", "Retry-After") if (value := response.headers.get(name))}
        shaped = problem(response.status_code)
        for name, value in kept.items():
            shaped.headers[name] = value
        return shaped

    answered.csrf_exempt = True  # type: ignore[attr-defined]  # sessions check it themselves, tokens need none
    return answered


def install(api: NinjaAPI) -> None:
    """Let every error of this API leave as a problem."""
    answers: dict[Any, Any] = {
        DomainError: refused,
        AuthenticationError: lambda request, error: problem(401),
        Http404: lambda request, error: problem(404),
        ValidationError: lambda request, error: problem(
            422, code="not_valid", errors=[_named(e) for e in error.errors]
        ),
        HttpError: _http_error,
        RequestDataTooBig: lambda request, error: problem(413),
        Exception: _our_fault,
    }
    for kind, answer in answers.items():
        api.add_exception_handler(kind, answer)


def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    del request
    return problem(error.status_code, detail=str(error))


def _our_fault(request: HttpRequest, error: Exception) -> HttpResponse:
    """Told to the log whole, to the caller not at all."""
    _log.error("%s %s failed", request.method, request.path, exc_info=error)
    return problem(500, code="failed")


def _named(error: Mapping[str, Any]) -> dict[str, Any]:
    """Which value, and what is wrong with it; what was sent is not sent back."""
    return {"loc": list(error["loc"]), "msg": error["msg"], "type": error["type"]}


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)
