"""Catalog as Django sees it."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """What is worked on and by which rules."""

    name = "smo.catalog"
    label = "catalog"
