"""The example department, whole: built from a seed on an empty system, in one call."""

from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Final
from uuid import UUID

from django.db import transaction

from smo.kernel.clock import now
from smo.kernel.permissions import SYSTEM, Actor
from smo.people import actions as people
from smo.people.queries import held_by
from smo.simulate import setting_up, working
from smo.simulate.projects import PROJECTS

SEED: Final = 20_261_122
STAFF: Final = ("annotator", "qa_manager", "auditor")


@transaction.atomic
def move_in(*, seed: int = SEED) -> tuple[people.DemoAccount, ...]:
    """On a system that nobody uses yet: the logins and the department, all of it or nothing; no logins otherwise."""
    logins = people.create_demo_accounts(by=SYSTEM)
    if logins:
        people_of = {role: [login.person_id for login in logins if login.role == role] for role in STAFF}
        build({role: tuple(_actor(person) for person in persons) for role, persons in people_of.items()}, seed=seed)
    return logins


def build(staff: Mapping[str, tuple[Actor, ...]], *, seed: int) -> None:
    """Make the department; its staff, by role, do today's work in it."""
    at = now()
    setting_up.build(by=SYSTEM, on=at.date() - timedelta(weeks=1), at=at)
    for project in PROJECTS:
        rng = Random(f"{seed} {project.code}")  # noqa: S311 - a simulation, not a secret
        items = working.bring_in(project, by=SYSTEM, rng=rng, until=at)
        for labeler in staff["annotator"]:
            working.label_today(project, by=labeler, items=items, rng=rng)
        (chief, *_), (judge, *_) = staff["qa_manager"], staff["auditor"]
        working.audit(project, by=chief, auditor=judge, items=items, rng=rng, until=at - timedelta(hours=1))


def _actor(person_id: UUID) -> Actor:
    return Actor(person_id, held_by(person_id))
