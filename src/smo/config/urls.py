"""Every address of the house."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns: list[Any] = [
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
if settings.DEBUG:
    # Rows as they are, read-only, for whoever develops; in service nothing goes around actions and queries.
    urlpatterns.append(path("rows/", admin.site.urls))
