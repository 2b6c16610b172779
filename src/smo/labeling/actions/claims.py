"""Claims: items handed out to one person for a time, given back, kept longer, run out."""

import contextlib
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from smo.kernel.clock import now
from smo.kernel.ids import new_id
from smo.kernel.permissions import Actor, Verb, require
from smo.labeling.actions import statements
from smo.labeling.queries.claims import Claim, claim_of, held_claims, open_claims
from smo.labeling.queries.prepared import rows
from smo.labeling.queries.queues import queue_head
from smo.labeling.rules import MOST_AT_ONCE, MOST_HELD, ProjectHasNoSchema, ProjectNotLive, QueueNotOpen, TooManyClaims

FROM_THE_START: Final = (32767, 0)  # before every priority and key
_EXPIRED_AT_ONCE: Final = 1000


def claim_items(*, by: Actor, queue_id: UUID, how_many: int = 1) -> tuple[Claim, ...]:
    """Take the next items of a queue; none when nothing is left for this person."""
    head = queue_head(queue_id=queue_id)
    require(by, Verb.LABEL, scope=head.scope)
    if head.project_state != "live":
        raise ProjectNotLive(project=head.project)
    if head.state == "paused":
        raise QueueNotOpen(queue=head.name)
    if not head.has_schema:
        raise ProjectHasNoSchema(project=head.project)
    claims = next_claims(by=by, queue_id=queue_id, how_many=how_many)
    claims = claims or waited_claim(by=by, queue_id=queue_id)
    if not claims and len(open_claims(by=by, queue_id=queue_id)) >= MOST_HELD:
        raise TooManyClaims(most=MOST_HELD)
    return claims


def next_claims(
    *, by: Actor, queue_id: UUID, how_many: int, after: tuple[int, int] = FROM_THE_START
) -> tuple[Claim, ...]:
    """What comes next after a slot's priority and key, without waiting for anyone; the caller has checked the scope."""
    wanted = max(0, min(how_many, MOST_AT_ONCE))
    return _claimed(statements.CLAIM, by, queue_id=queue_id, how_many=wanted, after=after) if wanted else ()


def waited_claim(*, by: Actor, queue_id: UUID) -> tuple[Claim, ...]:
    """One item from the whole queue, waiting for those that others hold for a moment; the caller has checked the scope.

    The path that does not wait skips them, and near the end of a queue it would say "nothing left" too early. Another
    tab of the same person may have got what this one waited for; after so many losses the person holds all one may.
    """
    for _loss in range(MOST_HELD):
        with contextlib.suppress(IntegrityError):
            return _claimed(statements.CLAIM_WAITING, by, queue_id=queue_id, how_many=1, after=FROM_THE_START)
    return ()


def _claimed(statement: str, by: Actor, *, queue_id: UUID, how_many: int, after: tuple[int, int]) -> tuple[Claim, ...]:
    parameters: dict[str, Any] = {"queue": queue_id, "person": by.id, "at": now(), "how_many": how_many}
    parameters |= {"ids": [new_id() for _ in range(how_many)]}
    if statement is statements.CLAIM:
        parameters |= {"after_priority": after[0], "after_key": after[1]}
    with transaction.atomic():
        return tuple(claim_of(row) for row in rows(statement, parameters))


@transaction.atomic
def extend_claims(
    *, by: Actor, claim_ids: tuple[UUID, ...], opened: frozenset[UUID] = frozenset()
) -> tuple[Claim, ...]:
    """A new lease for these claims, and what is bound to them now; those in `opened` keep what they had.

    What is no longer held is left out of the answer.
    """
    parameters = {"person": by.id, "at": now(), "claims": list(claim_ids), "opened": list(opened)}
    rows(statements.EXTEND, parameters)
    return held_claims(by=by, claim_ids=tuple(claim_ids))


@transaction.atomic
def release_claims(*, by: Actor, claim_ids: tuple[UUID, ...] | None = None) -> int:
    """Give these claims back, or all; how many were still held."""
    claims = None if claim_ids is None else list(claim_ids)
    return int(rows(statements.RELEASE, {"person": by.id, "at": now(), "claims": claims})[0].released)


def expire_claims(*, by: Actor) -> int:
    """End the claims whose lease has run out, so that others get the items; how many."""
    require(by, Verb.MANAGE_QUEUES)
    ended = 0
    while True:
        with transaction.atomic():
            some = int(rows(statements.EXPIRE, {"at": now(), "how_many": _EXPIRED_AT_ONCE})[0].expired)
        ended += some
        if some < _EXPIRED_AT_ONCE:
            return ended
