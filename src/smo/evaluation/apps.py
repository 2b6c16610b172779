"""Evaluation as Django sees it."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    """Models beside people."""

    name = "smo.evaluation"
    label = "evaluation"
