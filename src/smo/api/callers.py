"""Who calls: a person by session or by an API token; nobody whose password is not their own yet."""

from typing import Any, Final

from django.http import HttpRequest
from ninja.security import HttpBearer, SessionAuth

from smo.kernel.errors import DomainError
from smo.kernel.permissions import Actor, PermissionDenied, Verb
from smo.people import actions, queries

NOBODY: Final = 0  # no account has this number
_CALLER: Final = "smo_caller"


def caller(request: HttpRequest) -> Actor:
    """Who calls, with the grants in force; of a token, cut down to what it may."""
    known: Actor | None = getattr(request, _CALLER, None)
    return known or queries.actor(request.user.pk or NOBODY)


def require_somewhere(request: HttpRequest, verb: Verb) -> None:
    """Go on only when the verb is held in some scope; for lists that are the same for all. Errors: PermissionDenied."""
    if verb not in caller(request).verbs():
        raise PermissionDenied(verb=str(verb))


class PasswordChangeDue(DomainError):
    """The password that was given works only for choosing an own one."""

    code = "password_change_due"


class TokenNotValid(DomainError):
    """This token is unknown, has expired or was revoked, or its person cannot sign in."""

    code = "token_not_valid"


class OwnSession(SessionAuth):
    """Session authentication that lets nobody in who still has a password from someone else."""

    def __call__(self, request: HttpRequest) -> object | None:
        """The account, or nothing; whoever sends a token means the token."""
        return None if request.headers.get("Authorization") else super().__call__(request)

    def authenticate(self, request: HttpRequest, key: str | None) -> object | None:
        """The account, or nothing. Errors: PasswordChangeDue."""
        account = super().authenticate(request, key)
        if account is not None and queries.signed_in(request.user.pk or NOBODY).must_change_password:
            raise PasswordChangeDue
        return account


class OwnToken(HttpBearer):
    """`Authorization: Bearer smo_...`; a token that is not valid is refused, whoever else is signed in here."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """The token. Errors: TokenNotValid."""
        found = queries.token_in_use(token.strip())
        if found is None:
            raise TokenNotValid
        if not queries.used_today(found):
            actions.note_token_use(by=found.actor, token_id=found.id)
        setattr(request, _CALLER, found.actor)
        return found
