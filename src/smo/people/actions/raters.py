"""Raters and models that are known only from somebody's table: each name is one person, made when first met."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from smo.kernel import audit
from smo.kernel.clock import now
from smo.kernel.ids import new_id
from smo.kernel.permissions import Actor, Scope, Verb, require
from smo.people import models, rules

_LOCK = "SELECT pg_advisory_xact_lock(hashtext('people.ensure_raters'))"


@transaction.atomic
def ensure_raters(*, by: Actor, names: Iterable[str], kind: str, project: str) -> dict[str, UUID]:
    """The persons of these names that came with a project's imports; those who are not known yet are made.

    The same name in two projects is two persons: nobody knows whether `a01` here is `a01` there.
    """
    require(by, Verb.IMPORT_DATA, scope=Scope(project=project))
    wanted = {name: f"{rules.normal_name(name)} ({project})" for name in names}
    rated = models.PersonKind(kind)
    _one_at_a_time()
    known = dict(models.Person.objects.filter(kind=rated, name__in=wanted.values()).values_list("name", "id"))
    missing = sorted(set(wanted.values()) - set(known))
    rows = [models.Person(id=new_id(), name=name, kind=rated, created_at=now()) for name in missing]
    models.Person.objects.bulk_create(rows, batch_size=1000)
    if rows:
        audit.record_bulk(by=by, verb="raters_created", kind="person", rows=(str(row.id) for row in rows))
    known |= {row.name: row.id for row in rows}
    return {name: known[full] for name, full in wanted.items()}


def _one_at_a_time() -> None:
    """Two imports that meet the same new name at once would make it twice."""
    with transaction.get_connection().cursor() as cursor:
        cursor.execute(_LOCK)
