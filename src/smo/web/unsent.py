"""Keys for answers that wait in a browser: sealed and named by account, so that no other account opens them."""

import base64
import hashlib
import hmac
from typing import Final

from django import template
from django.conf import settings
from django.http import HttpRequest

register = template.Library()
_SALT: Final = b"smo.desk.unsent"


def _derived(account_id: int, use: str) -> bytes:
    text = _SALT + f".{use}.{account_id}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).digest()


def owner_of(account_id: int) -> str:
    """The name under which a browser keeps this account's unsent answers; it tells nothing about the account."""
    return _derived(account_id, "owner").hex()[:32]


def key_of(account_id: int) -> str:
    """The AES key that seals them, in base64; a page of this account's session is the only one that gets it."""
    return base64.b64encode(_derived(account_id, "key")).decode()


@register.simple_tag(takes_context=True)
def unsent_owner(context: dict[str, HttpRequest]) -> str:
    """Whose unsent answers to ask about before signing out; nobody's at the door."""
    user = getattr(context.get("request"), "user", None)
    return owner_of(user.pk) if user is not None and user.is_authenticated else ""
