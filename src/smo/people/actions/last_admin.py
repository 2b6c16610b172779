"""Nobody locks everyone out: an admin who can sign in remains."""

from uuid import UUID

from smo.kernel.errors import DomainError
from smo.kernel.permissions import ADMIN, Actor
from smo.people import models, rules
from smo.people.queries import admins_remain


def keep_an_admin(
    *,
    by: Actor,
    person_id: UUID,
    own: DomainError,
    without_grant: UUID | None = None,
    without_person: UUID | None = None,
) -> None:
    """Refuse to lock everyone out. The role's row is held, so that two admins cannot remove each other at once."""
    if person_id == by.id:
        raise own
    models.Role.objects.select_for_update().get(pk=ADMIN)
    if admins_remain() and not admins_remain(without_grant=without_grant, without_person=without_person):
        raise rules.LastAdmin
