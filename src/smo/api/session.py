"""Who calls: the session of a person who is signed in and has a password of their own."""

from typing import Final

from django.http import HttpRequest
from ninja.security import SessionAuth

from smo.kernel.errors import DomainError
from smo.kernel.permissions import Actor
from smo.people import queries

NOBODY: Final = 0  # no account has this number


def caller(request: HttpRequest) -> Actor:
    """Who calls, with the grants in force."""
    return queries.actor(request.user.pk or NOBODY)


class PasswordChangeDue(DomainError):
    """The password that was given works only for choosing an own one."""

    code = "password_change_due"


class OwnSession(SessionAuth):
    """Session authentication that lets nobody in who still has a password from someone else."""

    def authenticate(self, request: HttpRequest, key: str | None) -> object | None:
        """The account, or nothing. Errors: PasswordChangeDue."""
        account = super().authenticate(request, key)
        if account is not None and queries.signed_in(request.user.pk or NOBODY).must_change_password:
            raise PasswordChangeDue
        return account
