"""Rows of intake in Django's admin, for looking only: what changes them goes through actions."""

from django.apps import apps
from django.contrib import admin

from smo.people.admin import LookOnly

# Staged rows belong to nobody yet and have a key of two parts, which the admin cannot address.
seen = [model for model in apps.get_app_config("intake").get_models() if model.__name__ != "Staged"]
admin.site.register(seen, LookOnly)
