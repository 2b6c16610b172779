"""Rows of people in Django's admin, for looking only: what changes them goes through actions."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from smo.people.models import Account, ApiToken, Attempt, Grant, Person, Role


class LookOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Shows rows and changes none, whoever asks."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Developers who may enter at all."""
        return bool(request.user.is_active and getattr(request.user, "is_staff", False))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The same people."""
        return self.has_view_permission(request)


class LookAtAccounts(LookOnly):
    """Accounts without their password hashes."""

    exclude = ("password", "groups", "user_permissions")


class LookAtTokens(LookOnly):
    """Tokens without their digests."""

    exclude = ("digest",)


# What the libraries registered could be changed there, and shows secrets of second factors.
for theirs in list(admin.site._registry):
    admin.site.unregister(theirs)
admin.site.register(Account, LookAtAccounts)
admin.site.register(ApiToken, LookAtTokens)
admin.site.register([Person, Role, Grant, Attempt], LookOnly)
