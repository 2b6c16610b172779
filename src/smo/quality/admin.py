"""Rows of quality in Django's admin, for looking only: what changes them goes through actions."""

from django.apps import apps
from django.contrib import admin

from smo.people.admin import LookOnly

admin.site.register(list(apps.get_app_config("quality").get_models()), LookOnly)
