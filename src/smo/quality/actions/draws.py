"""Draws: a sample out of the decision log, with all that it takes to draw it again."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from smo.catalog import queries as catalog
from smo.kernel import outbox
from smo.kernel.clock import now
from smo.kernel.ids import new_id
from smo.kernel.permissions import Actor
from smo.measure.sample import ALGORITHM, Sample, seed_of
from smo.quality import events, models
from smo.quality.actions.plans import plan_to_change, record
from smo.quality.queries.frames import Bound, Window, bindings, frame, sample
from smo.quality.rules.refusals import FrameIsEmpty, FrameNotValid, NoQuestions, PlanIsClosed

_AT_ONCE = 2000


@transaction.atomic
def draw_sample(*, by: Actor, plan_id: UUID, frame_from: datetime, frame_to: datetime) -> UUID:
    """Draw decisions received from a moment to another, at most to now, for audit.

    Errors: PlanIsClosed, FrameNotValid, FrameIsEmpty, NoQuestions.
    """
    plan = plan_to_change(by=by, plan_id=plan_id)
    at = now()
    if frame_from.tzinfo is None or frame_to.tzinfo is None:  # a wall somewhere, but which?
        raise FrameNotValid(frame_from=frame_from, frame_to=frame_to)
    window = Window(frame_from, min(frame_to, at), at)
    if plan.state != models.PlanState.ACTIVE:
        raise PlanIsClosed(plan=plan.name)
    if window.start >= window.end:
        raise FrameNotValid(frame_from=frame_from, frame_to=frame_to)
    found = frame(plan, window)
    if not len(found.frame):
        raise FrameIsEmpty(plan=plan.name, drawn_before=found.drawn_before)
    number = (plan.draws.aggregate(last=Max("number"))["last"] or 0) + 1
    # Draws of a plan are independent: with one seed, what a first draw left over would never be drawn by the second.
    seed = plan.seed if number == 1 else seed_of(plan.seed, f"draw {number}")
    drawn = sample(plan, found.frame, seed=seed, algorithm=ALGORITHM)
    row = _store(by, models.Draw(plan=plan, number=number, seed=seed, algorithm=ALGORITHM), window=window, drawn=drawn)
    models.Audit.objects.bulk_create(_audits(row, drawn), batch_size=_AT_ONCE)
    proof = {"draw": str(row.id), "number": number, "seed": seed, "frame_hash": drawn.record.frame_hash.hex()}
    sizes = {"frame_size": drawn.record.frame_size, "drawn": len(drawn), "drawn_before": found.drawn_before}
    days = {"frame_from": window.start.isoformat(), "frame_to": window.end.isoformat()}
    record(by=by, plan_id=plan.id, verb="sample_drawn", details=proof | sizes | days)
    outbox.publish(events.SampleDrawn(plan.project.code, row.id))
    return row.id


def _store(by: Actor, row: models.Draw, *, window: Window, drawn: Sample) -> models.Draw:
    row.id, row.drawn_by, row.drawn_at = new_id(), by.id, window.at
    row.frame_from, row.frame_to = window.start, window.end
    row.frame_size, row.frame_hash = drawn.record.frame_size, drawn.record.frame_hash
    row.strata = [{"stratum": s.name, "size": s.size, "drawn": s.drawn} for s in drawn.record.strata]
    row.save(force_insert=True)
    return row


def _audits(row: models.Draw, drawn: Sample) -> list[models.Audit]:
    """One audit for each unit, in the random order of its serving number, bound to what its decision was bound to."""
    served = drawn.chosen
    bound = _bindings(row, [unit.id for unit in served])
    return [
        models.Audit(
            id=new_id(),
            draw=row,
            project_id=row.plan.project_id,
            decision_id=unit.id,
            item_id=bound[unit.id].item_id,
            stratum=unit.stratum,
            inclusion_probability=unit.inclusion_probability,
            position=unit.number,
            schema_version_id=bound[unit.id].schema_version_id,
            guideline_version_id=bound[unit.id].guideline_version_id,
        )
        for unit in served
    ]


def _bindings(row: models.Draw, decision_ids: list[UUID]) -> dict[UUID, Bound]:
    """What each decision was bound to; those of other tools, which know no version of ours, to what is in force now."""
    bound = bindings(decision_ids)
    strange = {pk: one for pk, one in bound.items() if one.schema_version_id is None}
    if not strange:
        return bound
    found = catalog.binding(row.plan.project_id, row.drawn_at)
    if found.schema_version_id is None:
        raise NoQuestions(project=row.plan.project.code)
    guideline = found.guideline_version_id
    return bound | {
        pk: Bound(one.item_id, found.schema_version_id, one.guideline_version_id or guideline)
        for pk, one in strange.items()
    }
