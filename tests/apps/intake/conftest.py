"""A project to import into."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection

from smo.catalog import models as catalog
from smo.intake import actions
from smo.kernel.clock import now
from smo.kernel.ids import new_id
from smo.kernel.permissions import SYSTEM


@pytest.fixture(autouse=True)
def own_uploads(settings, tmp_path) -> None:
    """An upload folder of the test's own."""
    settings.UPLOAD_DIR = tmp_path / "uploads"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


@pytest.fixture
def project(db) -> str:
    """A project without questions; its code."""
    product = catalog.Product.objects.create(id=new_id(), code="app", name="App", created_at=now())
    catalog.Project.objects.create(
        id=new_id(),
        code="safety",
        name="Safety",
        product=product,
        state="draft",
        created_by=SYSTEM.id,
        created_at=now(),
    )
    return "safety"


@pytest.fixture
def received(project, tmp_path) -> Callable[..., UUID]:
    """An import of a text, mapped as guessed."""

    def made(text: str | bytes, *, kind: str = "items", name: str = "file.csv", **options) -> UUID:
        path: Path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        import_id = actions.receive_import(by=SYSTEM, project=project, kind=kind, file_name=name, content=path)
        guesses = actions.look_into(by=SYSTEM, import_id=import_id).guesses
        mapping = options.pop("mapping", guesses)
        actions.map_import(by=SYSTEM, import_id=import_id, mapping=mapping, **options)
        return import_id

    return made


def staged() -> int:
    """How many rows wait in staging."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM intake_staged")
        return cursor.fetchone()[0]
