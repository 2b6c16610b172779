"""Labeling as Django sees it."""

from django.apps import AppConfig


class LabelingConfig(AppConfig):
    """Who decides what."""

    name = "smo.labeling"
    label = "labeling"
