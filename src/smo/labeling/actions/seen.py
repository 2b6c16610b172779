"""Answers seen: who has looked at what others said about an item is not asked about it any more."""

from uuid import UUID

from smo.kernel.clock import now
from smo.kernel.permissions import Actor
from smo.labeling.models import AnswersSeen


def note_answers_seen(*, by: Actor, item_id: UUID) -> None:
    """This person sees what others answered: the item is never handed to them to label. Noted once, however often."""
    seen = AnswersSeen(person_id=by.id, item_id=item_id, seen_at=now())
    AnswersSeen.objects.bulk_create([seen], ignore_conflicts=True)
