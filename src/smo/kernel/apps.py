"""The kernel as Django sees it."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    """Audit trail and outbox."""

    name = "smo.kernel"
    label = "kernel"
