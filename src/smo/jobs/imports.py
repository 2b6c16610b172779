"""An import's steps in the background: staging what was mapped, publishing what was staged, each by its kind."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

import psycopg
from django.db import InterfaceError, OperationalError

from smo.evaluation import actions as evaluation
from smo.intake import actions as intake
from smo.intake import queries
from smo.kernel.errors import DomainError
from smo.kernel.permissions import SYSTEM, Actor
from smo.labeling.actions import imports as labeling
from smo.quality.actions import gold as quality

PUBLISH: Final[Mapping[str, Callable[..., None]]] = {
    "items": intake.publish_items,
    "decisions": labeling.publish_decisions,
    "gold": quality.publish_gold,
    "predictions": evaluation.publish_predictions,
}


def publish(*, by: Actor, import_id: UUID) -> None:
    """Publish a staged import by its kind."""
    PUBLISH[queries.upload_of(by=by, import_id=import_id).kind](by=by, import_id=import_id)


def run(import_id: UUID) -> None:
    """Do the step that was asked for; why it cannot be done is kept at the import for whoever asked."""
    with intake.alone(by=SYSTEM, import_id=import_id) as is_mine:
        if not is_mine:
            return  # another worker does it
        state = queries.import_state(by=SYSTEM, import_id=import_id).row.state
        steps: dict[str, Callable[..., Any]] = {"staging": intake.stage_import, "publishing": publish}
        try:
            if state in steps:
                steps[state](by=SYSTEM, import_id=import_id)
        except DomainError as refusal:
            intake.note_failure(by=SYSTEM, import_id=import_id, why=_in_words(refusal))
        except (OperationalError, InterfaceError, psycopg.OperationalError):
            raise  # the database went away: the step goes on when it is back
        except Exception:
            intake.note_failure(by=SYSTEM, import_id=import_id, why="Something failed on our side; the log has it.")
            raise


def _in_words(refusal: DomainError) -> str:
    told = refusal.parameters.get("why") or ", ".join(f"{name}: {value}" for name, value in refusal.parameters.items())
    return f"{(type(refusal).__doc__ or '').splitlines()[0]} {told}".strip()


def go_on() -> None:
    """Take up every import whose worker was stopped in the middle."""
    for import_id in queries.to_go_on():
        run(import_id)
