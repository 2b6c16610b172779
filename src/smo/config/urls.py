"""Every address of the house."""

from typing import Any

from allauth.account import views as account
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from smo.api.urls import urls as api_urls

# Signing in only: accounts come from an administrator, and there is no mail that could confirm or reset anything.
_door = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("2fa/", include("allauth.mfa.urls")),
]

urlpatterns: list[Any] = [
    path("accounts/", include(_door)),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", api_urls),
    path("", include("smo.web.urls")),
]
handler400 = "smo.config.faults.bad_request"
handler403 = "smo.config.faults.forbidden"
handler404 = "smo.config.faults.not_found"
handler500 = "smo.config.faults.server_error"
if settings.DEBUG:
    # Rows as they are, read-only, for whoever develops; in service nothing goes around actions and queries.
    urlpatterns.append(path("rows/", admin.site.urls))
