"""Where allauth meets people: who signs in, out or in vain is kept; nobody signs up by themselves."""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from smo.kernel.permissions import SYSTEM
from smo.people import actions as people
from smo.people.queries import account_id_of, actor


class SignInAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Account side: accounts come from an administrator, and every attempt leaves a trace."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody lets themselves in."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Too many tries are refused before any password is looked at, and that is kept too."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            people.record_attempt(by=SYSTEM, account_id=_account_id(credentials), outcome="too_many")
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong password, or an address that nobody has."""
        account_id = _account_id(credentials)
        outcome = "wrong_password" if account_id else "unknown_account"
        people.record_attempt(by=SYSTEM, account_id=account_id, outcome=outcome)

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        """The password was right, but the account is closed."""
        people.record_attempt(by=SYSTEM, account_id=user.pk, outcome="inactive_account")
        response: HttpResponse = super().respond_user_inactive(request, user)
        return response

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **how: Any) -> HttpResponse:
        """In, after every stage that the account asks for."""
        people.record_attempt(by=actor(user.pk), account_id=user.pk, outcome="succeeded")
        response: HttpResponse = super().post_login(request, user, **how)
        return response

    def logout(self, request: HttpRequest) -> None:
        """Out; kept while it is still known who leaves."""
        if request.user.is_authenticated:
            people.record_sign_out(by=actor(request.user.pk))
        super().logout(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Home, not the same form again."""
        return reverse("home")

    def clean_password(self, password: str, user: AbstractBaseUser | None = None) -> str:
        """A password of one's own: not the one that an administrator made and has seen."""
        cleaned: str = super().clean_password(password, user)
        if user is not None and user.check_password(cleaned):
            raise ValidationError(_("This is the password that you have now. Choose another one."))
        return cleaned

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Someone chose their own password."""
        super().set_password(user, password)
        people.note_password_change(by=actor(user.pk), account_id=user.pk)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: their secrets lie in the database only under a key that is not in it."""

    def encrypt(self, text: str) -> str:
        """The secret as it is stored."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret as it is used."""
        return _box().decrypt(encrypted_text.encode()).decode()


def _box() -> Fernet:
    key = hashlib.scrypt(settings.SECRET_KEY.encode(), salt=b"smo second factor", n=2, r=8, p=1, dklen=32)
    return Fernet(base64.urlsafe_b64encode(key))


def _account_id(credentials: dict[str, Any]) -> int | None:
    return account_id_of(str(credentials.get("email") or ""))
