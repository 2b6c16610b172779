"""Intake as Django sees it."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """What comes in."""

    name = "smo.intake"
    label = "intake"
