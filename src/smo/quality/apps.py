"""Quality as Django sees it."""

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """How good the decisions are."""

    name = "smo.quality"
    label = "quality"
