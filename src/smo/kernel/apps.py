"""The kernel as Django sees it; after every migration the serving role gets exactly the rights it needs."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from smo.kernel.rights import grant_rights


def _after_migrations(*, using: str, **_: Any) -> None:
    grant_rights(using)


class KernelConfig(AppConfig):
    """Audit trail and outbox."""

    name = "smo.kernel"
    label = "kernel"

    def ready(self) -> None:
        """Rights follow the tables: every later app's tables are covered without naming them here."""
        post_migrate.connect(_after_migrations, sender=self, dispatch_uid="smo.kernel.rights")
